"""Publish an answer that staff wrote: it is used from then on, sent to who asked, and their cases are closed."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from community.errors import Conflict, NotFound, Refused
from community.model.actor import Actor
from community.model.cases.case import CaseStatus
from community.model.permissions import Permission
from community.model.policies.written import AnswerState, QuestionState, WrittenAnswer
from community.store import audit, outbox
from community.store import cases as case_store
from community.store import written_answers as store
from community.store.messages import find_conversation
from community.store.written_answers import AskedOfStaff
from community.texts.say import say
from community.usecases.authorise import authorise
from community.usecases.close_case import close_case


def publish_answer(conn: Connection, answer_id: int, *, zone: ZoneInfo, actor: Actor, now: datetime) -> int:
    """Publish a draft and return how many residents are sent it.

    Who asked in a conversation gets the answer there, alone. The case of a question asked on the telephone stays open:
    somebody has to ring back.

    Raises:
        NotFound: no such answer or account.
        Refused: the person may not answer, the answer has ended before it begins, or it waits for a second look by somebody else.
        Conflict: it was published or withdrawn already.
    """
    member = authorise(conn, actor.name, Permission.ANSWER_QUESTIONS)
    answer = _draft(conn, answer_id)
    today = now.astimezone(zone).date()
    if answer.second_look and member.login == answer.author:
        raise Refused("这条答复要请同事再看一眼：请让另一位同事发布")
    if answer.valid_until is not None and answer.valid_until < today:
        raise Refused("有效期已经过了：请改好有效期再发布")
    changes = {
        "state": AnswerState.PUBLISHED,
        "published_by": str(actor),
        "published_at": now,
        "published_on": today,
        "changed_at": now,
    }
    if not store.move_answer(conn, answer_id, AnswerState.DRAFT, changes):
        raise Conflict("这条答复刚刚有同事处理了：请刷新页面看看")
    published = store.find_answer(conn, answer_id) or answer
    asked = store.list_questions(conn, answer_id=answer_id, state=QuestionState.OPEN)
    told = sum(_settle(conn, one, published, zone=zone, actor=actor, now=now) for one in asked)
    detail = {"questions": [one.id for one in asked], "told": told}
    audit.append(conn, at=now, actor=actor, action="answer.published", subject=f"answer:{answer_id}", detail=detail)
    return told


def _draft(conn: Connection, answer_id: int) -> WrittenAnswer:
    answer = store.find_answer(conn, answer_id)
    if answer is None:
        raise NotFound("没有这条答复：请从“没答上的问题”里重新打开")
    if answer.state is not AnswerState.DRAFT:
        raise Conflict("这条答复已经发布或撤下了：请刷新页面看看")
    return answer


def _settle(
    conn: Connection, asked: AskedOfStaff, answer: WrittenAnswer, *, zone: ZoneInfo, actor: Actor, now: datetime
) -> bool:
    """Tell who asked and close their case; return whether there was somebody to tell."""
    if not store.settle(conn, asked.id, QuestionState.ANSWERED, by=str(actor), now=now):
        return False
    told = _tell(conn, asked, answer, zone=zone, now=now)
    if told and asked.case_id is not None:
        case = case_store.case_by_id(conn, asked.case_id)
        if case.status is not CaseStatus.CLOSED:
            close_case(conn, case.id, f"已答复居民：{answer.text}", actor=actor, now=now, tell=False)
    return told


def _tell(conn: Connection, asked: AskedOfStaff, answer: WrittenAnswer, *, zone: ZoneInfo, now: datetime) -> bool:
    conversation = find_conversation(conn, asked.conversation_id) if asked.conversation_id else None
    if conversation is None:
        return False
    today = now.astimezone(zone).date()
    text = say("cases", "question_answered", question=asked.text, text=answer.text, source=answer.source(today))
    payload = {"conversation_id": conversation.id, "text": text, "to": "person"}
    # An id is given out again once old questions are deleted.
    key = f"answer:{answer.id}:question:{asked.id}:{int(asked.asked_at.timestamp())}"
    return outbox.put(conn, key=key, destination=f"channel:{conversation.channel}", payload=payload, now=now)
