"""Opt out: a resident never wants to be called again, by any campaign."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.store import audit, calls


def opt_out(conn: Connection, resident_id: int, *, reason: str, actor: Actor, now: datetime) -> bool:
    """Note it; every campaign looks before it dials.

    Args:
        reason: how the resident said so, in Chinese, without names or numbers.

    Returns:
        False when it was noted before.
    """
    if not calls.opt_resident_out(conn, resident_id, now=now):
        return False
    subject = f"resident:{resident_id}"
    audit.append(conn, at=now, actor=actor, action="resident.opted_out", subject=subject, detail={"reason": reason})
    return True
