"""Return a case (退单): it is not theirs who were told. The next in line is told at once."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import InvalidInput, Refused
from community.model.actor import Actor
from community.model.cases.case import CASE_STATUS_NAMES, Case, CaseStatus
from community.model.cases.case_text import storable
from community.model.cases.escalation import StepReason
from community.model.permissions import Permission
from community.model.rulebook import Rulebook
from community.store import audit
from community.store import cases as store
from community.usecases.authorise import authorise_actor
from community.usecases.tell_step import step_now

_NOT_FROM = frozenset({CaseStatus.CLOSED, CaseStatus.SUSPENDED})


def return_case(conn: Connection, case_id: int, reason: str, *, rules: Rulebook, actor: Actor, now: datetime) -> Case:
    """Give a case back with a reason; the clock does not stop for it, and it may happen a few times only.

    Raises:
        InvalidInput: no reason is given.
        NotFound: no such case or account.
        Refused: closed or put off, returned too often, or the person may not work on cases.
    """
    authorise_actor(conn, actor, Permission.WORK_ON_CASES)
    if not reason.strip():
        raise InvalidInput("退单要写原因：请说明这件事该由谁来办")
    case = store.case_by_id(conn, case_id)
    if case.status in _NOT_FROM:
        raise Refused(f"工单 {case.number} 已{CASE_STATUS_NAMES[case.status]}，不能退单")
    if store.count_events(conn, case.id, "returned") >= rules.returns_at_most:
        raise Refused(
            f"工单 {case.number} 已经退过 {rules.returns_at_most} 次，不能再退：请社区书记转派给指定的人",
            code="returned_too_often",
        )
    returned = store.move_case(
        conn, case, status=CaseStatus.RETURNED, assignee=None, acknowledged_at=None, next_step_at=now
    )
    store.add_event(conn, case.id, at=now, actor=actor, action="returned", text=storable(reason))
    audit.append(conn, at=now, actor=actor, action="case.returned", subject=f"case:{case.id}")
    return step_now(conn, returned, StepReason.RETURNED, rules=rules, actor=actor, now=now)
