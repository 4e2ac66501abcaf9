"""Recordings: fetched with the account's password, kept where only the service reads, gone at the carrier, gone in time."""

import threading
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from community.clock import MovableClock
from community.errors import NotFound
from community.files.recording_shelf import RecordingShelf
from community.store.audit import audit_lines
from community.store.database import Database
from community.store.recordings import StoredRecording, note_recording, recordings_of
from community.usecases.export_campaign import export_campaign
from tests.harness.telephone import TelephoneWorld, WrittenCall, telephone_world
from tests.harness.twilio_server import ACCOUNT, FROM_NUMBER, TOKEN, Person, TwilioServer
from voice.carriers.base import LARGEST_RECORDING
from voice.carriers.twilio.carrier import TwilioCarrier
from voice.engine.recordings import Recordings

NUMBER = "+8613800000001"
ASKS_TO_RECORD = """
name: 访视
purpose: 想问问您的近况。
questions: [{id: well, kind: yes_no, say: 您身体舒服吗？, yes_means: 舒服}]
"""


class RecordedCall:
    """A call that was recorded, and the worker that looks after its recording."""

    def __init__(self, world: TelephoneWorld, twilio: TwilioServer, carrier: TwilioCarrier, data_dir: Path) -> None:
        self.world = world
        self.twilio = twilio
        self.carrier = carrier
        self.data_dir = data_dir
        self.written: WrittenCall
        self.worker = Recordings(
            world.database,
            carrier,
            world.clock,
            world.rules,
            shelf=RecordingShelf(data_dir),
            keep_for=timedelta(days=180),
        )

    async def call(self, number: str = NUMBER) -> None:
        self.twilio.people[number] = Person(["可以", "舒服"])
        self.written = self.world.write_call(number, questionnaire=ASKS_TO_RECORD)
        await self.world.place(self.carrier, self.written)
        await self.twilio.quiet()

    @property
    def recording(self) -> StoredRecording:
        with self.world.database.reading() as conn:
            (recording,) = recordings_of(conn, [self.written.attempt_id])[self.written.attempt_id]
        return recording

    @property
    def files(self) -> list[Path]:
        return sorted(path for path in self.data_dir.rglob("*") if path.is_file())

    @property
    def linked(self) -> str | None:
        return self.world.answers(self.written)["well"].recording

    def audit(self) -> list[str]:
        with self.world.database.reading() as conn:
            actions = list(conn.execute(select(audit_lines.c.action).order_by(audit_lines.c.id)).scalars())
        return [action for action in actions if action.startswith("recording.")]


@pytest.fixture
async def recorded(database: Database, clock: MovableClock, tmp_path: Path) -> AsyncIterator[RecordedCall]:
    async with TwilioServer() as twilio:
        carrier = TwilioCarrier(ACCOUNT, TOKEN, [FROM_NUMBER], api_base_url=twilio.base_url)
        async with telephone_world(database, clock, {"twilio": carrier}) as world:
            story = RecordedCall(world, twilio, carrier, tmp_path / "data")
            await story.call()
            yield story
        await carrier.close()


async def test_a_recording_is_fetched_linked_and_deleted_at_the_carrier(recorded: RecordedCall) -> None:
    sid = recorded.recording.carrier_id
    sound = recorded.twilio.sounds[sid]
    await recorded.worker.tick()
    (path,) = recorded.files
    assert path.read_bytes() == sound
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.relative_to(recorded.data_dir).parts[:3] == ("recordings", "2026", "07")
    assert recorded.linked == str(path.relative_to(recorded.data_dir))
    with recorded.world.database.reading() as conn:
        campaign = recorded.world.attempt(recorded.written).campaign_id
        assert recorded.linked in export_campaign(conn, campaign, "jsonl", now=recorded.world.clock.now()).decode()
    await recorded.worker.tick()
    assert recorded.twilio.deleted == [sid]
    assert recorded.recording.removed_at is not None
    assert await recorded.worker.tick() == 0
    assert recorded.audit() == ["recording.stored"]


class WatchedShelf(RecordingShelf):
    """A shelf that remembers which threads wrote to the disk."""

    writers: ClassVar[list[threading.Thread]] = []

    def keep(self, name: str, sound: bytes, media_type: str, made_at: datetime) -> str:
        self.writers.append(threading.current_thread())
        return super().keep(name, sound, media_type, made_at)


