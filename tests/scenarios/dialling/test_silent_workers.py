"""A worker that was never heard of again does not stay in the books for ever."""

from sqlalchemy import select

from community.clock import MovableClock
from community.store.database import Database
from community.store.workers import workers
from tests.harness.dialling import Exchange, Street, rulebook


async def test_who_was_silent_for_a_day_is_forgotten_by_whoever_is_alive(
    database: Database, clock: MovableClock
) -> None:
    street = Street(database, clock, rulebook(), Exchange(clock))
    await street.another_engine("killed").tick()
    await street.pass_time(hours=23)
    assert known(database) >= {"killed"}
    await street.pass_time(hours=2)
    assert "killed" not in known(database)
    assert len(known(database)) == 1


def known(database: Database) -> set[str]:
    with database.reading() as conn:
        return set(conn.execute(select(workers.c.id)).scalars())
