"""The durable inbox of chat: conversations, and each message once.

A conversation's row is locked while a message comes in or is claimed, so ids grow in the order in which a person's messages
were accepted and no two processes ever work on two messages of one conversation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    ScalarSelect,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect

from community.store.base import UtcDateTime, metadata
from community.store.cases import cases

conversations = Table(
    "conversation",
    metadata,
    #: One person in one chat of one channel: `web:<id>`, `feishu:<app>:<chat>:<person>`.
    Column("id", String(200), primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("account", String(120), nullable=False, server_default=""),
    #: `group` or `private`.
    Column("scene", String(20), nullable=False),
    Column("chat_id", String(120), nullable=False, server_default=""),
    Column("person_id", String(120), nullable=False, server_default=""),
    Column("person_name", String(80), nullable=False, server_default=""),
    #: SHA-256 of the token that lets a web caller go on; NULL where the platform vouches for the person.
    Column("token_hash", String(64)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Index("ix_conversation_chat", "chat_id", "last_at"),
)

messages = Table(
    "message",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String(20), nullable=False),
    #: The bot's account on the platform; in web chat, where callers choose message ids, the conversation.
    Column("account", String(120), nullable=False, server_default=""),
    #: The platform's id of the message.
    Column("message_id", String(120), nullable=False),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("text", Text, nullable=False),
    #: Whether the bot was addressed (always, in private).
    Column("addressed", Boolean, nullable=False),
    #: What the channel needs to answer (platform ids), opaque to everybody else.
    Column("envelope", JSON, nullable=False),
    #: `waiting`, `running`, `answered`, `ignored`.
    Column("status", String(20), nullable=False),
    #: [{text, to: group | person, buttons}] once answered.
    Column("replies", JSON),
    #: The case that this message touched.
    Column("case_id", ForeignKey("case.id")),
    #: {intent, emergency, services, asks…}: what the turn was understood as.
    Column("understanding", JSON),
    #: 稍后答复 was said already: the true answer follows by itself.
    Column("deferred", Boolean, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_at", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("owner", String(64), nullable=False, server_default=""),
    Column("received_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    UniqueConstraint("channel", "account", "message_id"),
    Index("ix_message_due", "status", "next_at"),
    Index("ix_message_conversation", "conversation_id", "id"),
)

WAITING, RUNNING, ANSWERED, IGNORED = "waiting", "running", "answered", "ignored"
_UNFINISHED = (WAITING, RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One person in one chat of one channel."""

    id: str
    channel: str
    account: str
    scene: str
    chat_id: str
    person_id: str
    person_name: str
    token_hash: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """One message of the inbox with its conversation.

    Attributes:
        id: our row, the message's name in metadata and source keys.
        tries: how often it was claimed; with the owner it fences off a worker that woke up too late.
    """

    id: int
    channel: str
    account: str
    message_id: str
    conversation_id: str
    scene: str
    person_id: str
    person_name: str
    text: str
    addressed: bool
    envelope: Mapping[str, Any]
    status: str
    replies: Sequence[Mapping[str, Any]]
    case_number: str | None
    understanding: Mapping[str, Any]
    deferred: bool
    tries: int
    received_at: datetime

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will be said to it."""
        return self.status not in _UNFINISHED


def enter_conversation(conn: Connection, conversation: Conversation, *, now: datetime) -> Conversation:
    """Create the conversation or lock and touch the one that is there; keeps the token it began with."""
    values = {
        "id": conversation.id,
        "channel": conversation.channel,
        "account": conversation.account,
        "scene": conversation.scene,
        "chat_id": conversation.chat_id,
        "person_id": conversation.person_id,
        "person_name": conversation.person_name,
        "token_hash": conversation.token_hash,
        "created_at": now,
        "last_at": now,
    }
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite_dialect.insert
    kept: dict[str, Any] = {"last_at": now}
    if conversation.person_name:
        kept["person_name"] = conversation.person_name
    statement = insert(conversations).values(**values).on_conflict_do_update(index_elements=["id"], set_=kept)
    return _conversation(conn.execute(statement.returning(*conversations.c)).one())


def find_conversation(conn: Connection, conversation_id: str) -> Conversation | None:
    """Return a conversation, or None."""
    row = conn.execute(select(conversations).where(conversations.c.id == conversation_id)).one_or_none()
    return _conversation(row) if row else None


def add(
    conn: Connection,
    *,
    conversation: Conversation,
    message_id: str,
    account: str,
    text: str,
    addressed: bool,
    envelope: Mapping[str, Any],
    now: datetime,
) -> StoredMessage:
    """Put a message that is not there yet at the end of its conversation; the conversation must be entered."""
    inserted = conn.execute(
        messages.insert()
        .values(
            channel=conversation.channel,
            account=account,
            message_id=message_id,
            conversation_id=conversation.id,
            text=text,
            addressed=addressed,
            envelope=dict(envelope),
            status=WAITING,
            deferred=False,
            next_at=now,
            received_at=now,
        )
        .returning(messages.c.id)
    ).scalar_one()
    return get(conn, inserted)


def get(conn: Connection, row_id: int) -> StoredMessage:
    """Return a message by its row."""
    return _message(conn.execute(_selected().where(messages.c.id == row_id)).one())


def find(conn: Connection, *, channel: str, account: str, message_id: str) -> StoredMessage | None:
    """Return the message that came with the platform's id, or None."""
    row = conn.execute(
        _selected().where(
            messages.c.channel == channel, messages.c.account == account, messages.c.message_id == message_id
        )
    ).one_or_none()
    return _message(row) if row else None


