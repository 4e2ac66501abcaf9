"""Let somebody listen to the recording of a call; that it was done, and by whom, stays."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import NotFound
from community.model.actor import Actor
from community.model.permissions import Permission
from community.store import audit
from community.store.recordings import StoredRecording, recording_by_id
from community.usecases.authorise import authorise


def play_recording(
    conn: Connection, recording_id: int, *, actor: Actor, now: datetime, begins: bool = True
) -> StoredRecording:
    """Return a recording that lies in the data directory, and write down who listens.

    Args:
        begins: False for a later part of one that this person already listens to, which leaves no second line.

    Raises:
        NotFound: there is no such recording, or its file is gone, or no such account.
        Refused: the person may not work on cases.
    """
    authorise(conn, actor.name, Permission.WORK_ON_CASES)
    recording = recording_by_id(conn, recording_id)
    if recording is None or not recording.file:
        raise NotFound("这段录音已经不在了：可能已过保存期限，或者还没有取回来。")
    if begins:
        detail = {"recording": recording.id}
        subject = f"attempt:{recording.attempt_id}"
        audit.append(conn, at=now, actor=actor, action="recording.played", subject=subject, detail=detail)
    return recording
