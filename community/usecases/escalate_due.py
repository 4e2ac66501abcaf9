"""The tick of the ladders: every case whose clock has run out tells the next in line."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.cases.case import Case
from community.model.cases.escalation import decide
from community.model.rulebook import Rulebook
from community.model.staff import Role
from community.store import cases as store
from community.store.notices import add_alarm
from community.store.staff import roles_on_duty
from community.texts.say import say
from community.usecases.tell_step import tell_step

log = structlog.get_logger()
_ACTOR = Actor.system("escalation")
#: A step that failed is tried again so much later, behind every case that can be told.
_AGAIN = timedelta(minutes=1)
#: Who puts right what keeps a case from climbing, and who sees to the case meanwhile.
_TOLD_OF_FAILURE = (Role.ADMIN, Role.SECRETARY)


def escalate_due(conn: Connection, *, rules: Rulebook, now: datetime, limit: int = 50) -> int:
    """Take the most overdue cases one step up each, whatever was missed while the service was down.

    Safe to run again, and beside itself: a case moves only from where it was seen.

    Returns:
        How many cases moved; `limit` means that there may be more.
    """
    manned: dict[str, frozenset[Role]] = {}
    moved = 0
    for case in store.due_cases(conn, now, limit):
        if case.grid not in manned:
            manned[case.grid] = roles_on_duty(conn, case.grid)
        moved += _escalate(conn, case, manned[case.grid], rules, now)
    return moved


def _escalate(conn: Connection, case: Case, manned: frozenset[Role], rules: Rulebook, now: datetime) -> bool:
    try:
        with conn.begin_nested():
            decision = decide(case, rules=rules, on_duty=manned.__contains__, now=now)
            if decision is None:
                return False
            tell_step(conn, case, decision, rules=rules, actor=_ACTOR, now=now)
    except Exception:  # one case that cannot be told must not keep the others from climbing
        log.exception("case_step_failed", case=case.number)
        _put_off(conn, case, now)
        return False
    log.info("case_step", case=case.number, step=decision.step, role=decision.role, reason=decision.reason)
    return True


def _put_off(conn: Connection, case: Case, now: datetime) -> None:
    store.move_case(conn, case, next_step_at=now + _AGAIN)
    alarm = say("cases", "step_failed", number=case.number)
    add_alarm(conn, alarm, now=now, roles=_TOLD_OF_FAILURE, quiet_for=timedelta(hours=1))
