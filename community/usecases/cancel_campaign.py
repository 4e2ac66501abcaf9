"""Give a campaign up: whoever is left is not called, and it says why."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.calls.campaign import CampaignStatus
from community.model.calls.retry import CANCELLED_REASON
from community.model.permissions import Permission
from community.store import audit
from community.store.campaigns import campaign_by_id, move_campaign
from community.store.targets import exclude_waiting
from community.usecases.authorise import authorise_actor


def cancel_campaign(conn: Connection, campaign_id: int, *, actor: Actor, now: datetime, reason: str = "") -> int:
    """Cancel a campaign; nobody's running call is hung up. Cancelling twice is once.

    Returns:
        How many people were left.

    Raises:
        NotFound: there is no such campaign.
        Refused: the person may not run campaigns.
        Conflict: it is finished.
    """
    authorise_actor(conn, actor, Permission.RUN_CAMPAIGNS)
    campaign = campaign_by_id(conn, campaign_id)
    if campaign.status is CampaignStatus.CANCELLED:
        return 0
    move_campaign(conn, campaign, CampaignStatus.CANCELLED, finished_at=now)
    why = f"{CANCELLED_REASON}：{reason}" if reason else CANCELLED_REASON
    left = exclude_waiting(conn, campaign_id=campaign_id, reason=why, now=now)
    detail = {"reason": reason, "left": left}
    audit.append(
        conn, at=now, actor=actor, action="campaign.cancelled", subject=f"campaign:{campaign_id}", detail=detail
    )
    return left
