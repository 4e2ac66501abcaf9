"""Reopen a case (重开) that was closed and is not done: its ladder starts anew."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import InvalidInput, Refused
from community.model.actor import Actor
from community.model.cases.case import Case, CaseStatus
from community.model.cases.case_text import storable
from community.model.cases.escalation import StepReason
from community.model.permissions import Permission
from community.model.rulebook import Rulebook
from community.store import audit
from community.store import cases as store
from community.usecases.authorise import authorise_if_staff
from community.usecases.tell_reporter import tell_reporter
from community.usecases.tell_step import step_now


def reopen_case(
    conn: Connection,
    case_id: int,
    reason: str,
    *,
    rules: Rulebook,
    actor: Actor,
    now: datetime,
    source_key: str | None = None,
) -> Case:
    """Open a closed case again and tell the first in line at once.

    Args:
        source_key: the resident's message that asked for it; the same again changes nothing.

    Raises:
        InvalidInput: no reason is given.
        NotFound: no such case or account.
        Refused: it is not closed, or the person may not.
    """
    authorise_if_staff(conn, actor, Permission.DISPATCH_CASES)
    case = store.case_by_id(conn, case_id)
    if store.is_recorded(conn, source_key):
        return case
    if not reason.strip():
        raise InvalidInput("重开要写原因：请说明哪里没有办好")
    if case.status is not CaseStatus.CLOSED:
        raise Refused(f"工单 {case.number} 还没有销号：不用重开")
    opened = store.move_case(
        conn,
        case,
        status=CaseStatus.REOPENED,
        closed_at=None,
        result=None,
        assignee=None,
        acknowledged_at=None,
        next_step_at=now,
    )
    event = store.add_event(
        conn, case.id, at=now, actor=actor, action="reopened", text=storable(reason), source_key=source_key
    )
    audit.append(conn, at=now, actor=actor, action="case.reopened", subject=f"case:{case.id}")
    tell_reporter(conn, opened, "reopened", key=f"case:{case.id}:event:{event}:reporter", now=now)
    return step_now(conn, opened, StepReason.REOPENED, rules=rules, actor=actor, now=now)
