"""Text messages beside the phone: what we write, what residents write, and who wants none or can get none."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
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
    or_,
    select,
    update,
)

from community.model.calls.call import Outcome
from community.model.calls.campaign import TargetStatus
from community.model.calls.text_message import TextKind, TextProblem, TextStatus, may_move_text
from community.store.base import UtcDateTime, insert_new, insert_once, metadata, one_at_a_time
from community.store.campaigns import targets
from community.store.residents import phones, residents

text_messages = Table(
    "text_message",
    metadata,
    Column("id", Integer, primary_key=True),
    #: `invitation:<target>:<n>`, `reply:<message it answers>`, `in:<carrier>:<its id>`: one row for one message.
    Column("key", String(120), nullable=False, unique=True),
    #: Random; rides in the callback URL beside the id.
    Column("token", String(32), nullable=False, server_default=""),
    #: `out` or `in`.
    Column("direction", String(3), nullable=False),
    #: TextKind
    Column("kind", String(20), nullable=False),
    Column("target_id", ForeignKey("target.id"), index=True),
    Column("resident_id", ForeignKey("resident.id")),
    #: The question that it asks.
    Column("question_id", String(60)),
    #: The message that this one answers.
    Column("reply_to", ForeignKey("text_message.id")),
    #: E.164 of the other side, and of ours.
    Column("number", String(20), nullable=False),
    Column("own_number", String(20), nullable=False, server_default=""),
    Column("carrier", String(20), nullable=False),
    #: The carrier's own id of the message (Twilio: MessageSid).
    Column("carrier_id", String(64), unique=True),
    #: What is written; LINK_PLACE stands for a link that opens the questions, which is kept nowhere.
    Column("body", Text, nullable=False),
    #: TextStatus
    Column("status", String(20), nullable=False),
    #: When it may be sent; set while the status is `waiting`.
    Column("next_at", UtcDateTime),
    #: Who sends it, until when, and which claim this is (a stale worker's fence is lower and its writes are refused).
    Column("owner", String(64), nullable=False, server_default=""),
    Column("lease_until", UtcDateTime),
    Column("fence", Integer, nullable=False, server_default="0"),
    #: When the carrier is to be asked about it next, how often it was asked, and how often it was sent off.
    Column("check_at", UtcDateTime),
    Column("asks", Integer, nullable=False, server_default="0"),
    Column("tries", Integer, nullable=False, server_default="0"),
    #: TextProblem, where the carrier named one.
    Column("problem", String(20)),
    Column("error_code", String(20)),
    #: What staff can do about it, in Chinese.
    Column("error_text", Text),
    Column("rehearsal", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    #: When it was first sent off; when its status became what it is.
    Column("tried_at", UtcDateTime),
    Column("changed_at", UtcDateTime, nullable=False),
    Index("ix_text_message_status_next_at", "status", "next_at"),
    Index("ix_text_message_number_created_at", "number", "created_at"),
)

text_refusals = Table(
    "text_refusal",
    metadata,
    #: E.164 of a number that no text goes to.
    Column("number", String(20), primary_key=True),
    #: TextProblem
    Column("problem", String(20), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

text_opt_outs = Table(
    "text_opt_out",
    metadata,
    #: Who asked not to get any, on whichever number.
    Column("resident_id", ForeignKey("resident.id", ondelete="CASCADE"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

#: Stands in a body for the one-time link, which is made at the moment of sending.
LINK_PLACE = "⟦link⟧"
#: Stands in a body for a one-time code, likewise.
CODE_PLACE = "⟦code⟧"
#: What somebody in danger is told, or asked.
URGENT = (TextKind.EMERGENCY, TextKind.DANGER_ASK)
_LIVE = (TextStatus.SENDING, TextStatus.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMessage:
    """One text message as it stands.

    Attributes:
        number: E.164 of the other side; own_number: ours.
        body: with LINK_PLACE where a link was.
        tries: how often it was handed to the carrier.
    """

    id: int
    key: str
    token: str
    direction: str
    kind: TextKind
    target_id: int | None
    resident_id: int | None
    question_id: str | None
    reply_to: int | None
    number: str
    own_number: str
    carrier: str
    carrier_id: str | None
    body: str
    status: TextStatus
    next_at: datetime | None
    owner: str
    lease_until: datetime | None
    fence: int
    check_at: datetime | None
    asks: int
    tries: int
    problem: TextProblem | None
    error_code: str | None
    error_text: str | None
    rehearsal: bool
    created_at: datetime
    tried_at: datetime | None
    changed_at: datetime


def insert_text(conn: Connection, *, now: datetime, **values: Any) -> int | None:
    """Write a message down once; return its id, or None when one with its key is there already.

    Args:
        values: the columns `key`, `direction`, `kind`, `number`, `carrier`, `body`, `status`, `rehearsal` and others.
    """
    return insert_once(conn, text_messages, {"created_at": now, "changed_at": now, **values}, unique="key")


def find_text(conn: Connection, text_id: int, *, lock: bool = False) -> TextMessage | None:
    """The message with that id; None when there is none.

    Args:
        lock: nobody else may change it until the transaction ends.
    """
    query = select(text_messages).where(text_messages.c.id == text_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _text(row)


def has_text_work(conn: Connection, carrier: str) -> bool:
    """Whether any message of a carrier is to be sent, or asked about."""
    open_ones = (text_messages.c.status.in_([TextStatus.WAITING, *_LIVE]), text_messages.c.carrier == carrier)
    return conn.execute(select(text_messages.c.id).where(*open_ones).limit(1)).first() is not None


def has_urgent_texts(conn: Connection, carrier: str, now: datetime) -> bool:
    """Whether anybody in danger is to be told something now."""
    return conn.execute(select(text_messages.c.id).where(*_urgent(carrier, now)).limit(1)).first() is not None


def urgent_texts(conn: Connection, carrier: str, now: datetime, limit: int) -> list[TextMessage]:
    """What somebody in danger is to be told now, oldest first, whatever else goes to that number; nobody else is at them."""
    due = select(text_messages).where(*_urgent(carrier, now)).order_by(text_messages.c.id).limit(limit)
    return [_text(row) for row in conn.execute(due.with_for_update(skip_locked=True))]


def due_texts(conn: Connection, carrier: str, now: datetime, limit: int) -> list[TextMessage]:
    """Messages to be sent now, oldest first, one a number at a time, the urgent ones left out; nobody else is at them.

    A number to which a message is on its way, or of which nobody knows whether one is, waits: answers keep their order.
    """
    busy = select(text_messages.c.number).where(text_messages.c.status.in_(_LIVE), text_messages.c.carrier == carrier)
    earlier = text_messages.alias("earlier")
    first = (
        select(func.min(earlier.c.id))
        .where(
            earlier.c.number == text_messages.c.number,
            earlier.c.status == TextStatus.WAITING,
            earlier.c.carrier == carrier,
            earlier.c.next_at <= now,
            earlier.c.kind.not_in(URGENT),
        )
        .scalar_subquery()
    )
    query = (
        select(text_messages)
        .where(
            text_messages.c.status == TextStatus.WAITING,
            text_messages.c.next_at <= now,
            text_messages.c.carrier == carrier,
            text_messages.c.number.not_in(busy),
            text_messages.c.id == first,
        )
        .order_by(text_messages.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_text(row) for row in conn.execute(query)]


def move_text(conn: Connection, before: TextMessage, to: TextStatus, *, now: datetime, **changes: Any) -> bool:
    """Move a message that still stands as `before` says; return whether it did."""
    if not may_move_text(before.status, to):
        return False
    still = (
        text_messages.c.id == before.id,
        text_messages.c.status == before.status,
        text_messages.c.fence == before.fence,
    )
    values = {"status": to, "changed_at": now, **changes}
    return conn.execute(update(text_messages).where(*still).values(values)).rowcount == 1


def note_on_text(conn: Connection, text_id: int, **facts: Any) -> None:
    """Write down facts about a message that do not move it."""
    conn.execute(update(text_messages).where(text_messages.c.id == text_id).values(**facts))


def expire_text_leases(conn: Connection, now: datetime) -> list[int]:
    """Turn messages whose worker went silent into `unknown`; the fence rises, so that it cannot write any more."""
    silent = (text_messages.c.status == TextStatus.SENDING, text_messages.c.lease_until < now)
    fresh = {
        "status": TextStatus.UNKNOWN,
        "fence": text_messages.c.fence + 1,
        "check_at": now,
        "changed_at": now,
        "owner": "",
    }
    return list(
        conn.execute(update(text_messages).where(*silent).values(fresh).returning(text_messages.c.id)).scalars()
    )


def take_text_checks(
    conn: Connection, carrier: str, *, now: datetime, next_check: datetime, limit: int
) -> list[TextMessage]:
    """Take messages of unknown fate about which the carrier is to be asked, the urgent ones first.

    Nobody else takes them before `next_check`.
    """
    due = (
        select(text_messages)
        .where(
            text_messages.c.status == TextStatus.UNKNOWN,
            text_messages.c.check_at <= now,
            text_messages.c.carrier == carrier,
        )
        .order_by(text_messages.c.kind.not_in(URGENT), text_messages.c.check_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = [_text(row) for row in conn.execute(due)]
    if taken:
        ids = [each.id for each in taken]
        conn.execute(update(text_messages).where(text_messages.c.id.in_(ids)).values(check_at=next_check))
    return taken


def forgotten_texts(conn: Connection, before: datetime) -> list[int]:
    """Messages that should have been sent, or asked about, before a moment, and that nobody took up."""
    waiting = (text_messages.c.status == TextStatus.WAITING) & (text_messages.c.next_at < before)
    sending = (text_messages.c.status == TextStatus.SENDING) & (text_messages.c.lease_until < before)
    unknown = (text_messages.c.status == TextStatus.UNKNOWN) & (text_messages.c.check_at < before)
    query = select(text_messages.c.id).where(or_(waiting, sending, unknown)).order_by(text_messages.c.id)
    return list(conn.execute(query).scalars())


def text_ids_known(conn: Connection, carrier_ids: Collection[str]) -> set[str]:
    """Which of the carrier's messages already belong to one of ours."""
    query = select(text_messages.c.carrier_id).where(text_messages.c.carrier_id.in_(list(carrier_ids)))
    return set(conn.execute(query).scalars())


