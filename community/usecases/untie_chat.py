"""Let a chat speak for a resident no more: staff on the resident's page, or whoever writes in the chat."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import Conflict, NotFound
from community.model.actor import Actor
from community.model.permissions import Permission
from community.store import audit, chat_ties
from community.store.chat_ties import ChatTie
from community.usecases.authorise import authorise


def untie_chat(conn: Connection, resident_id: int, tie_id: int, *, actor: Actor, now: datetime) -> None:
    """Undo one tie of a resident.

    Raises:
        NotFound: no such tie or account.
        Refused: the person may not work on cases.
        Conflict: it was undone already.
    """
    authorise(conn, actor.name, Permission.WORK_ON_CASES)
    tie = chat_ties.tie_by_id(conn, tie_id, now=now)
    if tie is None or tie.resident_id != resident_id:
        raise NotFound("没有这个聊天：请从居民的页面重新打开")
    if not _end(conn, tie, actor=actor, now=now):
        raise Conflict("这个聊天已经解除了：请刷新页面看看")


def untie_own_chat(conn: Connection, conversation_id: str, *, now: datetime) -> bool:
    """Undo whatever a chat is tied to, as whoever writes in it wishes; False where it is tied to nobody."""
    ties = chat_ties.ties_of_chat(conn, conversation_id, now=now)
    for tie in ties:
        _end(conn, tie, actor=Actor.resident(conversation_id), now=now)
    return bool(ties)


def _end(conn: Connection, tie: ChatTie, *, actor: Actor, now: datetime) -> bool:
    if not chat_ties.end_tie(conn, tie.id, by=str(actor)[:80], now=now):
        return False
    subject, detail = f"resident:{tie.resident_id}", {"tie": tie.id}
    audit.append(conn, at=now, actor=actor, action="resident.chat_untied", subject=subject, detail=detail)
    return True
