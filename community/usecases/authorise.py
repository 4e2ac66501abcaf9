"""Whether somebody may do something."""

from sqlalchemy import Connection

from community.errors import NotFound, Refused
from community.model.actor import Actor
from community.model.permissions import PERMISSION_NAMES, Permission, may
from community.model.staff import ROLE_NAMES, Staff
from community.store.staff import staff_by_login


def authorise(conn: Connection, login: str, permission: Permission) -> Staff:
    """Return the member of staff with that login if they may do that.

    Raises:
        NotFound: there is no such account.
        Refused: the account is disabled, or its role may not do that.
    """
    member = staff_by_login(conn, login)
    if member is None:
        raise NotFound(f"没有账号“{login}”：请核对写法，或请管理员用 staff add 添加")
    if not member.is_active:
        raise Refused(f"账号“{login}”已停用：请管理员重新启用，或换一个账号")
    if not may(member.role, permission):
        raise Refused(
            f"{ROLE_NAMES[member.role]}不能{PERMISSION_NAMES[permission]}：请有这项权限的同事来做", code="forbidden"
        )
    return member


def authorise_if_staff(conn: Connection, actor: Actor, permission: Permission) -> None:
    """Check a member of staff; residents and the service itself do what their part of the program lets them.

    Raises:
        NotFound: there is no such account.
        Refused: the account is disabled, or its role may not do that.
    """
    if actor.kind == "staff":
        authorise(conn, actor.name, permission)


def authorise_actor(conn: Connection, actor: Actor, permission: Permission) -> None:
    """Let staff pass whose role may do that, and the service's own parts; residents never do.

    Raises:
        NotFound: there is no such account.
        Refused: the account is disabled, or its role may not do that.
    """
    if actor.kind != "system":
        authorise(conn, actor.name, permission)
