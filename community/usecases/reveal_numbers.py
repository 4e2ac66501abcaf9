"""Show a resident's whole telephone numbers to somebody who needs them; that it was done, by whom and why, stays."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import InvalidInput, NotFound
from community.model.actor import Actor
from community.model.permissions import Permission
from community.store import audit
from community.store.roster import RosterCard, roster_card
from community.usecases.authorise import authorise


def reveal_numbers(conn: Connection, resident_id: int, reason: str, *, actor: Actor, now: datetime) -> RosterCard:
    """Return the resident with whole numbers, and write down who looked and why.

    Raises:
        InvalidInput: no reason is given.
        NotFound: no such resident or account.
        Refused: the person may not work on cases.
    """
    authorise(conn, actor.name, Permission.WORK_ON_CASES)
    if not reason.strip():
        raise InvalidInput("请写明为什么要看完整号码，例如“上门前先打电话”。")
    card = roster_card(conn, resident_id)
    if card is None:
        raise NotFound("没有这位居民：请从名册里重新打开。")
    detail = {"reason": reason.strip()[:200]}
    subject = f"resident:{resident_id}"
    audit.append(conn, at=now, actor=actor, action="resident.numbers_shown", subject=subject, detail=detail)
    return card
