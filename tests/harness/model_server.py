"""A language model outside the machine: speaks the OpenAI-compatible endpoint, says what it is told to say, and misbehaves."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

MODEL, KEY = "qwen-of-ours", "model-key"


@dataclass
class ModelServer:
    """What it says, and how it is.

    `mood` is `well`, `slow` (never answers in time), `500`, `429`, `garbage` (no JSON), `huge`, `endless` (a stream without end),
    `streams` (server-sent events), `cut_off`, `moved` (redirects elsewhere) or `strange` (JSON of another shape).
    """

    says: str = "好"
    mood: str = "well"
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def heard(self) -> str:
        """Everything that left the machine, in one text."""
        return json.dumps(self.requests, ensure_ascii=False)

    async def until_asked(self, times: int) -> None:
        async with self.arrived:
            await self.arrived.wait_for(lambda: len(self.requests) >= times)

    async def complete(self, request: web.Request) -> web.StreamResponse:
        self.keys.append(request.headers.get("Authorization", ""))
        self.requests.append(await request.json())
        async with self.arrived:
            self.arrived.notify_all()
        if self.mood == "slow":
            await self.go_on.wait()
        if self.mood in {"500", "429"}:
            return web.json_response({"error": {"message": "busy"}}, status=int(self.mood))
        if self.mood == "moved":
            raise web.HTTPTemporaryRedirect("/elsewhere")
        if self.mood == "garbage":
            return web.Response(text="<html>", content_type="application/json")
        if self.mood == "strange":
            return web.json_response({"choices": []})
        if self.mood == "streams":
            return web.Response(text='data: {"choices": []}\n\n', content_type="text/event-stream")
        if self.mood == "endless":
            return await self._endless(request)
        words = "好" * 1_000_000 if self.mood == "huge" else self.says
        ended = "length" if self.mood == "cut_off" else "stop"
        choice = {"index": 0, "message": {"role": "assistant", "content": words}, "finish_reason": ended}
        return web.json_response({"id": "1", "object": "chat.completion", "choices": [choice]})

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        try:
            while True:
                await response.write(b" " * 8192)
        except ConnectionError:
            return response

    async def elsewhere(self, _request: web.Request) -> web.StreamResponse:
        raise AssertionError("a question was led to another house")


@asynccontextmanager
async def model_server() -> AsyncIterator[ModelServer]:
    model = ModelServer()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", model.complete)
    app.router.add_route("*", "/elsewhere", model.elsewhere)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0.1)
    model.url = str(server.make_url("/v1"))
    yield model
    model.go_on.set()
    await server.close()
