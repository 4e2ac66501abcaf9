"""The audit trail: every state change leaves a line, and each line carries the hash of the one before."""

from sqlalchemy import JSON, Column, Integer, String, Table

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
