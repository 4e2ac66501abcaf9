"""Disable an account, or enable it again; nothing that its owner did is lost."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import NotFound, Refused
from community.model.actor import Actor
from community.model.permissions import Permission
from community.model.staff import Role, Staff
from community.store import audit
from community.store.staff import all_staff, delete_sessions, staff_by_id, staff_by_login, update_staff
from community.usecases.add_staff import guard_administrators
from community.usecases.authorise import authorise_actor


def disable_staff(conn: Connection, login: str, *, disabled: bool = True, actor: Actor, now: datetime) -> Staff:
    """Close an account and end its sessions, or open it again.

    Cases that the person has come back by themselves when their acknowledgement expires.

    Raises:
        NotFound: no such account.
        Refused: it is one's own, the last administrator's, or the person may not.
    """
    authorise_actor(conn, actor, Permission.MANAGE_STAFF)
    member = staff_by_login(conn, login)
    if member is None:
        raise NotFound(f"没有账号“{login}”：请核对写法")
    guard_administrators(conn, actor, member.role)
    if disabled:
        _check_not_needed(conn, member, actor)
        delete_sessions(conn, staff_id=member.id)
    update_staff(conn, member.id, disabled_at=now if disabled else None)
    action = "staff.disabled" if disabled else "staff.enabled"
    audit.append(conn, at=now, actor=actor, action=action, subject=f"staff:{login}")
    return staff_by_id(conn, member.id)


def _check_not_needed(conn: Connection, member: Staff, actor: Actor) -> None:
    if actor == Actor.staff(member.login):
        raise Refused("不能停用自己的账号：请另一位管理员来做")
    others = [one for one in all_staff(conn) if one.role is Role.ADMIN and one.is_active and one.id != member.id]
    if member.role is Role.ADMIN and not others:
        raise Refused("这是最后一个管理员账号，不能停用：请先添加另一位管理员")
