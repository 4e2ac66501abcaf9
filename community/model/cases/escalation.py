"""How a case climbs: pure decisions about who is told next and when the clock runs out again.

Every open case has a moment at which it moves by itself. Emergency and urgent cases run in natural time, normal ones in
working time. A case that is late (the service was down) tells one step and counts from now: nobody is flooded with the
steps that were missed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from community.model.cases.case import Case, CaseStatus, Priority
from community.model.hours import add_working_time
from community.model.rulebook import Rulebook
from community.model.staff import Role

OnDuty = Callable[[Role], bool]


class StepReason(StrEnum):
    """Why somebody is told."""

    #: The case was opened just now.
    OPENED = "opened"
    #: Whoever was told before did not acknowledge in time.
    WAITED = "waited"
    #: A named person had it and nothing came of it.
    FORGOTTEN = "forgotten"
    #: Whoever had it returned it: 退单.
    RETURNED = "returned"
    #: The day it was put off to (挂账) has come.
    RESUMED = "resumed"
    #: It was closed and is not done.
    REOPENED = "reopened"
    #: It became more urgent than it was.
    RAISED = "raised"


#: These start the ladder anew from its first rung; the others climb one rung.
_FROM_THE_START = frozenset({StepReason.OPENED, StepReason.RESUMED, StepReason.REOPENED, StepReason.RAISED})

_DUE_BECAUSE: dict[CaseStatus, StepReason] = {
    CaseStatus.ACKNOWLEDGED: StepReason.FORGOTTEN,
    CaseStatus.HANDLED: StepReason.FORGOTTEN,
    CaseStatus.CONFIRMED: StepReason.FORGOTTEN,
    CaseStatus.SUSPENDED: StepReason.RESUMED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDecision:
    """One telling.

    Attributes:
        step: its number, counted over the whole life of the case.
        rung: place on the ladder of who is told, from 0.
        skipped: roles passed over because nobody of them is on duty.
        nobody_on_duty: nobody is, up to the top; the last role is told all the same.
        repeated: the same role was told before and has not answered.
        next_step_at: when the next one follows unless somebody acknowledges.
    """

    reason: StepReason
    step: int
    rung: int
    role: Role
    skipped: tuple[Role, ...]
    nobody_on_duty: bool
    repeated: bool
    next_step_at: datetime


def decide(case: Case, *, rules: Rulebook, on_duty: OnDuty, now: datetime) -> StepDecision | None:
    """What a case does by itself at `now`: None while its clock still runs, or when it is closed."""
    if not case.status.is_open or case.next_step_at is None or now < case.next_step_at:
        return None
    return take_step(case, _DUE_BECAUSE.get(case.status, StepReason.WAITED), rules=rules, on_duty=on_duty, now=now)


def take_step(case: Case, reason: StepReason, *, rules: Rulebook, on_duty: OnDuty, now: datetime) -> StepDecision:
    """Who is told next, for that reason, and until when they have."""
    start = 0 if reason in _FROM_THE_START else min(case.rung + 1, len(case.ladder) - 1)
    manned = [rung for rung in range(start, len(case.ladder)) if on_duty(case.ladder[rung].role)]
    rung = manned[0] if manned else len(case.ladder) - 1
    step = case.ladder[rung]
    return StepDecision(
        reason=reason,
        step=case.step + 1,
        rung=rung,
        role=step.role,
        skipped=tuple(dict.fromkeys(skipped.role for skipped in case.ladder[start:rung])),
        nobody_on_duty=not manned,
        repeated=reason not in _FROM_THE_START and rung == case.rung,
        next_step_at=after(case.priority, step.wait, rules=rules, now=now),
    )


def after(priority: Priority, wait: timedelta, *, rules: Rulebook, now: datetime) -> datetime:
    """The moment at which `wait` has passed, in the time that counts for that priority."""
    if priority is Priority.NORMAL:
        return add_working_time(now, wait, rules.calendar, rules.timezone)
    return now + wait


def acknowledgement_expires(priority: Priority, *, rules: Rulebook, now: datetime) -> datetime:
    """When a case acknowledged now counts as forgotten."""
    return after(priority, rules.acknowledged_for[priority], rules=rules, now=now)


def handed_over_until(case: Case, *, rules: Rulebook, now: datetime) -> datetime:
    """Until when a named person has to acknowledge: the wait of the rung that the case stands on."""
    return after(case.priority, case.ladder[max(case.rung, 0)].wait, rules=rules, now=now)


def resumes_at(priority: Priority, day: date, *, rules: Rulebook) -> datetime:
    """When a case put off to a day comes back: as work begins; a normal one on the next workday, if that day is none."""
    zone = rules.timezone
    if priority is Priority.NORMAL:
        midnight = datetime.combine(day, time(0), zone)
        return add_working_time(midnight, timedelta(microseconds=1), rules.calendar, zone).replace(microsecond=0)
    return datetime.combine(day, min(span.start for span in rules.calendar.working), zone).astimezone(UTC)
