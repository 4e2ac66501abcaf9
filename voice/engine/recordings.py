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
from community.store.recordings import RecordingStatus, StoredRecording
from voice.carriers.base import Carrier, Sound

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

    async def expire(self) -> int:
        """Delete the recordings whose time is up; return how many."""
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
