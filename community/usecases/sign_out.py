"""Sign out."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.store import audit
from community.store.staff import delete_sessions, session_by_token_hash
from community.usecases.sign_in import hash_token


def sign_out(conn: Connection, token: str, *, now: datetime) -> None:
    """End the session of a token; one that is over already is no error."""
    found = session_by_token_hash(conn, hash_token(token), now)
    delete_sessions(conn, token_hashes=[hash_token(token)])
    if found:
        login = found[0].login
        audit.append(conn, at=now, actor=Actor.staff(login), action="staff.signed_out", subject=f"staff:{login}")
