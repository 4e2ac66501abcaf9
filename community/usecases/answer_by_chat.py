"""A message in a tied chat as an answer: what it answers, what is asked next, and what it was not meant for."""

from datetime import date, datetime

from sqlalchemy import Connection

from community.model.calls.call import CallResult
from community.model.hazards.emergency import Emergency
from community.model.hazards.hazard_report import corrected_category, word_scores
from community.model.questionnaires.questionnaire import QuestionKind
from community.model.questionnaires.writing import Move, Stage
from community.model.residents.check_in import (
    keeps_answer,
    names_another_matter,
    says_well,
    wants_change,
    wants_check_in,
    wants_pause,
)
from community.store.cases import case_by_id
from community.texts.say import say
from community.usecases.answer_in_writing import answer_in_writing
from community.usecases.change_in_writing import change_in_writing, keep_as_written
from community.usecases.check_in_by_chat import CHANNEL, Asked, ChatAnswer, ChatDesk, addressed_apart
from community.usecases.note_case import note_case
from community.usecases.weigh_danger import weigh_danger
from community.usecases.written_conversation import WrittenTurn, read_in_writing, where_writing_stands

#: Words that answer nothing: only then are they looked at as something else.
_NO_ANSWER = frozenset({Move.AGAIN, Move.SET_ASIDE})


def answer_by_chat(desk: ChatDesk, asked: Asked, text: str) -> ChatAnswer | None:
    """Take a message as the answer to what was asked; None where it is for the assistant instead.

    Args:
        asked: what the chat asked last.
    """
    if (change := wants_change(text)) is not None:
        return _change(desk, asked, change.nth)
    return _to_question(desk, asked, text) if asked.question_id else None


def asks_to_check_in(desk: ChatDesk, asked: Asked, text: str) -> bool:
    """Whether somebody who is asked something wants the questions again; 都平安 may be the answer instead."""
    if not wants_check_in(text):
        return False
    may_answer = bool(asked.question_id) and says_well(text)
    return not (may_answer and _is_answer(desk.conn, asked, text, today=desk.today, now=desk.now))


def add_to_cry(desk: ChatDesk, asked: Asked, text: str) -> ChatAnswer | None:
    """Put what somebody writes after a cry for help onto its case; None where nobody has it any more."""
    if asked.cry is None or not case_by_id(desk.conn, asked.cry).status.is_open:
        return None
    note_case(desk.conn, asked.cry, text, actor=desk.actor, now=desk.now, source_key=f"{desk.message}:cry")
    return ChatAnswer(say=say("check_in", "added"), asked=asked, case_id=asked.cry, emergency=True)


def weigh_in_chat(
    conn: Connection, asked: Asked, text: str, found: Emergency, *, today: date, now: datetime
) -> Emergency | None:
    """What is left of a danger that only the second opinion hears, where the words may be meant for the questions.

    They are meant for them as an answer, or as 停, 改答案 or 不改了.
    """
    left = weigh_danger(
        conn,
        found,
        text,
        target_id=asked.target_id,
        question_id=asked.question_id,
        channel=CHANNEL,
        today=today,
        now=now,
    )
    told = wants_change(text) or wants_pause(text) or keeps_answer(text)
    return None if left is not None and left.suspected and told else left


def _is_answer(conn: Connection, asked: Asked, text: str, *, today: date, now: datetime) -> bool:
    reply = read_in_writing(conn, asked.target_id, text, channel=CHANNEL, today=today, now=now)
    return reply is not None and reply.answers


def _to_question(desk: ChatDesk, asked: Asked, text: str) -> ChatAnswer | None:
    stands = where_writing_stands(desk.conn, asked.target_id, channel=CHANNEL, now=desk.now)
    question = stands.question.say if stands.question else ""
    if wants_pause(text, question, [choice.text for choice in stands.choices]):
        return ChatAnswer(say=say("check_in", "paused"))
    if stands.question is None:
        return _over(desk, asked, stands)
    if stands.question.id != asked.question_id:
        return desk.ask(asked.resident_id, asked.target_id, first=say("check_in", "elsewhere"))
    if keeps_answer(text) and (kept := _keep(desk, asked, text, stands)) is not None:
        return _after(desk, asked, kept)
    return _take(desk, asked, text, stands)


