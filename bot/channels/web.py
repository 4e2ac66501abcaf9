"""Web chat: a page for residents and the JSON endpoint beneath it, which other programs may use as well.

A caller chooses its conversation and message ids. The first answer of a conversation carries its token; going on with it or
reading it needs the token, of which only the hash is stored.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, select_autoescape

from bot.channels.base import IncomingMessage
from bot.turns import Turns, later
from community.errors import CommunityError, InvalidInput, Refused
from community.model.hazards.emergency_numbers import services_in
from community.model.json_object import json_object
from community.model.rulebook import Rulebook
from community.store import mailbox
from community.store.database import Database
from community.store.mailbox import Letter
from community.store.messages import StoredMessage, find_conversation
from community.texts.say import say

log = structlog.get_logger()

CHANNEL = "web"
_HERE = Path(__file__).parent
_MAX_BODY = 64 * 1024
_ID = re.compile(r"[\w.:@~=+\-]{1,100}")
_STATIC = {"chat.css": "text/css", "chat.js": "text/javascript"}
_STATUS = {"wrong_token": 403, "too_large": 413, "too_long": 413, "too_many": 429}
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def web_chat_routes(
    turns: Turns, database: Database, *, rules: Rulebook, secret: str, patience: float = 12.0
) -> list[web.RouteDef]:
    """Return the routes of web chat.

    Args:
        turns: the inbox.
        database: holds what waits to be fetched.
        rules: the community's name and number for the page.
        secret: keys the conversations' tokens; the same in every process.
        patience: seconds a caller waits for its answer before it gets 202.
    """
    chat = _WebChat(turns, database, rules, secret.encode(), patience)
    return [
        web.get("/chat", chat.page),
        web.get("/chat/static/{name}", chat.static),
        web.post("/chat/messages", _errors_as_json(chat.receive)),
        web.get("/chat/messages", _errors_as_json(chat.read)),
    ]


class _WebChat:
    def __init__(self, turns: Turns, database: Database, rules: Rulebook, secret: bytes, patience: float) -> None:
        self._turns = turns
        self._database = database
        self._rules = rules
        self._secret = secret
        self._patience = patience
        templates = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=select_autoescape())
        self._template = templates.get_template("chat.html")

    async def page(self, _request: web.Request) -> web.StreamResponse:
        dialled = re.sub(r"[^\d+]", "", self._rules.phone)
        services = services_in(self._rules.region)
        html = self._template.render(name=self._rules.name, phone=self._rules.phone, dialled=dialled, services=services)
        return web.Response(text=html, content_type="text/html", headers=_PAGE_HEADERS)

    async def static(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in _STATIC:
            raise web.HTTPNotFound
        headers = {"Content-Type": f"{_STATIC[name]}; charset=utf-8", "Cache-Control": "no-cache"}
        return web.FileResponse(_HERE / "static" / name, headers=headers | {"X-Content-Type-Options": "nosniff"})

    async def receive(self, request: web.Request) -> web.StreamResponse:
        body = await _read_json(request)
        conversation = _identifier(body, "conversation_id", default=secrets.token_hex(16))
        text = body.get("text")
        if not isinstance(text, str) or not text.strip():
            raise InvalidInput(say("chat", "empty"), code="empty_text")
        if len(text) > self._turns.limits.text:
            raise InvalidInput(say("chat", "too_long", limit=self._turns.limits.text), code="too_long")
        given = body.get("token")
        if given is not None and not isinstance(given, str):
            raise InvalidInput("token 应是第一次回答里给的那串字符。", code="bad_token")
        own = self._token(conversation)
        accepted = await self._turns.accept(
            IncomingMessage(
                channel=CHANNEL,
                account=conversation,
                message_id=_identifier(body, "message_id"),
                conversation_id=_internal(conversation),
                scene="private",
                text=text,
                addressed=True,
                token_hash=_hash(own),
                link=_link(body),
            ),
            token_hash=_hash(given) if given else None,
        )
        if accepted.message is None:
            raise Refused(say("chat", "too_many"), code="too_many")
        message = await self._answered(accepted.message)
        token = given if given and _hash(given) == accepted.token_hash else own
        return self._response(message, conversation, token)

    async def read(self, request: web.Request) -> web.StreamResponse:
        conversation = _identifier(dict(request.query), "conversation_id")
        after = request.query.get("after", "0")
        if not re.fullmatch(r"\d{1,15}", after):
            raise InvalidInput("after 应是上一次拿到的 next。", code="bad_after")
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        token = bearer.strip() if scheme.lower() == "bearer" else request.query.get("token", "")
        known = await self._database.read(lambda conn: find_conversation(conn, _internal(conversation)))
        expected = known.token_hash if known is not None and known.token_hash is not None else ""
        if not hmac.compare_digest(_hash(token), expected):
            raise Refused("这段对话不是从这里开始的，请刷新页面，重新开始。", code="wrong_token")
        letters = await self._database.read(
            lambda conn: mailbox.read_letters(conn, _internal(conversation), after=int(after))
        )
        document = {
            "conversation_id": conversation,
            "messages": [_letter(letter) for letter in letters],
            "next": letters[-1].id if letters else int(after),
        }
        return _json(document)

    async def _answered(self, message: StoredMessage) -> StoredMessage:
        if not message.is_finished:
            message = await self._turns.wait_for_answer(message.id, self._patience)
        if not message.is_finished and not message.deferred:
            message = await self._turns.defer(message.id)
        return message

    def _response(self, message: StoredMessage, conversation: str, token: str) -> web.Response:
        document: dict[str, Any] = {"conversation_id": conversation}
        if message.is_finished:
            document["replies"] = [_reply(reply) for reply in message.replies]
        else:
            document["replies"] = [{"text": later(self._rules)}]
        if message.case_number:
            document["case"] = message.case_number
        document["token"] = token
        return _json(document, status=200 if message.is_finished else 202)

    def _token(self, conversation: str) -> str:
        digest = hmac.digest(self._secret, f"web-chat:{conversation}".encode(), "sha256")
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _internal(conversation: str) -> str:
    return f"{CHANNEL}:{conversation}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _reply(reply: Any) -> dict[str, Any]:
    return {"text": reply["text"], **({"buttons": reply["buttons"]} if reply.get("buttons") else {})}


def _letter(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.id,
        "message_id": letter.message_id,
        "replies": [_reply(reply) for reply in letter.replies],
        **({"case": letter.case_number} if letter.case_number else {}),
        "at": letter.created_at.isoformat(),
    }


async def _read_json(request: web.Request) -> dict[str, Any]:
    """Read a small JSON object, refusing a large body by its announced length or as soon as it is too long."""
    if (request.content_length or 0) > _MAX_BODY:
        raise _too_large()
    data = bytearray()
    async for chunk in request.content.iter_chunked(16 * 1024):
        data += chunk
        if len(data) > _MAX_BODY:
            raise _too_large()
    return json_object(data, no_json="请求内容不是 JSON。", no_object="请求内容应是一个 JSON 对象。", code="not_json")


def _too_large() -> InvalidInput:
    return InvalidInput("发来的内容太大了，只收文字，不超过 2000 字。", code="too_large")


def _identifier(body: dict[str, Any], name: str, default: str | None = None) -> str:
    value = body.get(name, default)
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise InvalidInput(f"{name} 应是 1 到 100 个字母、数字或 - _ . : 这样的符号。", code=f"bad_{name}")
    return value


def _link(body: dict[str, Any]) -> str:
    value = body.get("link")
    return value if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,64}", value) else ""


def _json(document: dict[str, Any], status: int = 200) -> web.Response:
    text = json.dumps(document, ensure_ascii=False)
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return web.json_response(text=text, status=status, headers=headers)


def _errors_as_json(handler: Handler) -> Handler:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except CommunityError as error:
            status = _STATUS.get(error.code, 403 if isinstance(error, Refused) else 400)
            log.info("chat_refused", code=error.code, status=status)
            return _json({"error": {"code": error.code, "message": error.message}}, status=status)

    return handle
