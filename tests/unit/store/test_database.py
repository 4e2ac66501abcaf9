"""Units of work: grouped when they come together, alone when they fail."""

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import OperationalError, StatementError

from community.clock import MovableClock
from community.store.database import Database
from community.store.workers import workers


def register(worker: str, now: datetime) -> dict[str, object]:
    return {"id": worker, "role": "all", "started_at": now, "heartbeat_at": now}


async def test_many_writers_at_once_all_get_their_own_result(database: Database, clock: MovableClock) -> None:
    def write(n: int) -> object:
        def work(conn: Connection) -> int:
            conn.execute(insert(workers).values(**register(f"w{n}", clock.now())))
            return n

        return database.write(work)

    assert await asyncio.gather(*(write(n) for n in range(50))) == list(range(50))
    assert await database.read(lambda conn: conn.scalar(select(func.count()).select_from(workers))) == 50


async def test_one_that_fails_takes_nothing_with_it(database: Database, clock: MovableClock) -> None:
    def good(conn: Connection, worker: str) -> None:
        conn.execute(insert(workers).values(**register(worker, clock.now())))

    def bad(conn: Connection) -> None:
        good(conn, "half done")
        raise RuntimeError("broken in the middle")

    results = await asyncio.gather(
        database.write(lambda conn: good(conn, "first")),
        database.write(bad),
        database.write(lambda conn: good(conn, "last")),
        return_exceptions=True,
    )
    assert [type(result) for result in results] == [type(None), RuntimeError, type(None)]
    names = await database.read(lambda conn: conn.scalars(select(workers.c.id).order_by(workers.c.id)).all())
    assert names == ["first", "last"]


async def test_moments_come_back_aware_and_equal(database: Database, clock: MovableClock) -> None:
    await database.write(lambda conn: conn.execute(insert(workers).values(**register("w", clock.now()))))
    assert await database.read(lambda conn: conn.scalar(select(workers.c.started_at))) == clock.now()


async def test_a_moment_without_a_zone_is_refused(database: Database, clock: MovableClock) -> None:
    naive = clock.now().replace(tzinfo=None)
    with pytest.raises(StatementError, match="naive datetime refused"):
        await database.write(lambda conn: conn.execute(insert(workers).values(**register("w", naive))))


async def test_who_stops_waiting_does_not_stop_the_writer(sqlite: Database) -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow(conn: Connection) -> None:
        started.set()
        go_on.wait(5)

    running = asyncio.create_task(sqlite.write(slow))
    await asyncio.to_thread(started.wait, 5)
    queued = asyncio.create_task(sqlite.write(lambda conn: pytest.fail("nobody waits for it any more")))
    await asyncio.sleep(0)
    for task in (running, queued):
        task.cancel()
    await asyncio.gather(running, queued, return_exceptions=True)
    go_on.set()
    assert await asyncio.wait_for(sqlite.write(lambda conn: "written"), 5) == "written"


async def test_a_full_disk_is_told_to_everybody_whose_work_went_with_it(sqlite: Database, clock: MovableClock) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def hold(conn: Connection) -> None:
        conn.exec_driver_sql("pragma max_page_count = 120")
        begun.set()
        go_on.wait(10)

    def small(worker: str) -> Callable[[Connection], object]:
        return lambda conn: conn.execute(insert(workers).values(**register(worker, clock.now())))

    def fill(conn: Connection) -> None:
        for n in range(5000):
            conn.execute(insert(workers).values(**register(f"{n:060d}", clock.now())))

    first = asyncio.ensure_future(sqlite.write(hold))
    await asyncio.to_thread(begun.wait, 10)
    group = [asyncio.ensure_future(sqlite.write(work)) for work in (small("before"), fill, small("after"))]
    await asyncio.wait(group, timeout=0.05)
    go_on.set()
    await first
    results = await asyncio.gather(*group, return_exceptions=True)

    assert all(isinstance(result, OperationalError) for result in results), "nobody is told that it was kept"
    assert await sqlite.read(lambda conn: conn.scalar(select(func.count()).select_from(workers))) == 0
    await sqlite.write(small("later"))
    assert await sqlite.read(lambda conn: conn.scalars(select(workers.c.id)).all()) == ["later"]
