"""Recordings of calls: each is work until it lies in the data directory and is gone at the carrier, and again when its time is up."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    select,
    update,
)

from community.store.answers import answers
from community.store.attempts import attempts
from community.store.base import UtcDateTime, insert_new, metadata


class RecordingKind(StrEnum):
    """What was recorded."""

    #: The call, beside it, after consent.
    CALL = "call"
    #: What the resident said after the tone, for staff to listen to.
    MESSAGE = "message"


class RecordingStatus(StrEnum):
    """What became of one recording."""

    #: The carrier has it; it is to be fetched.
    WAITING = "waiting"
    #: It lies in the data directory.
    STORED = "stored"
    #: It could not be fetched, and is not tried any more.
    LOST = "lost"
    #: Its time was up: the file is deleted.
    EXPIRED = "expired"
    #: The resident did not want it any more during the call: it is never fetched, only deleted at the carrier.
    WITHDRAWN = "withdrawn"


recordings = Table(
    "recording",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("attempt_id", ForeignKey("attempt.id"), nullable=False, index=True),
    Column("carrier", String(20), nullable=False),
    #: The carrier's own id of it (Twilio: RecordingSid).
    Column("carrier_id", String(64), nullable=False),
    #: RecordingKind.
    Column("kind", String(10), nullable=False, server_default="call"),
    #: RecordingStatus.
    Column("status", String(20), nullable=False),
    #: Below the data directory, `recordings/2026/07/….wav`; empty before it is stored and after it has expired.
    Column("file", String(200), nullable=False, server_default=""),
    Column("seconds", Integer),
    #: How often the carrier was asked in the present status.
    Column("tries", Integer, nullable=False, server_default="0"),
    #: When something is to be done about it next; nothing any more where it is empty.
    Column("check_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("stored_at", UtcDateTime),
    #: When the carrier's copy was deleted.
    Column("removed_at", UtcDateTime),
    UniqueConstraint("carrier", "carrier_id"),
    Index("ix_recording_check", "check_at"),
    Index("ix_recording_status_created", "status", "created_at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecording:
    """One recording, as it stands.

    Attributes:
        carrier_id: the carrier's id of the recording.
        file: below the data directory; empty where there is none.
        removed_at: when the carrier's copy was deleted.
    """

    id: int
    attempt_id: str
    carrier: str
    carrier_id: str
    kind: RecordingKind
    status: RecordingStatus
    file: str
    seconds: int | None
    tries: int
    created_at: datetime
    removed_at: datetime | None


def note_recording(
    conn: Connection,
    attempt_id: str,
    *,
    carrier: str,
    carrier_id: str,
    seconds: int | None,
    now: datetime,
    kind: RecordingKind = RecordingKind.CALL,
    withdrawn: bool = False,
) -> bool:
    """Write down that a carrier holds a recording; False when that was known.

    Args:
        withdrawn: the resident took back the consent, so that it is only deleted.
    """
    row = {
        "attempt_id": attempt_id,
        "carrier": carrier,
        "carrier_id": carrier_id,
        "kind": kind,
        "status": RecordingStatus.WITHDRAWN if withdrawn else RecordingStatus.WAITING,
        "seconds": seconds,
        "check_at": now,
        "created_at": now,
    }
    return bool(insert_new(conn, recordings, [row], returning=recordings.c.id))


def withdraw_recordings(conn: Connection, attempt_id: str, now: datetime) -> None:
    """Give up the recording of a call that is not fetched yet; the carrier's copy is deleted."""
    not_fetched = (
        recordings.c.attempt_id == attempt_id,
        recordings.c.kind == RecordingKind.CALL,
        recordings.c.status.in_([RecordingStatus.WAITING, RecordingStatus.LOST]),
    )
    given_up = {"status": RecordingStatus.WITHDRAWN, "check_at": now, "tries": 0}
    conn.execute(update(recordings).where(*not_fetched).values(given_up))
    withdrawn = {"status": RecordingStatus.WITHDRAWN}
    conn.execute(update(attempts).where(attempts.c.id == attempt_id).values(recording=withdrawn))


def await_recording(conn: Connection, attempt_id: str, at: datetime | None) -> None:
    """Say when the carrier is asked for the recordings of a call unless they are told of before; None for no more."""
    conn.execute(update(attempts).where(attempts.c.id == attempt_id).values(recording_check_at=at))


def awaited_recordings(conn: Connection, carrier: str, now: datetime, limit: int) -> list[str]:
    """Calls whose recordings should have been told of by now."""
    due = (attempts.c.recording_check_at <= now, attempts.c.carrier == carrier)
    return list(conn.execute(select(attempts.c.id).where(*due).limit(limit)).scalars())


def has_due_recordings(conn: Connection, carrier: str, now: datetime) -> bool:
    """Whether the carrier is to be asked about any recording."""
    due = (recordings.c.check_at <= now, recordings.c.carrier == carrier)
    return conn.execute(select(recordings.c.id).where(*due).limit(1)).first() is not None


