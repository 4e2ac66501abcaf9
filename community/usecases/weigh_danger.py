"""Weigh a danger that only the second opinion hears against the question that is open: the words may be its answer."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import Connection

from community.model.hazards.emergency import Emergency
from community.model.questionnaires.questionnaire import Question, QuestionKind
from community.model.questionnaires.writing import Reply
from community.usecases.recognise_emergency import hears_danger
from community.usecases.written_conversation import read_in_writing, where_writing_stands


def weigh_danger(
    conn: Connection,
    found: Emergency,
    text: str,
    *,
    target_id: int,
    question_id: str,
    channel: str,
    today: date,
    now: datetime,
) -> Emergency | None:
    """What is left of it: nothing where the words are understood as an answer, else what is asked about.

    What the rules hear stays, and so does what is as sure as on the phone. Free words are any words, and a guessed answer
    is none: they settle nothing.

    Args:
        question_id: what was asked.
        channel: `sms` or `chat`.
    """
    if found.decided_by == "rule":
        return found
    stands = where_writing_stands(conn, target_id, channel=channel, now=now)
    question = stands.question
    if question is None or question.id != question_id or hears_danger(question, text):
        return found
    reply = read_in_writing(conn, target_id, text, channel=channel, today=today, now=now)
    return None if _is_understood(question, reply) else replace(found, suspected=True)


def _is_understood(question: Question, reply: Reply | None) -> bool:
    if reply is None or not reply.answers or question.kind is QuestionKind.FREE_TEXT:
        return False
    return reply.reading.decided_by != "model"