def _keep(desk: ChatDesk, asked: Asked, text: str, stands: WrittenTurn) -> WrittenTurn | None:
    """Leave the answer that was to be changed; None where none was, or where 没错 confirms the new one."""
    if stands.asks is Stage.READ_BACK and _is_answer(desk.conn, asked, text, today=desk.today, now=desk.now):
        return None
    return keep_as_written(desk.conn, asked.target_id, channel=CHANNEL, created_by=str(desk.actor), now=desk.now)


def _reports(stands: WrittenTurn, text: str) -> bool:
    """Whether something broken is reported that was not asked about: 楼下路灯不亮了 to 愿意转移吗."""
    if stands.question is None or stands.question.kind in {QuestionKind.FREE_TEXT, QuestionKind.NEED_HELP}:
        return False
    code = corrected_category(text)
    return code is not None and code not in word_scores(stands.question.say)


def _take(desk: ChatDesk, asked: Asked, text: str, stands: WrittenTurn) -> ChatAnswer | None:
    reply = read_in_writing(desk.conn, asked.target_id, text, channel=CHANNEL, today=desk.today, now=desk.now)
    move = reply.move if reply is not None else None
    # The assistant answers what is asked of it; the question waits.
    if move is Move.ASKED_BACK or (move in _NO_ANSWER and names_another_matter(text)) or _reports(stands, text):
        return None
    turn = answer_in_writing(
        desk.conn,
        asked.target_id,
        question_id=asked.question_id,
        text=text,
        channel=CHANNEL,
        rules=desk.rules,
        actor=desk.actor,
        now=desk.now,
    )
    if move is Move.NOT_NOW and turn.goes_on:
        return ChatAnswer(say=say("writing", "not_now"))
    return _after(desk, asked, turn)


def _change(desk: ChatDesk, asked: Asked, nth: int | None) -> ChatAnswer:
    again = change_in_writing(
        desk.conn, asked.target_id, channel=CHANNEL, created_by=str(desk.actor), now=desk.now, nth=nth
    )
    if again is not None:
        return desk.put(asked.resident_id, asked.target_id, again)
    first = say("check_in", "nothing_to_change", phone=desk.rules.phone)
    stands = where_writing_stands(desk.conn, asked.target_id, channel=CHANNEL, now=desk.now)
    return desk.ask(asked.resident_id, asked.target_id, first=first) if stands.goes_on else ChatAnswer(say=first)


def _after(desk: ChatDesk, asked: Asked, turn: WrittenTurn) -> ChatAnswer:
    if turn.emergency:
        cry = Asked(resident_id=asked.resident_id, target_id=asked.target_id, cry=turn.case_id)
        return ChatAnswer(say=turn.say, asked=cry, case_id=turn.case_id, emergency=True)
    return desk.put(asked.resident_id, asked.target_id, turn) if turn.goes_on else _over(desk, asked, turn)


def _over(desk: ChatDesk, asked: Asked, turn: WrittenTurn) -> ChatAnswer:
    """Go on with whatever else is asked of the same resident; say so where others are asked too."""
    following = desk.open_targets(asked.resident_id)
    if following and turn.result is CallResult.COMPLETED:
        return desk.ask(asked.resident_id, following[0], first=f"{turn.say}\n{say('check_in', 'next_one')}")
    others = [each for each in desk.residents if each != asked.resident_id and desk.open_targets(each)]
    said = [turn.say]
    if others:
        label = addressed_apart(desk.conn, desk.residents)[others[0]]
        said.append(say("check_in", "next_person", addressed=label))
    over = Asked(resident_id=asked.resident_id, target_id=asked.target_id)
    return ChatAnswer(say="\n".join(said), asked=over, case_id=turn.case_id)
