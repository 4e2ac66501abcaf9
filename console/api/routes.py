"""The JSON API for staff's own programs: campaigns with their progress and cases, behind the same sign-in as the pages.

A program signs in at POST /api/sessions and then sends `Authorization: Bearer TOKEN`; a page of the console may use its cookie
instead, with the CSRF token in `X-CSRF-Token` for whatever changes something. Every error is {"error": {"code", "message"}}.
"""

import hmac
from typing import Any

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy import Connection

from community.errors import CommunityError, InvalidInput, Refused
from community.model.calls.campaign import CampaignStatus
from community.model.cases.document import case_document, whole_case_document
from community.model.permissions import Permission
from community.store import progress
from community.store.cases import case_by_number, count_cases, events_of, list_cases
from community.store.kept_rehearsals import rehearsal_of
from community.usecases.create_campaign import create_campaign
from community.usecases.preview_campaign import preview_campaign
from community.usecases.sign_in import SignInRefused
from community.usecases.sign_out import sign_out
from console.api import questions, results
from console.api.answers import PAGE, body_of, campaign_of, json_answer, only
from console.api.documents import campaign_json, figures_json, rehearsal_json
from console.campaign_changes import CAMPAIGN_CHANGES
from console.case_changes import CASE_CHANGES
from console.desk import DESK, VISITOR, Desk, desk_of, visitor_of
from console.errands import Errand
from console.forms import number_in_path
from console.guards import needs, set_headers, status_of
from console.pages.cases import case_filter
from console.pages.door import try_sign_in
from console.rendering import page_number
from console.sessions import find_visitor, visitor_of_token

log = structlog.get_logger()

_BEARER = "Bearer "
_ID = r"{id:\d{1,15}}"


def create_api(desk: Desk) -> web.Application:
    """The API as an application of its own."""
    api = web.Application(middlewares=[set_headers, _json_errors, _require_sign_in])
    api[DESK] = desk
    campaign_verbs = "{verb:" + "|".join(CAMPAIGN_CHANGES) + "}"
    case_verbs = "{verb:" + "|".join(CASE_CHANGES) + "}"
    api.add_routes(
        [
            web.post("/sessions", _open_session),
            web.delete("/sessions", _end_session),
            web.get("/campaigns", _list_campaigns),
            web.post("/campaigns", _create_campaign),
            web.get(f"/campaigns/{_ID}", _show_campaign),
            web.get(f"/campaigns/{_ID}/preview", _show_preview),
            web.get(f"/campaigns/{_ID}/rehearsal", _show_rehearsal),
            web.get(f"/campaigns/{_ID}/progress", _show_progress),
            web.get(f"/campaigns/{_ID}/figures", results.show_figures),
            web.get(f"/campaigns/{_ID}/results", results.list_results),
            web.get(f"/campaigns/{_ID}/unreached", results.list_the_unreached),
            web.get(f"/campaigns/{_ID}/listening", results.list_doubtful_answers),
            web.post(f"/targets/{_ID}/answers/{{question}}", results.correct),
            web.post(f"/targets/{_ID}/answers/{{question}}/check", results.check),
            web.post(f"/campaigns/{_ID}/{campaign_verbs}", _change_campaign),
            web.get("/questions", questions.list_questions),
            web.post("/questions/reply", questions.reply),
            web.post("/questions/set-aside", questions.set_aside),
            web.post(f"/answers/{_ID}/publish", questions.publish),
            web.post(f"/answers/{_ID}/withdraw", questions.withdraw),
            web.get("/cases", _list_cases),
            web.get("/cases/{number}", _show_case),
            web.post(f"/cases/{{number}}/{case_verbs}", _change_case),
        ]
    )
    return api


@web.middleware
async def _json_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except CommunityError as error:
        return _error(status_of(error), error.code, error.message)
    except web.HTTPException as error:
        codes = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
        return _error(error.status, codes.get(error.status, "bad_request"), "请求有误：请对照接口说明检查网址和内容。")
    except Exception:
        log.exception("api_error", path=request.path, method=request.method)
        return _error(500, "internal", "服务出了问题，已记入日志：请稍后再试。")


