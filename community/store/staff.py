"""Staff and their sessions."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Integer,
    String,
    Table,
    delete,
    insert,
    select,
    update,
)

from community.errors import NotFound
from community.model.staff import Role, Staff
from community.store.base import UtcDateTime, metadata

staff = Table(
    "staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(80), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    #: Role
    Column("role", String(20), nullable=False),
    #: Argon2id.
    Column("password_hash", String(200), nullable=False),
    #: The password was given out once and must be replaced at the first sign-in.
    Column("must_change_password", Boolean, nullable=False),
    #: The grid a grid worker looks after; empty for the whole community.
    Column("grid", String(60), nullable=False, server_default=""),
    Column("on_duty", Boolean, nullable=False),
    Column("failed_sign_ins", Integer, nullable=False, server_default="0"),
    Column("locked_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
)

sessions = Table(
    "session",
    metadata,
    #: SHA-256 of the cookie's value.
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf_token", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)


_FIELDS = (
    staff.c.id,
    staff.c.login,
    staff.c.name,
    staff.c.role,
    staff.c.grid,
    staff.c.on_duty,
    staff.c.must_change_password,
    staff.c.failed_sign_ins,
    staff.c.locked_until,
    staff.c.created_at,
    staff.c.disabled_at,
)


def staff_by_login(conn: Connection, login: str) -> Staff | None:
    """The member of staff with that login, disabled ones too; None when there is none."""
    if "\0" in login:
        return None
    row = conn.execute(select(*_FIELDS).where(staff.c.login == login)).one_or_none()
    return _member(row) if row else None


def staff_by_id(conn: Connection, staff_id: int) -> Staff:
    """The member of staff with that id.

    Raises:
        NotFound: there is none.
    """
    row = conn.execute(select(*_FIELDS).where(staff.c.id == staff_id)).one_or_none()
    if row is None:
        raise NotFound("没有这位工作人员：请先用 staff list 查看账号")
    return _member(row)


def all_staff(conn: Connection) -> list[Staff]:
    """Everybody, oldest account first."""
    return [_member(row) for row in conn.execute(select(*_FIELDS).order_by(staff.c.id))]


def roles_on_duty(conn: Connection, grid: str) -> frozenset[Role]:
    """The roles that somebody on duty holds who looks after that grid; an unknown grid is looked after by everybody."""
    query = select(staff.c.role).distinct().where(staff.c.on_duty.is_(True), staff.c.disabled_at.is_(None))
    if grid:
        query = query.where(staff.c.grid.in_(["", grid]))
    return frozenset(Role(role) for role in conn.scalars(query))


def insert_staff(conn: Connection, values: dict[str, Any]) -> int:
    """Write a new account and return its id."""
    staff_id: int = conn.execute(insert(staff).values(**values).returning(staff.c.id)).scalar_one()
    return staff_id


def update_staff(conn: Connection, staff_id: int, **changes: Any) -> None:
    """Change an account."""
    conn.execute(update(staff).where(staff.c.id == staff_id).values(**changes))


def count_failed_sign_in(conn: Connection, staff_id: int) -> int:
    """Count one more wrong password in a row and return how many there are, whoever else counts at the same time."""
    more = {"failed_sign_ins": staff.c.failed_sign_ins + 1}
    statement = update(staff).where(staff.c.id == staff_id).values(**more).returning(staff.c.failed_sign_ins)
    failures: int = conn.execute(statement).scalar_one()
    return failures


def password_hash_of(conn: Connection, staff_id: int) -> str:
    """The Argon2id hash of somebody's password."""
    password_hash: str = conn.execute(select(staff.c.password_hash).where(staff.c.id == staff_id)).scalar_one()
    return password_hash


def insert_session(
    conn: Connection, *, token_hash: str, staff_id: int, csrf_token: str, now: datetime, expires_at: datetime
) -> None:
    """Write down a sign-in."""
    conn.execute(
        insert(sessions).values(
            token_hash=token_hash, staff_id=staff_id, csrf_token=csrf_token, created_at=now, expires_at=expires_at
        )
    )


def session_by_token_hash(conn: Connection, token_hash: str, now: datetime) -> tuple[Staff, str] | None:
    """Who is signed in with that token, and their CSRF token; None when it has expired or never was."""
    query = (
        select(*_FIELDS, sessions.c.csrf_token)
        .join(sessions, sessions.c.staff_id == staff.c.id)
        .where(sessions.c.token_hash == token_hash, sessions.c.expires_at > now, staff.c.disabled_at.is_(None))
    )
    row = conn.execute(query).one_or_none()
    return (_member(row), row.csrf_token) if row else None


def delete_sessions(conn: Connection, *, staff_id: int | None = None, token_hashes: Iterable[str] = ()) -> None:
    """End all sessions of one person, or those with the given tokens."""
    wanted = sessions.c.staff_id == staff_id if staff_id is not None else sessions.c.token_hash.in_(list(token_hashes))
    conn.execute(delete(sessions).where(wanted))


def delete_expired_sessions(conn: Connection, now: datetime) -> None:
    """Forget sessions that are over."""
    conn.execute(delete(sessions).where(sessions.c.expires_at <= now))


def _member(row: Any) -> Staff:
    return Staff(
        id=row.id,
        login=row.login,
        name=row.name,
        role=Role(row.role),
        grid=row.grid,
        on_duty=row.on_duty,
        must_change_password=row.must_change_password,
        failed_sign_ins=row.failed_sign_ins,
        locked_until=row.locked_until,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
    )
