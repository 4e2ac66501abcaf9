"""A stand-in for Rasa outside the machine: it speaks the REST channel and the tracker, and can be down, slow, empty or broken."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

_PATIENCE = 60.0

Answer = Callable[[str, dict[str, Any]], list[dict[str, Any]]]


def echo(text: str, metadata: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"text": f"收到：{text}"}]


class RasaServer:
    """Answers turns as told.

    `mood` is how it behaves: `well`, `empty`, `failing` (500), `silent` (never answers), `forgetful` (makes the turn, then
    the connection breaks), `not_json`.
    """

    def __init__(self) -> None:
        self.mood = "well"
        self.answer: Answer = echo
        self.understood: dict[str, Any] = {}
        self.turns: list[tuple[str, str, dict[str, Any]]] = []
        self.tokens: list[str] = []
        self.trackers: dict[str, list[dict[str, Any]]] = {}
        self.seconds = 0.0
        self.at_work: dict[str, int] = {}
        self.most_at_once = 0
        self.arrived = asyncio.Condition()
        self.open = asyncio.Event()
        self.open.set()
        self.closing = asyncio.Event()
        self.url = ""

    async def webhook(self, request: web.Request) -> web.StreamResponse:
        self.tokens.append(request.query.get("token", ""))
        body = await request.json()
        sender, text, metadata = body["sender"], body["message"], body["metadata"]
        if self.mood == "silent":
            await asyncio.sleep(60)
        if self.mood == "failing":
            return web.Response(status=500, text="Internal Server Error")
        if self.mood == "not_json":
            return web.Response(text="<html>")
        self.at_work[sender] = self.at_work.get(sender, 0) + 1
        self.most_at_once = max(self.most_at_once, self.at_work[sender])
        async with self.arrived:
            self.arrived.notify_all()
        await self.open.wait()
        await asyncio.sleep(self.seconds)
        self.at_work[sender] -= 1
        self.turns.append((sender, text, metadata))
        if self.mood == "empty":
            return web.json_response([])
        items = self.answer(text, metadata)
        self._remember(sender, text, metadata, items)
        if self.mood == "forgetful" and request.transport is not None:
            request.transport.abort()
        return web.json_response([{"recipient_id": sender, **item} for item in items])

    async def parse(self, _request: web.Request) -> web.StreamResponse:
        if self.mood == "silent":
            await self.closing.wait()
        if self.mood == "failing":
            return web.Response(status=500, text="Internal Server Error")
        return web.Response(text="<html>") if self.mood == "not_json" else web.json_response(self.understood)

    async def tracker(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"events": self.trackers.get(request.match_info["sender"], [])})

    def _remember(self, sender: str, text: str, metadata: dict[str, Any], items: list[dict[str, Any]]) -> None:
        events = self.trackers.setdefault(sender, [])
        events.append({"event": "user", "text": text, "metadata": metadata})
        for item in items:
            data = {key: item.get(key) for key in ("custom", "buttons")}
            events.append({"event": "bot", "text": item.get("text"), "data": data})
        events.append({"event": "action", "name": "action_listen"})

    async def until_at_work(self, turns: int = 1) -> None:
        """Wait until so many turns have come in; close the gate `open` before, or they may be over by then."""
        await self._until(lambda: sum(self.at_work.values()) >= turns)

    async def until_at_work_for(self, sender: str) -> None:
        """The same for a turn of this sender."""
        await self._until(lambda: self.at_work.get(sender, 0) > 0)

    async def _until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(_PATIENCE), self.arrived:
            await self.arrived.wait_for(condition)

    def texts(self) -> list[str]:
        return [text for _, text, _ in self.turns]


@asynccontextmanager
async def rasa_server() -> AsyncIterator[RasaServer]:
    rasa = RasaServer()
    app = web.Application()
    app.router.add_post("/webhooks/rest/webhook", rasa.webhook)
    app.router.add_post("/model/parse", rasa.parse)
    app.router.add_get("/conversations/{sender}/tracker", rasa.tracker)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0.1)
    rasa.url = str(server.make_url("/")).rstrip("/")
    yield rasa
    rasa.closing.set()
    await server.close()
