"""Fetch recordings from the carrier, keep them, delete them there; and let go of those whose time is up."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from community.clock import Clock
from community.errors import InvalidInput, Refused, Unavailable
from community.files.recording_shelf import RecordingShelf
from community.model.actor import Actor
from community.model.rulebook import Rulebook
from community.store import audit
from community.store import recordings as store
from community.store.database import Database
from community.store.dialling import Attempt, attempt_by_id
from community.store.recordings import RecordingKind, RecordingStatus, StoredRecording
from community.usecases.take_message import tell_message_lost
from voice.carriers.base import CallEvent, Carrier, EventKind, FoundRecording, Sound
from voice.engine.apply import apply_event

log = structlog.get_logger(__name__)

_ACTOR = Actor.system("recordings")
_AT_ONCE = 5
#: For so long nobody else takes what one worker is at.
_TAKEN_FOR = timedelta(minutes=3)
#: Waits between tries: a recording gives 404 for a moment, a carrier may be down for a day.
_WAITS = (
    *(timedelta(seconds=seconds) for seconds in (2, 5, 15, 60, 300)),
    *(timedelta(hours=hours) for hours in (0.5, 2, 6, 12, 24)),
)
#: A recording whose callback does not come is looked up so often, and for so long after the call began.
_LOOKED_UP_AGAIN = timedelta(minutes=20)
_LOOKED_UP_FOR = timedelta(hours=3)
_SETTLED = frozenset({"completed", "absent"})
_DAYS_FOR_REMOVAL = timedelta(days=1)
_EXPIRED_AT_ONCE = 200


class Recordings:
    """One worker for recordings; any number of them share the work through the database.

    Args:
        shelf: where the files lie.
        keep_for: recordings older than that are deleted.
    """

    def __init__(
        self,
        database: Database,
        carrier: Carrier,
        clock: Clock,
        rules: Rulebook,
        *,
        shelf: RecordingShelf,
        keep_for: timedelta,
    ) -> None:
        self._database = database
        self._carrier = carrier
        self._clock = clock
        self._rules = rules
        self._shelf = shelf
        self._keep_for = keep_for

    async def tick(self) -> int:
        """Do what is due about a few recordings; return how many were looked at."""
        now, name = self._clock.now(), self._carrier.name
        await self._look_up(now)
        if not await self._database.read(lambda conn: store.has_due_recordings(conn, name, now)):
            return 0
        until = now + _TAKEN_FOR
        taken = await self._database.write(
            lambda conn: store.take_recordings(conn, name, now=now, until=until, limit=_AT_ONCE)
        )
        for recording in taken:
            if recording.status is RecordingStatus.WAITING:
                await self._fetch(recording)
            else:
                await self._remove(recording)
        return len(taken)

    async def _look_up(self, now: datetime) -> None:
        """Ask the carrier for recordings whose callback should have come by now."""
        name = self._carrier.name
        for attempt_id in await self._database.read(lambda conn: store.awaited_recordings(conn, name, now, _AT_ONCE)):
            await self._look_up_one(attempt_id, now)

    async def _look_up_one(self, attempt_id: str, now: datetime) -> None:
        attempt = await self._database.write(lambda conn: self._take_up(conn, attempt_id, now))
        if attempt is None or attempt.carrier_id is None:
            return
        try:
            found = await self._carrier.find_recordings(attempt.carrier_id)
        except Unavailable as error:
            log.info("recordings_not_listed", attempt=attempt_id, reason=error.code)
            return
        await self._database.write(lambda conn: self._found(conn, attempt, found))

    def _take_up(self, conn: Connection, attempt_id: str, now: datetime) -> Attempt | None:
        """Take a call whose recordings are to be looked up; None while it goes on. Nobody else asks meanwhile."""
        attempt = attempt_by_id(conn, attempt_id, lock=True)
        given_up = now - attempt.created_at > _LOOKED_UP_FOR
        store.await_recording(conn, attempt_id, None if given_up else now + _LOOKED_UP_AGAIN)
        return attempt if attempt.status.is_final else None

    def _found(self, conn: Connection, attempt: Attempt, found: Sequence[FoundRecording]) -> None:
        """Take what the carrier has as if it had told us; nothing more is awaited once all of it is there."""
        now = self._clock.now()
        for each in found:
            event = CallEvent(
                kind=EventKind.RECORDING,
                key=f"recording:{each.recording_id}:{each.status}",
                carrier_id=attempt.carrier_id,
                recording_id=each.recording_id,
                recording_status=each.status,
                recording_seconds=each.seconds,
                is_message=each.is_message,
            )
            apply_event(conn, attempt.id, event, rules=self._rules, now=now)
        if found and all(each.status in _SETTLED for each in found):
            store.await_recording(conn, attempt.id, None)

    async def expire(self) -> int:
        """Delete the recordings whose time is up; return how many."""
        gone = 0
        # A day may bring more than one batch; the next round is tomorrow.
        while batch := await self._expire_some():
            gone += batch
        return gone

    async def _expire_some(self) -> int:
        now = self._clock.now()
        before = now - self._keep_for
        outdated = await self._database.read(lambda conn: store.outdated_recordings(conn, before, _EXPIRED_AT_ONCE))
        for recording in outdated:
            # Before the commit: a row without its file is taken up again, a file without its row would stay for ever.
            await asyncio.to_thread(self._shelf.remove, recording.file)
        return await self._database.write(lambda conn: self._expire(conn, outdated, now))

    async def _fetch(self, recording: StoredRecording) -> None:
        try:
            sound = await self._carrier.fetch_recording(recording.carrier_id)
        except Unavailable as error:
            await self._later(recording, error.code)
            return
        except (Refused, InvalidInput) as error:
            why = error.code
            await self._database.write(lambda conn: self._lose(conn, recording, why))
            return
        if sound is None:
            await self._later(recording, "not_there")
            return
        await self._keep(recording, sound)

    async def _keep(self, recording: StoredRecording, sound: Sound) -> None:
        name = f"{recording.attempt_id}-{recording.carrier_id}"
        made_at = recording.created_at.astimezone(self._rules.timezone)
        try:
            # Off the event loop: callbacks of running calls do not wait for the disk.
            file = await asyncio.to_thread(self._shelf.keep, name, sound.content, sound.media_type, made_at)
        except OSError as error:
            log.exception("recording_not_written", recording=recording.id)
            await self._later(recording, type(error).__name__)
            return
        now = self._clock.now()
        if not await self._database.write(lambda conn: self._link(conn, recording, file, len(sound.content), now)):
            # Its time was up while it was fetched.
            await asyncio.to_thread(self._shelf.remove, file)

    def _link(self, conn: Connection, recording: StoredRecording, file: str, size: int, now: datetime) -> bool:
        if not store.keep_recording(conn, recording, file, now):
            return False
        _write_line(conn, recording, "recording.stored", now, file=file, bytes=size)
        return True

    async def _later(self, recording: StoredRecording, why: str) -> None:
        if recording.tries >= len(_WAITS):
            await self._database.write(lambda conn: self._lose(conn, recording, why))
            return
        log.info("recording_later", recording=recording.id, tries=recording.tries + 1, reason=why)
        at = self._clock.now() + _WAITS[recording.tries]
        await self._database.write(lambda conn: store.try_again(conn, recording.id, at))

    def _lose(self, conn: Connection, recording: StoredRecording, why: str) -> None:
        if store.lose_recording(conn, recording):
            log.warning("recording_lost", recording=recording.id, reason=why)
            _write_line(conn, recording, "recording.lost", self._clock.now(), because=why)
            if recording.kind is RecordingKind.MESSAGE:
                tell_message_lost(conn, recording.attempt_id, actor=_ACTOR, now=self._clock.now())

    async def _remove(self, recording: StoredRecording) -> None:
        """Delete the carrier's copy; it is tried for as long as it takes."""
        try:
            gone = await self._carrier.delete_recording(recording.carrier_id)
        except Unavailable:
            gone = False
        now = self._clock.now()
        if gone:
            await self._database.write(lambda conn: store.note_removed(conn, recording.id, now))
            return
        wait = _WAITS[recording.tries] if recording.tries < len(_WAITS) else _DAYS_FOR_REMOVAL
        await self._database.write(lambda conn: store.try_again(conn, recording.id, now + wait))

    def _expire(self, conn: Connection, outdated: Sequence[StoredRecording], now: datetime) -> int:
        gone = [recording for recording in outdated if store.expire_recording(conn, recording, now)]
        for recording in gone:
            _write_line(conn, recording, "recording.expired", now, file=recording.file, days=self._keep_for.days)
        return len(gone)


def _write_line(conn: Connection, recording: StoredRecording, action: str, now: datetime, **detail: object) -> None:
    subject = f"attempt:{recording.attempt_id}"
    line = {"recording": recording.id, **detail}
    audit.append(conn, at=now, actor=_ACTOR, action=action, subject=subject, detail=line)