@web.middleware
async def _require_sign_in(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.path == "/api/sessions" and request.method == "POST":
        return await handler(request)
    header = request.headers.get("Authorization", "")
    is_program = header.startswith(_BEARER)
    visitor = await (visitor_of_token(request, header[len(_BEARER) :]) if is_program else find_visitor(request))
    if visitor is None:
        return _error(401, "unauthorized", "请先登录：POST /api/sessions 取得令牌，放在 Authorization: Bearer 里。")
    if not is_program and request.method not in {"GET", "HEAD"}:
        given = request.headers.get("X-CSRF-Token", "")
        if not hmac.compare_digest(given.encode(), visitor.csrf_token.encode()):
            raise Refused("缺少或不对的 X-CSRF-Token：请刷新页面再试。", code="csrf")
    if visitor.staff.must_change_password:
        raise Refused("还在用一次性密码：请先到控制台换成自己的密码。", code="must_change_password")
    request[VISITOR] = visitor
    return await handler(request)


async def _open_session(request: web.Request) -> web.Response:
    body = await body_of(request, {"login", "password"})
    result = await try_sign_in(request, body.text("login"), body.texts.get("password", ""))
    if isinstance(result, SignInRefused):
        return _error(401, "unauthorized", result.message)
    document = {
        "token": result.token,
        "expires_at": result.expires_at.isoformat(),
        "login": result.staff.login,
        "role": result.staff.role,
        "must_change_password": result.staff.must_change_password,
    }
    return json_answer(document, status=201)


async def _end_session(request: web.Request) -> web.Response:
    desk = desk_of(request)
    token, now = request.headers.get("Authorization", "").removeprefix(_BEARER), desk.clock.now()
    await desk.database.write(lambda conn: sign_out(conn, token, now=now))
    return web.Response(status=204)


@needs(Permission.VIEW)
async def _list_campaigns(request: web.Request) -> web.Response:
    only(request, {"status", "page"})
    wanted = request.query.get("status", "")
    if wanted and wanted not in set(CampaignStatus):
        raise InvalidInput(f"status 只能是 {'、'.join(CampaignStatus)}。")
    offset = (page_number(request) - 1) * PAGE
    lines = await desk_of(request).database.read(
        lambda conn: progress.list_campaign_lines(
            conn, status=CampaignStatus(wanted) if wanted else None, limit=PAGE, offset=offset
        )
    )
    return json_answer({"campaigns": [campaign_json(line) for line in lines]})


@needs(Permission.CREATE_CAMPAIGNS)
async def _create_campaign(request: web.Request) -> web.Response:
    desk, visitor, now = desk_of(request), visitor_of(request), desk_of(request).clock.now()
    source = (await body_of(request, {"source"})).text("source")
    campaign_id = await desk.database.write(
        lambda conn: create_campaign(conn, source, rules=desk.rules, actor=visitor.actor, now=now)
    )
    return json_answer({"id": campaign_id}, status=201)


@needs(Permission.VIEW)
async def _show_campaign(request: web.Request) -> web.Response:
    campaign_id = number_in_path(request)
    return json_answer(campaign_json(await desk_of(request).database.read(lambda conn: campaign_of(conn, campaign_id))))


@needs(Permission.VIEW)
async def _show_preview(request: web.Request) -> web.Response:
    desk, campaign_id = desk_of(request), number_in_path(request)
    now = desk.clock.now()
    seen = await desk.database.read(lambda conn: preview_campaign(conn, campaign_id, rules=desk.rules, now=now))
    return json_answer(seen.to_json())


@needs(Permission.VIEW)
async def _show_rehearsal(request: web.Request) -> web.Response:
    campaign_id = number_in_path(request)

    def look(conn: Connection) -> dict[str, Any]:
        campaign_of(conn, campaign_id)
        return rehearsal_json(rehearsal_of(conn, campaign_id))

    return json_answer(await desk_of(request).database.read(look))


@needs(Permission.VIEW)
async def _show_progress(request: web.Request) -> web.Response:
    campaign_id = number_in_path(request)

    def look(conn: Connection) -> dict[str, Any]:
        line = campaign_of(conn, campaign_id)
        return {"status": line.status, **figures_json(line, progress.campaign_figures(conn, campaign_id))}

    return json_answer(await desk_of(request).database.read(look))


async def _change_campaign(request: web.Request) -> web.Response:
    desk, visitor, now = desk_of(request), visitor_of(request), desk_of(request).clock.now()
    campaign_id = number_in_path(request)
    do, _ = CAMPAIGN_CHANGES[request.match_info["verb"]]
    fields = await body_of(request, {"reason", "rehearsal", "override_reason", "seen", "max_calls", "max_minutes"})

    def work(conn: Connection) -> progress.CampaignLine:
        do(Errand(conn=conn, id=campaign_id, fields=fields, desk=desk, visitor=visitor, now=now))
        return campaign_of(conn, campaign_id)

    return json_answer(campaign_json(await desk.database.write(work)))


@needs(Permission.VIEW)
async def _list_cases(request: web.Request) -> web.Response:
    only(request, {"whose", "state", "kind", "priority", "grid", "late", "q", "before"})
    desk, staff = desk_of(request), visitor_of(request).staff
    wanted = case_filter(request.query, staff)
    text = request.query.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None

    def look(conn: Connection) -> dict[str, Any]:
        found = list_cases(conn, wanted, before_id=before, limit=PAGE)
        return {"total": sum(count_cases(conn, wanted).values()), "cases": [case_document(case) for case in found]}

    return json_answer(await desk.database.read(look))


@needs(Permission.VIEW)
async def _show_case(request: web.Request) -> web.Response:
    number = request.match_info["number"]

    def look(conn: Connection) -> dict[str, Any]:
        case = case_by_number(conn, number)
        return whole_case_document(case, events_of(conn, case.id))

    return json_answer(await desk_of(request).database.read(look))


async def _change_case(request: web.Request) -> web.Response:
    desk, visitor, now = desk_of(request), visitor_of(request), desk_of(request).clock.now()
    number = request.match_info["number"]
    do, _ = CASE_CHANGES[request.match_info["verb"]]
    names = {"reason", "result", "text", "to", "until", "summary", "location_text", "category", "danger"}
    fields = await body_of(request, names)

    def work(conn: Connection) -> dict[str, Any]:
        case_id = case_by_number(conn, number).id
        do(Errand(conn=conn, id=case_id, fields=fields, desk=desk, visitor=visitor, now=now))
        return case_document(case_by_number(conn, number))

    return json_answer(await desk.database.write(work))


def _error(status: int, code: str, message: str) -> web.Response:
    return json_answer({"error": {"code": code, "message": message}}, status=status)
