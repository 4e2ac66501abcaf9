"""A chat desk over a real database, with a Rasa whose moods can be changed."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.channels.base import IncomingMessage, Reply
from bot.inbox import Accepted
from bot.limits import TurnLimits
from bot.rasa_client import RasaClient
from bot.turns import Turns
from community.clock import MovableClock
from community.files.community_folder import load_rulebook
from community.model.rulebook import Rulebook
from community.settings import load_settings
from community.store import messages
from community.store.database import Database
from community.store.messages import StoredMessage
from community.store.outbox import outbox
from tests.harness.rasa_server import RasaServer, rasa_server


@pytest.fixture(scope="session")
def rules() -> Rulebook:
    return load_rulebook(load_settings({}))


class NoChannel:
    """A pushed channel that is never reached: what would be sent stands in the outbox."""

    name = "feishu"

    async def send(self, envelope: Any, reply: Reply, *, key: str) -> None:
        raise AssertionError("only the outbox sends")


@dataclass
class Desk:
    """What a story of chat is told with."""

    database: Database
    clock: MovableClock
    rules: Rulebook
    rasa: RasaServer
    client: RasaClient
    turns: Turns
    others: list[Turns] = field(default_factory=list)
    count: int = 0

    def another_process(self, limits: TurnLimits | None = None, **options: Any) -> Turns:
        """Another serving process on the same database."""
        turns = Turns(
            self.database,
            self.clock,
            options.get("client", self.client),
            {"feishu": NoChannel()},
            rules=self.rules,
            worker_id=f"worker-{len(self.others) + 2}",
            limits=limits,
        )
        self.others.append(turns)
        return turns

    async def says(
        self, text: str, *, person: str = "wang", group: bool = False, addressed: bool = True, message_id: str = ""
    ) -> Accepted:
        """Somebody writes on a pushed platform."""
        self.count += 1
        message_id = message_id or f"om_{self.count}"
        chat = "oc_group" if group else f"oc_{person}"
        message = IncomingMessage(
            channel="feishu",
            account="cli_app",
            message_id=message_id,
            conversation_id=f"feishu:cli_app:{chat}:ou_{person}",
            scene="group" if group else "private",
            text=text,
            addressed=addressed,
            chat_id=chat,
            person_id=f"ou_{person}",
            envelope={
                "message_id": message_id,
                "open_id": f"ou_{person}",
                "chat_id": chat,
                "group": group,
            },
        )
        return await self.turns.accept(message)

    async def talks(self, text: str, **where: Any) -> StoredMessage:
        """Somebody writes, and the turn is made."""
        accepted = await self.says(text, **where)
        assert accepted.message is not None
        await self.turns.idle()
        return self.stored(accepted.message.id)

    def stored(self, row_id: int) -> StoredMessage:
        with self.database.reading() as conn:
            return messages.get(conn, row_id)

    def letters(self) -> list[tuple[str, str, str]]:
        """What goes out: (key, to, text)."""
        with self.database.reading() as conn:
            rows = conn.execute(outbox.select().where(outbox.c.destination == "channel:feishu").order_by(outbox.c.id))
            return [(row.key, row.payload["to"], row.payload["text"]) for row in rows]

    def said(self) -> list[tuple[str, str]]:
        return [(to, text) for _, to, text in self.letters()]


@pytest.fixture
async def rasa() -> AsyncIterator[RasaServer]:
    async with rasa_server() as server:
        yield server


@pytest.fixture
async def desk(database: Database, clock: MovableClock, rules: Rulebook, rasa: RasaServer) -> AsyncIterator[Desk]:
    client = RasaClient(rasa.url, "secret", timeout=0.5)
    turns = Turns(database, clock, client, {"feishu": NoChannel()}, rules=rules, worker_id="worker-1")
    made = Desk(database, clock, rules, rasa, client, turns)
    yield made
    for each in (turns, *made.others):
        await each.close()
    await client.close()
