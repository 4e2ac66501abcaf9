"""Put somebody on or off duty: a step of a ladder skips a role of which nobody is on duty."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import NotFound
from community.model.actor import Actor
from community.model.permissions import Permission
from community.model.staff import Staff
from community.store import audit
from community.store.staff import staff_by_id, staff_by_login, update_staff
from community.usecases.authorise import authorise_actor


def set_duty(conn: Connection, login: str, *, on_duty: bool, actor: Actor, now: datetime) -> Staff:
    """Switch one's own duty, or as who manages staff anybody's.

    Raises:
        NotFound: no such account.
        Refused: it is somebody else's duty and the person may not.
    """
    if actor != Actor.staff(login):
        authorise_actor(conn, actor, Permission.MANAGE_STAFF)
    member = staff_by_login(conn, login)
    if member is None:
        raise NotFound(f"没有账号“{login}”：请核对写法")
    if member.on_duty != on_duty:
        update_staff(conn, member.id, on_duty=on_duty)
        action = "staff.on_duty" if on_duty else "staff.off_duty"
        audit.append(conn, at=now, actor=actor, action=action, subject=f"staff:{login}")
    return staff_by_id(conn, member.id)
