"""What calls used up, of one campaign or since a moment; and which of our numbers they went out from."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from community.model.calls.call import OPEN, AttemptStatus
from community.model.calls.spending import Spent
from community.store.attempts import attempts

_NOT_COUNTED = (AttemptStatus.NOT_PLACED, AttemptStatus.CANCELLED)


def spent_by_campaign(conn: Connection, campaign_id: int) -> Spent:
    """What one campaign used up."""
    return _spent(conn, attempts.c.campaign_id == campaign_id)


def spent_since(conn: Connection, moment: datetime, *, rehearsal: bool) -> Spent:
    """What all campaigns used up since a moment, real ones or rehearsals."""
    return _spent(conn, attempts.c.created_at >= moment, attempts.c.rehearsal.is_(rehearsal))


def live_by_number(conn: Connection, carrier: str) -> dict[str, int]:
    """How many calls of each of our numbers are not over."""
    query = (
        select(attempts.c.from_number, func.count().label("live"))
        .where(attempts.c.status.in_(sorted(OPEN)), attempts.c.carrier == carrier)
        .group_by(attempts.c.from_number)
    )
    return {row.from_number: row.live for row in conn.execute(query)}


def familiar_numbers(conn: Connection, resident_ids: Collection[int]) -> dict[int, str]:
    """The number that each resident was called from last."""
    query = (
        select(attempts.c.resident_id, attempts.c.from_number)
        .where(attempts.c.resident_id.in_(list(resident_ids)), attempts.c.from_number != "")
        .order_by(attempts.c.created_at, attempts.c.n)
    )
    return {row.resident_id: row.from_number for row in conn.execute(query)}


def _spent(conn: Connection, *conditions: ColumnElement[bool]) -> Spent:
    placed = (*conditions, attempts.c.status.not_in(_NOT_COUNTED))
    minutes = (func.coalesce(attempts.c.duration, 0) + 59) // 60
    is_live = attempts.c.status.in_(sorted(OPEN))
    row = conn.execute(
        select(
            func.count().label("calls"),
            func.coalesce(func.sum(minutes), 0).label("minutes"),
            func.count().filter(is_live).label("live"),
        ).where(*placed)
    ).one()
    return Spent(calls=row.calls, minutes=int(row.minutes), live=row.live)
