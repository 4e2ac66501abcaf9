"""Let a paused campaign go on."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import Conflict, Refused
from community.model.actor import Actor
from community.model.calls.campaign import CAMPAIGN_STATUS_NAMES, CampaignStatus
from community.model.permissions import Permission
from community.store import audit
from community.store.campaigns import campaign_by_id, move_campaign
from community.store.spent import spent_by_campaign
from community.usecases.authorise import authorise_actor


def resume_campaign(conn: Connection, campaign_id: int, *, actor: Actor, now: datetime) -> None:
    """Go on calling those who are left; resuming one that runs changes nothing.

    Raises:
        NotFound: there is no such campaign.
        Refused: the person may not run campaigns, or its ceiling is reached and has to be raised first.
        Conflict: it is not paused.
    """
    authorise_actor(conn, actor, Permission.RUN_CAMPAIGNS)
    campaign = campaign_by_id(conn, campaign_id)
    if campaign.status is CampaignStatus.RUNNING:
        return
    if campaign.status is not CampaignStatus.PAUSED:
        raise Conflict(
            f"{campaign_id} 号任务{CAMPAIGN_STATUS_NAMES[campaign.status]}，只有暂停的任务可以继续；还没启动的请用 launch"
        )
    spent = spent_by_campaign(conn, campaign_id)
    if spent.is_at(calls=campaign.max_calls, minutes=campaign.max_minutes):
        raise Refused(
            f"任务已用 {spent.calls} 通、{spent.minutes} 分钟，到了上限：请另一位同事先用 campaign raise 调高",
            code="ceiling",
        )
    move_campaign(conn, campaign, CampaignStatus.RUNNING, paused_at=None, pause_reason=None, pause_cause=None)
    audit.append(conn, at=now, actor=actor, action="campaign.resumed", subject=f"campaign:{campaign_id}")
