"""Turns of chat: which message is next, who makes its turn, and what came of it.

A turn is claimed with a lease; owner and number of tries fence off a worker that wakes up after its lease. No two processes
ever work on two messages of one conversation. As in messages.py, the statements of every turn are built once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Update, and_, bindparam, exists, or_, select, update

from community.store.base import UtcDateTime
from community.store.cases import cases
from community.store.messages import (
    ANSWERED,
    RUNNING,
    UNFINISHED,
    WAITING,
    StoredMessage,
    conversations,
    messages,
    read_message,
    select_messages,
)

_NOW = bindparam("moment", type_=UtcDateTime())
_ROW: BindParameter[int] = bindparam("row")
_OTHER = messages.alias()
_AHEAD = exists().where(
    _OTHER.c.conversation_id == messages.c.conversation_id,
    _OTHER.c.id != messages.c.id,
    _OTHER.c.status.in_(UNFINISHED),
    or_(_OTHER.c.id < messages.c.id, _OTHER.c.lease_until > _NOW),
)
_FREE = and_(messages.c.status.in_(UNFINISHED), or_(messages.c.lease_until.is_(None), messages.c.lease_until <= _NOW))
_DUE = (
    select_messages()
    .where(_FREE, messages.c.next_at <= _NOW, ~_AHEAD)
    .order_by(messages.c.next_at, messages.c.id)
    .limit(bindparam("most"))
)
_DUE_ANYWHERE = _DUE.with_for_update(of=conversations, skip_locked=True)
_DUE_IN_CONVERSATION = _DUE.where(messages.c.conversation_id == bindparam("conversation")).with_for_update(
    of=conversations
)
_TAKE = (
    update(messages)
    .where(messages.c.id == _ROW, messages.c.tries == bindparam("seen"), _FREE)
    .values(
        status=RUNNING,
        owner=bindparam("new_owner"),
        lease_until=bindparam("new_lease", type_=UtcDateTime()),
        tries=messages.c.tries + 1,
    )
)
_HELD = and_(
    messages.c.id == _ROW,
    messages.c.status == RUNNING,
    messages.c.owner == bindparam("held_by"),
    messages.c.tries == bindparam("held_at"),
)


def _answered(whose: Any, status: Any) -> Update:
    case = select(cases.c.id).where(cases.c.number == bindparam("case_number")).scalar_subquery()
    return (
        update(messages)
        .where(whose)
        .values(
            status=status,
            replies=bindparam("new_replies"),
            understanding=bindparam("new_understanding"),
            case_id=case,
            answered_at=_NOW,
            lease_until=None,
            owner="",
        )
    )


_FINISH = _answered(_HELD, ANSWERED)
_SETTLE = _answered(and_(messages.c.id == _ROW, messages.c.status == WAITING), bindparam("new_status"))


def claim(
    conn: Connection,
    *,
    owner: str,
    now: datetime,
    lease_until: datetime,
    limit: int = 1,
    conversation_id: str | None = None,
) -> list[StoredMessage]:
    """Take messages whose turn it is: due, the first unfinished one of their conversation, and nobody at work there."""
    due: dict[str, Any] = {"moment": now, "most": limit}
    if conversation_id is None:
        rows = conn.execute(_DUE_ANYWHERE, due).all()
    else:
        rows = conn.execute(_DUE_IN_CONVERSATION, due | {"conversation": conversation_id}).all()
    taken = []
    for message in map(read_message, rows):
        names = {"row": message.id, "seen": message.tries, "moment": now, "new_owner": owner, "new_lease": lease_until}
        if conn.execute(_TAKE, names).rowcount == 1:
            taken.append(replace(message, status=RUNNING, tries=message.tries + 1))
    return taken


def finish(
    conn: Connection,
    message: StoredMessage,
    *,
    owner: str,
    replies: Sequence[Mapping[str, Any]],
    case_number: str | None,
    understanding: Mapping[str, Any],
    now: datetime,
) -> StoredMessage | None:
    """Store what a claimed message was answered and return it so; None when somebody else has it by now."""
    answer = _answer(message, replies, case_number, understanding, now)
    moved = conn.execute(_FINISH, answer | {"held_by": owner, "held_at": message.tries})
    return _with_answer(message, ANSWERED, answer) if moved.rowcount == 1 else None


def settle(
    conn: Connection,
    message: StoredMessage,
    *,
    status: str,
    replies: Sequence[Mapping[str, Any]],
    understanding: Mapping[str, Any],
    now: datetime,
    case_number: str | None = None,
) -> StoredMessage:
    """Answer a message in the transaction that accepted it, before anybody could claim it."""
    answer = _answer(message, replies, case_number, understanding, now)
    conn.execute(_SETTLE, answer | {"new_status": status})
    return _with_answer(message, status, answer)


def postpone(conn: Connection, message: StoredMessage, *, owner: str, next_at: datetime) -> bool:
    """Give a claimed message back to be tried again; False when somebody else has it by now."""
    moved = conn.execute(
        update(messages).where(_HELD).values(status=WAITING, next_at=next_at, lease_until=None, owner=""),
        {"row": message.id, "held_by": owner, "held_at": message.tries},
    )
    return bool(moved.rowcount == 1)


def renew(conn: Connection, message: StoredMessage, *, owner: str, lease_until: datetime) -> bool:
    """Let a claim hold for longer; False when somebody else has the message by now."""
    longer = update(messages).where(_HELD).values(lease_until=bindparam("new_lease", type_=UtcDateTime()))
    held = {"row": message.id, "held_by": owner, "held_at": message.tries, "new_lease": lease_until}
    return bool(conn.execute(longer, held).rowcount == 1)


def holds(conn: Connection, message: StoredMessage, *, owner: str) -> bool:
    """Tell whether a claim is still in force, and keep it so until the transaction ends."""
    held = {"row": message.id, "held_by": owner, "held_at": message.tries}
    return conn.execute(select(messages.c.id).where(_HELD).with_for_update(), held).first() is not None


def mark_deferred(conn: Connection, row_id: int) -> bool:
    """Note that 稍后答复 is said; False when it was said before or the message is finished."""
    moved = conn.execute(
        update(messages)
        .where(messages.c.id == row_id, messages.c.deferred.is_(False), messages.c.status.in_(UNFINISHED))
        .values(deferred=True)
    )
    return bool(moved.rowcount == 1)


def somebody_told_to_wait(conn: Connection, message: StoredMessage) -> bool:
    """Tell whether the same person was already told 稍后答复 to another message that is still unanswered."""
    found = select(messages.c.id).where(
        messages.c.conversation_id == message.conversation_id,
        messages.c.id != message.id,
        messages.c.status.in_(UNFINISHED),
        messages.c.deferred.is_(True),
    )
    return conn.execute(found.limit(1)).first() is not None


def left_waiting(conn: Connection, *, before: datetime, limit: int) -> list[StoredMessage]:
    """Return unfinished messages from before a moment that were not told to wait yet, oldest first."""
    rows = conn.execute(
        select_messages()
        .where(messages.c.status.in_(UNFINISHED), messages.c.deferred.is_(False), messages.c.received_at < before)
        .order_by(messages.c.id)
        .limit(limit)
    )
    return [read_message(row) for row in rows]


def somebody_was_answered(conn: Connection, *, since: datetime) -> bool:
    """Tell whether the assistant answered any message since a moment, so that it is not the assistant that is down."""
    found = select(messages.c.id).where(
        messages.c.status == ANSWERED, messages.c.answered_at > since, messages.c.tries > 0
    )
    return conn.execute(found.limit(1)).first() is not None


def _answer(
    message: StoredMessage,
    replies: Sequence[Mapping[str, Any]],
    case_number: str | None,
    understanding: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    return {
        "row": message.id,
        "new_replies": [dict(reply) for reply in replies],
        "new_understanding": dict(understanding),
        "case_number": case_number,
        "moment": now,
    }


def _with_answer(message: StoredMessage, status: str, answer: Mapping[str, Any]) -> StoredMessage:
    return replace(
        message,
        status=status,
        replies=answer["new_replies"],
        understanding=answer["new_understanding"],
        case_number=answer["case_number"],
    )
