"""What the optional language model was asked and what of its answers was used; a replayed turn finds it here."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Integer, String, Table, Text, select, update

from community.store.base import UtcDateTime, insert_once, metadata

#: The outcome until it is known.
ASKED = "asked"

model_answers = Table(
    "model_answer",
    metadata,
    Column("id", Integer, primary_key=True),
    #: `message:<id>:<purpose>`.
    Column("source_key", String(200), nullable=False, unique=True),
    #: `phrasing` or `extraction`.
    Column("purpose", String(20), nullable=False),
    #: The model's name as it is set.
    Column("model", String(120), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    #: `asked` until it is known; `used`, or why not: `timeout`, `unreachable`, `new_number`…
    Column("outcome", String(30), nullable=False),
    #: What was used; empty where nothing was.
    Column("answer", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """One question to the model; `answer` is empty where the built-in path answered."""

    source_key: str
    purpose: str
    model: str
    asked_at: datetime
    outcome: str
    answer: str


def model_answer(conn: Connection, source_key: str) -> ModelAnswer | None:
    """Return what came of a question; None when it was never asked."""
    row = conn.execute(select(model_answers).where(model_answers.c.source_key == source_key)).one_or_none()
    if row is None:
        return None
    return ModelAnswer(row.source_key, row.purpose, row.model, row.asked_at, row.outcome, row.answer)


def note_question(conn: Connection, source_key: str, *, purpose: str, model: str, now: datetime) -> bool:
    """Note that the model is about to be asked; False when it was asked this before."""
    values = {
        "source_key": source_key,
        "purpose": purpose,
        "model": model[:120],
        "asked_at": now,
        "outcome": ASKED,
        "answer": "",
    }
    return insert_once(conn, model_answers, values, unique="source_key") is not None


def keep_answer(conn: Connection, source_key: str, *, outcome: str, answer: str) -> None:
    """Keep what came of it."""
    mine = model_answers.c.source_key == source_key
    conn.execute(update(model_answers).where(mine).values(outcome=outcome, answer=answer))
