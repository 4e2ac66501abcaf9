"""The way to the database: one unit of work at a time, off the event loop.

On SQLite all writes go through one thread, which commits what has gathered within a few milliseconds together; each unit of
work has a savepoint of its own, so one that fails takes nothing with it. On PostgreSQL every unit has its own transaction.
"""

import asyncio
import contextlib
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

T = TypeVar("T")
Work = Callable[[Connection], T]

_GROUP = 128
_BUSY_MS = 15_000


@dataclass(slots=True)
class _Job:
    work: Callable[[Connection], Any]
    done: "asyncio.Future[Any]"


#: A unit of work, its result, and why it failed.
_Finished = tuple[_Job, Any, BaseException | None]


class Database:
    """A database and the threads that work on it.

    Args:
        url: `sqlite:///PATH` or `postgresql://USER@HOST/DB`.
        schema: a PostgreSQL schema to live in; for tests.
    """

    def __init__(self, url: str, *, schema: str | None = None) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer_engine = _sqlite_engine(url, begin="BEGIN IMMEDIATE")
            self._reader_engine = _sqlite_engine(url, begin="BEGIN")
        else:
            self._writer_engine = self._reader_engine = _postgres_engine(url, schema)
        self._pool = ThreadPoolExecutor(max_workers=8, thread_name_prefix="database")
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._writer: threading.Thread | None = None
        self._start = threading.Lock()

    @property
    def engine(self) -> Engine:
        """The engine that writes; for migrations."""
        return self._writer_engine

    @contextlib.contextmanager
    def begin(self) -> Iterator[Connection]:
        """Open one unit of work in the calling thread; for the command line, actions and tests."""
        with self._writer_engine.begin() as conn:
            yield conn

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open one consistent view in the calling thread, without holding up writers."""
        with self._reader_engine.begin() as conn:
            yield conn

    async def write(self, work: Work[T]) -> T:
        """Run `work(conn)` in a transaction and return its result once it is committed.

        Raises:
            Whatever `work` raises; nothing of it is kept then.
        """
        if not self.is_sqlite:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._alone, work)
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._ensure_writer()
        self._jobs.put(_Job(work, future))
        return await future

    async def read(self, work: Work[T]) -> T:
        """Run `work(conn)` on a consistent view and return its result."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._look, work)

    def close(self) -> None:
        """Finish what was handed in, then stop the threads."""
        if self._writer is not None:
            self._jobs.put(None)
            self._writer.join()
        self._pool.shutdown(wait=True)
        self._writer_engine.dispose()
        self._reader_engine.dispose()

    def _alone(self, work: Work[T]) -> T:
        with self._writer_engine.begin() as conn:
            return work(conn)

    def _look(self, work: Work[T]) -> T:
        with self._reader_engine.begin() as conn:
            return work(conn)

    def _ensure_writer(self) -> None:
        with self._start:
            if self._writer is None:
                self._writer = threading.Thread(target=self._write_groups, name="writer", daemon=True)
                self._writer.start()

    def _write_groups(self) -> None:
        while (first := self._jobs.get()) is not None:
            group = [first]
            last = False
            while len(group) < _GROUP and not last:
                try:
                    job = self._jobs.get_nowait()
                except queue.Empty:
                    break
                last = job is None
                if job is not None:
                    group.append(job)
            self._commit_group(group)
            if last:
                return

    def _commit_group(self, group: list[_Job]) -> None:
        # Whoever asked may have gone away: what has not begun is dropped, what has begun is written all the same.
        group = [job for job in group if not job.done.cancelled()]
        try:
            with self._writer_engine.begin() as conn:
                finished = [_in_savepoint(conn, job) for job in group]
        except BaseException as error:  # noqa: BLE001 - nobody's work was kept; a writer that died would leave all waiting
            reason = error.__cause__ if isinstance(error, _GroupLostError) and error.__cause__ else error
            finished = [(job, None, reason) for job in group]
        _tell(finished)


class _GroupLostError(Exception):
    """SQLite gave up the whole transaction (a full disk), and with it everybody's work."""


def _tell(finished: list[_Finished]) -> None:
    """Wake those who wait, once for each event loop however many they are."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Finished]] = {}
    for each in finished:
        by_loop.setdefault(each[0].done.get_loop(), []).append(each)
    for loop, theirs in by_loop.items():
        # A loop that was closed meanwhile has nobody left who waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_tell_here, theirs)


def _tell_here(finished: list[_Finished]) -> None:
    for job, result, failure in finished:
        if job.done.done():
            continue
        if failure is None:
            job.done.set_result(result)
        else:
            job.done.set_exception(failure)


def _in_savepoint(conn: Connection, job: _Job) -> _Finished:
    # Straight to the driver: through SQLAlchemy a savepoint costs more than what most units do within it.
    driver: Any = conn.connection.driver_connection
    driver.execute("SAVEPOINT job")
    try:
        result = job.work(conn)
        driver.execute("RELEASE job")
    except Exception as error:
        if not driver.in_transaction:
            raise _GroupLostError from error
        driver.execute("ROLLBACK TO job")
        driver.execute("RELEASE job")
        return job, None, error
    return job, result, None


def _sqlite_engine(url: str, *, begin: str) -> Engine:
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": _BUSY_MS / 1000},
        # What residents said must not stand in the traceback of a failed statement.
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        conn.exec_driver_sql(begin)

    return engine


def _postgres_engine(url: str, schema: str | None) -> Engine:
    options = {"options": f"-csearch_path={schema}"} if schema else {}
    return create_engine(
        url, pool_size=10, max_overflow=10, pool_pre_ping=True, connect_args=options, hide_parameters=True
    )