def last_received(conn: Connection, carrier: str) -> datetime | None:
    """When the last message of a resident was taken; None when none ever was."""
    theirs = (text_messages.c.carrier == carrier, text_messages.c.direction == "in")
    query = select(text_messages.c.created_at).where(*theirs).order_by(text_messages.c.id.desc()).limit(1)
    return conn.execute(query).scalar_one_or_none()


def texts_of_target(conn: Connection, target_id: int) -> list[TextMessage]:
    """Every message from and to a target, in order; for staff."""
    query = select(text_messages).where(text_messages.c.target_id == target_id).order_by(text_messages.c.id)
    return [_text(row) for row in conn.execute(query)]


def targets_to_invite(
    conn: Connection, campaign_id: int, outcomes: Collection[Outcome], limit: int
) -> list[tuple[int, int]]:
    """Targets that wait for another call after one in vain, and were not written to; with their residents' ids."""
    written = exists().where(text_messages.c.target_id == targets.c.id, text_messages.c.kind == TextKind.INVITATION)
    query = (
        select(targets.c.id, targets.c.resident_id)
        .where(
            targets.c.campaign_id == campaign_id,
            targets.c.status == TargetStatus.WAITING,
            targets.c.outcome.in_(list(outcomes)),
            targets.c.attempts > 0,
            targets.c.written_result.is_(None),
            ~written,
        )
        .order_by(targets.c.id)
        .limit(limit)
    )
    return [(row.id, row.resident_id) for row in conn.execute(query)]


