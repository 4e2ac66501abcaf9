"""Cases, their running numbers and their history."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Select,
    String,
    Table,
    Text,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect

from community.errors import Conflict, NotFound
from community.model.actor import Actor
from community.model.address import Address
from community.model.cases.case import Case, CaseEvent, CaseKind, CaseStatus, LadderStep, Priority
from community.model.staff import Role
from community.store.base import UtcDateTime, insert_once, metadata

cases = Table(
    "case",
    metadata,
    Column("id", Integer, primary_key=True),
    #: What people say: `260715-003` (day, then a running number of that day).
    Column("number", String(20), nullable=False, unique=True),
    #: The event that opened it; the same event again is the same case.
    Column("source_key", String(160), nullable=False, unique=True),
    #: CaseKind, category code (hazards only), Priority, CaseStatus
    Column("kind", String(20), nullable=False),
    Column("category", String(40)),
    Column("priority", String(20), nullable=False),
    Column("danger", Boolean, nullable=False),
    Column("status", String(20), nullable=False),
    Column("summary", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("community", String(80), nullable=False, server_default=""),
    Column("building", String(40), nullable=False, server_default=""),
    Column("unit", String(20), nullable=False, server_default=""),
    Column("room", String(20), nullable=False, server_default=""),
    Column("location_text", String(200), nullable=False, server_default=""),
    Column("grid", String(60), nullable=False, server_default=""),
    Column("resident_id", ForeignKey("resident.id"), index=True),
    Column("reporter_name", String(80), nullable=False, server_default=""),
    Column("conversation_id", String(200), index=True),
    Column("campaign_id", ForeignKey("campaign.id"), index=True),
    Column("target_id", Integer),
    Column("attempt_id", String(32), index=True),
    Column("rehearsal", Boolean, nullable=False),
    #: A copy of the ladder it started with: [{role, wait_seconds}].
    Column("ladder", JSON, nullable=False),
    #: How many times somebody was told, and who was told last (place on the ladder from 0; -1: nobody yet).
    Column("step", Integer, nullable=False, server_default="0"),
    Column("rung", Integer, nullable=False, server_default="-1"),
    #: When it climbs by itself; every open case has one.
    Column("next_step_at", UtcDateTime, index=True),
    #: Login of who works on it.
    Column("assignee", String(80)),
    Column("acknowledged_at", UtcDateTime),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("result", Text),
    Index("ix_case_status", "status", "id"),
)

case_numbers = Table(
    "case_number",
    metadata,
    #: `260715`: a day in the community's own time zone.
    Column("day", String(6), primary_key=True),
    #: The last running number given out on it.
    Column("last", Integer, nullable=False),
)

case_events = Table(
    "case_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("case.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(120), nullable=False),
    #: `opened`, `step`, `acknowledged`, `handed_over`, `closed`, `reopened`, `noted`…
    Column("action", String(30), nullable=False),
    #: Why, in the words of who did it.
    Column("text", Text, nullable=False, server_default=""),
    Column("detail", JSON, nullable=False),
    #: The event outside that caused it (a resident's message): the same again is the same line.
    Column("source_key", String(160), unique=True),
)


#: Source keys of what residents raised in chat as an emergency.
_EMERGENCY = "message:%:emergency"
#: How many of the newest cases are looked at to see what happened a moment ago.
_NEWEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases a list shows; every condition given must hold.

    Attributes:
        open: True for open ones, False for closed ones.
        text: words searched for in number, summary, description and place.
        overdue_at: only open cases whose clock ran out before that moment.
        unclaimed: only those that no named person has.
        escalated: only those that have climbed past the first rung.
    """

    open: bool | None = None
    statuses: tuple[CaseStatus, ...] = ()
    kinds: tuple[CaseKind, ...] = ()
    priorities: tuple[Priority, ...] = ()
    category: str | None = None
    grid: str | None = None
    assignee: str | None = None
    campaign_id: int | None = None
    resident_id: int | None = None
    conversation_id: str | None = None
    rehearsal: bool | None = None
    text: str = ""
    overdue_at: datetime | None = None
    unclaimed: bool = False
    escalated: bool = False


def next_number(conn: Connection, day: str) -> int:
    """Give out the next running number of a day (`260715`), each once whoever asks at the same time."""
    build = postgresql.insert if conn.dialect.name == "postgresql" else sqlite_dialect.insert
    statement = build(case_numbers).values(day=day, last=1)
    statement = statement.on_conflict_do_update(index_elements=["day"], set_={"last": case_numbers.c.last + 1})
    number: int = conn.execute(statement.returning(case_numbers.c.last)).scalar_one()
    return number


def insert_case(conn: Connection, values: Mapping[str, Any]) -> int | None:
    """Write a new case; None when one with its source key is there already."""
    return insert_once(conn, cases, values, unique="source_key")


