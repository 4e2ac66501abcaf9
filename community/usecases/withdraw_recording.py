"""Give up what was recorded of a call, because the resident took back the consent while it went on."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.store import audit, recordings


def withdraw_recording(conn: Connection, attempt_id: str, *, actor: Actor, now: datetime) -> None:
    """Have what was recorded deleted at the carrier; what the carrier tells of later is given up as well."""
    recordings.withdraw_recordings(conn, attempt_id, now)
    subject = f"attempt:{attempt_id}"
    audit.append(conn, at=now, actor=actor, action="recording.withdrawn", subject=subject, detail={})
