"""What every test may ask for: a real database on each backend, a clock that moves, the community's rules."""

import os
import signal
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from community.clock import MovableClock
from community.store.database import Database
from community.store.schema import metadata

_CLEARING_UP_SECONDS = 60.0

POSTGRES_URL = os.environ.get("SHOUWANG_TEST_POSTGRES_URL", "")


@pytest.fixture
def clock() -> MovableClock:
    """Wednesday 15 July 2026, 10:00 in Shanghai."""
    return MovableClock(datetime(2026, 7, 15, 2, 0, tzinfo=UTC))


@pytest.fixture
def now(clock: MovableClock) -> datetime:
    return clock.now()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with all tables, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        db = Database(f"sqlite:///{tmp_path / 'test.db'}")
        metadata.create_all(db.engine)
        yield db
        db.close()
        return
    yield from _on_postgresql()


@pytest.fixture
def postgresql() -> Iterator[Database]:
    """An empty database on PostgreSQL, for what SQLite has not."""
    yield from _on_postgresql()


def _on_postgresql() -> Iterator[Database]:
    if not POSTGRES_URL:
        pytest.skip("SHOUWANG_TEST_POSTGRES_URL is not set: not tried on PostgreSQL")
    schema = f"test_{uuid.uuid4().hex[:12]}"
    admin = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(text(f"create schema {schema}"))
    db = Database(POSTGRES_URL, schema=schema)
    metadata.create_all(db.engine)
    yield db
    db.close()
    with admin.connect() as conn:
        conn.execute(text(f"drop schema {schema} cascade"))
    admin.dispose()


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Database]:
    """An empty SQLite database, for tests that do not touch SQL of their own."""
    db = Database(f"sqlite:///{tmp_path / 'test.db'}")
    metadata.create_all(db.engine)
    yield db
    db.close()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Bound the clearing up after a test that failed or hung as well: its own time-out is switched off by then."""
    if signal.getitimer(signal.ITIMER_REAL)[0] > 0:
        return (yield)
    before = signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, _CLEARING_UP_SECONDS)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _give_up(_signal: int, _frame: object) -> None:
    pytest.fail(f"clearing up after the test took more than {_CLEARING_UP_SECONDS:.0f} seconds")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """In CI everything is there: a skipped test is a failure."""
    if os.environ.get("SHOUWANG_NO_SKIPS") and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("SHOUWANG_NO_SKIPS: a test was skipped although nothing is missing here", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn a run with skips into a failed one where skips are forbidden."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("SHOUWANG_NO_SKIPS") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