def is_new(conn: Connection, conversation_id: str) -> bool:
    """Tell whether nothing was said in a conversation yet."""
    found = select(messages.c.id).where(messages.c.conversation_id == conversation_id).limit(1)
    return conn.execute(found).first() is None


def is_first(conn: Connection, message: StoredMessage) -> bool:
    """Tell whether a message is the one that opened its conversation."""
    first = select(func.min(messages.c.id)).where(messages.c.conversation_id == message.conversation_id)
    return bool(conn.execute(first).scalar_one() == message.id)


def previous_answer(conn: Connection, message: StoredMessage, *, since: datetime) -> StoredMessage | None:
    """Return the last answered message before this one in its conversation, if it was answered since a moment."""
    row = conn.execute(
        _selected()
        .where(
            messages.c.conversation_id == message.conversation_id,
            messages.c.id < message.id,
            messages.c.status == ANSWERED,
            messages.c.answered_at >= since,
        )
        .order_by(messages.c.id.desc())
        .limit(1)
    ).one_or_none()
    return _message(row) if row else None


def last_message(conn: Connection, conversation_id: str) -> StoredMessage | None:
    """Return a conversation's newest message, or None."""
    newest = _selected().where(messages.c.conversation_id == conversation_id).order_by(messages.c.id.desc()).limit(1)
    row = conn.execute(newest).one_or_none()
    return _message(row) if row else None


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
    other = messages.alias()
    ahead = exists().where(
        other.c.conversation_id == messages.c.conversation_id,
        other.c.id != messages.c.id,
        other.c.status.in_(_UNFINISHED),
        or_(other.c.id < messages.c.id, other.c.lease_until > now),
    )
    free = or_(messages.c.lease_until.is_(None), messages.c.lease_until <= now)
    due = (
        _selected()
        .where(messages.c.status.in_(_UNFINISHED), messages.c.next_at <= now, free, ~ahead)
        .order_by(messages.c.next_at, messages.c.id)
        .limit(limit)
    )
    if conversation_id is None:
        due = due.with_for_update(of=conversations, skip_locked=True)
    else:
        due = due.where(messages.c.conversation_id == conversation_id).with_for_update(of=conversations)
    taken = []
    for row in conn.execute(due).all():
        moved = conn.execute(
            update(messages)
            .where(messages.c.id == row.id, messages.c.tries == row.tries, messages.c.status.in_(_UNFINISHED), free)
            .values(status=RUNNING, owner=owner, lease_until=lease_until, tries=messages.c.tries + 1)
        )
        if moved.rowcount == 1:
            taken.append(get(conn, row.id))
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
) -> bool:
    """Store what was answered; False when somebody else has the message by now."""
    return _hand_back(
        conn,
        message,
        owner,
        status=ANSWERED,
        replies=[dict(reply) for reply in replies],
        case_id=_case_of(case_number),
        understanding=dict(understanding),
        answered_at=now,
    )


def postpone(conn: Connection, message: StoredMessage, *, owner: str, next_at: datetime) -> bool:
    """Give a claimed message back to be tried again; False when somebody else has it by now."""
    return _hand_back(conn, message, owner, status=WAITING, next_at=next_at)


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
    conn.execute(
        update(messages)
        .where(messages.c.id == message.id, messages.c.status == WAITING)
        .values(
            status=status,
            replies=[dict(reply) for reply in replies],
            understanding=dict(understanding),
            case_id=_case_of(case_number),
            answered_at=now,
        )
    )
    return get(conn, message.id)


def mark_deferred(conn: Connection, row_id: int) -> bool:
    """Note that 稍后答复 is said; False when it was said before or the message is finished."""
    moved = conn.execute(
        update(messages)
        .where(messages.c.id == row_id, messages.c.deferred.is_(False), messages.c.status.in_(_UNFINISHED))
        .values(deferred=True)
    )
    return bool(moved.rowcount == 1)


