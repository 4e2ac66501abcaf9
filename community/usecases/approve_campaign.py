"""Agree to somebody else's campaign."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import Conflict, Refused
from community.model.actor import Actor
from community.model.calls.campaign import CampaignStatus
from community.model.calls.preview import what_changed
from community.model.permissions import Permission
from community.model.rulebook import Rulebook
from community.store import audit
from community.store.campaigns import campaign_by_id, move_campaign
from community.usecases.authorise import authorise_actor
from community.usecases.preview_campaign import preview_campaign


def approve_campaign(
    conn: Connection, campaign_id: int, *, rules: Rulebook, actor: Actor, now: datetime, seen: int | None = None
) -> None:
    """Approve a draft that a colleague wrote, with whom it would call now; approving it twice changes nothing.

    What is approved is recorded: the counts of the preview and the hash of the questionnaire.

    Args:
        seen: how many people the approver was told would be called; None where they were shown nothing.

    Raises:
        NotFound: there is no such campaign.
        Refused: it is one's own, or the person may not approve campaigns.
        Conflict: it is no draft any more, or it would call others than the approver saw.
    """
    authorise_actor(conn, actor, Permission.APPROVE_CAMPAIGNS)
    campaign = campaign_by_id(conn, campaign_id)
    if campaign.created_by == actor.name:
        raise Refused("不能批准自己新建的任务：请另一位同事来批准", code="own_campaign")
    if campaign.status is CampaignStatus.APPROVED:
        return
    summary = preview_campaign(conn, campaign_id, rules=rules, now=now).summary()
    if seen is not None and what_changed(seen, summary["called"]):
        raise Conflict(f"您看到的是会打 {seen} 人，现在是 {summary['called']} 人：请刷新后核对名单再批准")
    changes = {"approved_by": actor.name, "approved_at": now, "approved_preview": summary}
    move_campaign(conn, campaign, CampaignStatus.APPROVED, **changes)
    subject = f"campaign:{campaign_id}"
    audit.append(conn, at=now, actor=actor, action="campaign.approved", subject=subject, detail=summary)
