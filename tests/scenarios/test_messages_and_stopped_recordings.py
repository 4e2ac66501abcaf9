"""A word to the community after the last question, 不要录音 in the middle of a call, and recordings nobody told us of."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from community.clock import MovableClock
from community.files.recording_shelf import RecordingShelf
from community.store.cases import case_events, cases
from community.store.database import Database
from community.store.recordings import recordings
from tests.harness.telephone import TelephoneWorld, WrittenCall, telephone_world
from tests.harness.twilio_server import ACCOUNT, FROM_NUMBER, TOKEN, Person, TwilioServer
from voice.carriers.base import LARGEST_RECORDING
from voice.carriers.simulated.resident import Reply
from voice.carriers.twilio.carrier import TwilioCarrier
from voice.engine.recordings import Recordings

NUMBER = "+8613800000001"
WELL = "questions: [{id: well, kind: yes_no, say: 您身体舒服吗？, yes_means: 舒服}]"
OFFERS = f"""
name: 回访
purpose: 想听听您的意见。
recording: never
message: offer
{WELL}
"""
OFFERS_AND_ASKS = OFFERS.replace("recording: never", "recording: ask")
ASKS_TWICE = """
name: 访视
purpose: 想问问您的近况。
questions:
  - {id: well, kind: yes_no, say: 您身体舒服吗？, yes_means: 舒服}
  - {id: fan, kind: yes_no, say: 您家有电风扇吗？, yes_means: 有}
