"""What every table shares: one MetaData, and column types that behave the same on SQLite and PostgreSQL."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Connection, DateTime, MetaData, Table, Update, bindparam, func, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; refuses naive values."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware moment into UTC for the database."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime refused: every moment carries its zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give back an aware moment in UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def one_at_a_time(conn: Connection, key: int | str) -> None:
    """Let nobody else who asks for the same key go on until this transaction ends; SQLite has one writer anyway."""
    if conn.dialect.name == "postgresql":
        conn.execute(select(func.pg_advisory_xact_lock(func.hashtext(key) if isinstance(key, str) else key)))


def insert_once(conn: Connection, table: Table, values: Mapping[str, Any], *, unique: str) -> int | None:
    """Insert a row unless one with the same value in the column `unique` is there.

    Returns:
        The new row's id, or None when it was there already.
    """
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite_dialect.insert
    statement = insert(table).values(**values).on_conflict_do_nothing(index_elements=[unique]).returning(table.c.id)
    return conn.execute(statement).scalar_one_or_none()


def insert_new(
    conn: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, returning: Column[Any]
) -> list[Any]:
    """Insert those rows that no unique index refuses.

    Returns:
        The column `returning` of each row that is now there because of this.
    """
    if not rows:
        return []
    if len(rows) == 1:
        # Values given beside the statement let SQLAlchemy compile it once and for all.
        return list(conn.execute(_insert_one(conn.dialect.name, table, returning), dict(rows[0])).scalars())
    insert = _INSERT[conn.dialect.name]
    statement = insert(table).values([dict(row) for row in rows]).on_conflict_do_nothing().returning(returning)
    return list(conn.execute(statement).scalars())


def update_row(conn: Connection, table: Table, *, where: Mapping[str, Any], to: Mapping[str, Any]) -> bool:
    """Change the row of which `where` still holds; return whether there was one.

    Args:
        where: columns and the values that they must have; the key is among them.
    """
    statement = _update(table, tuple(where), tuple(to))
    values = {f"was_{name}": value for name, value in where.items()} | {f"to_{name}": to[name] for name in to}
    return conn.execute(statement, values).rowcount == 1


_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite_dialect.insert}


# Building a statement costs more than running it: one for each set of columns.
@lru_cache(maxsize=64)
def _insert_one(dialect: str, table: Table, returning: Column[Any]) -> Any:
    return _INSERT[dialect](table).on_conflict_do_nothing().returning(returning)


@lru_cache(maxsize=256)
def _update(table: Table, where: tuple[str, ...], to: tuple[str, ...]) -> Update:
    still = [table.c[name] == bindparam(f"was_{name}") for name in where]
    return update(table).where(*still).values({name: bindparam(f"to_{name}") for name in to})
