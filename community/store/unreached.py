"""The residents of a campaign whom nobody spoke with: none may be forgotten."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select

from community.model.calls.campaign import TargetStatus
from community.store.attempts import attempts
from community.store.campaigns import targets
from community.store.result_counts import CONNECTED
from community.store.result_lines import (
    EVERYBODY,
    ResultFilter,
    ResultLine,
    people,
    results,
    wanted_people,
    with_answers,
)

_PAGE = 500


def count_unreached(conn: Connection, campaign_id: int, wanted: ResultFilter = EVERYBODY) -> int:
    """How many were not reached."""
    query = (
        select(func.count()).select_from(people()).where(*wanted_people(conn, campaign_id, wanted), _nobody_picked_up())
    )
    return conn.execute(query).scalar_one()


def list_unreached(
    conn: Connection, campaign_id: int, wanted: ResultFilter = EVERYBODY, *, limit: int = 50, offset: int = 0
) -> list[ResultLine]:
    """Those who were not reached, in the order of the list."""
    conditions = wanted_people(conn, campaign_id, wanted)
    query = results().where(*conditions, _nobody_picked_up()).order_by(targets.c.id).limit(limit).offset(offset)
    return with_answers(conn, conn.execute(query).all())


def iterate_unreached(conn: Connection, campaign_id: int) -> Iterator[ResultLine]:
    """Everybody who was not reached, a page of them in memory at a time."""
    after = 0
    query = results().where(targets.c.campaign_id == campaign_id, _nobody_picked_up()).order_by(targets.c.id)
    while page := conn.execute(query.where(targets.c.id > after).limit(_PAGE)).all():
        yield from with_answers(conn, page)
        after = page[-1].id


def count_reasons_unreached(
    conn: Connection, campaign_id: int, wanted: ResultFilter = EVERYBODY
) -> list[tuple[TargetStatus, str, int]]:
    """How many were not reached, by status and stated reason, most first."""
    reason = func.coalesce(targets.c.reason, "")
    query = (
        select(targets.c.status, reason, func.count())
        .select_from(people())
        .where(*wanted_people(conn, campaign_id, wanted), _nobody_picked_up())
        .group_by(targets.c.status, reason)
        .order_by(func.count().desc(), reason)
    )
    return [(TargetStatus(status), why, count) for status, why, count in conn.execute(query)]


def _nobody_picked_up() -> ColumnElement[bool]:
    """No call of ours was picked up by a person, and the questions were not answered in another way."""
    picked_up = exists().where(attempts.c.target_id == targets.c.id, CONNECTED)
    return and_(targets.c.status != TargetStatus.COMPLETED, ~picked_up)
