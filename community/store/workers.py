"""Live workers, seen by their heartbeat."""

from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, String, Table, delete, func, select, update

from community.store.base import UtcDateTime, insert_new, metadata

#: A worker that was not heard of for longer counts as dead.
ALIVE_WITHIN = timedelta(seconds=15)

workers = Table(
    "worker",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("role", String(20), nullable=False),
    #: Which carrier it dials with.
    Column("carrier", String(20), nullable=False, server_default=""),
    Column("started_at", UtcDateTime, nullable=False),
    Column("heartbeat_at", UtcDateTime, nullable=False),
)


def beat(conn: Connection, worker_id: str, *, role: str, carrier: str, now: datetime) -> None:
    """Say that a worker is alive."""
    alive = update(workers).where(workers.c.id == worker_id).values(heartbeat_at=now)
    if conn.execute(alive).rowcount == 0:
        row = {"id": worker_id, "role": role, "carrier": carrier, "started_at": now, "heartbeat_at": now}
        insert_new(conn, workers, [row], returning=workers.c.id)


def forget_worker(conn: Connection, worker_id: str) -> None:
    """Say that a worker has ended by itself."""
    conn.execute(delete(workers).where(workers.c.id == worker_id))


def forget_silent_workers(conn: Connection, now: datetime) -> None:
    """Forget workers that have not been heard of for a day."""
    conn.execute(delete(workers).where(workers.c.heartbeat_at < now - timedelta(days=1)))


def live_workers(conn: Connection, now: datetime, *, carrier: str) -> int:
    """How many workers that dial with a carrier were heard of a moment ago."""
    live = (workers.c.carrier == carrier, workers.c.heartbeat_at > now - ALIVE_WITHIN)
    return conn.execute(select(func.count()).select_from(workers).where(*live)).scalar_one()
