"""What somebody in danger is told by text: at any hour, and not for ever to a machine that answers every text."""

from collections.abc import AsyncIterator

import pytest

from community.clock import MovableClock
from community.model.hazards.emergency import Emergency
from community.store.database import Database
from community.store.pace import pace_of
from community.texts.say import say
from community.usecases import text_in_danger
from community.usecases.recognise_emergency import recognise_emergency
from tests.harness.texting import CARE, TextStreet, text_street
from voice.engine.text_settle import text_pool

ZHANG, STRANGER = "+8613900000001", "+85261234567"
MANY = [f"+86139000001{n:02}" for n in range(8)]


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


async def test_whoever_cries_for_help_while_many_are_written_to_is_told_before_them(street: TextStreet) -> None:
    for number in MANY:
        street.street.move_in(number)
    street.street.start(CARE)
    await street.miss_call()
    await street.tick()

    async def cry() -> None:
        await street.twilio.texts.write(street.inbound, STRANGER, "我家厨房着火了，救命")

    street.twilio.texts.meanwhile.append(cry)
    await street.tick(minutes=2)
    assert [post["To"] for post in street.twilio.texts.posts][1] == STRANGER
    assert len(street.twilio.texts.sent) == len(MANY) + 1


@pytest.mark.parametrize("fault", ["unauthorised", 20429])
async def test_whoever_cries_for_help_while_texts_rest_is_told_as_soon_as_the_carrier_can(
    street: TextStreet, fault: str | int
) -> None:
    for number in MANY:
        street.street.move_in(number)
    street.street.start(CARE)
    await street.miss_call()
    await street.tick()
    street.twilio.texts.faults += [fault] * (len(MANY) + 1)
    await street.tick(minutes=2)
    assert street.twilio.texts.sent == {}
    assert await street.write(STRANGER, "我家厨房着火了，救命") == "", "it was tried, and refused like the others"
    assert len(street.twilio.texts.posts) == len(MANY) + 1
    await street.tick(seconds=11)
    assert "119" in street.twilio.texts.bodies(STRANGER)[0]


async def test_five_failures_in_a_row_hold_up_nobody_in_danger(street: TextStreet) -> None:
    for number in MANY[:6]:
        street.street.move_in(number)
    street.street.start(CARE)
    await street.miss_call()
    await street.tick()
    street.twilio.texts.faults += ["error"] * 6
    await street.tick(minutes=2)
    with street.street.database.reading() as conn:
        pace = pace_of(conn, text_pool("twilio"))
    assert pace is not None
    assert pace.rests(street.street.clock.now())
    assert "119" in await street.write(STRANGER, "我家厨房着火了，救命")


@pytest.mark.parametrize("words", ["我不行了", "中暑了", "快来救人"])
async def test_a_danger_that_the_answer_rules_hear_is_told_whom_to_call_though_the_rest_only_suspects_it(
    street: TextStreet, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsure = Emergency(("120",), "medical", "medical", suspected=True, decided_by="opinion", sureness=0.3)
    # Whatever the shipped opinion says of them today.
    monkeypatch.setattr(
        text_in_danger, "recognise_emergency", lambda text: unsure if text == words else recognise_emergency(text)
    )
    street.street.move_in(ZHANG)
    street.street.start(CARE)
    await street.miss_call()
    await street.tick()
    await street.tick(minutes=2)
    await street.write(ZHANG, "1")
    said = await street.write(ZHANG, words)
    assert "120" in said or "110" in said
    assert say("emergency", "suspected") not in said
    (case,) = street.street.cases()
    assert (case["danger"], case["priority"]) == (True, "emergency")
