"""Let a campaign cost more than its questionnaire allows; somebody else than its author decides it."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import Conflict, InvalidInput, Refused
from community.model.actor import Actor
from community.model.calls.campaign import CAMPAIGN_STATUS_NAMES, CampaignStatus, PauseCause
from community.model.permissions import Permission
from community.store import audit
from community.store.campaigns import Campaign, campaign_by_id, raise_campaign
from community.store.spent import spent_by_campaign
from community.usecases.authorise import authorise_actor
from community.usecases.resume_campaign import resume_campaign

_OVER = frozenset({CampaignStatus.FINISHED, CampaignStatus.CANCELLED})


def raise_ceiling(
    conn: Connection,
    campaign_id: int,
    *,
    max_calls: int | None = None,
    max_minutes: int | None = None,
    actor: Actor,
    now: datetime,
) -> bool:
    """Raise a campaign's ceilings; one that stands still because of them goes on.

    Args:
        max_calls, max_minutes: the new ceilings; None leaves one as it is.

    Returns:
        Whether the campaign goes on because of it.

    Raises:
        NotFound: there is no such campaign.
        Refused: it is one's own, or the person may not approve campaigns.
        InvalidInput: nothing is raised, or what is to be raised was never limited.
        Conflict: it is over, or somebody else changed it this moment.
    """
    authorise_actor(conn, actor, Permission.APPROVE_CAMPAIGNS)
    campaign = campaign_by_id(conn, campaign_id)
    if campaign.created_by == actor.name:
        raise Refused("不能调高自己新建的任务的上限：请另一位同事来调", code="own_campaign")
    if campaign.status in _OVER:
        raise Conflict(f"{campaign_id} 号任务{CAMPAIGN_STATUS_NAMES[campaign.status]}，上限不用再调")
    _check(campaign, max_calls, max_minutes)
    raise_campaign(conn, campaign, max_calls=max_calls, max_minutes=max_minutes)
    detail = {
        "max_calls": [campaign.max_calls, max_calls or campaign.max_calls],
        "max_minutes": [campaign.max_minutes, max_minutes or campaign.max_minutes],
    }
    audit.append(
        conn, at=now, actor=actor, action="campaign.ceiling_raised", subject=f"campaign:{campaign_id}", detail=detail
    )
    return _goes_on(conn, campaign_id, actor, now)


def _check(campaign: Campaign, max_calls: int | None, max_minutes: int | None) -> None:
    if max_calls is None and max_minutes is None:
        raise InvalidInput("请写明调到多少：--max-calls 或 --max-minutes", code="ceiling")
    for wanted, stands, name in (
        (max_calls, campaign.max_calls, "通数"),
        (max_minutes, campaign.max_minutes, "分钟数"),
    ):
        if wanted is None:
            continue
        if stands is None:
            raise InvalidInput(f"这个任务没有{name}上限，不用调", code="ceiling")
        if wanted <= stands:
            raise InvalidInput(f"{name}上限现在是 {stands}，只能调得更高", code="ceiling")


def _goes_on(conn: Connection, campaign_id: int, actor: Actor, now: datetime) -> bool:
    campaign = campaign_by_id(conn, campaign_id)
    if campaign.status is not CampaignStatus.PAUSED or campaign.pause_cause is not PauseCause.CEILING:
        return False
    if spent_by_campaign(conn, campaign_id).is_at(calls=campaign.max_calls, minutes=campaign.max_minutes):
        return False
    resume_campaign(conn, campaign_id, actor=actor, now=now)
    return True
