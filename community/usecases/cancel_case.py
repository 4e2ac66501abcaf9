"""The reporter takes a case back; whoever was sent is told."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.cases.case import Case, CaseStatus
from community.model.cases.case_text import storable
from community.model.permissions import Permission
from community.model.rulebook import Rulebook
from community.store import audit
from community.store import cases as store
from community.texts.say import say
from community.usecases.authorise import authorise_if_staff
from community.usecases.note_case import tell_holder
from community.usecases.tell_step import mark_rehearsal, tell_robots, text_values


def cancel_case(
    conn: Connection,
    case_id: int,
    *,
    rules: Rulebook,
    actor: Actor,
    now: datetime,
    reason: str = "",
    source_key: str | None = None,
) -> Case:
    """Close a case because its reporter takes it back; one that is closed already stays as it is.

    Args:
        source_key: the resident's message that takes it back; the same again changes nothing.

    Raises:
        NotFound: no such case or account.
        Refused: the member of staff who enters it may not work on cases.
    """
    authorise_if_staff(conn, actor, Permission.WORK_ON_CASES)
    case = store.case_by_id(conn, case_id)
    if case.status is CaseStatus.CLOSED or store.is_recorded(conn, source_key):
        return case
    result = say("cases", "cancelled_result", reason=storable(reason).strip())
    closed = store.move_case(conn, case, status=CaseStatus.CLOSED, closed_at=now, result=result, next_step_at=None)
    event = store.add_event(
        conn, case.id, at=now, actor=actor, action="cancelled", text=storable(reason), source_key=source_key
    )
    audit.append(conn, at=now, actor=actor, action="case.cancelled", subject=f"case:{case.id}")
    text = say("cases", "cancelled", **text_values(closed, rules.timezone), danger=case.danger)
    tell_holder(conn, closed, text, now=now)
    tell_robots(conn, closed, mark_rehearsal(case, text), key=f"case:{case.id}:event:{event}", rules=rules, now=now)
    return closed
