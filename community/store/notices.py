"""Notices: what the console shows to everybody of a role, or to one named person."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    func,
    insert,
    or_,
    select,
    update,
)

from community.model.cases.case import Case, Notice
from community.model.staff import Role
from community.store.base import UtcDateTime, metadata
from community.store.cases import cases

notices = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("case.id"), index=True),
    #: Role that is told on the console; and the one person of it, where only they are meant.
    Column("role", String(20), nullable=False, index=True),
    Column("login", String(80)),
    Column("text", Text, nullable=False),
    Column("rehearsal", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("read_by", String(80)),
    Column("read_at", UtcDateTime),
)


def add_notice(conn: Connection, case: Case, *, role: Role, text: str, now: datetime, login: str | None = None) -> None:
    """Tell a role, or one person of it, on the console."""
    values = {"case_id": case.id, "role": role, "login": login, "text": text}
    conn.execute(insert(notices).values(**values, rehearsal=case.rehearsal, created_at=now))


#: Those who run campaigns, beside the administrator.
CAMPAIGN_ROLES = (Role.ADMIN, Role.SECRETARY, Role.COMMUNITY_STAFF)


def add_alarm(
    conn: Connection,
    text: str,
    *,
    now: datetime,
    roles: Sequence[Role] = (Role.ADMIN,),
    quiet_for: timedelta = timedelta(0),
) -> None:
    """Tell people of some roles that something of the system needs them; the same unread alarm is not repeated.

    Args:
        quiet_for: so long it is not repeated when it was read either.
    """
    for role in roles:
        stands = or_(notices.c.read_at.is_(None), notices.c.created_at > now - quiet_for)
        told = (notices.c.text == text, notices.c.role == role, stands)
        if conn.execute(select(notices.c.id).where(*told).limit(1)).one_or_none() is None:
            conn.execute(insert(notices).values(role=role, text=text, rehearsal=False, created_at=now))


def notices_for(
    conn: Connection, *, login: str, role: Role, grid: str = "", unread_only: bool = False, limit: int = 50
) -> list[Notice]:
    """What somebody was told, newest first: as one of their role in their grid, or by name.

    Args:
        grid: notices of cases in other grids are left out; empty shows them all.
    """
    query = (
        select(notices)
        .outerjoin(cases, cases.c.id == notices.c.case_id)
        .where(_told_to(login, role, grid))
        .order_by(notices.c.id.desc())
        .limit(limit)
    )
    if unread_only:
        query = query.where(notices.c.read_at.is_(None))
    return [_notice(row) for row in conn.execute(query)]


def _notice(row: Any) -> Notice:
    return Notice(
        id=row.id,
        case_id=row.case_id,
        role=Role(row.role),
        login=row.login,
        text=row.text,
        rehearsal=row.rehearsal,
        created_at=row.created_at,
        read_by=row.read_by,
        read_at=row.read_at,
    )


def count_unread(conn: Connection, *, login: str, role: Role, grid: str = "") -> int:
    """How many notices somebody has not read."""
    query = (
        select(func.count())
        .select_from(notices.outerjoin(cases, cases.c.id == notices.c.case_id))
        .where(notices.c.read_at.is_(None), _told_to(login, role, grid))
    )
    return conn.execute(query).scalar_one()


def read_notices_of_case(conn: Connection, case_id: int, *, login: str, role: Role, now: datetime) -> None:
    """Mark as read what somebody, or their role, was told of a case."""
    to_them = or_(notices.c.login == login, (notices.c.role == role) & notices.c.login.is_(None))
    unread = (notices.c.case_id == case_id, notices.c.read_at.is_(None), to_them)
    conn.execute(update(notices).where(*unread).values(read_by=login, read_at=now))


def read_all_notices(conn: Connection, *, login: str, role: Role, grid: str = "", now: datetime) -> None:
    """Mark as read whatever somebody has not read yet."""
    unread = (
        select(notices.c.id)
        .outerjoin(cases, cases.c.id == notices.c.case_id)
        .where(notices.c.read_at.is_(None), _told_to(login, role, grid))
    )
    conn.execute(update(notices).where(notices.c.id.in_(unread)).values(read_by=login, read_at=now))


def _told_to(login: str, role: Role, grid: str) -> ColumnElement[bool]:
    to_role = (notices.c.role == role) & notices.c.login.is_(None)
    if grid:
        to_role &= or_(cases.c.grid.is_(None), cases.c.grid.in_(["", grid]))
    return or_(notices.c.login == login, to_role)
