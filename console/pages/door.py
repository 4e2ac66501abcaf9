"""Signing in, signing out, and replacing one's password."""

from aiohttp import web

from community.errors import CommunityError, InvalidInput
from community.usecases.change_password import change_password
from community.usecases.check_password import kept_password
from community.usecases.sign_in import SignedIn, SignInRefused, sign_in
from community.usecases.sign_out import sign_out
from console.desk import VISITOR, desk_of, visitor_of
from console.forms import fields_of, local_address, see_other
from console.rendering import render
from console.sessions import SESSION_COOKIE, forget, new_form_token, remember, remember_form


async def show_sign_in(request: web.Request) -> web.Response:
    """The form; who is signed in already goes on."""
    if VISITOR in request:
        return see_other(local_address(request.query.get("next", "")))
    return await _sign_in_form(request)


async def do_sign_in(request: web.Request) -> web.StreamResponse:
    """Check login and password, and start a session."""
    fields = await fields_of(request)
    result = await try_sign_in(request, fields.text("login"), fields.texts.get("password", ""))
    if isinstance(result, SignInRefused):
        return await _sign_in_form(request, login=fields.text("login")[:80], error=result.message, status=401)
    there = "/console/password" if result.staff.must_change_password else local_address(fields.text("next"))
    response = see_other(there)
    remember(request, response, result.token)
    return response


async def try_sign_in(request: web.Request, login: str, password: str) -> SignedIn | SignInRefused:
    """A session for the right password, or the reason why not.

    Raises:
        Unavailable: too many are signing in.
    """
    desk = desk_of(request)
    now = desk.clock.now()
    if len(login) > 80 or len(password) > 200:
        return SignInRefused(message="账号或密码不对：请核对后再试。")
    kept = await desk.database.read(lambda conn: kept_password(conn, login, now=now))
    check = await desk.password_checks.compare(kept, password)
    return await desk.database.write(lambda conn: sign_in(conn, check, now=now))


async def do_sign_out(request: web.Request) -> web.StreamResponse:
    """End the session."""
    desk = desk_of(request)
    token, now = request.cookies.get(SESSION_COOKIE, ""), desk.clock.now()
    await desk.database.write(lambda conn: sign_out(conn, token, now=now))
    response = see_other("/console/sign-in")
    forget(response)
    return response


async def show_password(request: web.Request) -> web.Response:
    """The form for a new password."""
    return await render(request, "password.html", {"error": ""})


async def do_password(request: web.Request) -> web.StreamResponse:
    """Replace the password and sign in with the new one, because every session ends with the old one."""
    desk, visitor = desk_of(request), visitor_of(request)
    login = visitor.staff.login
    texts = (await fields_of(request)).texts
    old, new = texts.get("old", ""), texts.get("new", "")
    now = desk.clock.now()
    try:
        if new != texts.get("again", ""):
            raise InvalidInput("两次输入的新密码不一样：请重新输入。")
        if len(new) > 200 or len(old) > 200:
            raise InvalidInput("密码不要超过 200 个字符：请换一个短一些的。")
        await desk.database.write(lambda conn: change_password(conn, login, old, new, now=now))
    except CommunityError as error:
        return await render(request, "password.html", {"error": error.message}, status=400)
    signed_in = await try_sign_in(request, login, new)
    response = see_other("/console/", done="password_changed")
    if isinstance(signed_in, SignedIn):
        remember(request, response, signed_in.token)
    return response


async def _sign_in_form(request: web.Request, *, login: str = "", error: str = "", status: int = 200) -> web.Response:
    token = new_form_token()
    there = request.query.get("next", "")
    context = {"csrf": token, "login": login, "error": error, "next": there}
    response = await render(request, "sign_in.html", context, status=status)
    remember_form(request, response, token)
    return response