def case_by_id(conn: Connection, case_id: int) -> Case:
    """The case with that id.

    Raises:
        NotFound: there is none.
    """
    return _one(conn, select(cases).where(cases.c.id == case_id))


def case_by_number(conn: Connection, number: str) -> Case:
    """The case with the number that people say.

    Raises:
        NotFound: there is none.
    """
    return _one(conn, select(cases).where(cases.c.number == number.strip()))


def case_by_reference(conn: Connection, reference: str) -> Case:
    """The case that people mean by its number (`260715-003`), or by its id.

    Raises:
        NotFound: there is none.
    """
    reference = reference.strip()
    if reference.isascii() and reference.isdigit() and len(reference) < 10:
        return case_by_id(conn, int(reference))
    return case_by_number(conn, reference)


def case_by_source_key(conn: Connection, source_key: str) -> Case | None:
    """The case that an event opened; None when it has opened none."""
    row = conn.execute(select(cases).where(cases.c.source_key == source_key)).one_or_none()
    return _case(row) if row else None


def emergencies_told(conn: Connection, conversation_id: str, *, since: datetime) -> list[Case]:
    """What was raised as an emergency in one conversation since a moment, newest first, locked until the end of the work."""
    query = select(cases).where(
        cases.c.conversation_id == conversation_id, cases.c.source_key.like(_EMERGENCY), cases.c.opened_at > since
    )
    return [_case(row) for row in conn.execute(query.order_by(cases.c.id.desc()).with_for_update())]


def emergencies_of_channel(conn: Connection, channel: str, *, since: datetime) -> list[int]:
    """Ids of the emergencies raised in a whole channel since a moment, newest first; only the newest cases are looked at."""
    newest = select(cases).order_by(cases.c.id.desc()).limit(_NEWEST).subquery()
    query = select(newest.c.id).where(
        newest.c.conversation_id.startswith(f"{channel}:", autoescape=True),
        newest.c.source_key.like(_EMERGENCY),
        newest.c.opened_at > since,
    )
    return list(conn.execute(query.order_by(newest.c.id.desc())).scalars())


# Built once: every call that is over runs both, and building them costs more than running them.
_OF_ATTEMPT = select(cases.c.id, cases.c.priority).where(cases.c.attempt_id == bindparam("attempt"))
_OF_KEYS = select(cases.c.id, cases.c.priority).where(cases.c.source_key.in_(bindparam("keys", expanding=True)))


def case_opened_in_call(conn: Connection, attempt_id: str) -> int | None:
    """The most pressing case that was opened during one call; None when there is none."""
    rows = conn.execute(_OF_ATTEMPT, {"attempt": attempt_id})
    opened = [(-Priority(row.priority).rank, row.id) for row in rows]
    return min(opened)[1] if opened else None


def case_of_keys(conn: Connection, source_keys: Collection[str]) -> int | None:
    """The most pressing case that one of these events opened; None when none did."""
    rows = conn.execute(_OF_KEYS, {"keys": list(source_keys)})
    opened = [(-Priority(row.priority).rank, row.id) for row in rows]
    return min(opened)[1] if opened else None


def list_cases(conn: Connection, wanted: CaseFilter, *, before_id: int | None = None, limit: int = 50) -> list[Case]:
    """Cases, newest first; `before_id` is the id of the last one already shown."""
    query = select(cases).where(*_conditions(wanted)).order_by(cases.c.id.desc()).limit(limit)
    if before_id is not None:
        query = query.where(cases.c.id < before_id)
    return [_case(row) for row in conn.execute(query)]


def count_cases(conn: Connection, wanted: CaseFilter) -> dict[CaseStatus, int]:
    """How many cases there are in each status."""
    query = select(cases.c.status, func.count()).where(*_conditions(wanted)).group_by(cases.c.status)
    return {CaseStatus(status): count for status, count in conn.execute(query)}


