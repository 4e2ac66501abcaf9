"""The sum of the migrations is the schema, on both databases."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from community.errors import Refused
from community.store.attempts import attempts, utterances
from community.store.database import Database
from community.store.migrate import alembic_config, upgrade
from community.store.recordings import recordings
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


def test_calls_of_an_older_version_keep_all_that_belongs_to_them(empty: Database) -> None:
    with empty.begin() as conn:
        config = alembic_config()
        config.attributes["connection"] = conn
        command.upgrade(config, "0005")
        for statement in _ONE_OLD_CALL:
            conn.execute(text(statement))
    assert upgrade(empty) is True
    with empty.reading() as conn:
        call = conn.execute(select(attempts)).one()
        assert (call.id, call.direction, call.target_id, call.carrier_id) == ("a1", "outbound", 1, "CA1")
        assert conn.execute(select(utterances.c.text)).scalar_one() == "舒服"
        assert conn.execute(select(recordings.c.kind)).scalar_one() == "call"
    assert _second_open_call_is_refused(empty)


_NOW = "'2026-07-15 02:00:00'"
_ONE_OLD_CALL = (
    "insert into household (id) values (1)",
    f"insert into resident (id, household_id, name, sample, created_at, updated_at) values (1, 1, '王', false, {_NOW}, {_NOW})",
    (
        "insert into campaign (id, name, status, priority, definition, source, rehearsal, created_by, created_at)"
        f" values (1, '访视', 'running', 'normal', '{{}}', '', false, 'li', {_NOW})"
    ),
    "insert into target (id, campaign_id, resident_id, status, outcome_counts) values (1, 1, 1, 'calling', '{}')",
    (
        "insert into attempt (id, token, target_id, campaign_id, resident_id, n, number, carrier, carrier_id, status, dialogue,"
        f" rehearsal, created_at) values ('a1', 't', 1, 1, 1, 1, '+8613800000001', 'twilio', 'CA1', 'placed', '{{}}', false, {_NOW})"
    ),
    f"insert into utterance (attempt_id, speaker, text, at) values ('a1', 'resident', '舒服', {_NOW})",
    (
        "insert into recording (attempt_id, carrier, carrier_id, status, created_at)"
        f" values ('a1', 'twilio', 'RE1', 'waiting', {_NOW})"
    ),
)


def _second_open_call_is_refused(database: Database) -> bool:
    again = (
        "insert into attempt (id, token, target_id, campaign_id, resident_id, n, number, carrier, status, dialogue, rehearsal,"
        f" created_at) values ('a2', 't', 1, 1, 1, 2, '+8613800000001', 'twilio', 'placing', '{{}}', false, {_NOW})"
    )
    try:
        with database.begin() as conn:
            conn.execute(text(again))
    except IntegrityError:
        return True
    return False
