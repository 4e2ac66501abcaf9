"""Hold a campaign: no new call of it starts, running calls go on to their end."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.calls.campaign import CampaignStatus, PauseCause
from community.model.permissions import Permission
from community.store import audit
from community.store.campaigns import campaign_by_id, move_campaign
from community.usecases.authorise import authorise_actor


def pause_campaign(
    conn: Connection,
    campaign_id: int,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
    cause: PauseCause | None = None,
) -> None:
    """Pause a running campaign; the engine cancels at the carrier what waits in its queue. Pausing twice is once.

    Args:
        cause: set where it pauses by itself.

    Raises:
        NotFound: there is no such campaign.
        Refused: the person may not run campaigns.
        Conflict: it does not run.
    """
    authorise_actor(conn, actor, Permission.RUN_CAMPAIGNS)
    campaign = campaign_by_id(conn, campaign_id)
    if campaign.status is CampaignStatus.PAUSED:
        return
    move_campaign(conn, campaign, CampaignStatus.PAUSED, paused_at=now, pause_reason=reason or None, pause_cause=cause)
    detail = {"reason": reason}
    audit.append(conn, at=now, actor=actor, action="campaign.paused", subject=f"campaign:{campaign_id}", detail=detail)
