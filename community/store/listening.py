"""Answers that were understood with little certainty and that nobody has heard again yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, or_, select

from community.model.calls.results import SURE_ENOUGH
from community.store.answers import answers
from community.store.campaigns import targets
from community.store.result_lines import EVERYBODY, ResultFilter, people, wanted_people

_ALWAYS_SURE = ("keys", "staff")


@dataclass(frozen=True, slots=True)
class DoubtfulAnswer:
    """Whose answer to which question it is."""

    target_id: int
    question_id: str


def count_doubtful(conn: Connection, campaign_id: int, wanted: ResultFilter = EVERYBODY) -> int:
    """How many answers should be heard again."""
    query = select(func.count()).select_from(people().join(answers, answers.c.target_id == targets.c.id))
    return conn.execute(query.where(*wanted_people(conn, campaign_id, wanted), *_doubtful())).scalar_one()


def list_doubtful(
    conn: Connection, campaign_id: int, wanted: ResultFilter = EVERYBODY, *, limit: int = 20, offset: int = 0
) -> list[DoubtfulAnswer]:
    """Answers to be heard again, oldest first."""
    query = (
        select(answers.c.target_id, answers.c.question_id)
        .select_from(people().join(answers, answers.c.target_id == targets.c.id))
        .where(*wanted_people(conn, campaign_id, wanted), *_doubtful())
        .order_by(answers.c.at, answers.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [DoubtfulAnswer(row.target_id, row.question_id) for row in conn.execute(query)]


def _doubtful() -> Sequence[ColumnElement[bool]]:
    return (
        answers.c.confidence < SURE_ENOUGH,
        answers.c.decided_by.not_in(_ALWAYS_SURE),
        answers.c.corrected_label.is_(None),
        or_(answers.c.checked_at.is_(None), answers.c.checked_at < answers.c.at),
    )
