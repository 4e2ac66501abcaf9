"""A copy of the database to try things on: what happens in it touches nobody and is thrown away."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Table, event, insert, select

from community.store.database import Database
from community.store.schema import metadata

#: What chat reads and did not write itself; on PostgreSQL nothing else is copied.
_NEEDED = ("policy", "passage", "staff")
_AT_ONCE = 1000


def copy_for_trial(source: Database, path: Path) -> Database:
    """Copy a database into a new SQLite file and open it: all of it from SQLite, what chat reads from PostgreSQL.

    Args:
        path: of the new file; whoever asks removes it.
    """
    if source.is_sqlite:
        with closing(sqlite3.connect(str(source.url.database))) as old, closing(sqlite3.connect(path)) as new:
            old.backup(new)
    copy = Database(f"sqlite:///{path}")
    event.listen(copy.engine, "connect", _need_not_survive)
    if not source.is_sqlite:
        metadata.create_all(copy.engine)
        _copy_needed(source, copy)
    return copy


def _copy_needed(source: Database, copy: Database) -> None:
    wanted: list[Table] = [table for table in metadata.sorted_tables if table.name.startswith(_NEEDED)]
    with source.reading() as reader, copy.begin() as writer:
        for table in wanted:
            rows = reader.execute(select(table)).mappings()
            for some in rows.partitions(_AT_ONCE):
                writer.execute(insert(table), [dict(row) for row in some])


def _need_not_survive(connection: Any, _record: Any) -> None:
    """A power cut may take the copy with it, and rows may speak of others that were not copied."""
    connection.execute("PRAGMA synchronous=OFF")
    connection.execute("PRAGMA foreign_keys=OFF")
