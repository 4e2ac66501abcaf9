"""工作人员, one's own duty, 通知, the audit trail and the phone's menu."""

from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from community.errors import InvalidInput
from community.model.permissions import Permission
from community.model.staff import Role
from community.store.audit import head_of, list_lines
from community.store.notices import notices_for, read_all_notices
from community.store.roster import roster_grids
from community.store.staff import all_staff
from community.usecases.add_staff import add_staff
from community.usecases.disable_staff import disable_staff
from community.usecases.reset_password import reset_password
from community.usecases.set_duty import set_duty
from console.desk import desk_of, visitor_of
from console.forms import fields_of, local_address, see_other
from console.guards import needs
from console.rendering import PAGE_SIZE, render

_NOTICES_SHOWN = 100


@needs(Permission.VIEW)
async def staff_page(request: web.Request) -> web.Response:
    """Everybody with role, grid and duty; who manages staff may change them."""
    return await _staff_page(request, {})


@needs(Permission.MANAGE_STAFF)
async def add(request: web.Request) -> web.Response:
    """Make an account; its one-time password is shown on this answer only."""
    desk, visitor = desk_of(request), visitor_of(request)
    fields = await fields_of(request)
    login, name, role, grid = (fields.text(key) for key in ("login", "name", "role", "grid"))
    if role not in set(Role):
        raise InvalidInput("请选一个岗位。")
    now = desk.clock.now()
    new = await desk.database.write(
        lambda conn: add_staff(conn, login, name=name, role=Role(role), grid=grid, actor=visitor.actor, now=now)
    )
    return await _staff_page(request, {"given_login": new.login, "given_password": new.password})


@needs(Permission.MANAGE_STAFF)
async def reset(request: web.Request) -> web.Response:
    """Give somebody a new one-time password, shown on this answer only."""
    desk, visitor = desk_of(request), visitor_of(request)
    login, now = (await fields_of(request)).text("login"), desk.clock.now()
    password = await desk.database.write(lambda conn: reset_password(conn, login, actor=visitor.actor, now=now))
    return await _staff_page(request, {"given_login": login, "given_password": password})


@needs(Permission.MANAGE_STAFF)
async def disable(request: web.Request) -> web.StreamResponse:
    """Close an account, or open it again."""
    desk, visitor = desk_of(request), visitor_of(request)
    fields = await fields_of(request)
    login, disabled, now = fields.text("login"), fields.text("disabled") == "yes", desk.clock.now()
    await desk.database.write(lambda conn: disable_staff(conn, login, disabled=disabled, actor=visitor.actor, now=now))
    return see_other("/console/staff", done="staff_changed")


async def duty(request: web.Request) -> web.StreamResponse:
    """Go on or off duty; who manages staff may do it for others."""
    desk, visitor = desk_of(request), visitor_of(request)
    fields = await fields_of(request)
    login, on_duty = fields.text("login") or visitor.staff.login, fields.text("on_duty") == "yes"
    now = desk.clock.now()
    await desk.database.write(lambda conn: set_duty(conn, login, on_duty=on_duty, actor=visitor.actor, now=now))
    there = local_address(fields.text("next"))
    return see_other(there, done="on_duty" if on_duty else "off_duty")


async def notices_page(request: web.Request) -> web.Response:
    """What this person was told, newest first."""
    desk, staff = desk_of(request), visitor_of(request).staff
    found = await desk.database.read(
        lambda conn: notices_for(conn, login=staff.login, role=staff.role, grid=staff.grid, limit=_NOTICES_SHOWN)
    )
    return await render(request, "notices.html", {"notices": found})


async def read_notices(request: web.Request) -> web.StreamResponse:
    """Mark every notice of this person as read."""
    desk, staff = desk_of(request), visitor_of(request).staff
    now = desk.clock.now()
    await desk.database.write(
        lambda conn: read_all_notices(conn, login=staff.login, role=staff.role, grid=staff.grid, now=now)
    )
    return see_other("/console/notices")


async def more_page(request: web.Request) -> web.Response:
    """The phone's menu of everything else."""
    return await render(request, "more.html")


@needs(Permission.READ_AUDIT)
async def audit_page(request: web.Request) -> web.Response:
    """The audit trail, newest first."""
    text = request.query.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
    subject = request.query.get("subject", "").strip()[:120]

    def look(conn: Connection) -> dict[str, Any]:
        lines = list_lines(conn, subject=subject, before_id=before, limit=PAGE_SIZE + 1)
        return {
            "lines": lines[:PAGE_SIZE],
            "more_before": lines[PAGE_SIZE - 1].id if len(lines) > PAGE_SIZE else None,
            "head": head_of(conn),
            "names": {member.login: member.name for member in all_staff(conn)},
        }

    return await render(request, "audit.html", await desk_of(request).database.read(look))


async def _staff_page(request: web.Request, given: dict[str, Any]) -> web.Response:
    def look(conn: Connection) -> dict[str, Any]:
        return {"people": all_staff(conn), "grids": roster_grids(conn)}

    context = await desk_of(request).database.read(look)
    return await render(request, "staff.html", {"given_login": "", "given_password": ""} | context | given)