def invitations_without_answer(
    conn: Connection, campaign_id: int, *, sent_before: datetime, limit: int
) -> list[TextMessage]:
    """First invitations sent before a moment to targets that still wait, and from whom nothing came back."""
    answered = text_messages.alias("answered")
    second = text_messages.alias("second")
    query = (
        select(text_messages)
        .join(targets, targets.c.id == text_messages.c.target_id)
        .where(
            targets.c.campaign_id == campaign_id,
            targets.c.status == TargetStatus.WAITING,
            targets.c.written_result.is_(None),
            text_messages.c.kind == TextKind.INVITATION,
            text_messages.c.status.in_([TextStatus.SENT, TextStatus.DELIVERED]),
            text_messages.c.tried_at <= sent_before,
            ~exists().where(answered.c.target_id == targets.c.id, answered.c.direction == "in"),
            ~exists().where(
                second.c.target_id == targets.c.id,
                second.c.kind == TextKind.INVITATION,
                second.c.id != text_messages.c.id,
            ),
        )
        .order_by(text_messages.c.id)
        .limit(limit)
    )
    return [_text(row) for row in conn.execute(query)]


def residents_of_number(conn: Connection, number: str) -> list[tuple[int, str]]:
    """Whose number it is, and is any good: their ids and names, in order of the roster."""
    query = (
        select(residents.c.id, residents.c.name)
        .join(phones, phones.c.resident_id == residents.c.id)
        .where(phones.c.number == number, phones.c.status != "wrong")
        .order_by(residents.c.id)
    )
    return [(row.id, row.name) for row in conn.execute(query)]