def take_recordings(
    conn: Connection, carrier: str, *, now: datetime, until: datetime, limit: int
) -> list[StoredRecording]:
    """Take recordings about which something is to be done; nobody else takes them before `until`."""
    due = (
        select(recordings)
        .where(recordings.c.check_at <= now, recordings.c.carrier == carrier)
        .order_by(recordings.c.check_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = [_recording(row) for row in conn.execute(due)]
    if taken:
        ids = [recording.id for recording in taken]
        fresh = {"check_at": until, "tries": recordings.c.tries + 1}
        conn.execute(update(recordings).where(recordings.c.id.in_(ids)).values(fresh))
    return taken


def try_again(conn: Connection, recording_id: int, at: datetime) -> None:
    """Say when something is to be done about a recording next."""
    conn.execute(update(recordings).where(recordings.c.id == recording_id).values(check_at=at))


def keep_recording(conn: Connection, before: StoredRecording, file: str, now: datetime) -> bool:
    """Say where a recording lies now, and link it to its call and the answers given in it; False if it moved meanwhile."""
    changes = {"status": RecordingStatus.STORED, "file": file, "stored_at": now, "check_at": now, "tries": 0}
    if not _move(conn, before, **changes):
        return False
    if before.kind is RecordingKind.CALL:
        conn.execute(update(answers).where(answers.c.attempt_id == before.attempt_id).values(recording=file))
    _tell_attempt(conn, before, status=RecordingStatus.STORED, file=file)
    return True


def lose_recording(conn: Connection, before: StoredRecording) -> bool:
    """Give a recording up; the carrier's copy, if there is one, goes when its time is up."""
    if not _move(conn, before, status=RecordingStatus.LOST, check_at=None, tries=0):
        return False
    _tell_attempt(conn, before, status=RecordingStatus.LOST)
    return True


def note_removed(conn: Connection, recording_id: int, now: datetime) -> None:
    """Say that the carrier's copy is gone."""
    conn.execute(update(recordings).where(recordings.c.id == recording_id).values(removed_at=now, check_at=None))


def outdated_recordings(conn: Connection, before: datetime, limit: int) -> list[StoredRecording]:
    """Recordings made before a moment that are still kept, or still at the carrier."""
    kept = (recordings.c.status != RecordingStatus.EXPIRED, recordings.c.created_at < before)
    query = select(recordings).where(*kept).order_by(recordings.c.created_at).limit(limit)
    return [_recording(row) for row in conn.execute(query)]


def expire_recording(conn: Connection, before: StoredRecording, now: datetime) -> bool:
    """Take a recording's file out of its call and answers; a copy at the carrier is then deleted there."""
    check_at = None if before.removed_at else now
    if not _move(conn, before, status=RecordingStatus.EXPIRED, file="", check_at=check_at, tries=0):
        return False
    if before.file:
        conn.execute(update(answers).where(answers.c.recording == before.file).values(recording=None))
    _tell_attempt(conn, before, status=RecordingStatus.EXPIRED)
    return True


def recording_by_id(conn: Connection, recording_id: int) -> StoredRecording | None:
    """The recording with that id."""
    row = conn.execute(select(recordings).where(recordings.c.id == recording_id)).one_or_none()
    return None if row is None else _recording(row)


def recordings_of(conn: Connection, attempt_ids: Collection[str]) -> dict[str, list[StoredRecording]]:
    """The recordings of calls, in order, by call."""
    found: dict[str, list[StoredRecording]] = {}
    query = select(recordings).where(recordings.c.attempt_id.in_(list(attempt_ids))).order_by(recordings.c.id)
    for row in conn.execute(query):
        found.setdefault(row.attempt_id, []).append(_recording(row))
    return found


def _move(conn: Connection, before: StoredRecording, **changes: object) -> bool:
    still = (recordings.c.id == before.id, recordings.c.status == before.status)
    return conn.execute(update(recordings).where(*still).values(**changes)).rowcount == 1


def _tell_attempt(conn: Connection, recording: StoredRecording, **facts: str) -> None:
    if recording.kind is RecordingKind.MESSAGE:
        return
    document = {"id": recording.carrier_id, "seconds": recording.seconds, **facts}
    conn.execute(update(attempts).where(attempts.c.id == recording.attempt_id).values(recording=document))


def _recording(row: Row[tuple[object, ...]]) -> StoredRecording:
    return StoredRecording(
        id=row.id,
        attempt_id=row.attempt_id,
        carrier=row.carrier,
        carrier_id=row.carrier_id,
        kind=RecordingKind(row.kind),
        status=RecordingStatus(row.status),
        file=row.file,
        seconds=row.seconds,
        tries=row.tries,
        created_at=row.created_at,
        removed_at=row.removed_at,
    )
