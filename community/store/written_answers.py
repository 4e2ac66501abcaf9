"""Questions that the documents did not answer, or answered with doubt, and the answers that staff wrote to them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)

from community.model.policies.written import AnswerState, QuestionState, WrittenAnswer
from community.store.base import UtcDateTime, insert_once, metadata
from community.store.cases import cases

written_answers = Table(
    "written_answer",
    metadata,
    Column("id", Integer, primary_key=True),
    #: The question in staff's words, and the answer as residents read it.
    Column("question", Text, nullable=False),
    Column("text", Text, nullable=False),
    #: `draft`, `published`, `withdrawn`.
    Column("state", String(20), nullable=False),
    #: Login and name of who wrote it.
    Column("author", String(64), nullable=False),
    Column("author_name", String(80), nullable=False),
    #: The last day on which it is used; NULL for no end.
    Column("valid_until", Date),
    #: Somebody else must publish it.
    Column("second_look", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("published_by", String(120), nullable=False, server_default=""),
    Column("published_at", UtcDateTime),
    #: The community's date of it, which residents read.
    Column("published_on", Date),
    Column("withdrawn_by", String(120), nullable=False, server_default=""),
    #: Whatever happened to it last.
    Column("changed_at", UtcDateTime, nullable=False),
    Index("ix_written_answer_state", "state"),
)

policy_questions = Table(
    "policy_question",
    metadata,
    Column("id", Integer, primary_key=True),
    #: The message that asked it: `message:<id>:policy`.
    Column("source_key", String(200), nullable=False, unique=True),
    Column("text", Text, nullable=False),
    #: As in a case: a conversation, or none where it was asked in a call.
    Column("conversation_id", String(200)),
    #: `unknown`, `doubtful`, `choose`: why somebody should look at it.
    Column("reason", String(20), nullable=False),
    #: What the assistant said, and how sure it was.
    Column("told", Text, nullable=False, server_default=""),
    Column("confidence", Float, nullable=False),
    Column("case_id", ForeignKey("case.id")),
    #: `open`, `answered`, `set_aside`.
    Column("state", String(20), nullable=False),
    Column("answer_id", ForeignKey("written_answer.id"), index=True),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),
    Column("settled_by", String(120), nullable=False, server_default=""),
    Index("ix_policy_question_state", "state", "id"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedOfStaff:
    """A question for staff, as it was asked."""

    id: int
    text: str
    conversation_id: str | None
    reason: str
    told: str
    confidence: float
    case_id: int | None
    case_number: str | None
    state: QuestionState
    answer_id: int | None
    asked_at: datetime


def keep_question(conn: Connection, values: dict[str, Any]) -> int | None:
    """Insert a question unless its message has left one already; return its id, or None."""
    return insert_once(conn, policy_questions, values, unique="source_key")


def list_questions(
    conn: Connection,
    *,
    state: QuestionState | None = None,
    ids: Collection[int] | None = None,
    answer_id: int | None = None,
    limit: int = 500,
) -> list[AskedOfStaff]:
    """Return questions, oldest first."""
    query = _questions().order_by(policy_questions.c.id).limit(limit)
    if state is not None:
        query = query.where(policy_questions.c.state == state)
    if ids is not None:
        query = query.where(policy_questions.c.id.in_(sorted(ids)))
    if answer_id is not None:
        query = query.where(policy_questions.c.answer_id == answer_id)
    return [_question(row) for row in conn.execute(query)]


def count_questions(conn: Connection) -> int:
    """How many questions wait for staff."""
    query = select(func.count()).select_from(policy_questions).where(policy_questions.c.state == QuestionState.OPEN)
    return int(conn.execute(query).scalar_one())


def attach(conn: Connection, question_ids: Collection[int], answer_id: int | None) -> None:
    """Say which draft is to answer open questions; None lets them go again."""
    wanted = policy_questions.c.id.in_(sorted(question_ids)) & (policy_questions.c.state == QuestionState.OPEN)
    conn.execute(update(policy_questions).where(wanted).values(answer_id=answer_id))


def settle(conn: Connection, question_id: int, state: QuestionState, *, by: str, now: datetime) -> bool:
    """Take an open question off the list; return whether it was still open."""
    mine = (policy_questions.c.id == question_id) & (policy_questions.c.state == QuestionState.OPEN)
    done = conn.execute(update(policy_questions).where(mine).values(state=state, settled_at=now, settled_by=by))
    return done.rowcount == 1


def add_answer(conn: Connection, values: dict[str, Any]) -> int:
    """Insert a draft and return its id."""
    return int(conn.execute(insert(written_answers).returning(written_answers.c.id), values).scalar_one())


def find_answer(conn: Connection, answer_id: int) -> WrittenAnswer | None:
    """Return an answer, or None."""
    return next(iter(_answers(conn, select(written_answers).where(written_answers.c.id == answer_id))), None)


def list_answers(conn: Connection, state: AnswerState) -> list[WrittenAnswer]:
    """Return answers in a state with the questions that led to them, oldest first."""
    query = select(written_answers).where(written_answers.c.state == state).order_by(written_answers.c.id)
    return _answers(conn, query)


def move_answer(conn: Connection, answer_id: int, before: AnswerState, values: dict[str, Any]) -> bool:
    """Change an answer that is still in the state it was seen in; return whether it was."""
    seen = (written_answers.c.id == answer_id) & (written_answers.c.state == before)
    return conn.execute(update(written_answers).where(seen).values(values)).rowcount == 1


def answers_version(conn: Connection) -> tuple[int, int, datetime | None]:
    """Return a value that changes whenever another answer is in use: (how many, sum of ids, latest change)."""
    used = written_answers.c.state == AnswerState.PUBLISHED
    query = select(func.count(), func.sum(written_answers.c.id), func.max(written_answers.c.changed_at))
    count, total, latest = conn.execute(query.where(used)).one()
    return int(count), int(total or 0), latest


def _answers(conn: Connection, query: Select[Any]) -> list[WrittenAnswer]:
    rows = conn.execute(query).all()
    led: dict[int, list[str]] = {row.id: [] for row in rows}
    asked = select(policy_questions.c.answer_id, policy_questions.c.text).order_by(policy_questions.c.id)
    for row in conn.execute(asked.where(policy_questions.c.answer_id.in_(sorted(led)))) if led else ():
        led[row.answer_id].append(row.text)
    return [_answer(row, led[row.id]) for row in rows]


def _answer(row: Row[Any], questions: Sequence[str]) -> WrittenAnswer:
    until: date | None = row.valid_until
    return WrittenAnswer(
        id=row.id,
        question=row.question,
        text=row.text,
        state=AnswerState(row.state),
        author=row.author,
        author_name=row.author_name,
        valid_until=until,
        second_look=row.second_look,
        created_at=row.created_at,
        published_on=row.published_on,
        asked_as=tuple(questions),
    )


def _questions() -> Select[Any]:
    joined = policy_questions.outerjoin(cases, policy_questions.c.case_id == cases.c.id)
    return select(policy_questions, cases.c.number.label("case_number")).select_from(joined)


def _question(row: Row[Any]) -> AskedOfStaff:
    return AskedOfStaff(
        id=row.id,
        text=row.text,
        conversation_id=row.conversation_id,
        reason=row.reason,
        told=row.told,
        confidence=row.confidence,
        case_id=row.case_id,
        case_number=row.case_number,
        state=QuestionState(row.state),
        answer_id=row.answer_id,
        asked_at=row.asked_at,
    )
