"""Feishu's callback: answered at once, the turn is made afterwards."""

import asyncio

import structlog
from aiohttp import web

from bot.channels.base import IncomingMessage
from bot.channels.feishu.api import FeishuApi
from bot.channels.feishu.callback import FeishuKeys, open_event
from bot.channels.feishu.events import mentions_somebody, read_message
from bot.turns import Turns
from community.clock import Clock
from community.errors import CommunityError, InvalidInput, Refused, Unavailable

log = structlog.get_logger()

_MAX_BODY = 512 * 1024
_MESSAGE_RECEIVED = "im.message.receive_v1"
#: Feishu waits three seconds for the answer to an event.
_WHO_WE_ARE_SECONDS = 2.0


def feishu_routes(turns: Turns, api: FeishuApi, keys: FeishuKeys, *, clock: Clock) -> list[web.RouteDef]:
    """Return the route that is entered in Feishu's console as the address for events."""
    return [web.post("/channels/feishu/events", _Callback(turns, api, keys, clock).receive)]


class _Callback:
    def __init__(self, turns: Turns, api: FeishuApi, keys: FeishuKeys, clock: Clock) -> None:
        self._turns = turns
        self._api = api
        self._keys = keys
        self._clock = clock

    async def receive(self, request: web.Request) -> web.StreamResponse:
        """Take one event in; 4xx for what is not Feishu's, 503 when it should come again."""
        try:
            event = open_event(await _body(request), request.headers, self._keys, now=self._clock.now())
        except CommunityError as error:
            status = {"too_large": 413}.get(error.code, 403 if isinstance(error, Refused) else 400)
            log.warning("feishu_event_refused", code=error.code, status=status)
            return web.json_response({"error": {"code": error.code, "message": error.message}}, status=status)
        if event.get("type") == "url_verification":
            return web.json_response({"challenge": str(event.get("challenge") or "")})
        header = event.get("header")
        if isinstance(header, dict) and header.get("event_type") == _MESSAGE_RECEIVED:
            return await self._take_in(event.get("event"))
        return web.json_response({})

    async def _take_in(self, event: object) -> web.StreamResponse:
        if not isinstance(event, dict):
            return web.json_response({})
        bot_open_id = await self._who_we_are() if mentions_somebody(event) else ""
        known = bool(bot_open_id) or not mentions_somebody(event)
        message = _read(event, self._keys.app_id, bot_open_id)
        if message is None:
            return web.json_response({})
        try:
            accepted = await self._turns.accept(message)
        except InvalidInput:
            return web.json_response({})
        if accepted.message is None and not accepted.flooded and not known:
            # we may have been addressed: let Feishu send it again when we can find out
            return web.json_response({"error": {"code": "bot_unknown"}}, status=503)
        return web.json_response({})

    async def _who_we_are(self) -> str:
        try:
            async with asyncio.timeout(_WHO_WE_ARE_SECONDS):
                return await self._api.bot_open_id()
        except (Refused, Unavailable, TimeoutError) as error:
            log.warning("feishu_bot_unknown", error=type(error).__name__)
            return ""


def _read(event: dict[str, object], app_id: str, bot_open_id: str) -> IncomingMessage | None:
    try:
        return read_message(event, app_id=app_id, bot_open_id=bot_open_id)
    except (AttributeError, TypeError) as error:
        # signed by Feishu, so it is no attack; an answer other than 200 would bring it back four times
        log.warning("feishu_event_unreadable", error=type(error).__name__)
        return None


async def _body(request: web.Request) -> bytes:
    data = bytearray()
    if (request.content_length or 0) <= _MAX_BODY:
        async for chunk in request.content.iter_chunked(16 * 1024):
            data += chunk
            if len(data) > _MAX_BODY:
                break
        else:
            return bytes(data)
    raise InvalidInput("飞书事件太大。", code="too_large")
