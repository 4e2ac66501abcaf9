"""Say that an answer was heard again and had been understood rightly."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.permissions import Permission
from community.store import audit
from community.store.answers import note_checked
from community.usecases.authorise import authorise
from community.usecases.correct_answer import answer_on_record


def check_answer(conn: Connection, target_id: int, question_id: str, *, actor: Actor, now: datetime) -> None:
    """Take an answer off the list of those to be heard again.

    Raises:
        NotFound: no such answer or account.
        Refused: the person may not.
    """
    authorise(conn, actor.name, Permission.WORK_ON_CASES)
    answer_on_record(conn, target_id, question_id)
    note_checked(conn, target_id=target_id, question_id=question_id, by=actor.name, now=now)
    detail = {"question": question_id}
    audit.append(conn, at=now, actor=actor, action="answer.checked", subject=f"target:{target_id}", detail=detail)
