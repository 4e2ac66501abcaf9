"""Open the case that an answer sets off; a later answer to the same question is never lost in a case of the earlier one."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.cases.case import Case, NewCase
from community.model.cases.case_text import storable
from community.model.rulebook import Rulebook
from community.store.answer_cases import newest_case_about, source_key
from community.texts.say import say
from community.usecases.note_case import note_case, tell_holder
from community.usecases.open_case import OpenedCase, open_case, priority_of


def open_answer_case(
    conn: Connection,
    new: NewCase,
    target_id: int,
    question_id: str,
    *,
    rules: Rulebook,
    actor: Actor,
    now: datetime,
    noted: str | None = None,
) -> OpenedCase:
    """Open the case of an answer.

    Where the question has an open case that is as urgent, the new words are noted there and its holder is told; a less
    urgent or closed one gets a new case beside it, which climbs by itself. The same words again change nothing.

    Args:
        new: the case; its key is decided here.
        noted: what the history of the open case says instead of the new case's own words.
    """
    known = newest_case_about(conn, target_id, question_id)
    key = source_key(target_id, question_id)
    if known is None:
        return open_case(conn, replace(new, source_key=key), rules=rules, actor=actor, now=now)
    asked = priority_of(new.kind, new.category, rules, danger=new.danger, asked=new.priority)
    if known.status.is_open and known.priority.rank >= asked.rank:
        if known.description != storable(new.description):
            _note(conn, known, new, noted, actor=actor, now=now)
        return OpenedCase(id=known.id, number=known.number, created=False, priority=known.priority)
    return open_case(conn, replace(new, source_key=f"{key}:after:{known.id}"), rules=rules, actor=actor, now=now)


def _note(conn: Connection, known: Case, new: NewCase, noted: str | None, *, actor: Actor, now: datetime) -> None:
    text = f"同一个问题后来又答：{new.summary}\n{new.description}".strip()
    note_case(conn, known.id, noted or text, actor=actor, now=now)
    if actor.kind != "resident":
        tell_holder(conn, known, say("cases", "resident_note", number=known.number, text=new.summary), now=now)
