"""The outbox: what is to be said to the outside, written in the transaction that decided it, sent afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Column, Connection, Index, Integer, String, Table, Text, func, or_, select, update

from community.store.base import UtcDateTime, insert_once, metadata, one_at_a_time

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    #: `case:<id>:step:<n>:<destination>`, `message:<id>:reply:<n>`…: one row for one thing to say.
    Column("key", String(200), nullable=False, unique=True),
    #: `wecom`, `dingtalk`, `feishu` (group robots), or `channel:<name>` (a reply to a resident).
    Column("destination", String(60), nullable=False),
    #: What to say, neutral of the destination's format.
    Column("payload", JSON, nullable=False),
    #: Larger goes first where a robot takes only so many a minute.
    Column("rank", Integer, nullable=False, server_default="0"),
    #: Of one lane one letter is on its way at a time, so that a conversation is answered in order; empty for none.
    Column("lane", String(200), nullable=False, server_default=""),
    #: `pending`, `sending`, `sent`, `failed`.
    Column("status", String(20), nullable=False),
    #: Sendings whose result was a refusal that certainly delivered nothing, and those whose result is unknown.
    Column("refusals", Integer, nullable=False, server_default="0"),
    Column("unknowns", Integer, nullable=False, server_default="0"),
    Column("next_at", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("owner", String(64), nullable=False, server_default=""),
    Column("error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    #: The last time it was sent off, whatever came of it.
    Column("tried_at", UtcDateTime),
    Column("sent_at", UtcDateTime),
    Index("ix_outbox_due", "status", "next_at"),
    Index("ix_outbox_tried", "destination", "tried_at"),
)

#: Any number of our own: PostgreSQL's advisory lock under which letters are claimed.
_CLAIM_LOCK = 7_305_001


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One thing to say, claimed by a worker.

    Attributes:
        refusals: how often it certainly did not arrive.
        unknowns: how often nobody knows whether it arrived.
    """

    id: int
    key: str
    destination: str
    payload: dict[str, Any]
    owner: str
    refusals: int
    unknowns: int
    created_at: datetime


def put(
    conn: Connection, *, key: str, destination: str, payload: Mapping[str, Any], now: datetime, rank: int = 0
) -> bool:
    """Write down one thing to say; the same key again is the same thing and changes nothing.

    Args:
        payload: what to say, neutral of the destination's format; letters with the same `conversation_id` keep their order.
        rank: larger goes first.

    Returns:
        Whether it is new.
    """
    values = {
        "key": key,
        "destination": destination,
        "payload": dict(payload),
        "rank": rank,
        "lane": str(payload.get("conversation_id", "")),
        "status": "pending",
        "next_at": now,
        "created_at": now,
    }
    return insert_once(conn, outbox, values, unique="key") is not None


def due_destinations(conn: Connection, now: datetime) -> list[str]:
    """Where something waits to be sent, or was being sent by a worker that is gone."""
    waiting = (outbox.c.status == "pending") & (outbox.c.next_at <= now)
    query = select(outbox.c.destination).where(waiting | _abandoned(now)).distinct()
    return list(conn.scalars(query))


def abandoned(conn: Connection, now: datetime) -> list[Letter]:
    """Letters whose worker died while it sent them: nobody knows whether they arrived."""
    query = select(outbox).where(_abandoned(now)).order_by(outbox.c.id).with_for_update(skip_locked=True)
    return [_letter(row) for row in conn.execute(query)]


def claim(
    conn: Connection,
    destination: str,
    *,
    owner: str,
    now: datetime,
    lease: timedelta,
    at_most: int | None = None,
    window: timedelta = timedelta(0),
) -> Letter | None:
    """Take the next letter for a destination, the most urgent first, and nobody else gets it while the lease lasts.

    Args:
        at_most: how many may be sent off within the window; None for any number.

    Returns:
        None when nothing is due, or the window is full.
    """
    one_at_a_time(conn, _CLAIM_LOCK)
    if at_most is not None:
        tried = (outbox.c.destination == destination, outbox.c.tried_at > now - window)
        if conn.execute(select(func.count()).where(*tried)).scalar_one() >= at_most:
            return None
    due = (outbox.c.destination == destination, outbox.c.status == "pending", outbox.c.next_at <= now)
    busy = select(outbox.c.lane).where(outbox.c.destination == destination, outbox.c.status == "sending")
    free = or_(outbox.c.lane == "", outbox.c.lane.not_in(busy))
    query = select(outbox).where(*due, free).order_by(outbox.c.rank.desc(), outbox.c.id).limit(1)
    row = conn.execute(query).one_or_none()
    if row is None:
        return None
    values = {"status": "sending", "owner": owner, "lease_until": now + lease, "tried_at": now}
    conn.execute(update(outbox).where(outbox.c.id == row.id, outbox.c.status == "pending").values(**values))
    return _letter(row, owner=owner)


def mark_sent(conn: Connection, letter: Letter, now: datetime) -> bool:
    """It arrived; tell whether the letter was still ours."""
    return _finish(conn, letter, status="sent", sent_at=now, error=None)


def try_again(
    conn: Connection, letter: Letter, *, next_at: datetime, error: str, refused: bool = False, unknown: bool = False
) -> bool:
    """Put it back until `next_at`, counting what came of it; tell whether the letter was still ours."""
    counts = {"refusals": letter.refusals + refused, "unknowns": letter.unknowns + unknown}
    return _finish(conn, letter, status="pending", next_at=next_at, error=error, **counts)


def give_up(conn: Connection, letter: Letter, *, error: str, refused: bool = False, unknown: bool = False) -> bool:
    """It will not be tried again; tell whether the letter was still ours."""
    counts = {"refusals": letter.refusals + refused, "unknowns": letter.unknowns + unknown}
    return _finish(conn, letter, status="failed", error=error, **counts)


def release(conn: Connection, letter: Letter) -> bool:
    """Put back a letter that was not sent off after all."""
    return _finish(conn, letter, status="pending", tried_at=None)


def unsent_since(conn: Connection, before: datetime) -> list[Letter]:
    """Letters written down before a moment that have not arrived, given up or not; oldest first."""
    late = (outbox.c.status != "sent") & (outbox.c.created_at < before)
    return [_letter(row) for row in conn.execute(select(outbox).where(late).order_by(outbox.c.id))]


def count_by_status(conn: Connection) -> dict[str, int]:
    """How many letters there are in each status."""
    query = select(outbox.c.status, func.count().label("letters")).group_by(outbox.c.status)
    return {row.status: row.letters for row in conn.execute(query)}


def _abandoned(now: datetime) -> Any:
    return (outbox.c.status == "sending") & (outbox.c.lease_until <= now)


def _finish(conn: Connection, letter: Letter, **values: Any) -> bool:
    ours = (outbox.c.id == letter.id, outbox.c.status == "sending", outbox.c.owner == letter.owner)
    done = conn.execute(update(outbox).where(*ours).values(owner="", lease_until=None, **values))
    return done.rowcount == 1


def _letter(row: Any, *, owner: str | None = None) -> Letter:
    return Letter(
        id=row.id,
        key=row.key,
        destination=row.destination,
        payload=row.payload,
        owner=row.owner if owner is None else owner,
        refusals=row.refusals,
        unknowns=row.unknowns,
        created_at=row.created_at,
    )
