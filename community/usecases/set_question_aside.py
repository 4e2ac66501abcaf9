"""Set a policy question aside: somebody looked at it, and it needs no written answer."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from community.errors import NotFound
from community.model.actor import Actor
from community.model.permissions import Permission
from community.model.policies.written import QuestionState
from community.store import audit
from community.store import written_answers as store
from community.usecases.authorise import authorise


def set_question_aside(
    conn: Connection, question_ids: Collection[int], *, actor: Actor, now: datetime, reason: str = ""
) -> int:
    """Take open questions off the list and return how many were; their cases go on as they are.

    Raises:
        NotFound: no such question or account.
        Refused: the person may not answer.
    """
    authorise(conn, actor.name, Permission.ANSWER_QUESTIONS)
    asked = store.list_questions(conn, ids=question_ids)
    if not asked:
        raise NotFound("没有这个提问：请从“没答上的问题”里重新选")
    done = 0
    for one in asked:
        if one.answer_id is None and store.settle(conn, one.id, QuestionState.SET_ASIDE, by=str(actor), now=now):
            done += 1
            audit.append(
                conn,
                at=now,
                actor=actor,
                action="question.set_aside",
                subject=f"question:{one.id}",
                detail={"reason": reason[:200]},
            )
    return done
