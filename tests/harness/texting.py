"""A street whose residents also get text messages: the real SDK, a server that speaks Twilio, our webhooks, a texter."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from aiohttp.test_utils import unused_port
from sqlalchemy import select

from community.model.calls.call import AttemptStatus, Outcome
from community.model.calls.line import Line
from community.store.database import Database
from community.store.texts import TextMessage, text_messages, texts_of_target
from tests.harness.dialling import Exchange, Street, generous
from tests.harness.telephone import sample_rules
from tests.harness.twilio_server import ACCOUNT, FROM_NUMBER, TOKEN, TwilioServer
from voice.carriers.twilio.carrier import TwilioCarrier
from voice.engine.texter import MakeLink, Texter
from voice.web.text_routes import text_routes

LINE = Line(
    name="twilio", rehearsal=False, from_numbers=(FROM_NUMBER,), mainland_allowed_because="测试：没有真的发出去"
)
CARE = """
name: 独居老人探访
purpose: 社区问问您的情况
audience: {tags: [独居]}
text: {unreached: true}
questions:
  - {id: fine, kind: yes_no, say: 您这两天都好吗？, yes_means: 都好, escalate: [{when: ["no"]}]}
  - {id: cooling, kind: choice, say: 您家用什么降温？, options: [空调, 电风扇, 都没有]}
"""


@dataclass
class TextStreet:
    """The street, with everything that texts need."""

    street: Street
    twilio: TwilioServer
    carrier: TwilioCarrier
    texter: Texter
    url: str

    @property
    def inbound(self) -> str:
        return f"{self.url}/sms/inbound"

    async def miss_call(self, outcome: Outcome = Outcome.NO_ANSWER) -> None:
        """The engine dials whoever is due; the calls are in vain."""
        await self.street.engine.tick()
        self.nobody_answers(outcome)

    def nobody_answers(self, outcome: Outcome = Outcome.NO_ANSWER) -> None:
        """Every call that goes on ends so."""
        for attempt in self.street.open_attempts():
            self.street.tell(attempt["id"], AttemptStatus.ENDED, outcome)

    async def tick(self, **by: float) -> None:
        """Let time pass, then send what is due, and wait for what the carrier tells."""
        if by:
            await self.street.pass_time(then_tick=False, **by)
        await self.texter.tick()
        await self.twilio.texts.quiet()

    async def write(self, number: str, body: str, **more: str) -> str:
        """A resident writes; return what we answer, empty for nothing."""
        before = len(self.twilio.texts.bodies(number))
        status, answer = await self.twilio.texts.write(self.inbound, number, body, **more)
        assert (status, "<Response" in answer, "<Message" in answer) == (200, True, False)
        await self.tick()
        return "\n".join(self.twilio.texts.bodies(number)[before:])

    def another_texter(self, worker: str, **changes: Any) -> Texter:
        settings: dict[str, Any] = {"line": LINE, "public_url": self.url, "worker_id": worker}
        street = self.street
        return Texter(street.database, self.carrier, street.clock, street.rules, **(settings | changes))

    def texts(self, target: int | None = None) -> list[TextMessage]:
        with self.street.database.reading() as conn:
            if target is None:
                target = self.street.targets()[-1]["id"]
            return texts_of_target(conn, target)

    def rows(self) -> list[Any]:
        with self.street.database.reading() as conn:
            return list(conn.execute(select(text_messages).order_by(text_messages.c.id)))


@asynccontextmanager
async def text_street(
    database: Database, clock: Any, *, make_link: MakeLink | None = None
) -> AsyncIterator[TextStreet]:
    """Serve the webhooks, and a Twilio beside them."""
    exchange = Exchange(clock, name="twilio")
    street = Street(database, clock, generous(line=LINE, hazards=sample_rules().hazards), exchange)
    port = unused_port()
    url = f"http://127.0.0.1:{port}"
    async with TwilioServer() as twilio:
        twilio.texts.now = clock.now
        carrier = TwilioCarrier(ACCOUNT, TOKEN, [FROM_NUMBER], api_base_url=twilio.base_url, request_seconds=5)
        app = web.Application()
        app.add_routes(
            text_routes(
                database=database,
                carrier=carrier,
                texting=carrier,
                line=LINE,
                clock=clock,
                rules=street.rules,
                public_url=url,
            )
        )
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        texter = Texter(
            database, carrier, clock, street.rules, line=LINE, public_url=url, worker_id="w", make_link=make_link
        )
        try:
            yield TextStreet(street, twilio, carrier, texter, url)
        finally:
            await carrier.close()
            await runner.cleanup()
