"""Write an answer to questions that no document answers: a draft, until it is published."""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy import Connection

from community.errors import Conflict, InvalidInput, NotFound
from community.model.actor import Actor
from community.model.cases.case_text import storable
from community.model.permissions import Permission
from community.model.policies.written import AnswerState, QuestionState
from community.store import audit
from community.store import written_answers as store
from community.usecases.authorise import authorise

#: Characters of an answer; what is longer belongs into a document.
LONGEST_ANSWER = 1000
_LONGEST_QUESTION = 300


def write_answer(
    conn: Connection,
    question_ids: Collection[int],
    text: str,
    *,
    actor: Actor,
    now: datetime,
    question: str = "",
    valid_until: date | None = None,
    second_look: bool = False,
) -> int:
    """Write a draft that answers one or more open questions, and return its id.

    Args:
        text: the answer as residents read it.
        question: what it answers, in staff's words; empty for the first question's own.
        valid_until: the last day on which it is used; None for no end.
        second_look: somebody else must publish it.

    Raises:
        InvalidInput: there is no text, or it is too long.
        NotFound: no such question or account.
        Refused: the person may not answer.
        Conflict: somebody settled one of the questions, or is answering it, already.
    """
    author = authorise(conn, actor.name, Permission.ANSWER_QUESTIONS)
    text, question = storable(text).strip(), storable(question).strip()
    if not text:
        raise InvalidInput("还没有写答复：请写上居民能看懂的一两句话")
    if len(text) > LONGEST_ANSWER or len(question) > _LONGEST_QUESTION:
        raise InvalidInput(
            f"答复最多 {LONGEST_ANSWER} 个字，问题最多 {_LONGEST_QUESTION} 个字：请缩短，或者导入成政策文件"
        )
    asked = store.list_questions(conn, ids=question_ids)
    if not asked or len(asked) != len(set(question_ids)):
        raise NotFound("没有这个提问：请从“没答上的问题”里重新选")
    if any(one.state is not QuestionState.OPEN or one.answer_id is not None for one in asked):
        raise Conflict("这个提问刚刚有同事处理了：请刷新页面看看")
    answer_id = store.add_answer(
        conn,
        {
            "question": question or asked[0].text[:_LONGEST_QUESTION],
            "text": text,
            "state": AnswerState.DRAFT,
            "author": author.login,
            "author_name": author.name,
            "valid_until": valid_until,
            "second_look": second_look,
            "created_at": now,
            "changed_at": now,
        },
    )
    store.attach(conn, [one.id for one in asked], answer_id)
    detail = {"questions": [one.id for one in asked], "second_look": second_look}
    audit.append(conn, at=now, actor=actor, action="answer.written", subject=f"answer:{answer_id}", detail=detail)
    return answer_id
