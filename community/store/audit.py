"""The audit trail: every state change leaves a line, and each line carries the hash of the one before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, Integer, String, Table, insert

from community.model.actor import Actor
from community.store.base import UtcDateTime, metadata

audit_lines = Table(
    "audit_line",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(120), nullable=False),
    #: `campaign.launched`, `case.closed`, `attempt.ended`…
    Column("action", String(60), nullable=False, index=True),
    #: `campaign:3`, `case:17`…
    Column("subject", String(120), nullable=False, index=True),
    #: Why and with what, free of names, phones and addresses in clear.
    Column("detail", JSON, nullable=False),
    #: Place in the chain and the hash over this line and the one before; set by the sealing tick moments later.
    Column("position", Integer, unique=True),
    Column("hash", String(64)),
)


def append(
    conn: Connection,
    *,
    at: datetime,
    actor: Actor,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one line, in the transaction of the change itself.

    Args:
        action: what happened: `case.closed`, `campaign.launched`…
        subject: what it happened to: `case:17`…
        detail: why and with what; no names, phones or addresses in clear.
    """
    values = {"at": at, "actor": str(actor), "action": action, "subject": subject, "detail": dict(detail or {})}
    conn.execute(insert(audit_lines).values(**values))
