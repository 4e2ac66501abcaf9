"""Who is signed in: the cookie that carries a session's token, and the one that guards the sign-in form itself."""

import hmac
import secrets

from aiohttp import web
from sqlalchemy import Connection

from community.store.notices import count_unread
from community.usecases.find_session import find_session
from console.desk import Visitor, desk_of

SESSION_COOKIE = "shouwang_session"
_FORM_COOKIE = "shouwang_form"
_FORM_SECONDS = 3600


async def find_visitor(request: web.Request) -> Visitor | None:
    """Whoever the request's cookie says, while the session lasts."""
    return await visitor_of_token(request, request.cookies.get(SESSION_COOKIE, ""))


async def visitor_of_token(request: web.Request, token: str) -> Visitor | None:
    """Whoever a session's token belongs to."""
    if not token or len(token) > 200:
        return None
    desk = desk_of(request)
    now = desk.clock.now()

    def look(conn: Connection) -> Visitor | None:
        session = find_session(conn, token, now=now)
        if session is None:
            return None
        staff = session.staff
        unread = count_unread(conn, login=staff.login, role=staff.role, grid=staff.grid)
        return Visitor(staff=staff, csrf_token=session.csrf_token, unread=unread)

    return await desk.database.read(look)


def remember(request: web.Request, response: web.Response, token: str) -> None:
    """Give the browser its session."""
    secure = desk_of(request).secure_cookies
    response.set_cookie(SESSION_COOKIE, token, httponly=True, samesite="Lax", secure=secure, path="/")


def forget(response: web.Response) -> None:
    """Take the session away from the browser."""
    response.del_cookie(SESSION_COOKIE, path="/")


def new_form_token() -> str:
    """A token for a form that is sent before anybody is signed in."""
    return secrets.token_urlsafe(24)


def remember_form(request: web.Request, response: web.Response, token: str) -> None:
    """Give the browser the token that the sign-in form must repeat."""
    response.set_cookie(
        _FORM_COOKIE,
        token,
        httponly=True,
        samesite="Strict",
        secure=desk_of(request).secure_cookies,
        path="/console/sign-in",
        max_age=_FORM_SECONDS,
    )


def form_token_is_right(request: web.Request, given: str) -> bool:
    """Whether the sign-in form came from a page that we drew for this browser."""
    expected = request.cookies.get(_FORM_COOKIE, "")
    return bool(expected) and hmac.compare_digest(expected.encode(), given.encode())
