"""The sum of the migrations is the schema, on both databases."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from community.errors import Refused
from community.store.database import Database
from community.store.migrate import upgrade
from community.store.schema import metadata


@pytest.fixture
def empty(database: Database) -> Database:
    """A database without any table."""
    metadata.drop_all(database.engine)
    return database


def test_an_empty_database_gets_every_table_once(empty: Database) -> None:
    assert upgrade(empty) is True
    assert upgrade(empty) is False


def test_the_migrations_and_the_tables_say_the_same(empty: Database) -> None:
    upgrade(empty)
    with empty.reading() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_database_of_a_newer_version_is_refused_in_one_sentence(empty: Database) -> None:
    upgrade(empty)
    with empty.begin() as conn:
        conn.execute(text("update alembic_version set version_num = '9999'"))
    with pytest.raises(Refused, match="更新版本"):
        upgrade(empty)


def test_somebody_elses_database_is_left_alone(empty: Database) -> None:
    with empty.begin() as conn:
        conn.execute(text("create table theirs (id integer)"))
    with pytest.raises(Refused, match="换一个空数据库"):
        upgrade(empty)
