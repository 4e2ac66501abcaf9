"""The action server: rasa_sdk's executor behind our own door, on loopback and with a token.

rasa_sdk's own server listens on every interface and asks nobody who they are.
"""

import hmac
from typing import Any

import structlog
from aiohttp import web
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from actions.base import CommunityAction
from actions.change import Cancel, Correct, Locate, SameHere
from actions.people import AskHuman, Fallback, KeepPrivate
from actions.policy import AnswerPolicy
from actions.progress import CaseStatusAction, Urge
from actions.report import OpenReport, ValidateHazardForm
from actions.services import Services

log = structlog.get_logger()

ACTIONS: tuple[type[CommunityAction], ...] = (
    ValidateHazardForm,
    OpenReport,
    Correct,
    Locate,
    Cancel,
    SameHere,
    AnswerPolicy,
    CaseStatusAction,
    Urge,
    AskHuman,
    Fallback,
    KeepPrivate,
)
#: A conversation's events come with each call.
_LARGEST = 16 * 1024 * 1024


def create_action_app(services: Services, token: str) -> web.Application:
    """Build the action server.

    Args:
        token: what Rasa must give as `?token=`; an empty one lets nobody in.
    """
    executor = ActionExecutor()
    for action in ACTIONS:
        executor.register_action(action(services))

    async def run(request: web.Request) -> web.Response:
        _check(request, token)
        call: dict[str, Any] = await request.json()
        try:
            return web.json_response(await executor.run(call))
        except ActionExecutionRejection as rejection:
            return web.json_response({"error": rejection.message, "action_name": rejection.action_name}, status=400)
        except ActionNotFoundException as missing:
            return web.json_response({"error": missing.message, "action_name": missing.action_name}, status=404)

    async def health(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    app = web.Application(client_max_size=_LARGEST)
    app.router.add_post("/webhook", run)
    app.router.add_get("/health", health)
    return app


def _check(request: web.Request, token: str) -> None:
    given = request.query.get("token", "")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise web.HTTPUnauthorized
