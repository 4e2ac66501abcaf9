"""Who is signed in with a session's token."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from community.model.staff import Staff
from community.store.staff import session_by_token_hash
from community.usecases.sign_in import hash_token


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody signed in."""

    staff: Staff
    csrf_token: str


def find_session(conn: Connection, token: str, *, now: datetime) -> Session | None:
    """The session of a token; None when it is over, was ended, or its owner is disabled."""
    found = session_by_token_hash(conn, hash_token(token), now)
    return Session(staff=found[0], csrf_token=found[1]) if found else None
