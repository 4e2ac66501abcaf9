"""One telling of a case's ladder: the case moves, its history says so, the console and the group robots hear of it."""

from datetime import datetime, tzinfo

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.cases.case import CASE_KIND_NAMES, PRIORITY_NAMES, Case, CaseStatus, Priority
from community.model.cases.case_text import hide_numbers
from community.model.cases.escalation import StepDecision, StepReason, take_step
from community.model.private_text import hide_private
from community.model.rulebook import Rulebook
from community.model.staff import ROLE_NAMES
from community.store import cases as store
from community.store import notices, outbox
from community.store.staff import roles_on_duty, staff_by_login
from community.texts.say import say

#: What staff see until somebody acknowledges: that it came back, where it did.
_STATUS_AFTER = {StepReason.RETURNED: CaseStatus.RETURNED, StepReason.REOPENED: CaseStatus.REOPENED}


def step_now(conn: Connection, case: Case, reason: StepReason, *, rules: Rulebook, actor: Actor, now: datetime) -> Case:
    """Tell the next in line at once, for that reason, and return the case as it stands then."""
    manned = roles_on_duty(conn, case.grid)
    decision = take_step(case, reason, rules=rules, on_duty=manned.__contains__, now=now)
    return tell_step(conn, case, decision, rules=rules, actor=actor, now=now)


def tell_step(
    conn: Connection, case: Case, decision: StepDecision, *, rules: Rulebook, actor: Actor, now: datetime
) -> Case:
    """Carry out a decision of the ladder.

    Raises:
        Conflict: somebody else moved the case first; nothing is told then.
    """
    told = store.move_case(
        conn,
        case,
        status=_STATUS_AFTER.get(decision.reason, CaseStatus.DISPATCHED),
        step=decision.step,
        rung=decision.rung,
        next_step_at=decision.next_step_at,
        acknowledged_at=None,
    )
    text = _step_text(conn, told, decision, rules.timezone)
    store.add_event(conn, case.id, at=now, actor=actor, action="step", text=text, detail=_detail(decision))
    notices.add_notice(conn, told, role=decision.role, text=text, now=now)
    tell_robots(conn, told, text, key=f"case:{case.id}:step:{decision.step}", rules=rules, now=now)
    return told


def tell_robots(conn: Connection, case: Case, text: str, *, key: str, rules: Rulebook, now: datetime) -> None:
    """Put a text for every configured group robot into the outbox; a rehearsal stays on the console."""
    if case.rehearsal:
        return
    payload = {"text": text, "mention_all": case.priority is Priority.EMERGENCY}
    for robot in rules.robots:
        outbox.put(conn, key=f"{key}:{robot}", destination=robot, payload=payload, now=now, rank=case.priority.rank)


def text_values(case: Case, zone: tzinfo) -> dict[str, str]:
    """What every text about a case for staff may say of it; no phone numbers."""
    return {
        "number": case.number,
        "priority": PRIORITY_NAMES[case.priority],
        "kind": CASE_KIND_NAMES[case.kind],
        "summary": hide_numbers(case.summary),
        # Rooms 1203-1205 look like a landline.
        "place": hide_private(case.place),
        "grid": case.grid,
        "opened": moment(case.opened_at, zone),
    }


def moment(at: datetime, zone: tzinfo) -> str:
    """A moment as staff read it: 7月15日21:30."""
    local = at.astimezone(zone)
    return f"{local.month}月{local.day}日{local:%H:%M}"


def mark_rehearsal(case: Case, text: str) -> str:
    """The text, marked 演练 where the case is one."""
    return say("cases", "rehearsal", text=text) if case.rehearsal else text


def _step_text(conn: Connection, case: Case, decision: StepDecision, zone: tzinfo) -> str:
    holder = staff_by_login(conn, case.assignee) if case.assignee else None
    text = say(
        "cases",
        "step",
        **text_values(case, zone),
        step=decision.step,
        whom=ROLE_NAMES[decision.role],
        because=say("cases", f"because.{decision.reason}", holder=holder.name if holder else "承办人"),
        skipped=[ROLE_NAMES[role] for role in decision.skipped] if not decision.nobody_on_duty else [],
        nobody=decision.nobody_on_duty,
    )
    return mark_rehearsal(case, text)


def _detail(decision: StepDecision) -> dict[str, object]:
    return {
        "step": decision.step,
        "rung": decision.rung,
        "role": decision.role,
        "reason": decision.reason,
        "skipped": list(decision.skipped),
        "nobody_on_duty": decision.nobody_on_duty,
        "next_step_at": decision.next_step_at.isoformat(),
    }
