"""A gate before a real Rasa: it can kill who asked at the moment Rasa has answered, and keep the answer from them."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer


class RasaGate:
    """Passes requests on.

    Attributes:
        on_answer: called once with Rasa's answer in hand; the answer is dropped then.
        forgetful: the tracker cannot be asked, as after the loss of Rasa's own store.
    """

    def __init__(self, target: str, session: aiohttp.ClientSession) -> None:
        self._target = target
        self._session = session
        self.on_answer: Callable[[], None] | None = None
        self.forgetful = False
        self.turns = 0
        self.url = ""

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        if self.forgetful and request.method == "GET":
            return web.Response(status=404)
        async with self._session.request(
            request.method,
            self._target + request.path_qs,
            data=await request.read(),
            headers={"Content-Type": "application/json"},
        ) as response:
            body = await response.read()
        self.turns += request.method == "POST"
        if self.on_answer is not None and request.method == "POST":
            act, self.on_answer = self.on_answer, None
            act()
            assert request.transport is not None
            request.transport.abort()
        return web.Response(body=body, status=response.status, content_type="application/json")


@asynccontextmanager
async def rasa_gate(target: str) -> AsyncIterator[RasaGate]:
    async with aiohttp.ClientSession() as session:
        gate = RasaGate(target, session)
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", gate.pass_on)
        server = TestServer(app, host="127.0.0.1")
        await server.start_server(shutdown_timeout=0.1)
        gate.url = str(server.make_url("/")).rstrip("/")
        yield gate
        await server.close()
