"""Let go of messages whose time is up: of texts, chats and check-ins, settled policy questions, the model's answers."""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import Connection

from community.model.actor import Actor
from community.store import audit
from community.store.retention import LetGo, let_go

_ACTOR = Actor.system("retention")
_AT_ONCE = 500


def let_go_of_messages(conn: Connection, *, keep_for: timedelta, now: datetime) -> LetGo:
    """Delete one batch of what is older than `keep_for` and finished; one audit line says how much.

    Answers, results, cases and the audit trail stay as they are.

    Returns:
        How many of each; nothing once all is gone.
    """
    gone = let_go(conn, now - keep_for, _AT_ONCE, now=now)
    if gone.total:
        detail = {**asdict(gone), "days": keep_for.days}
        audit.append(conn, at=now, actor=_ACTOR, action="messages.expired", subject="messages", detail=detail)
    return gone
