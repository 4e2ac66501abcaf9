"""Add a note to a case; what a resident adds is shown to whoever has the case."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import InvalidInput
from community.model.actor import Actor
from community.model.cases.case import Case
from community.model.cases.case_text import hide_numbers, shorten, storable
from community.model.permissions import Permission
from community.store import audit, notices
from community.store import cases as store
from community.store.staff import staff_by_login
from community.texts.say import say
from community.usecases.authorise import authorise_if_staff
from community.usecases.tell_step import mark_rehearsal


def note_case(
    conn: Connection, case_id: int, text: str, *, actor: Actor, now: datetime, source_key: str | None = None
) -> Case:
    """Write a note into a case's history.

    Args:
        source_key: the resident's message it comes from; the same again changes nothing.

    Raises:
        InvalidInput: the note is empty.
        NotFound: no such case or account.
        Refused: the person may not work on cases.
    """
    authorise_if_staff(conn, actor, Permission.WORK_ON_CASES)
    text = storable(text).strip()
    if not text:
        raise InvalidInput("备注不能为空：请写上内容")
    case = store.case_by_id(conn, case_id)
    if store.is_recorded(conn, source_key):
        return case
    store.add_event(conn, case.id, at=now, actor=actor, action="noted", text=text, source_key=source_key)
    audit.append(conn, at=now, actor=actor, action="case.noted", subject=f"case:{case.id}")
    if actor.kind == "resident":
        tell_holder(conn, case, say("cases", "resident_note", number=case.number, text=shorten(text, 200)), now=now)
    return case


def tell_holder(conn: Connection, case: Case, text: str, *, now: datetime) -> None:
    """Show something on the console to the named person who has a case, or to the role that was told last."""
    holder = staff_by_login(conn, case.assignee) if case.assignee else None
    role = holder.role if holder else case.ladder[max(case.rung, 0)].role
    text = mark_rehearsal(case, hide_numbers(text))
    notices.add_notice(conn, case, role=role, login=holder.login if holder else None, text=text, now=now)
