"""Compare a password with an account's; slow by intent, so the console does it where it holds nobody up."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPassword:
    """What an account's password is compared with.

    Attributes:
        staff_id: None when there is no such account, or it is disabled.
        locked: nothing is compared for a while.
    """

    staff_id: int | None = None
    password_hash: str | None = None
    locked: bool = False


def check_password(conn: Connection, login: str, password: str, *, now: datetime) -> PasswordCheck:
    """Look up and compare; an unknown login takes as long as a wrong password."""
    return compare_password(kept_password(conn, login, now=now), password)


def kept_password(conn: Connection, login: str, *, now: datetime) -> KeptPassword:
    """Look up, which is quick, what `compare_password` compares slowly without a connection."""
    member = staff_by_login(conn, login)
    if member is None or not member.is_active:
        return KeptPassword()
    locked = member.locked_until is not None and now < member.locked_until
    return KeptPassword(staff_id=member.id, password_hash=password_hash_of(conn, member.id), locked=locked)


def compare_password(kept: KeptPassword, password: str) -> PasswordCheck:
    """Compare; an unknown login takes as long as a wrong password."""
    if kept.locked:
        return PasswordCheck(staff_id=kept.staff_id, tried=False, matches=False)
    matches = password_matches(password[:LONGEST_PASSWORD], kept.password_hash) and len(password) <= LONGEST_PASSWORD
    return PasswordCheck(staff_id=kept.staff_id, tried=True, matches=matches)