def due_cases(conn: Connection, now: datetime, limit: int) -> list[Case]:
    """Cases whose clock has run out, most overdue first; on PostgreSQL those that nobody else is at, and locked."""
    query = (
        select(cases)
        .where(cases.c.next_step_at <= now)
        .order_by(cases.c.next_step_at, cases.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_case(row) for row in conn.execute(query)]


def open_cases_without_clock(conn: Connection) -> list[Case]:
    """Open cases that nothing will ever remind anybody of; there must be none."""
    query = select(cases).where(cases.c.status != CaseStatus.CLOSED, cases.c.next_step_at.is_(None))
    return [_case(row) for row in conn.execute(query.order_by(cases.c.id))]


def move_case(conn: Connection, before: Case, **changes: Any) -> Case:
    """Change a case that still stands as `before` says, and return it as it stands now.

    Raises:
        Conflict: somebody else changed it first.
    """
    expected = (cases.c.id == before.id, cases.c.status == before.status, cases.c.step == before.step)
    same_person = cases.c.assignee.is_not_distinct_from(before.assignee)
    same_clock = cases.c.next_step_at.is_not_distinct_from(before.next_step_at)
    done = conn.execute(update(cases).where(*expected, same_person, same_clock).values(**changes))
    if done.rowcount != 1:
        raise Conflict(f"工单 {before.number} 刚被别人改过：请刷新后再操作")
    return case_by_id(conn, before.id)


def add_event(
    conn: Connection,
    case_id: int,
    *,
    at: datetime,
    actor: Actor,
    action: str,
    text: str = "",
    detail: Mapping[str, Any] | None = None,
    source_key: str | None = None,
) -> int:
    """Write one line of a case's history and return its id."""
    values = {"case_id": case_id, "at": at, "actor": str(actor), "action": action, "text": text}
    values |= {"detail": dict(detail or {}), "source_key": source_key}
    event_id: int = conn.execute(insert(case_events).values(**values).returning(case_events.c.id)).scalar_one()
    return event_id


def is_recorded(conn: Connection, source_key: str | None) -> bool:
    """Whether a line with that source key is in some case's history."""
    if source_key is None:
        return False
    query = select(case_events.c.id).where(case_events.c.source_key == source_key)
    return conn.execute(query).one_or_none() is not None


def case_of_event(conn: Connection, source_key: str) -> Case | None:
    """The case in whose history a line with that source key stands; None when there is no such line."""
    query = select(cases).join(case_events, case_events.c.case_id == cases.c.id)
    row = conn.execute(query.where(case_events.c.source_key == source_key)).one_or_none()
    return _case(row) if row else None


def events_of(conn: Connection, case_id: int) -> list[CaseEvent]:
    """A case's history, oldest first."""
    rows = conn.execute(select(case_events).where(case_events.c.case_id == case_id).order_by(case_events.c.id))
    return [CaseEvent(at=row.at, actor=row.actor, action=row.action, text=row.text, detail=row.detail) for row in rows]


def count_events(conn: Connection, case_id: int, action: str) -> int:
    """How often something happened to a case."""
    query = select(func.count()).where(case_events.c.case_id == case_id, case_events.c.action == action)
    return conn.execute(query).scalar_one()


def ladder_to_json(ladder: Sequence[LadderStep]) -> list[dict[str, Any]]:
    """A ladder as the table keeps it."""
    return [{"role": step.role.value, "wait_seconds": step.wait.total_seconds()} for step in ladder]


def _conditions(wanted: CaseFilter) -> list[Any]:
    equal = {
        cases.c.category: wanted.category,
        cases.c.grid: wanted.grid,
        cases.c.assignee: wanted.assignee,
        cases.c.campaign_id: wanted.campaign_id,
        cases.c.resident_id: wanted.resident_id,
        cases.c.conversation_id: wanted.conversation_id,
        cases.c.rehearsal: wanted.rehearsal,
    }
    one_of = {cases.c.status: wanted.statuses, cases.c.kind: wanted.kinds, cases.c.priority: wanted.priorities}
    found: list[Any] = [column == value for column, value in equal.items() if value is not None]
    found += [column.in_([value.value for value in values]) for column, values in one_of.items() if values]
    if wanted.open is not None:
        closed = cases.c.status == CaseStatus.CLOSED
        found.append(~closed if wanted.open else closed)
    if wanted.overdue_at is not None:
        found.append(cases.c.next_step_at <= wanted.overdue_at)
    if wanted.unclaimed:
        found.append(cases.c.assignee.is_(None))
    if wanted.escalated:
        found.append(cases.c.rung > 0)
    if wanted.text.strip():
        words = wanted.text.strip()
        columns = (cases.c.number, cases.c.summary, cases.c.description, cases.c.location_text, cases.c.community)
        found.append(or_(*(column.contains(words, autoescape=True) for column in columns)))
    return found


def _one(conn: Connection, query: Select[Any]) -> Case:
    row = conn.execute(query).one_or_none()
    if row is None:
        raise NotFound("没有这张工单：请核对工单号")
    return _case(row)


def _case(row: Any) -> Case:
    return Case(
        id=row.id,
        number=row.number,
        kind=CaseKind(row.kind),
        category=row.category,
        priority=Priority(row.priority),
        danger=row.danger,
        status=CaseStatus(row.status),
        summary=row.summary,
        description=row.description,
        address=Address(row.community, row.building, row.unit, row.room),
        location_text=row.location_text,
        grid=row.grid,
        resident_id=row.resident_id,
        reporter_name=row.reporter_name,
        conversation_id=row.conversation_id,
        campaign_id=row.campaign_id,
        target_id=row.target_id,
        attempt_id=row.attempt_id,
        rehearsal=row.rehearsal,
        ladder=tuple(LadderStep(Role(s["role"]), timedelta(seconds=s["wait_seconds"])) for s in row.ladder),
        step=row.step,
        rung=row.rung,
        next_step_at=row.next_step_at,
        assignee=row.assignee,
        acknowledged_at=row.acknowledged_at,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        result=row.result,
    )
