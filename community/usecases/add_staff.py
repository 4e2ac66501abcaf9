"""Add a member of staff, who gets a password that works once."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from community.errors import Conflict, InvalidInput, Refused
from community.model.actor import Actor
from community.model.permissions import Permission
from community.model.staff import Role
from community.passwords import hash_password, one_time_password
from community.store import audit
from community.store.staff import insert_staff, staff_by_login
from community.usecases.authorise import authorise, authorise_actor

_LOGIN = re.compile(r"[A-Za-z0-9_.\-\u4e00-\u9fff]{2,40}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStaff:
    """An account as it was made; the password is shown once and kept nowhere."""

    id: int
    login: str
    password: str


def add_staff(
    conn: Connection, login: str, *, name: str, role: Role, grid: str = "", actor: Actor, now: datetime
) -> NewStaff:
    """Make an account, on duty from the start.

    Raises:
        InvalidInput: the login or the name cannot be used.
        Conflict: the login is taken.
        Refused: the person who adds may not, or makes an administrator without being one.
    """
    authorise_actor(conn, actor, Permission.MANAGE_STAFF)
    guard_administrators(conn, actor, role)
    if not _LOGIN.fullmatch(login):
        raise InvalidInput("账号只能用 2 到 40 个字母、数字、汉字或 . _ -：请换一个")
    if not name.strip() or len(name) > 80:
        raise InvalidInput("姓名要写，而且不超过 80 个字")
    if staff_by_login(conn, login) is not None:
        raise Conflict(f"账号“{login}”已经有了：请换一个，或用 staff reset-password 重置密码")
    password = one_time_password()
    staff_id = insert_staff(
        conn,
        {
            "login": login,
            "name": name.strip(),
            "role": role,
            "password_hash": hash_password(password),
            "must_change_password": True,
            "grid": grid.strip(),
            "on_duty": True,
            "created_at": now,
        },
    )
    detail = {"role": role, "grid": grid.strip()}
    audit.append(conn, at=now, actor=actor, action="staff.added", subject=f"staff:{login}", detail=detail)
    return NewStaff(id=staff_id, login=login, password=password)


def guard_administrators(conn: Connection, actor: Actor, role: Role) -> None:
    """Only an administrator may touch an administrator's account.

    Raises:
        Refused: somebody else tries.
    """
    if actor.kind == "staff" and role is Role.ADMIN:
        member = authorise(conn, actor.name, Permission.MANAGE_STAFF)
        if member.role is not Role.ADMIN:
            raise Refused("只有管理员能添加或修改管理员账号：请管理员来做", code="forbidden")
