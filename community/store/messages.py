"""The durable inbox of chat: conversations, and each message once.

A conversation's row is locked while a message comes in or is claimed, so ids grow in the order in which a person's messages
were accepted. The statements of every turn are built once: building them costs more than running them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect

from community.model.cases.case import CaseKind, CaseStatus
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
UNFINISHED = (WAITING, RUNNING)


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
        return self.status not in UNFINISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much somebody says: messages that wait, messages since a moment, and those of them that were turned away."""

    unfinished: int
    received: int
    ignored: int


def select_messages() -> Select[Any]:
    """Select messages with what `read_message` needs."""
    person = (conversations.c.scene, conversations.c.person_id, conversations.c.person_name)
    source = messages.join(conversations, messages.c.conversation_id == conversations.c.id).outerjoin(
        cases, messages.c.case_id == cases.c.id
    )
    return select(messages, *person, cases.c.number.label("case_number")).select_from(source)


def _enter(insert: Any) -> Any:
    entering = insert(conversations)
    name = case((entering.excluded.person_name != "", entering.excluded.person_name), else_=conversations.c.person_name)
    kept = {"last_at": entering.excluded.last_at, "person_name": name}
    return entering.on_conflict_do_update(index_elements=["id"], set_=kept).returning(*conversations.c)


def _load(source: Any) -> Select[int, int, int]:
    recent = messages.c.received_at >= bindparam("since", type_=UtcDateTime())
    waiting = messages.c.status.in_(UNFINISHED)
    counts = (
        func.count().filter(waiting).label("unfinished"),
        func.count().filter(recent).label("received"),
        func.count().filter(recent, messages.c.status == IGNORED).label("ignored"),
    )
    return select(*counts).select_from(source).where(or_(waiting, recent))


_IN_CONVERSATION = messages.c.conversation_id == bindparam("conversation")
_ENTER = {"sqlite": _enter(sqlite_dialect.insert), "postgresql": _enter(postgresql.insert)}
_CONVERSATION = select(conversations).where(conversations.c.id == bindparam("conversation"))
_ADD = messages.insert().returning(messages.c.id)
_BY_ROW = select_messages().where(messages.c.id == bindparam("row"))
_BY_PLATFORM = select_messages().where(
    messages.c.channel == bindparam("channel_name"),
    messages.c.account == bindparam("account_name"),
    messages.c.message_id == bindparam("platform_id"),
)
_ANY = select(messages.c.id).where(_IN_CONVERSATION).limit(1)
_FIRST = select(func.min(messages.c.id)).where(_IN_CONVERSATION)
_LAST = select_messages().where(_IN_CONVERSATION).order_by(messages.c.id.desc()).limit(1)
_PREVIOUS_ANSWER = _LAST.where(
    messages.c.id < bindparam("row"),
    messages.c.status == ANSWERED,
    messages.c.answered_at >= bindparam("since", type_=UtcDateTime()),
)
_LOAD = _load(messages).where(_IN_CONVERSATION)
_GROUP_LOAD = _load(messages.join(conversations)).where(
    conversations.c.channel == bindparam("channel_name"),
    conversations.c.account == bindparam("account_name"),
    conversations.c.chat_id == bindparam("chat"),
    conversations.c.last_at >= bindparam("since", type_=UtcDateTime()),
)


def enter_conversation(conn: Connection, conversation: Conversation, *, now: datetime) -> Conversation:
    """Create the conversation or lock and touch the one that is there; keeps the token it began with."""
    values = asdict(conversation) | {"created_at": now, "last_at": now}
    return _conversation(conn.execute(_ENTER[conn.dialect.name], values).one())


def find_conversation(conn: Connection, conversation_id: str) -> Conversation | None:
    """Return a conversation, or None."""
    row = conn.execute(_CONVERSATION, {"conversation": conversation_id}).one_or_none()
    return _conversation(row) if row else None


