"""Compare a password with an account's; slow by intent, so it is done where it holds nobody up: on a reading connection."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from community.model.signing_in import LONGEST_PASSWORD
from community.passwords import password_matches
from community.store.staff import password_hash_of, staff_by_login


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordCheck:
    """What came of comparing; `sign_in` makes a session of it, or counts the failure.

    Attributes:
        staff_id: None when there is no such account, or it is disabled.
        tried: whether the password was compared at all: not while the account is locked.
    """

    staff_id: int | None
    tried: bool
    matches: bool


def check_password(conn: Connection, login: str, password: str, *, now: datetime) -> PasswordCheck:
    """Compare; an unknown login takes as long as a wrong password."""
    member = staff_by_login(conn, login)
    if member is None or not member.is_active:
        password_matches(password[:LONGEST_PASSWORD], None)
        return PasswordCheck(staff_id=None, tried=True, matches=False)
    if member.locked_until is not None and now < member.locked_until:
        return PasswordCheck(staff_id=member.id, tried=False, matches=False)
    matches = len(password) <= LONGEST_PASSWORD and password_matches(password, password_hash_of(conn, member.id))
    return PasswordCheck(staff_id=member.id, tried=True, matches=matches)
