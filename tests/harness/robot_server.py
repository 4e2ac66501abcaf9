"""A server that takes the posts of group robots and answers as it is told: rightly, with errors, late or not at all."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Post:
    """One post that arrived."""

    path: str
    query: dict[str, str]
    document: dict[str, Any]


Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def says(document: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """Answer with a JSON document."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.json_response(document, status=status, headers=headers)

    return answer


def says_text(text: str, *, status: int = 200) -> Answer:
    """Answer with something that is no JSON."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(text=text, status=status)

    return answer


async def hangs_up(request: web.Request) -> web.StreamResponse:
    """Take the post and reset the connection."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def says_nothing(_request: web.Request) -> web.StreamResponse:
    """Take the post and never answer."""
    await asyncio.sleep(3600)
    return web.Response()


async def breaks_off(request: web.Request) -> web.StreamResponse:
    """Say 200 and reset before the body is through."""
    response = web.StreamResponse(headers={"Content-Length": "100"})
    await response.prepare(request)
    await response.write(b'{"errcode"')
    assert request.transport is not None
    request.transport.abort()
    return response


@dataclass(slots=True)
class RobotServer:
    """What arrived, and how the next posts are answered; when the list is used up, `otherwise`."""

    url: str = ""
    posts: list[Post] = field(default_factory=list)
    #: Set once the first post has arrived.
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    answers: list[Answer] = field(default_factory=list)
    otherwise: Answer = field(default_factory=lambda: says({"errcode": 0, "errmsg": "ok"}))

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Take one post."""
        self.posts.append(Post(request.path, dict(request.query), json.loads(await request.read())))
        self.arrived.set()
        answer = self.answers.pop(0) if self.answers else self.otherwise
        return await answer(request)

    @property
    def texts(self) -> list[str]:
        """The texts that arrived, in 企业微信's and 钉钉's format."""
        return [post.document["text"]["content"] for post in self.posts]


@asynccontextmanager
async def robot_server() -> AsyncIterator[RobotServer]:
    """Start one on a free port."""
    server = RobotServer()
    app = web.Application()
    app.router.add_post("/{tail:.*}", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()
