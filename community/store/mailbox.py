"""What waits to be fetched by callers who cannot be pushed to, such as the page of the web chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, ForeignKey, Index, Integer, String, Table, bindparam, select

from community.store.base import UtcDateTime, insert_once, metadata
from community.store.messages import conversations

mailbox = Table(
    "mailbox",
    metadata,
    #: Grows in the order of writing within a conversation, so a reader can go on from the last one it saw.
    Column("id", Integer, primary_key=True),
    #: `message:<id>` for an answer, the outbox's key for anything else.
    Column("key", String(200), nullable=False, unique=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    #: The caller's id of the message that is answered; NULL when we speak first.
    Column("message_id", String(120)),
    Column("replies", JSON, nullable=False),
    Column("case_number", String(20)),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_mailbox_conversation", "conversation_id", "id"),
)


_LOCK = select(conversations.c.id).where(conversations.c.id == bindparam("conversation")).with_for_update()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Something that waits to be fetched by a caller who cannot be pushed to."""

    id: int
    message_id: str | None
    replies: Sequence[Mapping[str, Any]]
    case_number: str | None
    created_at: datetime


def put_letter(
    conn: Connection,
    *,
    key: str,
    conversation_id: str,
    message_id: str | None,
    replies: Sequence[Mapping[str, Any]],
    case_number: str | None,
    now: datetime,
) -> bool:
    """Leave something to be fetched; the same key again changes nothing. Tells whether it is new."""
    conn.execute(_LOCK, {"conversation": conversation_id})
    values = {
        "key": key,
        "conversation_id": conversation_id,
        "message_id": message_id,
        "replies": [dict(reply) for reply in replies],
        "case_number": case_number,
        "created_at": now,
    }
    return insert_once(conn, mailbox, values, unique="key") is not None


def read_letters(conn: Connection, conversation_id: str, *, after: int, limit: int = 100) -> list[Letter]:
    """Return what was left for a conversation after the letter `after`, in the order it was written."""
    rows = conn.execute(
        select(mailbox)
        .where(mailbox.c.conversation_id == conversation_id, mailbox.c.id > after)
        .order_by(mailbox.c.id)
        .limit(limit)
    )
    return [
        Letter(
            id=row.id,
            message_id=row.message_id,
            replies=row.replies,
            case_number=row.case_number,
            created_at=row.created_at,
        )
        for row in rows
    ]