"""


class Visit:
    """One call, and the worker that looks after what was recorded."""

    def __init__(self, world: TelephoneWorld, twilio: TwilioServer, carrier: TwilioCarrier, data_dir: Path) -> None:
        self.world = world
        self.twilio = twilio
        self.carrier = carrier
        self.data_dir = data_dir
        self.worker = Recordings(
            world.database,
            carrier,
            world.clock,
            world.rules,
            shelf=RecordingShelf(data_dir),
            keep_for=timedelta(days=180),
        )

    async def call(self, *says: Any, questionnaire: str = OFFERS) -> "Visit":
        self.twilio.people[NUMBER] = Person(list(says))
        self.written: WrittenCall = self.world.write_call(NUMBER, questionnaire=questionnaire)
        await self.world.place(self.carrier, self.written)
        await self.twilio.quiet()
        return self

    @property
    def said(self) -> str:
        return "".join(u.text for u in self.world.transcript(self.written) if u.speaker == "service")

    def rows(self, table: Any) -> list[Any]:
        with self.world.database.reading() as conn:
            return list(conn.execute(select(table).order_by(table.c.id)))

    @property
    def case(self) -> Any:
        (case,) = self.rows(cases)
        return case

    @property
    def kept(self) -> list[tuple[str, str]]:
        return [(row.kind, row.status) for row in self.rows(recordings)]

    @property
    def files(self) -> list[Path]:
        return sorted(path for path in self.data_dir.rglob("*") if path.is_file())


@pytest.fixture
async def visit(database: Database, clock: MovableClock, tmp_path: Path) -> AsyncIterator[Visit]:
    async with TwilioServer() as twilio:
        carrier = TwilioCarrier(ACCOUNT, TOKEN, [FROM_NUMBER], api_base_url=twilio.base_url)
        async with telephone_world(database, clock, {"twilio": carrier}) as world:
            yield Visit(world, twilio, carrier, tmp_path / "data")
        await carrier.close()


async def test_a_message_is_recorded_stored_and_laid_before_staff(visit: Visit) -> None:
    await visit.call("舒服", "有", "楼道的灯坏了好几天了")
    assert "还有话想对社区说吗？有请按1，没有请按2。" in visit.said
    assert "请在嘀声以后说，说完请按井号。" in visit.said
    assert (visit.case.kind, visit.case.summary) == ("question", "居民留言，请收听录音")
    assert visit.case.attempt_id == visit.written.attempt_id
    await visit.worker.tick()
    await visit.worker.tick()
    assert visit.kept == [("message", "stored")]
    assert len(visit.files) == 1
    assert len(visit.twilio.deleted) == 1
    assert visit.world.answers(visit.written)["well"].recording is None
    assert visit.world.target(visit.written).status == "completed"


async def test_who_has_nothing_to_say_hears_goodbye(visit: Visit) -> None:
    await visit.call("舒服", "2")
    assert visit.rows(cases) == []
    assert "祝您平安，再见" in visit.said
    assert visit.world.target(visit.written).status == "completed"


async def test_the_offer_is_made_only_where_the_campaign_says_so(visit: Visit) -> None:
    await visit.call("舒服", questionnaire=OFFERS.replace("message: offer", "message: never"))
    assert "还有话" not in visit.said


async def test_who_hangs_up_at_the_offer_has_answered_everything(visit: Visit) -> None:
    await visit.call("舒服", Reply(hang_up=True))
    assert visit.world.target(visit.written).status == "completed"


async def test_who_says_it_at_once_is_written_down(visit: Visit) -> None:
    await visit.call("舒服", "有啊，楼道的灯坏了好几天了没人管")
    assert "楼道的灯坏了" in visit.case.description
    assert visit.case.summary.startswith("居民留言：")
    assert visit.kept == []


async def test_who_did_not_want_to_be_recorded_speaks_and_is_written_down(visit: Visit) -> None:
    await visit.call("不要录音", "舒服", "有", "请你们多来看看我", questionnaire=OFFERS_AND_ASKS)
    assert "请在嘀声以后说" not in visit.said
    assert "原话：请你们多来看看我" in visit.case.description
    assert visit.kept == []


async def test_who_hangs_up_while_speaking_is_heard_all_the_same(visit: Visit) -> None:
    await visit.call("舒服", "有", Reply(speech="灯坏了", hang_up=True))
    assert visit.case.summary == "居民留言，请收听录音"
    assert visit.kept == [("message", "waiting")]


async def test_an_empty_message_is_asked_for_once_more_and_then_staff_call_back(visit: Visit) -> None:
    await visit.call("舒服", "有", None, None)
    assert "没有听到您的话" in visit.said
    assert visit.case.summary == "居民想留言，没有录到，请回电"
    assert visit.kept == []


async def test_a_cry_for_help_instead_of_a_message_is_an_emergency(visit: Visit) -> None:
    await visit.call("舒服", "有", None, "救命啊，我摔倒了起不来", None, None, None, None)
    assert [(case.kind, case.danger) for case in visit.rows(cases)] == [("worrying", True)]


async def test_wait_a_moment_is_part_of_a_message(visit: Visit) -> None:
    await visit.call("不要录音", "舒服", "有", "你们等一下来我家看看水管", questionnaire=OFFERS_AND_ASKS)
    assert "等一下来我家看看水管" in visit.case.description


@pytest.mark.parametrize("what", ["oversized", "elsewhere"])
async def test_a_message_that_cannot_be_fetched_says_so_on_its_case(visit: Visit, what: str) -> None:
    await visit.call("舒服", "有", "灯坏了")
    answers = {"oversized": b"RIFF" + bytes(LARGEST_RECORDING), "elsewhere": "http://127.0.0.1:1/elsewhere"}
    visit.twilio.answers_to_recordings.append(answers[what])
    await visit.worker.tick()
    assert visit.kept == [("message", "lost")]
    told = [event.text for event in visit.rows(case_events) if event.action == "noted"]
    assert told == ["这段留言的录音没有取到，请给居民回电话问一问。"]


async def test_a_message_of_which_nobody_told_us_is_looked_up(visit: Visit, clock: MovableClock) -> None:
    visit.twilio.no_callbacks = True
    await visit.call("舒服", "有", Reply(speech="灯坏了", hang_up=True))
    assert visit.kept == []
    visit.twilio.no_callbacks = False
    visit.world.end(visit.written)
    clock.advance(timedelta(minutes=10))
    await visit.worker.tick()
    assert visit.case.summary == "居民留言，请收听录音"
    assert visit.kept == [("message", "stored")]


async def test_a_recording_of_which_nobody_told_us_is_looked_up(visit: Visit, clock: MovableClock) -> None:
    visit.twilio.no_callbacks = True
    await visit.call("可以", "舒服", "有", questionnaire=ASKS_TWICE)
    visit.world.end(visit.written)
    assert await visit.worker.tick() == 0
    clock.advance(timedelta(minutes=25))
    await visit.worker.tick()
    assert visit.kept == [("call", "stored")]
    assert visit.world.answers(visit.written)["well"].recording is not None
    assert visit.world.attempt(visit.written).recording_check_at is None


async def test_a_recording_that_nobody_has_is_looked_for_some_hours(visit: Visit, clock: MovableClock) -> None:
    visit.twilio.no_callbacks = True
    await visit.call("可以", "舒服", "有", questionnaire=ASKS_TWICE)
    visit.world.end(visit.written)
    visit.twilio.sounds.clear()
    for _ in range(12):
        clock.advance(timedelta(minutes=25))
        await visit.worker.tick()
    assert visit.kept == []
    assert visit.world.attempt(visit.written).recording_check_at is None


async def test_no_more_recording_stops_it_deletes_it_and_goes_on(visit: Visit, clock: MovableClock) -> None:
    await visit.call("可以", "你们别录音了", "舒服", "有", questionnaire=ASKS_TWICE)
    assert "好的，不录音了，前面录的也会删掉。" in visit.said
    assert visit.said.count("您身体舒服吗") == 2
    assert visit.world.labels(visit.written) == {"well": "yes", "fan": "yes"}
    assert list(visit.twilio.recording_states.values()) == ["stopped"]
    assert visit.kept == [("call", "withdrawn")]
    await visit.worker.tick()
    assert len(visit.twilio.deleted) == 1
    assert visit.files == []
    clock.advance(timedelta(minutes=30))
    await visit.worker.tick()
    assert visit.kept == [("call", "withdrawn")]


async def test_who_is_not_recorded_hears_so(visit: Visit) -> None:
    await visit.call("你们不要录音啊", "舒服", "2")
    assert "您放心，没有录音。" in visit.said
    assert visit.world.labels(visit.written) == {"well": "yes"}


async def test_a_recording_that_cannot_be_stopped_is_deleted_all_the_same(visit: Visit) -> None:
    async def refuse(_: str) -> bool:
        return False

    visit.carrier.stop_recording = refuse  # type: ignore[method-assign]
    await visit.call("可以", "不要录音", "舒服", "有", questionnaire=ASKS_TWICE)
    assert visit.kept == [("call", "withdrawn")]
    await visit.worker.tick()
    assert len(visit.twilio.deleted) == 1
