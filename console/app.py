"""The console as a part of the web server: its pages under /console, its JSON API under /api."""

from pathlib import Path

from aiohttp import web

from community.clock import Clock
from community.errors import Unavailable
from community.model.rulebook import Rulebook
from community.settings import Settings
from community.store.database import Database
from console.api.routes import create_api
from console.build_static import is_built
from console.campaign_changes import CAMPAIGN_CHANGES
from console.case_changes import CASE_CHANGES
from console.desk import DESK, Desk
from console.guards import MIDDLEWARES
from console.pages import (
    campaigns,
    cases,
    chats,
    dashboard,
    door,
    imports,
    invitations,
    policies,
    questions,
    residents,
    results,
    staff,
    targets,
)
from console.rendering import set_up_templates

_STATIC = Path(__file__).parent / "static"
_ID = r"{id:\d{1,15}}"
_TIE = r"{tie:\d{1,15}}"


def setup_console(
    app: web.Application, *, database: Database, clock: Clock, rules: Rulebook, settings: Settings
) -> None:
    """Add the console and its API to a web server.

    Raises:
        Unavailable: its front-end files have not been built.
    """
    if not is_built():
        raise Unavailable("控制台的前端文件还没有准备好：请先运行 make setup（或 python -m console.build_static）。")
    desk = Desk(database=database, clock=clock, rules=rules, settings=settings)
    app.add_subapp("/console", _create_pages(desk))
    app.add_subapp("/api", create_api(desk))


def _create_pages(desk: Desk) -> web.Application:
    pages = web.Application(middlewares=MIDDLEWARES)
    pages[DESK] = desk
    set_up_templates(pages)
    pages.router.add_static("/static", _STATIC)
    pages.add_routes(
        [
            web.get("", _to_dashboard),
            web.get("/", dashboard.show_dashboard),
            web.get("/running", dashboard.show_running_campaigns),
            web.get("/sign-in", door.show_sign_in),
            web.post("/sign-in", door.do_sign_in),
            web.post("/sign-out", door.do_sign_out),
            web.get("/password", door.show_password),
            web.post("/password", door.do_password),
            *_campaign_routes(),
            *_case_routes(),
            *_resident_routes(),
            web.get("/policies", policies.list_page),
            web.post("/policies", policies.upload),
            web.post("/policies/try", policies.try_out),
            web.get(f"/policies/{_ID}", policies.policy_page),
            *_question_routes(),
            web.get("/chats", chats.list_page),
            web.get("/chats/{id}", chats.chat_page),
            *_staff_routes(),
        ]
    )
    return pages


def _campaign_routes() -> list[web.RouteDef]:
    verbs = "{verb:" + "|".join(CAMPAIGN_CHANGES) + "}"
    return [
        web.get("/campaigns", campaigns.list_page),
        web.post("/campaigns", campaigns.create),
        web.get("/campaigns/new", campaigns.new_page),
        web.post("/campaigns/check", campaigns.check_fragment),
        web.get(f"/campaigns/{_ID}", campaigns.campaign_page),
        web.get(f"/campaigns/{_ID}/progress", campaigns.progress_fragment),
        web.get(f"/campaigns/{_ID}/rehearsal", campaigns.rehearsal_fragment),
        web.get(f"/campaigns/{_ID}/figures", results.figures_page),
        web.get(f"/campaigns/{_ID}/results", results.results_page),
        web.get(f"/campaigns/{_ID}/unreached", results.unreached_page),
        web.get(f"/campaigns/{_ID}/listening", results.listening_page),
        web.post(f"/campaigns/{_ID}/export", campaigns.export),
        web.post(f"/campaigns/{_ID}/{verbs}", campaigns.change),
        web.get(f"/targets/{_ID}", targets.target_page),
        web.get(f"/recordings/{_ID}", targets.listen),
        web.post(f"/targets/{_ID}/answers/{{question}}", targets.correct),
        web.post(f"/targets/{_ID}/answers/{{question}}/check", targets.check),
        web.post(f"/targets/{_ID}/invite", invitations.invite),
        web.get(f"/targets/{_ID}/visit", invitations.visit_page),
        web.post(f"/targets/{_ID}/visit", invitations.answer),
    ]


def _case_routes() -> list[web.RouteDef]:
    verbs = "{verb:" + "|".join(CASE_CHANGES) + "}"
    return [
        web.get("/cases", cases.list_page),
        web.get(f"/cases/{_ID}", cases.case_page),
        web.post(f"/cases/{_ID}/{verbs}", cases.change),
    ]


def _question_routes() -> list[web.RouteDef]:
    return [
        web.get("/questions", questions.list_page),
        web.post("/questions/reply", questions.reply),
        web.post("/questions/set-aside", questions.set_aside),
        web.post(f"/questions/answers/{_ID}/publish", questions.publish),
        web.post(f"/questions/answers/{_ID}/withdraw", questions.withdraw),
    ]


def _resident_routes() -> list[web.RouteDef]:
    return [
        web.get("/residents", residents.list_page),
        web.get("/residents/import", imports.import_page),
        web.post("/residents/import", imports.bring_in),
        web.post("/residents/import/rejected", imports.rejected_rows),
        web.get(f"/residents/{_ID}", residents.resident_page),
        web.post(f"/residents/{_ID}/numbers", residents.show_numbers),
        web.post(f"/residents/{_ID}/chats/{_TIE}/end", residents.end_chat),
    ]


def _staff_routes() -> list[web.RouteDef]:
    return [
        web.get("/staff", staff.staff_page),
        web.post("/staff", staff.add),
        web.post("/staff/reset", staff.reset),
        web.post("/staff/disable", staff.disable),
        web.post("/duty", staff.duty),
        web.get("/notices", staff.notices_page),
        web.post("/notices/read", staff.read_notices),
        web.get("/more", staff.more_page),
        web.get("/audit", staff.audit_page),
    ]


async def _to_dashboard(_: web.Request) -> web.Response:
    return web.Response(status=308, headers={"Location": "/console/"})
