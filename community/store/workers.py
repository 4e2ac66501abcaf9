"""Live workers, seen by their heartbeat, and ticks that must be alone."""

from sqlalchemy import Column, String, Table

from community.store.base import UtcDateTime, metadata

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

leases = Table(
    "lease",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("until", UtcDateTime, nullable=False),
)
