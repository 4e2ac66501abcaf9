"""Residents, their households and phones."""

from datetime import datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    and_,
    func,
    literal,
    or_,
    select,
    update,
)

from community.store.base import UtcDateTime, metadata

households = Table(
    "household",
    metadata,
    Column("id", Integer, primary_key=True),
    #: 小区-楼栋-单元-室, the parts of `community.model.address.Address`.
    Column("community", String(80), nullable=False, server_default=""),
    Column("building", String(40), nullable=False, server_default=""),
    Column("unit", String(20), nullable=False, server_default=""),
    Column("room", String(20), nullable=False, server_default=""),
    #: The address in words: put together from the parts, or as it was written in the list where they do not say it all.
    Column("address_text", String(200), nullable=False, server_default=""),
    Column("grid", String(60), nullable=False, server_default=""),
    # Where the room is not known, one address may be many households; those of two grids are kept apart.
    UniqueConstraint("community", "building", "unit", "room", "address_text", "grid"),
)

residents = Table(
    "resident",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("household_id", ForeignKey("household.id"), nullable=False, index=True),
    Column("name", String(80), nullable=False, index=True),
    #: `male`, `female` or empty.
    Column("sex", String(10), nullable=False, server_default=""),
    Column("birth_date", Date),
    #: Keyed hash of the identity number; the number itself is never stored.
    Column("identity_hash", String(64), unique=True),
    #: `mandarin`, `cantonese`, `taiwanese_mandarin`.
    Column("language", String(30), nullable=False, server_default="mandarin"),
    #: `09:00-11:00,15:00-17:00`, or empty for any time.
    Column("preferred_hours", String(100), nullable=False, server_default=""),
    Column("guardian_name", String(80), nullable=False, server_default=""),
    Column("guardian_relation", String(40), nullable=False, server_default=""),
    #: E.164, or empty.
    Column("guardian_phone", String(20), nullable=False, server_default=""),
    #: The guardian's number that turned out wrong, dead or unwilling; another one in the list is called again.
    Column("guardian_bad_number", String(20), nullable=False, server_default=""),
    Column("note", Text, nullable=False, server_default=""),
    #: Belongs to the sample community: never dialled by a real carrier.
    Column("sample", Boolean, nullable=False),
    #: When the resident asked never to be called again.
    Column("opted_out_at", UtcDateTime),
    #: When the resident agreed to be asked about their health, and when they took it back.
    Column("health_consent_at", UtcDateTime),
    Column("health_consent_withdrawn_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

resident_tags = Table(
    "resident_tag",
    metadata,
    Column("resident_id", ForeignKey("resident.id", ondelete="CASCADE"), primary_key=True),
    Column("tag", String(40), primary_key=True, index=True),
)

phones = Table(
    "phone",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("resident_id", ForeignKey("resident.id", ondelete="CASCADE"), nullable=False),
    #: E.164.
    Column("number", String(20), nullable=False, index=True),
    #: 0 is called first.
    Column("position", Integer, nullable=False),
    #: `ok`, `wrong` (somebody else's) or `not_in_service`.
    Column("status", String(20), nullable=False, server_default="ok"),
    Column("status_changed_at", UtcDateTime),
    UniqueConstraint("resident_id", "number"),
)

import_runs = Table(
    "import_run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("file_name", String(200), nullable=False),
    Column("actor", String(120), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    #: {created, updated, unchanged, rejected}
    Column("counts", JSON, nullable=False),
)

Index("ix_resident_name_household", residents.c.name, residents.c.household_id)


def health_consented() -> ColumnElement[bool]:
    """Whether a resident's consent to questions about health holds: given, and not taken back since."""
    given, withdrawn = residents.c.health_consent_at, residents.c.health_consent_withdrawn_at
    return and_(given.is_not(None), or_(withdrawn.is_(None), withdrawn < given))


def name_of(conn: Connection, resident_id: int) -> str:
    """A resident's name as it stands on the roster."""
    name: str = conn.execute(select(residents.c.name).where(residents.c.id == resident_id)).scalar_one()
    return name


def has_health_consent(conn: Connection, resident_id: int) -> bool:
    """Whether a resident agreed to questions about health, and has not taken it back."""
    agreed = select(residents.c.id).where(residents.c.id == resident_id, health_consented())
    return conn.execute(agreed).first() is not None


def write_health_consent(conn: Connection, resident_id: int, *, given: bool, now: datetime) -> None:
    """Write down that a resident agreed to questions about health, or took it back."""
    values = {"health_consent_at": now} if given else {"health_consent_withdrawn_at": now}
    conn.execute(update(residents).where(residents.c.id == resident_id).values(values))


def names_in(conn: Connection, text: str) -> list[str]:
    """Names of residents and guardians that stand in a text."""
    asked = literal(text)
    found: list[str] = []
    for column in (residents.c.name, residents.c.guardian_name):
        named = select(column).distinct().where(func.length(column) > 1, asked.contains(column))
        found += conn.execute(named).scalars()
    return found
