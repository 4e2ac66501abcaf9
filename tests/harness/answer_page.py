"""The answer page on a loopback port, with one person of a running campaign behind it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.answer_link.routes import answer_link_routes
from community.model.actor import Actor
from community.usecases.answer_link import make_link
from tests.harness.dialling import Street

KEY = b"a key of the tests, long enough to hash with"


@dataclass
class AnswerDesk:
    """A street whose people may answer by link."""

    street: Street
    client: TestClient[web.Request, web.Application]

    def link(self, target: int | None = None) -> str:
        """A fresh link of the first target, or of another one: its path."""
        target_id = target or self.street.targets()[0]["id"]
        with self.street.database.begin() as conn:
            made = make_link(
                conn,
                target_id,
                key=KEY,
                public_url="https://example.cn",
                actor=Actor.system("test"),
                now=self.street.clock.now(),
            )
        return made.url.removeprefix("https://example.cn")


@asynccontextmanager
async def answer_desk(street: Street) -> AsyncIterator[AnswerDesk]:
    """Serve the page."""
    app = web.Application()
    routes = answer_link_routes(database=street.database, clock=street.clock, rules=street.rules, key=KEY)
    app.add_routes(routes)
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        yield AnswerDesk(street, client)
