"""What somebody in danger is told by text: at any hour, and not for ever to a machine that answers every text."""

from collections.abc import AsyncIterator

import pytest

from community.clock import MovableClock
from community.store.database import Database
from tests.harness.texting import CARE, TextStreet, text_street

ZHANG, STRANGER = "+8613900000001", "+85261234567"


@pytest.fixture
async def street(sqlite: Database, clock: MovableClock) -> AsyncIterator[TextStreet]:
    async with text_street(sqlite, clock) as made:
        yield made


async def test_a_carrier_that_fails_at_night_delays_the_advice_not_until_morning(street: TextStreet) -> None:
    await street.street.pass_time(hours=13, then_tick=False)
    street.twilio.texts.faults.append("error")
    street.twilio.texts.unreachable = True
    assert await street.write(STRANGER, "我家厨房着火了，救命") == ""
    for _ in range(10):
        await street.tick(minutes=2)
    street.twilio.texts.unreachable = False
    for _ in range(5):
        await street.tick(minutes=2)
    (told,) = street.twilio.texts.bodies(STRANGER)
    assert "119" in told


async def test_a_machine_that_answers_what_somebody_in_danger_is_told_is_not_answered_for_ever(
    street: TextStreet,
) -> None:
    street.street.move_in(ZHANG)
    street.street.start(CARE)
    await street.miss_call()
    await street.tick()
    await street.tick(minutes=2)
    await street.write(ZHANG, "1")
    assert "120" in await street.write(ZHANG, "我摔倒了起不来")
    before = len(street.twilio.texts.bodies(ZHANG))
    for _ in range(25):
        await street.write(ZHANG, "我正在开会，稍后回复您")
    assert len(street.twilio.texts.bodies(ZHANG)) - before == 19
    await street.street.pass_time(hours=1, minutes=1, then_tick=False)
    assert "119" in await street.write(ZHANG, "我家厨房着火了，救命")
