"""Forget the telephones that somebody has typed into a chat to get a code, as soon as they need not be counted any more."""

from datetime import datetime

from sqlalchemy import Connection

from community.store import chat_ties


def forget_chat_codes(conn: Connection, *, now: datetime) -> int:
    """Delete the requests for codes that are over; return how many."""
    return chat_ties.forget_codes(conn, now)
