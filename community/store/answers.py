"""Answers: what was heard, what it was taken to mean, how sure; and corrections beside the original."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Float,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from community.model.meaning.reading import NOT_ANSWERS, Reading
from community.store.base import UtcDateTime, metadata

answers = Table(
    "answer",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("target_id", ForeignKey("target.id"), nullable=False),
    Column("attempt_id", ForeignKey("attempt.id"), index=True),
    Column("question_id", String(60), nullable=False),
    #: The recogniser's words.
    Column("heard", Text, nullable=False, server_default=""),
    Column("digits", String(40), nullable=False, server_default=""),
    #: `yes`, `no`, `none`, `needs:…`, `keep`, `value`, or one of the common labels (model.meaning).
    Column("label", String(40), nullable=False),
    #: The option, number, ISO date or {part, from, to} meant.
    Column("value", JSON),
    #: 0…1: how sure the reading is.
    Column("confidence", Float, nullable=False),
    #: `keys`, `rules`, `model` or `staff`.
    Column("decided_by", String(20), nullable=False),
    #: By which it was given: `phone`, `inbound`, `sms`, `link`, `chat` or `staff`.
    Column("channel", String(10), nullable=False, server_default="phone"),
    Column("recording", String(200)),
    Column("rehearsal", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("corrected_label", String(40)),
    Column("corrected_value", JSON),
    Column("corrected_by", String(80)),
    Column("corrected_at", UtcDateTime),
    #: Who listened and found the reading right; it speaks of the answer given before that moment.
    Column("checked_by", String(80)),
    Column("checked_at", UtcDateTime),
    UniqueConstraint("target_id", "question_id"),
)

#: What counts in SQL: the correction where there is one; the value as the text of its JSON.
MEANT_LABEL = func.coalesce(answers.c.corrected_label, answers.c.label)
MEANT_VALUE = case(
    (answers.c.corrected_label.is_not(None), cast(answers.c.corrected_value, Text)), else_=cast(answers.c.value, Text)
)
#: The part of the day in an answer {part, from, to}.
MEANT_PART = case(
    (answers.c.corrected_label.is_not(None), answers.c.corrected_value["part"].as_string()),
    else_=answers.c.value["part"].as_string(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of one target.

    Attributes:
        heard: the recogniser's words; digits: the keys pressed.
        label, value: what it was taken to mean, before any correction by staff.
        confidence: 0…1.
        decided_by: `keys`, `rules`, `model` or `staff`.
        channel: `phone`, `inbound`, `sms`, `link`, `chat` or `staff`.
        recording: the recording it stands in, or None.
        rehearsal: given by a simulated resident.
    """

    target_id: int
    question_id: str
    attempt_id: str | None
    heard: str
    digits: str
    label: str
    value: Any
    confidence: float
    decided_by: str
    rehearsal: bool
    at: datetime
    channel: str = "phone"
    recording: str | None = None
    corrected_label: str | None = None
    corrected_value: Any = None
    corrected_by: str | None = None
    corrected_at: datetime | None = None
    checked_by: str | None = None
    checked_at: datetime | None = None

    @property
    def meaning(self) -> tuple[str, Any]:
        """Label and value that count: the correction where there is one."""
        if self.corrected_label is not None:
            return self.corrected_label, self.corrected_value
        return self.label, self.value

    @property
    def is_checked(self) -> bool:
        """Whether somebody listened to it and found the reading right."""
        return self.checked_at is not None and self.checked_at >= self.at


_WRITTEN = (
    "target_id",
    "question_id",
    "attempt_id",
    "heard",
    "digits",
    "label",
    "value",
    "confidence",
    "decided_by",
    "channel",
    "recording",
    "rehearsal",
    "at",
)
_CORRECTION = ("corrected_label", "corrected_value", "corrected_by", "corrected_at")


def _upsert(insert: Callable[[Table], Any]) -> Any:
    statement = insert(answers)
    replaced: dict[str, Any] = {name: statement.excluded[name] for name in _WRITTEN}
    # Where staff found that it was no answer the question is open again, and what comes now counts.
    reopened = answers.c.corrected_label.in_(NOT_ANSWERS)
    for name in _CORRECTION:
        replaced[name] = case((reopened, None), else_=answers.c[name])
    # What one channel did not understand never takes the place of what another one did.
    better = or_(statement.excluded.label.not_in(NOT_ANSWERS), MEANT_LABEL.in_(NOT_ANSWERS))
    return statement.on_conflict_do_update(
        index_elements=["target_id", "question_id"], set_=replaced, where=better
    ).inline()


# Built once: every answer runs it, and building costs more than running.
_SAVE = {"sqlite": _upsert(sqlite_insert), "postgresql": _upsert(postgresql_insert)}


def save_answer(conn: Connection, answer: Answer) -> None:
    """Write down an answer; a later one to the same question replaces it, a correction by staff stays beside it.

    A correction that says that it was no answer holds until there is one.

    What was not understood is kept only while there is no answer.
    """
    conn.execute(_SAVE[conn.dialect.name], {name: getattr(answer, name) for name in _WRITTEN})


def correct_answer(
    conn: Connection, *, target_id: int, question_id: str, label: str, value: Any, by: str, now: datetime
) -> bool:
    """Put staff's correction beside an answer; tell whether there is such an answer."""
    result = conn.execute(
        update(answers)
        .where(answers.c.target_id == target_id, answers.c.question_id == question_id)
        .values(corrected_label=label, corrected_value=value, corrected_by=by, corrected_at=now)
    )
    return result.rowcount == 1


def note_checked(conn: Connection, *, target_id: int, question_id: str, by: str, now: datetime) -> bool:
    """Say that somebody listened to an answer and found its reading right; tell whether there is such an answer."""
    result = conn.execute(
        update(answers)
        .where(answers.c.target_id == target_id, answers.c.question_id == question_id)
        .values(checked_by=by, checked_at=now)
    )
    return result.rowcount == 1


_OF_TARGETS = (
    select(answers).where(answers.c.target_id.in_(bindparam("targets", expanding=True))).order_by(answers.c.id)
)


def answers_of_targets(conn: Connection, target_ids: Collection[int]) -> dict[int, dict[str, Answer]]:
    """Answers of each target, by question id; a target without answers is left out."""
    found: dict[int, dict[str, Answer]] = {}
    for row in conn.execute(_OF_TARGETS, {"targets": list(target_ids)}):
        found.setdefault(row.target_id, {})[row.question_id] = _answer(row)
    return found


def answered_in(conn: Connection, attempt_id: str) -> bool:
    """Whether a question was answered in this call."""
    labels = conn.scalars(select(answers.c.label).where(answers.c.attempt_id == attempt_id))
    return any(Reading(label).is_answer for label in labels)


def readings_of_target(conn: Connection, target_id: int) -> dict[str, Reading]:
    """What each answer of a target means, corrections included, by question id."""
    found = answers_of_targets(conn, [target_id]).get(target_id, {})
    return {
        question: Reading(label, value, answer.confidence, answer.decided_by)
        for question, answer in found.items()
        for label, value in [answer.meaning]
    }


def _answer(row: Row[Any]) -> Answer:
    values = row._asdict()
    values.pop("id")
    return Answer(**values)
