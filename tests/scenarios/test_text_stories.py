"""Residents whom no call reached get a text, answer it question by question, and are not rung again."""

from collections.abc import AsyncIterator

import pytest

from community.clock import MovableClock
from community.store.database import Database
from tests.harness.texting import CARE, TextStreet, text_street

ZHANG = "+8613900000001"


@pytest.fixture
async def street(database: Database, clock: MovableClock) -> AsyncIterator[TextStreet]:
    async with text_street(database, clock) as made:
        yield made


async def test_not_reached_then_a_text_then_three_replies_then_nobody_rings(street: TextStreet) -> None:
    street.street.move_in(ZHANG, name="张桂兰", sex="female")
    street.street.start(CARE)
    await street.miss_call()
    await street.tick()
    assert street.twilio.texts.bodies(ZHANG) == [], "not in the same minute: they may be ringing back"
    await street.tick(minutes=2)
    (first,) = street.twilio.texts.bodies(ZHANG)
    assert "张女士" in first
    assert "独居老人探访" in first
    assert "都好" not in first, "anybody may read it: no question stands in it"
    assert "057100000000" in first
    question = await street.write(ZHANG, "1")
    assert "您这两天都好吗？" in question
    assert "回1：都好" in question
    following = await street.write(ZHANG, "都好，谢谢")
    assert "您家用什么降温？" in following
    assert "谢谢您" in await street.write(ZHANG, "2")
    (target,) = street.street.targets()
    assert (target["status"], target["written_by"]) == ("completed", "sms")
    for _ in range(3):
        await street.street.pass_time(hours=1)
        await street.tick()
    assert len(street.street.exchange.numbers) == 1
    assert len(street.twilio.texts.bodies(ZHANG)) == 4
    assert [text.status for text in street.texts()] == ["delivered", "received", "delivered", "received"] + [
        "delivered",
        "received",
        "delivered",
    ]
