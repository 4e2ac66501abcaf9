"""Change one's own password; every session that was open ends."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import InvalidInput, NotFound
from community.model.actor import Actor
from community.model.signing_in import check_new_password
from community.passwords import hash_password, password_matches
from community.store import audit
from community.store.staff import delete_sessions, password_hash_of, staff_by_login, update_staff


def change_password(conn: Connection, login: str, old: str, new: str, *, now: datetime) -> None:
    """Replace a password by one that its owner chose.

    Raises:
        NotFound: no such account.
        InvalidInput: the old one is wrong, or the new one is too easy or the same.
    """
    member = staff_by_login(conn, login)
    if member is None:
        raise NotFound(f"没有账号“{login}”：请核对写法")
    if not password_matches(old, password_hash_of(conn, member.id)):
        raise InvalidInput("原密码不对：请重新输入，忘了请管理员重置")
    if new == old:
        raise InvalidInput("新密码不能和原密码一样：请换一个")
    check_new_password(login, new)
    update_staff(conn, member.id, password_hash=hash_password(new), must_change_password=False)
    delete_sessions(conn, staff_id=member.id)
    actor = Actor.staff(login)
    audit.append(conn, at=now, actor=actor, action="staff.password_changed", subject=f"staff:{login}")
