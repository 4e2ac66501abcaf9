"""What a neighbour means who says 我家也是: the newest open report of this conversation, or of the group they speak in."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from community.model.cases.case import Case
from community.store import messages
from community.store.cases import case_by_id

#: Whoever says it later means something else.
_LASTS = timedelta(hours=12)


def same_trouble(conn: Connection, conversation_id: str, *, now: datetime) -> Case | None:
    """Find the report that somebody joins; None when nothing was reported lately."""
    found = messages.latest_report_beside(conn, conversation_id, since=now - _LASTS)
    return case_by_id(conn, found) if found is not None else None