async def test_a_slow_disk_does_not_hold_up_callbacks(recorded: RecordedCall) -> None:
    recorded.worker._shelf = WatchedShelf(recorded.data_dir)
    await recorded.worker.tick()
    assert len(recorded.files) == 1
    assert threading.main_thread() not in WatchedShelf.writers


async def test_a_recording_that_is_not_there_for_a_moment_is_fetched_later(
    recorded: RecordedCall, clock: MovableClock
) -> None:
    recorded.twilio.answers_to_recordings.extend([404, 500, 503])
    for _ in range(3):
        await recorded.worker.tick()
        assert recorded.files == []
        assert await recorded.worker.tick() == 0
        clock.advance(timedelta(seconds=15))
    await recorded.worker.tick()
    assert len(recorded.files) == 1


async def test_a_recording_that_never_comes_loses_no_answer(recorded: RecordedCall, clock: MovableClock) -> None:
    recorded.twilio.sounds.clear()
    for _ in range(12):
        await recorded.worker.tick()
        clock.advance(timedelta(days=1))
    assert recorded.recording.status == "lost"
    assert recorded.world.labels(recorded.written) == {"well": "yes"}
    assert recorded.linked is None
    assert recorded.audit() == ["recording.lost"]


async def test_an_oversized_recording_is_not_kept(recorded: RecordedCall) -> None:
    recorded.twilio.answers_to_recordings.append(b"RIFF" + bytes(LARGEST_RECORDING))
    await recorded.worker.tick()
    assert (recorded.recording.status, recorded.files) == ("lost", [])
    assert recorded.world.labels(recorded.written) == {"well": "yes"}


async def test_nobody_is_followed_to_another_host(recorded: RecordedCall) -> None:
    asked: list[str] = []

    async def listen(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(body=b"RIFF")

    app = web.Application()
    app.router.add_get("/{tail:.*}", listen)
    async with TestServer(app, host="127.0.0.1") as elsewhere:
        recorded.twilio.answers_to_recordings.append(str(elsewhere.make_url("/latest/meta-data")))
        await recorded.worker.tick()
    assert asked == []
    assert (recorded.recording.status, recorded.files) == ("lost", [])


async def test_two_workers_fetch_a_recording_once(recorded: RecordedCall) -> None:
    taken = await recorded.worker.tick()
    other = Recordings(
        recorded.world.database,
        recorded.carrier,
        recorded.world.clock,
        recorded.world.rules,
        shelf=RecordingShelf(recorded.data_dir),
        keep_for=timedelta(days=180),
    )
    await other.tick()
    assert taken == 1
    assert recorded.audit() == ["recording.stored"]


async def test_a_repeated_callback_is_no_second_recording(recorded: RecordedCall) -> None:
    recorded.twilio.repeat_callbacks = True
    await recorded.call("+8613800000002")
    assert recorded.recording.status == "waiting"


async def test_after_its_time_file_and_link_are_gone_and_a_line_stays(
    recorded: RecordedCall, clock: MovableClock
) -> None:
    await recorded.worker.tick()
    clock.advance(timedelta(days=179))
    assert await recorded.worker.expire() == 0
    clock.advance(timedelta(days=2))
    assert await recorded.worker.expire() == 1
    assert (recorded.files, recorded.linked, recorded.recording.status) == ([], None, "expired")
    assert recorded.audit() == ["recording.stored", "recording.expired"]
    await recorded.worker.tick()
    assert len(recorded.twilio.deleted) == 1


async def test_however_many_have_their_time_up_none_waits_for_another_day(
    recorded: RecordedCall, clock: MovableClock
) -> None:
    (attempt,) = {recorded.recording.attempt_id}
    with recorded.world.database.begin() as conn:
        for n in range(450):
            note_recording(
                conn, attempt, carrier="twilio", carrier_id=f"RE{n:032}", seconds=1, now=clock.now(), withdrawn=True
            )
    clock.advance(timedelta(days=181))
    assert await recorded.worker.expire() == 451
    assert await recorded.worker.expire() == 0


async def test_what_could_not_be_fetched_is_deleted_at_the_carrier_in_time(
    recorded: RecordedCall, clock: MovableClock
) -> None:
    recorded.twilio.answers_to_recordings.append("http://127.0.0.1:1/elsewhere")
    await recorded.worker.tick()
    clock.advance(timedelta(days=181))
    await recorded.worker.expire()
    await recorded.worker.tick()
    assert len(recorded.twilio.deleted) == 1


def test_a_file_outside_the_shelf_is_never_found(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("k")
    with pytest.raises(NotFound):
        RecordingShelf(tmp_path).find("recordings/../secret.key")
