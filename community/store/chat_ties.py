"""Which private chat belongs to which resident, by what it was shown, and what was said in it that no questionnaire asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    Text,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from community.store.base import UtcDateTime, insert_once, metadata, one_at_a_time
from community.store.messages import conversations
from community.store.residents import phones

#: Codes are counted so far back.
_COUNTED = timedelta(days=1)

chat_ties = Table(
    "chat_tie",
    metadata,
    Column("id", Integer, primary_key=True),
    #: A private chat, never a group.
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("resident_id", ForeignKey("resident.id", ondelete="CASCADE"), nullable=False),
    #: `link` or `code`.
    Column("how", String(10), nullable=False),
    #: E.164 of the telephone that the code went to: a number that is no longer theirs shows nothing any more.
    Column("number", String(20)),
    #: The link; it ties one chat.
    Column("invitation_id", ForeignKey("invitation.id"), unique=True),
    Column("tied_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    #: Who ended it.
    Column("ended_by", String(80), nullable=False, server_default=""),
    Index("ix_chat_tie_conversation_id", "conversation_id"),
    Index("ix_chat_tie_resident_id", "resident_id"),
)

chat_codes = Table(
    "chat_code",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    #: E.164 that was written, whether anybody on the roster has it or not.
    Column("number", String(20), nullable=False),
    #: With it and the community's key the code is made; the code itself stands nowhere.
    Column("nonce", String(32), nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("created_at", UtcDateTime, nullable=False),
    #: When it was typed rightly, or another one took its place.
    Column("used_at", UtcDateTime),
    Index("ix_chat_code_conversation_id", "conversation_id"),
    Index("ix_chat_code_number_created_at", "number", "created_at"),
    Index("ix_chat_code_created_at", "created_at"),
)

check_ins = Table(
    "check_in",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("resident_id", ForeignKey("resident.id", ondelete="CASCADE"), nullable=False),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    #: `message:<id>`: one message checks in once.
    Column("key", String(60), nullable=False, unique=True),
    Column("words", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_check_in_resident_id", "resident_id"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTie:
    """A chat that speaks for a resident.

    Attributes:
        how: `link` or `code`.
        holds: it still does.
    """

    id: int
    conversation_id: str
    channel: str
    resident_id: int
    how: str
    tied_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCode:
    """A code that was asked for."""

    id: int
    number: str
    nonce: str
    tries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """What a resident said of themselves when nothing was asked."""

    conversation_id: str
    words: str
    at: datetime


def add_tie(
    conn: Connection,
    *,
    conversation_id: str,
    resident_id: int,
    how: str,
    now: datetime,
    expires_at: datetime,
    number: str | None = None,
    invitation_id: int | None = None,
) -> int:
    """Tie a chat to a resident; the conversation must be entered, so that nobody else does at the same time."""
    values = {
        "conversation_id": conversation_id,
        "resident_id": resident_id,
        "how": how,
        "number": number,
        "invitation_id": invitation_id,
        "tied_at": now,
        "expires_at": expires_at,
    }
    tie_id: int = conn.execute(insert(chat_ties).values(values).returning(chat_ties.c.id)).scalar_one()
    return tie_id


def ties_of_chat(conn: Connection, conversation_id: str, *, now: datetime) -> list[ChatTie]:
    """The residents that a chat speaks for now, in order of the roster."""
    query = _ties(now).where(chat_ties.c.conversation_id == conversation_id, _holds(now))
    return [_tie(row) for row in conn.execute(query.order_by(chat_ties.c.resident_id))]


def ties_of_resident(conn: Connection, resident_id: int, *, now: datetime, limit: int = 20) -> list[ChatTie]:
    """Every chat that speaks or spoke for a resident, the newest first; for staff."""
    query = _ties(now).where(chat_ties.c.resident_id == resident_id).order_by(chat_ties.c.id.desc()).limit(limit)
    return [_tie(row) for row in conn.execute(query)]


def tie_by_id(conn: Connection, tie_id: int, *, now: datetime) -> ChatTie | None:
    """One tie; None when there is none."""
    row = conn.execute(_ties(now).where(chat_ties.c.id == tie_id)).one_or_none()
    return None if row is None else _tie(row)


def chat_of_link(conn: Connection, invitation_id: int) -> str | None:
    """The chat that a link has tied, whether it still does or not; None when it has tied none."""
    query = select(chat_ties.c.conversation_id).where(chat_ties.c.invitation_id == invitation_id)
    return conn.execute(query).scalar_one_or_none()


def end_tie(conn: Connection, tie_id: int, *, by: str, now: datetime) -> bool:
    """Let a chat speak for a resident no more; False when it did not any more."""
    open_one = (chat_ties.c.id == tie_id, chat_ties.c.ended_at.is_(None))
    return conn.execute(update(chat_ties).where(*open_one).values(ended_at=now, ended_by=by)).rowcount == 1


def hold_codes(conn: Connection) -> None:
    """Let nobody else ask for a code until the transaction ends, so that they are counted rightly."""
    one_at_a_time(conn, "chat_code")


def add_code(conn: Connection, *, conversation_id: str, number: str, nonce: str, now: datetime) -> int:
    """Write down that a code was asked for; those asked for in that chat before hold no more."""
    before = (chat_codes.c.conversation_id == conversation_id, chat_codes.c.used_at.is_(None))
    conn.execute(update(chat_codes).where(*before).values(used_at=now))
    values = {"conversation_id": conversation_id, "number": number, "nonce": nonce, "created_at": now}
    code_id: int = conn.execute(insert(chat_codes).values(values).returning(chat_codes.c.id)).scalar_one()
    return code_id


def forget_codes(conn: Connection, now: datetime) -> int:
    """Delete the codes that need not be counted any more, with the numbers that anybody may have typed; say how many."""
    return conn.execute(delete(chat_codes).where(chat_codes.c.created_at < now - _COUNTED)).rowcount


def codes_since(
    conn: Connection, since: datetime, *, conversation_id: str | None = None, number: str | None = None
) -> int:
    """How many codes were asked for since a moment: in a chat, for a telephone, or at all."""
    wanted: list[ColumnElement[bool]] = [chat_codes.c.created_at > since]
    if conversation_id is not None:
        wanted.append(chat_codes.c.conversation_id == conversation_id)
    if number is not None:
        wanted.append(chat_codes.c.number == number)
    count: int = conn.execute(select(func.count()).select_from(chat_codes).where(*wanted)).scalar_one()
    return count


def waiting_code(conn: Connection, conversation_id: str, *, since: datetime) -> ChatCode | None:
    """The code that a chat waits for; None when none was asked for since a moment, or it was used."""
    open_one = (
        chat_codes.c.conversation_id == conversation_id,
        chat_codes.c.used_at.is_(None),
        chat_codes.c.created_at > since,
    )
    row = conn.execute(select(chat_codes).where(*open_one).order_by(chat_codes.c.id.desc()).limit(1)).one_or_none()
    return None if row is None else _code(row)


def code_by_id(conn: Connection, code_id: int) -> ChatCode:
    """One code that was asked for."""
    return _code(conn.execute(select(chat_codes).where(chat_codes.c.id == code_id)).one())


def note_try(conn: Connection, code_id: int) -> None:
    """Count a wrong try."""
    conn.execute(update(chat_codes).where(chat_codes.c.id == code_id).values(tries=chat_codes.c.tries + 1))


def use_code(conn: Connection, code_id: int, now: datetime) -> None:
    """A code is good for once."""
    conn.execute(update(chat_codes).where(chat_codes.c.id == code_id).values(used_at=now))


def add_check_in(
    conn: Connection, *, resident_id: int, conversation_id: str, key: str, words: str, now: datetime
) -> bool:
    """Keep what somebody said who checked in; False when that message is kept already."""
    values = {"resident_id": resident_id, "conversation_id": conversation_id, "key": key, "words": words, "at": now}
    return insert_once(conn, check_ins, values, unique="key") is not None


def check_ins_of(conn: Connection, resident_id: int, *, limit: int = 5) -> Sequence[CheckIn]:
    """What a resident said when they checked in, the newest first."""
    query = (
        select(check_ins)
        .where(check_ins.c.resident_id == resident_id)
        .order_by(check_ins.c.at.desc(), check_ins.c.id.desc())
        .limit(limit)
    )
    return [CheckIn(conversation_id=row.conversation_id, words=row.words, at=row.at) for row in conn.execute(query)]


def _holds(now: datetime) -> ColumnElement[bool]:
    theirs = exists().where(
        phones.c.resident_id == chat_ties.c.resident_id,
        phones.c.number == chat_ties.c.number,
        phones.c.status != "wrong",
    )
    return chat_ties.c.ended_at.is_(None) & (chat_ties.c.expires_at > now) & or_(chat_ties.c.number.is_(None), theirs)


def _ties(now: datetime) -> Any:
    return select(chat_ties, conversations.c.channel, _holds(now).label("holds")).join(
        conversations, conversations.c.id == chat_ties.c.conversation_id
    )


def _tie(row: Row[Any]) -> ChatTie:
    return ChatTie(
        id=row.id,
        conversation_id=row.conversation_id,
        channel=row.channel,
        resident_id=row.resident_id,
        how=row.how,
        tied_at=row.tied_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        holds=bool(row.holds),
    )


def _code(row: Row[Any]) -> ChatCode:
    return ChatCode(id=row.id, number=row.number, nonce=row.nonce, tries=row.tries)
