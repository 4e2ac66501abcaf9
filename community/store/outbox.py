"""The outbox: what is to be said to the outside, written in the transaction that decided it, sent afterwards."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, Index, Integer, String, Table, Text

from community.store.base import UtcDateTime, insert_once, metadata

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
    Column("sent_at", UtcDateTime),
    Index("ix_outbox_due", "status", "next_at"),
)


def put(conn: Connection, *, key: str, destination: str, payload: Mapping[str, Any], now: datetime) -> bool:
    """Write down one thing to say; the same key again is the same thing and changes nothing.

    Returns:
        Whether it is new.
    """
    values = {
        "key": key,
        "destination": destination,
        "payload": dict(payload),
        "status": "pending",
        "next_at": now,
        "created_at": now,
    }
    return insert_once(conn, outbox, values, unique="key") is not None