def name_and_sex(conn: Connection, resident_id: int) -> tuple[str, str]:
    """A resident's name, and `male`, `female` or nothing."""
    row = conn.execute(select(residents.c.name, residents.c.sex).where(residents.c.id == resident_id)).one()
    return row.name, row.sex


def put_off_calls(conn: Connection, target_id: int, until: datetime) -> None:
    """Ring a waiting target no sooner than a moment: the resident is writing to us."""
    sooner = (targets.c.id == target_id, targets.c.status == TargetStatus.WAITING, targets.c.next_at < until)
    conn.execute(update(targets).where(*sooner).values(next_at=until))


def hold_number(conn: Connection, number: str) -> None:
    """Let nobody else take a message of that number until the transaction ends."""
    one_at_a_time(conn, f"text:{number}")


def texts_with_number(conn: Connection, number: str, *, since: datetime, carrier: str) -> list[TextMessage]:
    """Every message from and to a number since a moment, newest first."""
    query = (
        select(text_messages)
        .where(
            text_messages.c.number == number, text_messages.c.created_at >= since, text_messages.c.carrier == carrier
        )
        .order_by(text_messages.c.id.desc())
    )
    return [_text(row) for row in conn.execute(query)]


def codes_sent_since(conn: Connection, since: datetime, *, numbers: Sequence[str] | None = None) -> int:
    """How many one-time codes were written to be sent since a moment.

    Args:
        numbers: to these; None for all, which takes a look at every message.
    """
    wanted = [text_messages.c.kind == TextKind.CODE, text_messages.c.created_at > since]
    if numbers is not None:
        wanted.append(text_messages.c.number.in_(list(numbers)))
    count: int = conn.execute(select(func.count()).select_from(text_messages).where(*wanted)).scalar_one()
    return count


def refuse_texts(conn: Connection, number: str, problem: TextProblem, now: datetime) -> None:
    """Note that no text goes to a number any more; the first reason stays."""
    insert_new(
        conn, text_refusals, [{"number": number, "problem": problem, "at": now}], returning=text_refusals.c.number
    )


def allow_texts(conn: Connection, number: str, resident_ids: Sequence[int]) -> None:
    """Note that whoever has a number wants texts again."""
    theirs = (text_refusals.c.number == number, text_refusals.c.problem == TextProblem.UNSUBSCRIBED)
    conn.execute(delete(text_refusals).where(*theirs))
    conn.execute(delete(text_opt_outs).where(text_opt_outs.c.resident_id.in_(list(resident_ids))))


def refusals_of(conn: Connection, numbers: Collection[str]) -> dict[str, TextProblem]:
    """Why no text goes to each of these numbers; those that get texts are left out."""
    query = select(text_refusals).where(text_refusals.c.number.in_(list(numbers)))
    return {row.number: TextProblem(row.problem) for row in conn.execute(query)}


def opt_out_of_texts(conn: Connection, resident_ids: Sequence[int], now: datetime) -> None:
    """Note that residents want no texts any more."""
    rows = [{"resident_id": resident_id, "at": now} for resident_id in resident_ids]
    insert_new(conn, text_opt_outs, rows, returning=text_opt_outs.c.resident_id)


def without_texts(conn: Connection, resident_ids: Collection[int]) -> set[int]:
    """Which of these residents want no texts."""
    query = select(text_opt_outs.c.resident_id).where(text_opt_outs.c.resident_id.in_(list(resident_ids)))
    return set(conn.execute(query).scalars())


def _urgent(carrier: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        text_messages.c.status == TextStatus.WAITING,
        text_messages.c.next_at <= now,
        text_messages.c.carrier == carrier,
        text_messages.c.kind.in_(URGENT),
    )


def _text(row: Row[Any]) -> TextMessage:
    values = row._asdict()
    values["kind"], values["status"] = TextKind(row.kind), TextStatus(row.status)
    values["problem"] = None if row.problem is None else TextProblem(row.problem)
    return TextMessage(**values)
