"""What stands before every page: response headers, the sign-in, the CSRF token, permissions, and errors turned into pages."""

import hmac
from collections.abc import Callable
from functools import wraps
from urllib.parse import quote

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from community.errors import CommunityError, Conflict, InvalidInput, NotFound, Refused, Unavailable
from community.model.permissions import PERMISSION_NAMES, Permission
from community.model.staff import ROLE_NAMES
from console.desk import VISITOR, visitor_of
from console.forms import see_other
from console.rendering import render
from console.sessions import find_visitor, form_token_is_right

log = structlog.get_logger()

#: Bytes of a form, and of a form that brings a file.
FORM_LIMIT = 1_000_000
UPLOAD_LIMIT = 40_000_000

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_STATUS: tuple[tuple[type[CommunityError], int], ...] = (
    (InvalidInput, 400),
    (NotFound, 404),
    (Refused, 403),
    (Conflict, 409),
    (Unavailable, 503),
)
_HTTP_SENTENCES = {
    404: "没有这个页面：请检查网址，或者从左边的菜单进入。",
    405: "这个网址不能这样打开：请从页面上的按钮操作。",
    413: "上传的内容太大：文件请不要超过 40 MB，可以拆成几个文件分次上传。",
}
SIGN_IN_PATH = "/console/sign-in"
_STATIC_PATH = "/console/static/"
#: What is open before the one-time password is replaced.
_UNCHANGED_PATHS = ("/console/password", "/console/sign-out")


def status_of(error: CommunityError) -> int:
    """The HTTP status of an error."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


@web.middleware
async def set_headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Put the security headers on every answer; nothing but static files may be kept by a browser."""
    response = await handler(request)
    response.headers.update(_HEADERS)
    if "Cache-Control" not in response.headers:
        is_static = request.path.startswith(_STATIC_PATH)
        response.headers["Cache-Control"] = "no-cache" if is_static else "no-store"
    return response


@web.middleware
async def show_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever goes wrong into a page with one sentence that says what to do."""
    try:
        return await handler(request)
    except CommunityError as error:
        return await _error_page(request, status_of(error), error.message)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return await _error_page(request, error.status, _HTTP_SENTENCES.get(error.status, "请求有误：请返回重试。"))
    except Exception:
        log.exception("console_error", path=request.path, method=request.method)
        return await _error_page(request, 500, "页面出了问题，已记入日志：请稍后再试；一再出现请告诉管理员。")


@web.middleware
async def require_sign_in(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let in who has a session; the others go to the sign-in page and come back after it."""
    if request.path.startswith(_STATIC_PATH):
        return await handler(request)
    visitor = await find_visitor(request)
    if visitor is not None:
        request[VISITOR] = visitor
    elif request.path != SIGN_IN_PATH:
        return _to_sign_in(request)
    if visitor is not None and visitor.staff.must_change_password and request.path not in _UNCHANGED_PATHS:
        return see_other(_UNCHANGED_PATHS[0])
    return await handler(request)


@web.middleware
async def check_form(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a POST without the session's CSRF token, before the handler sees anything of it."""
    if request.method in {"GET", "HEAD"}:
        return await handler(request)
    visitor = request.get(VISITOR)
    may_upload = visitor is not None and request.content_type == "multipart/form-data"
    request = request.clone(client_max_size=UPLOAD_LIMIT if may_upload else FORM_LIMIT)
    form = await request.post()
    given = form.get("csrf")
    given = given if isinstance(given, str) else ""
    if visitor is not None and request.path != SIGN_IN_PATH:
        is_right = hmac.compare_digest(given.encode(), visitor.csrf_token.encode())
    else:
        is_right = form_token_is_right(request, given)
    if not is_right:
        raise Refused("页面已过期：请刷新页面再操作一次。", code="csrf")
    return await handler(request)


def needs(permission: Permission) -> Callable[[Handler], Handler]:
    """Let only roles with that permission reach a handler."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        async def guarded(request: web.Request) -> web.StreamResponse:
            staff = visitor_of(request).staff
            if not visitor_of(request).may(permission):
                sentence = f"{ROLE_NAMES[staff.role]}不能{PERMISSION_NAMES[permission]}：请有这项权限的同事来做。"
                raise Refused(sentence, code="forbidden")
            return await handler(request)

        return guarded

    return decorate


def _to_sign_in(request: web.Request) -> web.Response:
    if "HX-Request" in request.headers:
        return web.Response(status=401, headers={"HX-Refresh": "true"})
    there = f"?next={quote(request.path_qs, safe='')}" if request.method == "GET" else ""
    return web.Response(status=303, headers={"Location": f"/console/sign-in{there}"})


async def _error_page(request: web.Request, status: int, message: str) -> web.Response:
    template = "error_fragment.html" if "HX-Request" in request.headers else "error.html"
    visitor = request.get(VISITOR)
    settled = visitor is not None and not visitor.staff.must_change_password
    context = {"status": status, "sentence": message, "settled": settled}
    return await render(request, template, context, status=status)


MIDDLEWARES: tuple[Middleware, ...] = (set_headers, show_errors, require_sign_in, check_form)