def somebody_told_to_wait(conn: Connection, message: StoredMessage) -> bool:
    """Tell whether the same person was already told 稍后答复 to another message that is still unanswered."""
    found = select(messages.c.id).where(
        messages.c.conversation_id == message.conversation_id,
        messages.c.id != message.id,
        messages.c.status.in_(_UNFINISHED),
        messages.c.deferred.is_(True),
    )
    return conn.execute(found.limit(1)).first() is not None


def holds(conn: Connection, message: StoredMessage, *, owner: str) -> bool:
    """Tell whether a claim is still in force, and keep it so until the transaction ends."""
    found = select(messages.c.id).where(_held(message, owner)).with_for_update()
    return conn.execute(found).first() is not None


def left_waiting(conn: Connection, *, before: datetime, limit: int) -> list[StoredMessage]:
    """Return unfinished messages from before a moment that were not told to wait yet, oldest first."""
    rows = conn.execute(
        _selected()
        .where(messages.c.status.in_(_UNFINISHED), messages.c.deferred.is_(False), messages.c.received_at < before)
        .order_by(messages.c.id)
        .limit(limit)
    )
    return [_message(row) for row in rows]


def count_unfinished(conn: Connection, conversation_id: str) -> int:
    """Count what a person still waits for."""
    return conn.execute(
        select(func.count())
        .select_from(messages)
        .where(messages.c.conversation_id == conversation_id, messages.c.status.in_(_UNFINISHED))
    ).scalar_one()


def count_received(conn: Connection, conversation_id: str, *, since: datetime, status: str | None = None) -> int:
    """Count the messages of a conversation since a moment."""
    query = (
        select(func.count())
        .select_from(messages)
        .where(messages.c.conversation_id == conversation_id, messages.c.received_at >= since)
    )
    return conn.execute(query.where(messages.c.status == status) if status else query).scalar_one()


def count_in_group(conn: Connection, conversation: Conversation, *, since: datetime, status: str | None = None) -> int:
    """Count what the bot was told in the conversation's whole group since a moment."""
    query = (
        select(func.count())
        .select_from(messages.join(conversations))
        .where(
            conversations.c.channel == conversation.channel,
            conversations.c.account == conversation.account,
            conversations.c.chat_id == conversation.chat_id,
            conversations.c.last_at >= since,
            messages.c.received_at >= since,
        )
    )
    return conn.execute(query.where(messages.c.status == status) if status else query).scalar_one()


def somebody_was_answered(conn: Connection, *, since: datetime) -> bool:
    """Tell whether the assistant answered any message since a moment, so that it is not the assistant that is down."""
    found = select(messages.c.id).where(
        messages.c.status == ANSWERED, messages.c.answered_at > since, messages.c.tries > 0
    )
    return conn.execute(found.limit(1)).first() is not None


def _case_of(number: str | None) -> ScalarSelect[Any] | None:
    return select(cases.c.id).where(cases.c.number == number).scalar_subquery() if number else None


def _hand_back(conn: Connection, message: StoredMessage, owner: str, **values: Any) -> bool:
    moved = conn.execute(update(messages).where(_held(message, owner)).values(lease_until=None, owner="", **values))
    return bool(moved.rowcount == 1)


def _held(message: StoredMessage, owner: str) -> ColumnElement[bool]:
    return and_(
        messages.c.id == message.id,
        messages.c.status == RUNNING,
        messages.c.owner == owner,
        messages.c.tries == message.tries,
    )


def _selected() -> Select[Any]:
    person = (conversations.c.scene, conversations.c.person_id, conversations.c.person_name)
    source = messages.join(conversations, messages.c.conversation_id == conversations.c.id).outerjoin(
        cases, messages.c.case_id == cases.c.id
    )
    return select(messages, *person, cases.c.number.label("case_number")).select_from(source)


def _message(row: Row[Any]) -> StoredMessage:
    return StoredMessage(
        id=row.id,
        channel=row.channel,
        account=row.account,
        message_id=row.message_id,
        conversation_id=row.conversation_id,
        scene=row.scene,
        person_id=row.person_id,
        person_name=row.person_name,
        text=row.text,
        addressed=row.addressed,
        envelope=row.envelope,
        status=row.status,
        replies=row.replies or (),
        case_number=row.case_number,
        understanding=row.understanding or {},
        deferred=row.deferred,
        tries=row.tries,
        received_at=row.received_at,
    )


def _conversation(row: Row[Any]) -> Conversation:
    return Conversation(
        id=row.id,
        channel=row.channel,
        account=row.account,
        scene=row.scene,
        chat_id=row.chat_id,
        person_id=row.person_id,
        person_name=row.person_name,
        token_hash=row.token_hash,
    )
