"""Give somebody a new password that works once; their sessions end and a lock is lifted."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import NotFound
from community.model.actor import Actor
from community.model.permissions import Permission
from community.passwords import hash_password, one_time_password
from community.store import audit
from community.store.staff import delete_sessions, staff_by_login, update_staff
from community.usecases.add_staff import guard_administrators
from community.usecases.authorise import authorise_actor


def reset_password(conn: Connection, login: str, *, actor: Actor, now: datetime) -> str:
    """Return the one-time password; it is shown once and kept nowhere.

    Raises:
        NotFound: no such account.
        Refused: the person who resets may not.
    """
    authorise_actor(conn, actor, Permission.MANAGE_STAFF)
    member = staff_by_login(conn, login)
    if member is None:
        raise NotFound(f"没有账号“{login}”：请核对写法")
    guard_administrators(conn, actor, member.role)
    password = one_time_password()
    update_staff(
        conn,
        member.id,
        password_hash=hash_password(password),
        must_change_password=True,
        failed_sign_ins=0,
        locked_until=None,
    )
    delete_sessions(conn, staff_id=member.id)
    audit.append(conn, at=now, actor=actor, action="staff.password_reset", subject=f"staff:{login}")
    return password
