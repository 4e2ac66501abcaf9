"""The roster as staff look at it: searched, counted, one resident with everything known of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, or_, select

from community.store.residents import households, import_runs, phones, resident_tags, residents


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterPhone:
    """One number of a resident, in the order it is called."""

    id: int
    number: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterLine:
    """One resident as a list shows them."""

    id: int
    name: str
    sex: str
    birth_date: date | None
    address: str
    grid: str
    tags: Sequence[str]
    phones: Sequence[RosterPhone]
    sample: bool
    opted_out_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterCard:
    """Everything that the roster says about one resident."""

    line: RosterLine
    household_id: int
    language: str
    preferred_hours: str
    guardian_name: str
    guardian_relation: str
    guardian_phone: str
    note: str
    created_at: datetime
    updated_at: datetime
    neighbours: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterFilter:
    """Which residents a list shows; every condition given must hold.

    Attributes:
        text: part of a name or address; or a whole number in E.164, as `number`.
    """

    text: str = ""
    number: str = ""
    grid: str = ""
    tag: str = ""
    opted_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRun:
    """One import of a list."""

    file_name: str
    actor: str
    at: datetime
    counts: Mapping[str, int]


def count_roster(conn: Connection, wanted: RosterFilter) -> int:
    """How many residents a filter leaves."""
    query = select(func.count()).select_from(residents.join(households)).where(*_conditions(wanted))
    return conn.execute(query).scalar_one()


def list_roster(conn: Connection, wanted: RosterFilter, *, limit: int = 50, offset: int = 0) -> list[RosterLine]:
    """Residents in the order of their addresses."""
    order = (households.c.community, households.c.building, households.c.unit, households.c.room, residents.c.id)
    query = _residents().where(*_conditions(wanted)).order_by(*order).limit(limit).offset(offset)
    return _lines(conn, conn.execute(query).all())


def roster_card(conn: Connection, resident_id: int) -> RosterCard | None:
    """One resident; None when there is no such one."""
    row = conn.execute(_residents().where(residents.c.id == resident_id)).one_or_none()
    if row is None:
        return None
    others = conn.execute(
        select(residents.c.id, residents.c.name)
        .where(residents.c.household_id == row.household_id, residents.c.id != row.id)
        .order_by(residents.c.id)
    ).all()
    return RosterCard(
        line=_lines(conn, [row])[0],
        household_id=row.household_id,
        language=row.language,
        preferred_hours=row.preferred_hours,
        guardian_name=row.guardian_name,
        guardian_relation=row.guardian_relation,
        guardian_phone=row.guardian_phone,
        note=row.note,
        created_at=row.created_at,
        updated_at=row.updated_at,
        neighbours=[(other.id, other.name) for other in others],
    )


def roster_grids(conn: Connection) -> list[str]:
    """The grids that residents live in."""
    query = select(households.c.grid).distinct().where(households.c.grid != "").order_by(households.c.grid)
    return list(conn.scalars(query))


def roster_tags(conn: Connection) -> list[tuple[str, int]]:
    """The tags in use with how many residents have each, commonest first."""
    count = func.count()
    query = select(resident_tags.c.tag, count).group_by(resident_tags.c.tag).order_by(count.desc(), resident_tags.c.tag)
    return [(tag, number) for tag, number in conn.execute(query)]


def recent_imports(conn: Connection, limit: int = 5) -> list[ImportRun]:
    """The last lists brought in, newest first."""
    rows = conn.execute(select(import_runs).order_by(import_runs.c.id.desc()).limit(limit))
    return [ImportRun(file_name=row.file_name, actor=row.actor, at=row.at, counts=row.counts) for row in rows]


def _residents() -> Select[Any]:
    return select(residents, households.c.address_text, households.c.grid).join(households)


def _conditions(wanted: RosterFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    has_number = exists().where(phones.c.resident_id == residents.c.id, phones.c.number == wanted.number)
    if wanted.text:
        texts = [
            residents.c.name.contains(wanted.text, autoescape=True),
            households.c.address_text.contains(wanted.text, autoescape=True),
        ]
        conditions.append(or_(*texts, has_number) if wanted.number else or_(*texts))
    if wanted.grid:
        conditions.append(households.c.grid == wanted.grid)
    if wanted.tag:
        tagged = exists().where(resident_tags.c.resident_id == residents.c.id, resident_tags.c.tag == wanted.tag)
        conditions.append(tagged)
    if wanted.opted_out:
        conditions.append(residents.c.opted_out_at.is_not(None))
    return conditions


def _lines(conn: Connection, rows: Sequence[Row[Any]]) -> list[RosterLine]:
    ids = [row.id for row in rows]
    tags: dict[int, list[str]] = {resident_id: [] for resident_id in ids}
    numbers: dict[int, list[RosterPhone]] = {resident_id: [] for resident_id in ids}
    for row in conn.execute(
        select(resident_tags).where(resident_tags.c.resident_id.in_(ids)).order_by(resident_tags.c.tag)
    ):
        tags[row.resident_id].append(row.tag)
    for row in conn.execute(select(phones).where(phones.c.resident_id.in_(ids)).order_by(phones.c.position)):
        numbers[row.resident_id].append(RosterPhone(id=row.id, number=row.number, status=row.status))
    return [
        RosterLine(
            id=row.id,
            name=row.name,
            sex=row.sex,
            birth_date=row.birth_date,
            address=row.address_text,
            grid=row.grid,
            tags=tags[row.id],
            phones=numbers[row.id],
            sample=row.sample,
            opted_out_at=row.opted_out_at,
        )
        for row in rows
    ]


def names_of(conn: Connection, resident_ids: Collection[int]) -> dict[int, str]:
    """The names of some residents, by id."""
    query = select(residents.c.id, residents.c.name).where(residents.c.id.in_(resident_ids))
    return {row.id: row.name for row in conn.execute(query)}
