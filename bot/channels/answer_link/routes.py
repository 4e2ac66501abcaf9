"""The routes of the answer page: one question at a time, without scripts, and nothing changes but by POST."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import structlog
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlalchemy import Connection

from bot.channels.answer_link.throttle import Throttle
from bot.channels.answer_link.view import Page, page_of
from community.clock import Clock
from community.model.actor import Actor
from community.model.hazards.emergency_numbers import services_in
from community.model.rulebook import Rulebook
from community.store.database import Database
from community.store.invitations import Invitation
from community.usecases.answer_in_writing import answer_in_writing
from community.usecases.answer_link import CHANNEL, find_link
from community.usecases.pass_on_wish import Understand, understanding_of
from community.usecases.written_conversation import where_writing_stands

log = structlog.get_logger(__name__)

_HERE = Path(__file__).parent
#: Bytes; the longest answer is 500 characters.
_MAX_FORM = 16 * 1024
_LONGEST_ANSWER = 500
_MINUTE = timedelta(minutes=1)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    # The address is the credential: it goes nowhere.
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store, no-cache, must-revalidate, private, max-age=0",
    "Pragma": "no-cache",
}


def answer_link_routes(
    *, database: Database, clock: Clock, rules: Rulebook, key: bytes, understand: Understand | None = None
) -> list[web.RouteDef]:
    """Return the routes of the answer page.

    Args:
        key: the community's secret key, by which tokens are recognised.
        understand: what the assistant makes of what residents write; None goes by the words alone.
    """
    pages = _AnswerPages(database, clock, rules, key, understand)
    return [
        web.get("/answer/static/answer.css", pages.stylesheet),
        web.get("/answer/{token}", pages.show),
        web.post("/answer/{token}", pages.take),
    ]


@dataclass(frozen=True, slots=True)
class _Reply:
    """What a form says."""

    question: str
    turn: int
    text: str
    key: str


class _AnswerPages:
    def __init__(
        self, database: Database, clock: Clock, rules: Rulebook, key: bytes, understand: Understand | None
    ) -> None:
        self._database = database
        self._clock = clock
        self._rules = rules
        self._key = key
        self._understand = understand
        self._of_link = Throttle(40, _MINUTE)
        self._unknown = Throttle(300, _MINUTE)
        environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=select_autoescape(),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._template = environment.get_template("answer.html")

    async def stylesheet(self, _request: web.Request) -> web.StreamResponse:
        headers = {"Content-Type": "text/css; charset=utf-8", "X-Content-Type-Options": "nosniff"}
        return web.FileResponse(_HERE / "static" / "answer.css", headers=headers | {"Cache-Control": "no-cache"})

    async def show(self, request: web.Request) -> web.StreamResponse:
        invitation, refusal = await self._open(request)
        if invitation is None:
            return refusal or self._gone()

        def look(conn: Connection) -> Page:
            stands = where_writing_stands(conn, invitation.target_id, channel=CHANNEL, now=self._clock.now())
            return page_of(conn, invitation.target_id, stands, self._rules)

        return self._page(await self._database.read(look), token=request.match_info["token"])

    async def take(self, request: web.Request) -> web.StreamResponse:
        invitation, refusal = await self._open(request)
        if invitation is None:
            return refusal or self._gone()
        reply = await _read_form(request)
        if reply is None:
            return self._notice("内容太长了，请少写几个字再试。", 413)

        understood = await understanding_of(self._understand, reply.text)

        def answer(conn: Connection) -> Page:
            turn = answer_in_writing(
                conn,
                invitation.target_id,
                question_id=reply.question,
                text=reply.text,
                digits=reply.key,
                channel=CHANNEL,
                rules=self._rules,
                actor=Actor.resident(f"{CHANNEL}:{invitation.id}"),
                now=self._clock.now(),
                turn=reply.turn,
                understood=understood,
            )
            return page_of(conn, invitation.target_id, turn, self._rules)

        return self._page(await self._database.write(answer), token=request.match_info["token"])

    async def _open(self, request: web.Request) -> tuple[Invitation | None, web.StreamResponse | None]:
        """The invitation that the address leads to, or the page that says why there is none."""
        now, token = self._clock.now(), request.match_info["token"]
        found = await self._database.read(lambda conn: find_link(conn, token, key=self._key, now=now))
        if found is None:
            known = self._unknown.lets("all", now)
            return None, self._gone() if known else self._busy()
        return (found, None) if self._of_link.lets(str(found.id), now) else (None, self._busy())

    def _page(self, page: Page, status: int = 200, *, token: str = "") -> web.Response:
        # Behind the # it reaches no server's log.
        chat = f"/chat#answer={token}" if token else ""
        phone = self._rules.phone
        services = services_in(self._rules.region)
        html = self._template.render(page=page, phone=phone, dialled=_dialled(phone), chat=chat, services=services)
        return web.Response(text=html, content_type="text/html", status=status, headers=_HEADERS)

    def _notice(self, text: str, status: int) -> web.Response:
        return self._page(Page(community=self._rules.name, notice=text), status)

    def _gone(self) -> web.Response:
        return self._notice("这个链接打不开了。可能过了时间，也可能没有复制完整。", 404)

    def _busy(self) -> web.Response:
        log.warning("answer_link_throttled")
        return self._notice("点得太快了，请过一分钟再试。", 429)


async def _read_form(request: web.Request) -> _Reply | None:
    """The fields of a small form; None when it is too long."""
    if (request.content_length or 0) > _MAX_FORM:
        return None
    body = bytearray()
    async for chunk in request.content.iter_chunked(4096):
        body += chunk
        if len(body) > _MAX_FORM:
            return None
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), max_num_fields=20, keep_blank_values=True)
    except ValueError:
        return None
    fields = dict(pairs)
    turn = fields.get("turn", "")
    key = fields.get("key", "")
    return _Reply(
        question=fields.get("question", "")[:60],
        turn=int(turn) if turn.isascii() and turn.isdigit() and len(turn) < 6 else -1,
        text=(fields.get("words") or fields.get("text", ""))[:_LONGEST_ANSWER].replace("\x00", ""),
        key=key if key.isascii() and key.isdigit() and len(key) == 1 else "",
    )


def _dialled(phone: str) -> str:
    return "".join(sign for sign in phone if sign.isdigit() or sign == "+")
