"""Invitations to answer in writing: one conversation of a target by one channel, and the link that leads to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, ForeignKey, Index, Integer, Row, String, Table, insert, select, update

from community.store.base import UtcDateTime, metadata

invitations = Table(
    "invitation",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("target_id", ForeignKey("target.id"), nullable=False),
    #: `link`, `sms`, `chat` or `staff`.
    Column("channel", String(10), nullable=False),
    #: Keyed hash of the link's token: who reads this table can open no link. Empty where there is no link.
    Column("token_hash", String(64), unique=True),
    #: Where the conversation stands (community.model.questionnaires.writing.Writing).
    Column("state", JSON, nullable=False),
    #: Who asked for it.
    Column("created_by", String(80), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    #: When the conversation came to its end; from then on the link only thanks.
    Column("used_at", UtcDateTime),
    Index("ix_invitation_target_id_channel", "target_id", "channel"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One invitation as it stands."""

    id: int
    target_id: int
    channel: str
    state: Mapping[str, Any]
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


def add_invitation(
    conn: Connection,
    *,
    target_id: int,
    channel: str,
    created_by: str,
    now: datetime,
    expires_at: datetime,
    token_hash: str | None = None,
    state: Mapping[str, Any] | None = None,
) -> Invitation:
    """Write a new invitation down.

    Args:
        state: where the conversation stands already; at its beginning by default.
    """
    values = {
        "target_id": target_id,
        "channel": channel,
        "token_hash": token_hash,
        "state": dict(state or {}),
        "created_by": created_by,
        "created_at": now,
        "expires_at": expires_at,
    }
    return _invitation(conn.execute(insert(invitations).values(values).returning(invitations)).one())


def invitation_by_hash(conn: Connection, token_hash: str) -> Invitation | None:
    """The invitation that a link leads to; None when there is none."""
    row = conn.execute(select(invitations).where(invitations.c.token_hash == token_hash)).one_or_none()
    return None if row is None else _invitation(row)


def newest_invitation(conn: Connection, target_id: int, channel: str) -> Invitation | None:
    """The conversation of a target by a channel: the last one begun; None when there was none."""
    mine = (invitations.c.target_id == target_id, invitations.c.channel == channel)
    row = conn.execute(select(invitations).where(*mine).order_by(invitations.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _invitation(row)


def save_state(conn: Connection, invitation_id: int, state: Mapping[str, Any]) -> None:
    """Keep where a conversation stands."""
    conn.execute(update(invitations).where(invitations.c.id == invitation_id).values(state=dict(state)))


def use_up(conn: Connection, target_id: int, *, now: datetime) -> None:
    """Close every conversation of a target: from now on its links only thank."""
    left = (invitations.c.target_id == target_id, invitations.c.used_at.is_(None))
    conn.execute(update(invitations).where(*left).values(used_at=now))


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(
        id=row.id,
        target_id=row.target_id,
        channel=row.channel,
        state=row.state,
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )
