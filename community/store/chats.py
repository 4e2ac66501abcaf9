"""Conversations as staff look back at them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from community.store.cases import cases
from community.store.messages import conversations, messages


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLine:
    """One conversation as a list shows it, by its last message."""

    conversation_id: str
    channel: str
    scene: str
    person_name: str
    messages: int
    last_text: str
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTurn:
    """One message and what was answered."""

    id: int
    text: str
    addressed: bool
    status: str
    replies: Sequence[Mapping[str, Any]]
    intent: str
    emergency: bool
    case_id: int | None
    case_number: str | None
    deferred: bool
    received_at: datetime
    answered_at: datetime | None


def list_chats(conn: Connection, *, limit: int = 50, offset: int = 0) -> list[ChatLine]:
    """Conversations in which the assistant was spoken to, the latest first."""
    counted = (
        select(messages.c.conversation_id, func.count().label("turns"), func.max(messages.c.id).label("last_id"))
        .where(messages.c.addressed.is_(True))
        .group_by(messages.c.conversation_id)
        .subquery()
    )
    query = (
        select(conversations, counted.c.turns, messages.c.text, messages.c.received_at)
        .join(counted, counted.c.conversation_id == conversations.c.id)
        .join(messages, messages.c.id == counted.c.last_id)
        .order_by(counted.c.last_id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [
        ChatLine(
            conversation_id=row.id,
            channel=row.channel,
            scene=row.scene,
            person_name=row.person_name,
            messages=row.turns,
            last_text=row.text,
            last_at=row.received_at,
        )
        for row in conn.execute(query)
    ]


def chat_turns(
    conn: Connection, conversation_id: str, *, before_id: int | None = None, limit: int = 100
) -> list[ChatTurn]:
    """The last turns of a conversation, oldest first."""
    query = (
        select(messages, cases.c.number.label("case_number"))
        .outerjoin(cases, cases.c.id == messages.c.case_id)
        .where(messages.c.conversation_id == conversation_id, messages.c.addressed.is_(True))
        .order_by(messages.c.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        query = query.where(messages.c.id < before_id)
    return [_turn(row) for row in reversed(conn.execute(query).all())]


def _turn(row: Row[Any]) -> ChatTurn:
    understanding = row.understanding or {}
    return ChatTurn(
        id=row.id,
        text=row.text,
        addressed=row.addressed,
        status=row.status,
        replies=row.replies or (),
        intent=str(understanding.get("intent") or ""),
        emergency=bool(understanding.get("emergency")),
        case_id=row.case_id,
        case_number=row.case_number,
        deferred=row.deferred,
        received_at=row.received_at,
        answered_at=row.answered_at,
    )
