"""Close a case (销号) with what was done; who reported it is told."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import InvalidInput, Refused
from community.model.actor import Actor
from community.model.cases.case import Case, CaseStatus
from community.model.cases.case_text import hide_numbers, storable
from community.model.permissions import Permission
from community.store import audit
from community.store import cases as store
from community.usecases.authorise import authorise_if_staff
from community.usecases.tell_reporter import tell_reporter


def close_case(conn: Connection, case_id: int, result: str, *, actor: Actor, now: datetime, tell: bool = True) -> Case:
    """Close a case.

    Args:
        result: what was done, in words that the reporter may read; phone numbers in it are masked for them.
        tell: whether who reported it is told here; not where they were told already.

    Raises:
        InvalidInput: no result is given.
        NotFound: no such case or account.
        Refused: it is closed already, or the person may not work on cases.
    """
    authorise_if_staff(conn, actor, Permission.WORK_ON_CASES)
    result = storable(result).strip()
    if not result:
        raise InvalidInput("销号要写办理结果：请说明做了什么、现在怎么样")
    case = store.case_by_id(conn, case_id)
    if case.status is CaseStatus.CLOSED:
        raise Refused(f"工单 {case.number} 已经销号：不用再办")
    closed = store.move_case(conn, case, status=CaseStatus.CLOSED, closed_at=now, result=result, next_step_at=None)
    event = store.add_event(conn, case.id, at=now, actor=actor, action="closed", text=result)
    audit.append(conn, at=now, actor=actor, action="case.closed", subject=f"case:{case.id}")
    key = f"case:{case.id}:event:{event}:reporter"
    if tell:
        tell_reporter(conn, closed, "closed", key=key, now=now, result=hide_numbers(result))
    return closed
