"""Machines that share a PostgreSQL go by its clock, however wrong their own is set."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Executable, func, select

from community.clock import MovableClock, SystemClock
from community.settings import load_settings
from community.store.database import Database
from community.store.database_clock import DatabaseClock
from shouwang.wiring import open_office
from tests.conftest import POSTGRES_URL

_CLOSE = timedelta(seconds=1)


@pytest.fixture
def shared(postgresql: Database) -> Database:
    return postgresql


def time_of(conn: Connection) -> datetime:
    moment: datetime = conn.execute(select(func.clock_timestamp())).scalar_one()
    return moment


async def test_two_machines_whose_clocks_differ_by_minutes_agree(shared: Database) -> None:
    fast = DatabaseClock(MovableClock(datetime.now(UTC) + timedelta(minutes=3)))
    slow = DatabaseClock(MovableClock(datetime.now(UTC) - timedelta(minutes=5)))
    assert fast.now() - slow.now() > timedelta(minutes=7)
    assert await shared.read(fast.set) < -timedelta(minutes=2)
    assert await shared.read(slow.set) > timedelta(minutes=4)
    assert abs(fast.now() - slow.now()) < _CLOSE
    assert abs(fast.now() - await shared.read(time_of)) < _CLOSE
    assert fast.now().utcoffset() == timedelta(0)


async def test_between_two_looks_it_runs_with_the_machine_and_is_put_right_at_the_next(shared: Database) -> None:
    own = MovableClock(datetime.now(UTC))
    clock = DatabaseClock(own)
    await shared.read(clock.set)
    before, ticked = clock.now(), clock.monotonic()
    # The machine slept, and woke with its clock set forward: the lease of a call must be seen to have run out.
    own.advance(timedelta(minutes=10))
    assert clock.now() - before == timedelta(minutes=10)
    assert clock.monotonic() - ticked == timedelta(minutes=10).total_seconds()
    await shared.read(clock.set)
    assert abs(clock.now() - await shared.read(time_of)) < _CLOSE


async def test_an_answer_that_took_long_moves_nothing(shared: Database) -> None:
    own = MovableClock(datetime.now(UTC) + timedelta(hours=1))
    clock = DatabaseClock(own)

    def slowly(conn: Connection) -> timedelta:
        execute = conn.execute

        def late(statement: Executable) -> object:
            own.advance(timedelta(seconds=2))
            return execute(statement)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(conn, "execute", late)
            return clock.set(conn)

    assert await shared.read(slowly) == timedelta(0)
    assert await shared.read(clock.set) < -timedelta(minutes=59)


@pytest.mark.skipif(not POSTGRES_URL, reason="SHOUWANG_TEST_POSTGRES_URL is not set: not tried on PostgreSQL")
def test_who_works_on_postgresql_goes_by_its_clock(
    shared: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wrong = MovableClock(datetime.now(UTC) + timedelta(days=1))
    monkeypatch.setattr(SystemClock, "now", lambda _self: wrong.now())
    monkeypatch.setattr("shouwang.wiring.Database", lambda _url: shared)
    monkeypatch.setattr("shouwang.wiring.upgrade", lambda _database: None)
    settings = load_settings({"SHOUWANG_DATA_DIR": str(tmp_path), "SHOUWANG_DATABASE_URL": POSTGRES_URL})
    with open_office(settings) as office, shared.reading() as conn:
        assert abs(office.clock.now() - time_of(conn)) < _CLOSE
