"""What a rehearsed campaign came to, in the figures that staff ask for before the real one."""

import math
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from community.model.calls.call import OUTCOME_NAMES, Direction
from community.model.calls.campaign import TARGET_STATUS_NAMES, PauseCause, TargetStatus
from community.model.calls.rehearsal import Rehearsal
from community.model.calls.text_message import billed_parts
from community.model.cases.case import CASE_KIND_NAMES, PRIORITY_NAMES
from community.model.rulebook import Rulebook
from community.store.campaigns import Campaign, campaign_by_id
from community.store.rehearsals import Reached, RehearsedCampaign, rehearsed
from community.store.texts import LINK_PLACE

REACHED_NAMES: dict[Reached, str] = {
    Reached.PHONE: "接了电话",
    Reached.INBOUND: "打电话过来",
    Reached.SMS: "短信",
    Reached.LINK: "网页链接",
}
_NOT_REACHED, _NOT_CALLED = "没有联系上", "没有打"


def report(
    conn: Connection,
    campaign_id: int,
    *,
    started: datetime,
    ended: datetime,
    rules: Rulebook,
    texting: str,
) -> Rehearsal:
    """Count up what came of it.

    Args:
        texting: see Rehearsal.
    """
    came, campaign, zone = rehearsed(conn, campaign_id), campaign_by_id(conn, campaign_id), rules.timezone
    left = sum(1 for status, _, _ in came.targets if not status.is_final)
    finished = max((resolved_at for _, _, resolved_at in came.targets if resolved_at), default=ended)
    lasted = (ended if left else finished) - started
    dialled = sum(direction is Direction.OUTBOUND for direction, _, _ in came.calls)
    minutes = sum(math.ceil(seconds / 60) for _, _, seconds in came.calls)
    texts = sum(billed_parts(body.replace(LINK_PLACE, rules.line.answer_link)) for body in came.texts_sent)
    return Rehearsal(
        name=campaign.name,
        targets=_counted(TARGET_STATUS_NAMES[status] for status, _, _ in came.targets),
        reached=_reached(came),
        outcomes=_counted(
            OUTCOME_NAMES[outcome] for way, outcome, _ in came.calls if outcome and way is Direction.OUTBOUND
        ),
        cases=_counted(f"{CASE_KIND_NAMES[kind]}（{PRIORITY_NAMES[priority]}）" for kind, priority in came.cases),
        cases_by_kind=_counted(CASE_KIND_NAMES[kind] for kind, _ in came.cases),
        excluded=_counted(reason for status, reason, _ in came.targets if status is TargetStatus.EXCLUDED and reason),
        calls=dialled,
        calls_in=len(came.calls) - dialled,
        talk_minutes=round(sum(seconds for _, _, seconds in came.calls) / 60),
        billed_minutes=minutes,
        texts=len(came.texts_sent),
        billed_texts=texts,
        texts_in=came.texts_received,
        texting=texting,
        cost=rules.spending.cost(dialled, minutes, texts),
        staff_cases=len(came.cases),
        started=f"{started.astimezone(zone):%Y-%m-%d %H:%M}",
        finished=None if left else f"{finished.astimezone(zone):%Y-%m-%d %H:%M}",
        duration=_told(lasted),
        duration_minutes=round(lasted.total_seconds() / 60),
        unresolved=left,
        stopped=_stopped(campaign),
    )


def _reached(came: RehearsedCampaign) -> dict[str, int]:
    """Everybody on the list once: how they were reached first, or that they were not."""
    counts = Counter(came.reached)
    named = {name: counts[how] for how, name in REACHED_NAMES.items() if counts[how]}
    missed = len(came.targets) - len(came.reached) - came.never_dialled
    others = {_NOT_REACHED: missed, _NOT_CALLED: came.never_dialled}
    return named | {name: count for name, count in others.items() if count}


def _stopped(campaign: Campaign) -> str:
    if campaign.pause_cause is not PauseCause.CEILING:
        return ""
    return f"到了上限：{campaign.max_calls or '不限'} 通、{campaign.max_minutes or '不限'} 分钟"


def _counted(names: Iterable[str]) -> dict[str, int]:
    return dict(Counter(names).most_common())


def _told(duration: timedelta) -> str:
    minutes = round(duration.total_seconds() / 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "天"), (hours, "小时"), (minutes, "分钟")]
    return "".join(f"{count}{name}" for count, name in parts if count) or "不到一分钟"
