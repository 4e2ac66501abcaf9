"""Launch a campaign: from now on its people are called."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from community.errors import Refused
from community.model.actor import Actor
from community.model.calls.campaign import CampaignStatus, TargetStatus
from community.model.calls.preview import definition_hash, what_changed
from community.model.permissions import Permission
from community.model.rulebook import Rulebook
from community.store import audit
from community.store.campaigns import Campaign, campaign_by_id, move_campaign
from community.store.targets import count_reasons, count_targets, insert_targets
from community.usecases.authorise import authorise_actor
from community.usecases.calling_hours import calling_hours
from community.usecases.judge_audience import JudgedAudience, judge_campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchedCampaign:
    """A campaign that runs.

    Attributes:
        new: False when it was running already.
        to_call: people who will be called.
        excluded: people who will not, counted by reason.
        changed: that the list of people is no longer the one approved, in Chinese; empty where it is.
    """

    id: int
    new: bool
    rehearsal: bool
    to_call: int
    excluded: Mapping[str, int]
    changed: str = ""


def launch_campaign(
    conn: Connection,
    campaign_id: int,
    *,
    rules: Rulebook,
    actor: Actor,
    now: datetime,
    rehearsal: bool = False,
    override_reason: str | None = None,
) -> LaunchedCampaign:
    """Mark a campaign as running and write down whom it calls; launching it again is the same run.

    The audience is found now, on the newest roster. On the simulated line every campaign is a rehearsal; one with
    people outside the sample community must be meant as such.

    Args:
        rehearsal: it is meant as a rehearsal, in which nobody is rung.
        override_reason: why it cannot wait for a second person's approval; recorded.

    Raises:
        NotFound: there is no such campaign.
        Refused: it is not approved, nobody can be called, or it would pass simulated calls off as real ones.
        Conflict: it was paused, finished or cancelled, or somebody launched it this moment.
    """
    authorise_actor(conn, actor, Permission.RUN_CAMPAIGNS)
    campaign = campaign_by_id(conn, campaign_id)
    if campaign.status is CampaignStatus.RUNNING:
        return _as_it_runs(conn, campaign)
    _check_approval(conn, campaign, actor, override_reason)
    audience = judge_campaign(conn, campaign_id, campaign.questionnaire, rules=rules, now=now)
    _check_line(audience, rules, rehearsal=rehearsal)
    _check_somebody_is_called(audience)
    approved = campaign.approved_preview or {}
    launched = LaunchedCampaign(
        id=campaign_id,
        new=True,
        rehearsal=rules.line.rehearsal,
        to_call=len(audience.callable),
        excluded=audience.reasons,
        changed=what_changed(approved["called"], len(audience.callable)) if "called" in approved else "",
    )
    _set_running(conn, campaign, launched, actor=actor, now=now, override_reason=override_reason)
    insert_targets(conn, _target_rows(campaign_by_id(conn, campaign_id), audience, rules, now))
    detail = _detail(campaign, launched, rules, override_reason)
    subject = f"campaign:{campaign_id}"
    audit.append(conn, at=now, actor=actor, action="campaign.launched", subject=subject, detail=detail)
    return launched


def _set_running(
    conn: Connection,
    campaign: Campaign,
    launched: LaunchedCampaign,
    *,
    actor: Actor,
    now: datetime,
    override_reason: str | None,
) -> None:
    changes: dict[str, Any] = {"launched_by": actor.name, "launched_at": now, "rehearsal": launched.rehearsal}
    if launched.changed:
        changes["approved_preview"] = {**(campaign.approved_preview or {}), "changed": launched.changed}
    if campaign.status is CampaignStatus.DRAFT:
        changes["override_reason"] = override_reason
    move_campaign(conn, campaign, CampaignStatus.RUNNING, **changes)


def _detail(
    campaign: Campaign, launched: LaunchedCampaign, rules: Rulebook, override_reason: str | None
) -> dict[str, Any]:
    """What the audit trail keeps of a launch."""
    sheet = campaign.questionnaire
    return {
        **asdict(launched),
        "line": rules.line.name,
        "override_reason": override_reason,
        "legal_ground": sheet.legal_ground,
        "legal_note": sheet.legal_note,
        "definition": definition_hash(sheet),
    }


def _as_it_runs(conn: Connection, campaign: Campaign) -> LaunchedCampaign:
    counts = count_targets(conn, campaign.id)
    return LaunchedCampaign(
        id=campaign.id,
        new=False,
        rehearsal=campaign.rehearsal,
        to_call=sum(counts.values()) - counts.get(TargetStatus.EXCLUDED, 0),
        excluded=count_reasons(conn, campaign.id),
    )


def _check_approval(conn: Connection, campaign: Campaign, actor: Actor, override_reason: str | None) -> None:
    if campaign.status is CampaignStatus.PAUSED:
        raise Refused("任务已暂停：继续请用 resume", code="paused")
    if campaign.status is not CampaignStatus.DRAFT:
        return
    if not override_reason:
        raise Refused("任务还没有批准：请另一位同事先批准；情况紧急可由书记写明理由免批准启动", code="not_approved")
    authorise_actor(conn, actor, Permission.OVERRIDE_APPROVAL)


def _check_line(audience: JudgedAudience, rules: Rulebook, *, rehearsal: bool) -> None:
    if rehearsal and not rules.line.rehearsal:
        raise Refused(
            "现在用的是真实线路，不能演练：请用 campaign rehearse，或把 SHOUWANG_CARRIER 设为 simulated",
            code="real_line",
        )
    if rules.line.rehearsal and audience.real_people and not rehearsal:
        raise Refused(
            f"现在用的是模拟线路，名单里有 {audience.real_people} 位真实居民，谁的电话也不会响：只想演练请加 --rehearsal，"
            "要真打请先设好 SHOUWANG_CARRIER",
            code="rehearsal_needed",
        )


def _check_somebody_is_called(audience: JudgedAudience) -> None:
    if audience.callable:
        return
    if not audience.size:
        raise Refused("名册里没有人符合 audience 的条件：请核对标签、网格、年龄", code="empty_audience")
    reasons = "；".join(f"{count} 人：{reason}" for reason, count in audience.reasons.items())
    raise Refused(f"名单里没有一个人可以呼叫（{reasons}）", code="empty_audience")


def _target_rows(campaign: Campaign, audience: JudgedAudience, rules: Rulebook, now: datetime) -> list[dict[str, Any]]:
    openings: dict[str, datetime] = {}
    rows = []
    for person in audience.callable:
        wish = person.preferred_hours
        if wish not in openings:
            hours = calling_hours(campaign, wish, rules)
            openings[wish] = (hours.next_opening(now) if hours else now) or now
        status, next_at = TargetStatus.WAITING, openings[wish]
        rows.append(_row(campaign.id, person.resident_id, status=status, next_at=next_at))
    for person, reason in audience.excluded:
        status = TargetStatus.EXCLUDED
        rows.append(_row(campaign.id, person.resident_id, status=status, reason=reason, resolved_at=now))
    return rows


def _row(campaign_id: int, resident_id: int, **values: Any) -> dict[str, Any]:
    row = {"campaign_id": campaign_id, "resident_id": resident_id, "outcome_counts": {}}
    return row | {"next_at": None, "reason": None, "resolved_at": None} | values
