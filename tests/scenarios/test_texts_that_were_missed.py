"""Texts whose webhook never reached us are fetched from the carrier, once each."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from community.clock import MovableClock
from community.model.calls.text_message import TextProblem
from community.store.answers import readings_of_target
from community.store.database import Database
from community.store.texts import refusals_of
from community.usecases.check_integrity import check_integrity
from tests.harness.texting import CARE, LINE, TextStreet, text_street
from voice.engine.missed_texts import MissedTexts

ZHANG, STRANGER = "+8613900000001", "+85261234567"


@pytest.fixture
async def street(database: Database, clock: MovableClock) -> AsyncIterator[TextStreet]:
    async with text_street(database, clock) as made:
        yield made


def worker(street: TextStreet) -> MissedTexts:
    """A process that has just started."""
    return MissedTexts(street.street.database, street.carrier, street.street.clock, street.street.rules, line=LINE)


async def asked(street: TextStreet) -> None:
    """Zhang was written to, and is asked the first question."""
    street.street.move_in(ZHANG)
    street.street.start(CARE)
    await street.miss_call()
    await street.tick()
    await street.tick(minutes=2)
    assert "都好吗" in await street.write(ZHANG, "1")


async def test_what_was_written_during_a_restart_is_taken_at_the_start_in_order_and_once(street: TextStreet) -> None:
    await asked(street)
    street.twilio.texts.write_in_vain(ZHANG, "都好")
    street.street.clock.advance(street.texter._timing.lease)
    street.twilio.texts.write_in_vain(ZHANG, "听到了吗")
    first = worker(street)
    assert await first.tick() == 2
    for _ in range(2):
        await street.tick()
    assert [text.body for text in street.texts() if text.direction == "in"] == ["1", "都好", "听到了吗"]
    assert "降温" in street.twilio.texts.bodies(ZHANG)[-1]
    assert "谢谢您" in await street.write(ZHANG, "空调")
    assert street.street.targets()[0]["status"] == "completed"
    assert [await first.tick(), await worker(street).tick()] == [0, 0]


async def test_what_the_webhook_brought_is_not_taken_again_nor_the_other_way_round(street: TextStreet) -> None:
    await asked(street)
    assert await worker(street).tick() == 0
    street.twilio.texts.write_in_vain(ZHANG, "都好")
    (sid,) = [sid for sid, text in street.twilio.texts.received.items() if text["Body"] == "都好"]
    taken = await asyncio.gather(*(worker(street).tick() for _ in range(3)))
    assert sum(taken) == 1
    await street.tick()
    assert await street.write(ZHANG, "都好", sid=sid) == ""
    assert len([text for text in street.texts() if text.direction == "in"]) == 2


async def test_a_text_that_a_later_one_overtook_answers_no_question_that_came_after_it(street: TextStreet) -> None:
    await asked(street)
    looking = worker(street)
    await looking.tick()
    street.twilio.texts.write_in_vain(ZHANG, "1")
    await street.tick(minutes=1)
    assert "降温" in await street.write(ZHANG, "1"), "written again, as no answer came"
    before = len(street.twilio.texts.bodies(ZHANG))
    assert await looking.tick() == 1
    await street.tick()
    assert len(street.twilio.texts.bodies(ZHANG)) == before
    assert street.street.targets()[0]["status"] == "waiting", "how they keep cool is still asked"
    assert "谢谢您" in await street.write(ZHANG, "2")


async def test_of_two_lost_texts_of_one_second_the_first_is_the_answer(street: TextStreet) -> None:
    await asked(street)
    for words in ("不好", "都好"):
        street.twilio.texts.write_in_vain(ZHANG, words)
    await street.tick(minutes=1)
    assert await worker(street).tick() == 2
    with street.street.database.reading() as conn:
        answered = readings_of_target(conn, street.street.targets()[0]["id"])
    assert {question: reading.label for question, reading in answered.items()} == {"fine": "no"}


async def test_what_an_overtaken_text_says_beside_goes_to_staff(street: TextStreet) -> None:
    await asked(street)
    street.twilio.texts.write_in_vain(ZHANG, "我的药快吃完了，没人去拿")
    await street.tick(minutes=1)
    await street.write(ZHANG, "都好")
    await worker(street).tick()
    assert [case["description"] for case in street.street.cases()] == ["我的药快吃完了，没人去拿"]


async def test_an_overtaken_text_ends_no_danger_told_since_and_no_texts_wanted_no_more(street: TextStreet) -> None:
    looking = worker(street)
    await street.write(STRANGER, "你好")
    street.twilio.texts.write_in_vain(STRANGER, "没事了，火灭了")
    street.twilio.texts.write_in_vain(STRANGER, "恢复")
    await street.tick(minutes=1)
    await street.write(STRANGER, "T")
    await street.write(STRANGER, "厨房着火了，救命")
    assert await looking.tick() == 2
    (fire,) = [case for case in street.street.cases() if case["priority"] == "emergency"]
    assert fire["status"] == "dispatched"
    with street.street.database.reading() as conn:
        assert refusals_of(conn, [STRANGER]) == {STRANGER: TextProblem.UNSUBSCRIBED}


async def test_a_cry_for_help_in_a_lost_text_is_heard(street: TextStreet) -> None:
    looking = worker(street)
    await looking.tick()
    street.twilio.texts.write_in_vain(STRANGER, "我家厨房着火了，救命")
    await street.street.pass_time(minutes=3, then_tick=False)
    assert await looking.tick() == 1
    await street.tick()
    assert "119" in street.twilio.texts.bodies(STRANGER)[0]
    assert street.street.cases()[0]["priority"] == "emergency"


async def test_a_new_service_does_not_answer_what_was_written_before_it_was_there(street: TextStreet) -> None:
    street.twilio.texts.write_in_vain(STRANGER, "有人吗")
    street.street.clock.advance(street.texter._timing.longest_call)
    assert await worker(street).tick() == 0


async def test_whoever_wrote_in_the_evening_is_answered_in_the_morning(street: TextStreet) -> None:
    await asked(street)
    looking = worker(street)
    await looking.tick()
    await street.street.pass_time(hours=10, then_tick=False)
    street.twilio.texts.write_in_vain(ZHANG, "都好")
    street.twilio.texts.unreachable = True
    await street.street.pass_time(hours=2, then_tick=False)
    assert await looking.tick() == 0, "the carrier cannot be asked"
    street.twilio.texts.unreachable = False
    assert await looking.tick() == 1
    before = len(street.twilio.texts.bodies(ZHANG))
    await street.tick(minutes=1)
    assert len(street.twilio.texts.bodies(ZHANG)) == before, "it is past ten at night"
    await street.tick(hours=10)
    assert "降温" in street.twilio.texts.bodies(ZHANG)[-1]
    with street.street.database.reading() as conn:
        assert [found for found in check_integrity(conn, street.street.clock.now()) if "text" in found.code] == []
