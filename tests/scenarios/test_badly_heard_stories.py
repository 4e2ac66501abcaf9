"""Calls on a bad line: what the recogniser doubts is not lost, and nobody is kept in a circle."""

from collections.abc import AsyncIterator

import pytest

from community.clock import MovableClock
from community.store.database import Database
from tests.harness.telephone import TelephoneWorld, WrittenCall, telephone_world
from tests.harness.twilio_server import ACCOUNT, FROM_NUMBER, TOKEN, Person, TwilioServer
from voice.carriers.simulated.resident import Reply
from voice.carriers.twilio.carrier import TwilioCarrier

NUMBER = "+8613800000001"
TWO_FACTS = """
name: 通知
purpose: 想问两件事。
recording: never
questions:
  - {id: fan, kind: yes_no, say: 您家有电风扇吗？, yes_means: 有}
  - {id: day, kind: date, say: 您哪天方便？, confirm: true}
"""
RECORDED = TWO_FACTS.replace("recording: never", "recording: ask")


class Line:
    """A bad line to one resident."""

    def __init__(self, world: TelephoneWorld, twilio: TwilioServer, carrier: TwilioCarrier) -> None:
        self.world, self.twilio, self.carrier = world, twilio, carrier

    async def call(self, *says: str | Reply | None, questionnaire: str = TWO_FACTS) -> list[str]:
        """Call, and return what was said to them, turn by turn."""
        person = self.twilio.people[NUMBER] = Person(list(says))
        self.written: WrittenCall = self.world.write_call(NUMBER, questionnaire=questionnaire)
        await self.world.place(self.carrier, self.written)
        await self.twilio.quiet()
        return person.heard

    @property
    def labels(self) -> dict[str, object]:
        return self.world.labels(self.written)

    @property
    def result(self) -> object:
        return self.world.attempt(self.written).dialogue.get("result")


@pytest.fixture
async def line(sqlite: Database, clock: MovableClock) -> AsyncIterator[Line]:
    async with TwilioServer() as twilio:
        carrier = TwilioCarrier(ACCOUNT, TOKEN, [FROM_NUMBER], api_base_url=twilio.base_url)
        async with telephone_world(sqlite, clock, {"twilio": carrier}) as world:
            yield Line(world, twilio, carrier)
        await carrier.close()


def faint(speech: str, confidence: float = 0.3) -> Reply:
    return Reply(speech=speech, confidence=confidence)


@pytest.mark.parametrize("confidence", [0.0, 0.3])
@pytest.mark.parametrize(
    ("speech", "result"),
    [("别再打了", "opted_out"), ("找人", "human"), ("打错了", "wrong_person"), ("晚上再打", "callback_later")],
)
async def test_what_is_said_about_the_call_is_honoured(line: Line, speech: str, result: str, confidence: float) -> None:
    heard = await line.call(faint(speech, confidence), faint("是的", confidence))
    assert line.result == result
    assert len(heard) == (2 if result == "opted_out" else 1), "never again is confirmed, the rest is not asked twice"


async def test_again_please_is_honoured_and_bounded(line: Line) -> None:
    heard = await line.call(*[faint("再说一遍")] * 30)
    assert "您家有电风扇吗" in heard[1]
    assert "没听明白" not in heard[1]
    assert line.result == "unclear"
    assert len(heard) < 14


@pytest.mark.parametrize("confidence", [0.0, 0.3])
async def test_a_badly_heard_yes_or_no_is_read_back_and_its_confirmation_believed(
    line: Line, confidence: float
) -> None:
    heard = await line.call(faint("没有", confidence), faint("对", confidence), "七月二十号", faint("对", confidence))
    assert "您说的是没有，对吗" in heard[1]
    assert line.labels == {"fan": "no", "day": "2026-07-20"}


async def test_a_badly_heard_yes_that_was_a_no_is_asked_again(line: Line) -> None:
    await line.call(faint("有"), faint("不对"), "没有", "七月二十号", "对")
    assert line.labels == {"fan": "no", "day": "2026-07-20"}


async def test_other_badly_heard_words_are_asked_again(line: Line) -> None:
    heard = await line.call("有", faint("七月二十号"), "七月二十号", "对")
    assert "对吗" not in heard[2]
    assert line.labels == {"fan": "yes", "day": "2026-07-20"}


async def test_an_engine_that_reports_no_figure_is_believed(line: Line) -> None:
    await line.call(faint("有", 0.0), faint("对", 0.0), faint("七月二十号", 0.0), faint("对", 0.0))
    assert line.labels == {"fan": "yes", "day": "2026-07-20"}


async def test_nobody_is_recorded_on_a_badly_heard_yes(line: Line) -> None:
    await line.call(faint("可以"), faint("可以"), "有", "七月二十号", "对", questionnaire=RECORDED)
    assert not line.twilio.recordings
    assert line.labels == {"fan": "yes", "day": "2026-07-20"}


async def test_yes_and_no_in_turns_come_to_an_end(line: Line) -> None:
    heard = await line.call(*[faint("有"), faint("没有")] * 30)
    assert line.result == "unclear"
    assert len(heard) < 20


@pytest.mark.parametrize("hum", ["喂喂喂", "喂，你好", "我在听呢"])
@pytest.mark.parametrize("questionnaire", [TWO_FACTS, RECORDED], ids=["not recorded", "recorded"])
async def test_whoever_only_greets_is_let_go_and_looked_after(line: Line, hum: str, questionnaire: str) -> None:
    heard = await line.call(*[hum] * 30, questionnaire=questionnaire)
    assert len(heard) <= 6
    assert line.result == "unclear"
    (case,) = line.world.cases()
    assert (case.kind, case.priority) == ("worrying", "urgent")


async def test_greetings_that_lead_to_answers_cost_nothing(line: Line) -> None:
    await line.call("喂", "喂", "喂，你好", "有", "嗯", "我在听", "七月二十号", "对")
    assert line.labels == {"fan": "yes", "day": "2026-07-20"}
    assert line.result == "completed"


async def test_whoever_fears_somebody_at_the_door_is_helped(line: Line) -> None:
    heard = await line.call("有个男的一直敲我的门，我害怕", "没有", None, None, None, None)
    assert "110" in heard[1]
    assert line.result == "distress"
    (case,) = line.world.cases()
    assert (case.priority, case.danger, case.kind) == ("emergency", True, "worrying")
    assert "可能正受侵害" in case.summary