def latest_report_beside(conn: Connection, conversation_id: str, *, since: datetime) -> int | None:
    """The newest open hazard case of a conversation, or of anybody in the same group."""
    own, theirs = conversations.alias(), conversations.alias()
    same_group = and_(
        own.c.scene == "group",
        theirs.c.scene == "group",
        theirs.c.channel == own.c.channel,
        theirs.c.account == own.c.account,
        theirs.c.chat_id == own.c.chat_id,
    )
    query = (
        select(cases.c.id)
        .join(theirs, theirs.c.id == cases.c.conversation_id)
        .join(own, or_(own.c.id == theirs.c.id, same_group))
        .where(own.c.id == conversation_id, cases.c.kind == CaseKind.HAZARD, cases.c.status != CaseStatus.CLOSED)
        .where(cases.c.opened_at >= since)
        .order_by(cases.c.id.desc())
        .limit(1)
    )
    return conn.execute(query).scalar_one_or_none()


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
    values: dict[str, Any] = {
        "channel": conversation.channel,
        "account": account,
        "message_id": message_id,
        "conversation_id": conversation.id,
        "text": text,
        "addressed": addressed,
        "envelope": dict(envelope),
        "status": WAITING,
        "deferred": False,
        "received_at": now,
    }
    row_id = conn.execute(_ADD, values | {"next_at": now}).scalar_one()
    return StoredMessage(
        id=row_id,
        scene=conversation.scene,
        person_id=conversation.person_id,
        person_name=conversation.person_name,
        replies=(),
        case_number=None,
        understanding={},
        tries=0,
        **values,
    )


def get(conn: Connection, row_id: int) -> StoredMessage:
    """Return a message by its row."""
    return read_message(conn.execute(_BY_ROW, {"row": row_id}).one())


def find(conn: Connection, *, channel: str, account: str, message_id: str) -> StoredMessage | None:
    """Return the message that came with the platform's id, or None."""
    names = {"channel_name": channel, "account_name": account, "platform_id": message_id}
    row = conn.execute(_BY_PLATFORM, names).one_or_none()
    return read_message(row) if row else None


def is_new(conn: Connection, conversation_id: str) -> bool:
    """Tell whether nothing was said in a conversation yet."""
    return conn.execute(_ANY, {"conversation": conversation_id}).first() is None


def is_first(conn: Connection, message: StoredMessage) -> bool:
    """Tell whether a message is the one that opened its conversation."""
    return bool(conn.execute(_FIRST, {"conversation": message.conversation_id}).scalar_one() == message.id)


def previous_answer(conn: Connection, message: StoredMessage, *, since: datetime) -> StoredMessage | None:
    """Return the last answered message before this one in its conversation, if it was answered since a moment."""
    place = {"conversation": message.conversation_id, "row": message.id, "since": since}
    row = conn.execute(_PREVIOUS_ANSWER, place).one_or_none()
    return read_message(row) if row else None


def last_message(conn: Connection, conversation_id: str) -> StoredMessage | None:
    """Return a conversation's newest message, or None."""
    row = conn.execute(_LAST, {"conversation": conversation_id}).one_or_none()
    return read_message(row) if row else None


def load_of_person(conn: Connection, conversation_id: str, *, since: datetime) -> Load:
    """Count what one person says in one chat."""
    row = conn.execute(_LOAD, {"conversation": conversation_id, "since": since}).one()
    return Load(unfinished=row.unfinished, received=row.received, ignored=row.ignored)


def load_of_group(conn: Connection, conversation: Conversation, *, since: datetime) -> Load:
    """Count what the bot is told in the conversation's whole group."""
    names = {
        "channel_name": conversation.channel,
        "account_name": conversation.account,
        "chat": conversation.chat_id,
        "since": since,
    }
    row = conn.execute(_GROUP_LOAD, names).one()
    return Load(unfinished=row.unfinished, received=row.received, ignored=row.ignored)


def read_message(row: Row[Any]) -> StoredMessage:
    """Read a row of `select_messages`."""
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
