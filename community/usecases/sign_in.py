"""Sign in: a session for the right password, a longer and longer lock for wrong ones.

    check = await database.read(lambda conn: check_password(conn, login, password, now=now))
    result = await database.write(lambda conn: sign_in(conn, check, now=now))

A refusal is a value, not an error: the failure it counts must be kept.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.signing_in import SESSION_LASTS, lock_after
from community.model.staff import Staff
from community.passwords import new_token
from community.store import audit
from community.store.staff import (
    count_failed_sign_in,
    delete_expired_sessions,
    insert_session,
    staff_by_id,
    update_staff,
)
from community.usecases.check_password import PasswordCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A new session; `token` goes into the cookie and is kept nowhere else."""

    staff: Staff
    token: str
    csrf_token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRefused:
    """Why not, in one sentence for the page."""

    message: str


def sign_in(conn: Connection, check: PasswordCheck, *, now: datetime) -> SignedIn | SignInRefused:
    """Make a session of a password that matched."""
    if check.staff_id is None:
        return SignInRefused(message="账号或密码不对：请核对后再试，忘了密码请管理员重置")
    member = staff_by_id(conn, check.staff_id)
    if member.locked_until is not None and now < member.locked_until:
        minutes = int((member.locked_until - now).total_seconds() // 60) + 1
        return SignInRefused(message=f"密码错了太多次：请 {minutes} 分钟后再试，或请管理员重置密码")
    if not check.matches or not member.is_active:
        return _count_failure(conn, member, now)
    return _start_session(conn, member, now)


def hash_token(token: str) -> str:
    """What of a session's token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def _count_failure(conn: Connection, member: Staff, now: datetime) -> SignInRefused:
    failures = count_failed_sign_in(conn, member.id)
    lock = lock_after(failures)
    if lock:
        update_staff(conn, member.id, locked_until=now + lock)
    subject = f"staff:{member.login}"
    detail = {"failures": failures}
    audit.append(
        conn, at=now, actor=Actor.system("sign_in"), action="staff.sign_in_failed", subject=subject, detail=detail
    )
    return SignInRefused(message="账号或密码不对：请核对后再试，忘了密码请管理员重置")


def _start_session(conn: Connection, member: Staff, now: datetime) -> SignedIn:
    token, csrf_token, expires_at = new_token(), new_token(), now + SESSION_LASTS
    delete_expired_sessions(conn, now)
    update_staff(conn, member.id, failed_sign_ins=0, locked_until=None)
    insert_session(
        conn,
        token_hash=hash_token(token),
        staff_id=member.id,
        csrf_token=csrf_token,
        now=now,
        expires_at=expires_at,
    )
    actor = Actor.staff(member.login)
    audit.append(conn, at=now, actor=actor, action="staff.signed_in", subject=f"staff:{member.login}")
    return SignedIn(staff=staff_by_id(conn, member.id), token=token, csrf_token=csrf_token, expires_at=expires_at)
