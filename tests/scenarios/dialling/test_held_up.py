"""A worker that is held up between the check of a call and its turn: it looks again, and places what may still be placed."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from community.clock import MovableClock
from community.store.database import Database
from community.usecases.pause_campaign import pause_campaign
from tests.harness.dialling import Exchange, Street, generous

PEOPLE = ("+8613912340001", "+8613912340002", "+8613912340003")


class BusyMachine(MovableClock):
    """Between any two looks at the clock more than a second goes by."""

    def monotonic(self) -> float:
        self.advance(timedelta(seconds=1.1))
        return super().monotonic()


@pytest.fixture
def busy_street(sqlite: Database) -> Street:
    clock = BusyMachine(datetime(2026, 7, 15, 2, 0, tzinfo=UTC))
    return Street(sqlite, clock, generous(), Exchange(clock))


async def test_calls_that_always_wait_long_are_placed_all_the_same(busy_street: Street) -> None:
    for number in PEOPLE:
        busy_street.move_in(number)
    busy_street.start()

    async with asyncio.timeout(10):
        await busy_street.engine.tick()

    assert sorted(busy_street.exchange.numbers) == sorted(PEOPLE)


async def test_a_call_whose_campaign_is_paused_while_it_waits_is_not_placed(street: Street) -> None:
    street.move_in(PEOPLE[0])
    campaign = street.start()
    claimed_at = street.clock.monotonic()
    claimed = await street.engine._claim()
    dialler = street.engine._dialler
    check = dialler._check_or_drop

    async def checked_then_held_up(group):
        found = await check(group)
        street.do(pause_campaign, campaign)
        street.clock.advance(timedelta(seconds=1.5))
        return found

    dialler._check_or_drop = checked_then_held_up
    await dialler.dial(claimed, claimed_at=claimed_at)

    assert street.exchange.posts == []
    assert [target["status"] for target in street.targets()] == ["waiting"]


async def test_a_call_that_never_comes_in_time_stops_trying_once_it_must_not_be_placed(street: Street) -> None:
    street.move_in(PEOPLE[0])
    campaign = street.start()
    claimed_at = street.clock.monotonic()
    claimed = replace(await street.engine._claim(), alone=False)
    dialler = street.engine._dialler
    tries = 0

    async def too_late(_room: float) -> float:
        nonlocal tries
        tries += 1
        if tries == 3:
            street.do(pause_campaign, campaign)
        street.clock.advance(timedelta(seconds=1.5))
        await asyncio.sleep(0)
        return asyncio.get_running_loop().time() - 10

    dialler._take_new_slot = too_late
    dialler._sent.append(asyncio.get_running_loop().time() + 60)
    async with asyncio.timeout(10):
        await dialler.dial(claimed, claimed_at=claimed_at)

    assert tries == 3
    assert street.exchange.posts == []
    assert [target["status"] for target in street.targets()] == ["waiting"]


@pytest.fixture
def street(database: Database, clock: MovableClock) -> Street:
    return Street(database, clock, generous(), Exchange(clock))
