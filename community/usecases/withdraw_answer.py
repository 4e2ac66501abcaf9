"""Take back an answer that staff wrote: a draft that was turned down, or a published one that no longer holds."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import Conflict, NotFound
from community.model.actor import Actor
from community.model.permissions import Permission
from community.model.policies.written import AnswerState
from community.store import audit
from community.store import written_answers as store
from community.usecases.authorise import authorise


def withdraw_answer(conn: Connection, answer_id: int, *, actor: Actor, now: datetime, reason: str = "") -> None:
    """Withdraw an answer; a draft's questions are open again, a published one is no longer used.

    Raises:
        NotFound: no such answer or account.
        Refused: the person may not answer.
        Conflict: it was withdrawn already.
    """
    authorise(conn, actor.name, Permission.ANSWER_QUESTIONS)
    answer = store.find_answer(conn, answer_id)
    if answer is None:
        raise NotFound("没有这条答复：请从“没答上的问题”里重新打开")
    changes = {"state": AnswerState.WITHDRAWN, "withdrawn_by": str(actor), "changed_at": now}
    if answer.state is AnswerState.WITHDRAWN or not store.move_answer(conn, answer_id, answer.state, changes):
        raise Conflict("这条答复刚刚有同事处理了：请刷新页面看看")
    if answer.state is AnswerState.DRAFT:
        store.attach(conn, [one.id for one in store.list_questions(conn, answer_id=answer_id)], None)
    detail = {"before": answer.state, "reason": reason[:200]}
    audit.append(conn, at=now, actor=actor, action="answer.withdrawn", subject=f"answer:{answer_id}", detail=detail)
