"""Agree to somebody else's campaign."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import Refused
from community.model.actor import Actor
from community.model.calls.campaign import CampaignStatus
from community.model.permissions import Permission
from community.store import audit
from community.store.campaigns import campaign_by_id, move_campaign
from community.usecases.authorise_actor import authorise_actor


def approve_campaign(conn: Connection, campaign_id: int, *, actor: Actor, now: datetime) -> None:
    """Approve a draft that a colleague wrote; approving it twice changes nothing.

    Raises:
        NotFound: there is no such campaign.
        Refused: it is one's own, or the person may not approve campaigns.
        Conflict: it is no draft any more.
    """
    authorise_actor(conn, actor, Permission.APPROVE_CAMPAIGNS)
    campaign = campaign_by_id(conn, campaign_id)
    if campaign.created_by == actor.name:
        raise Refused("不能批准自己新建的任务：请另一位同事来批准", code="own_campaign")
    if campaign.status is CampaignStatus.APPROVED:
        return
    move_campaign(conn, campaign, CampaignStatus.APPROVED, approved_by=actor.name, approved_at=now)
    audit.append(conn, at=now, actor=actor, action="campaign.approved", subject=f"campaign:{campaign_id}")
