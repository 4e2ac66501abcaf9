"""A rehearsal with texts: simulated residents miss a call, answer by text through the same signed webhooks, or do not."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port
from sqlalchemy import select

from community.clock import MovableClock
from community.model.calls.line import SIMULATED
from community.store.campaigns import targets
from community.store.database import Database
from community.store.texts import text_messages, text_opt_outs
from tests.harness.dialling import Exchange, Street, generous
from tests.harness.texting import CARE
from voice.carriers.base import Carrier
from voice.carriers.simulated.carrier import SimulatedCarrier
from voice.carriers.simulated.characters import Cast, Character, default_cast
from voice.carriers.texting import texting_of
from voice.engine.engine import Engine
from voice.engine.texter import Texter
from voice.web.routes import voice_routes
from voice.web.text_routes import text_routes

LINE = replace(SIMULATED, from_numbers=("+8613800000000",))


class Rehearsed:
    """A street whose carrier is simulated."""

    def __init__(self, street: Street, carrier: SimulatedCarrier, url: str) -> None:
        self.street, self.carrier = street, carrier
        self.engine = Engine(
            street.database,
            carrier,
            street.clock,
            street.rules,
            public_url=url,
            calls_per_second=100,
            concurrent_calls=10,
            worker_id="w",
        )
        texting = texting_of(carrier)
        assert texting is not None
        self.texter = Texter(
            street.database, texting, street.clock, street.rules, line=LINE, public_url=url, worker_id="w"
        )

    async def tick(self) -> None:
        await self.engine.tick()
        await self.carrier.finished()
        await self.texter.tick()
        await self.carrier.finished()
        await self.street.pass_time(seconds=11, then_tick=False)

    def rows(self) -> list[Any]:
        with self.street.database.reading() as conn:
            return list(conn.execute(select(text_messages).order_by(text_messages.c.id)))

    def target(self) -> Any:
        with self.street.database.reading() as conn:
            return conn.execute(select(targets)).one()


@asynccontextmanager
async def rehearsed(database: Database, clock: MovableClock, **character: Any) -> AsyncIterator[Rehearsed]:
    port = unused_port()
    url = f"http://127.0.0.1:{port}"
    accents = default_cast()
    cast = Cast(
        characters={"only": Character(about="没人接", pickup="no_answer", **character)},
        accents=accents.accents,
        voicemail=accents.voicemail,
    )
    carrier = SimulatedCarrier(url, speed=0, clock=clock, characters=cast)
    street = Street(database, clock, generous(line=LINE), Exchange(clock))
    carriers: dict[str, Carrier] = {carrier.name: carrier}
    app = web.Application()
    common: dict[str, Any] = {"database": database, "clock": clock, "rules": street.rules, "public_url": url}
    app.add_routes(voice_routes(carriers=carriers, **common))
    app.add_routes(text_routes(carrier=carrier, texting=carrier, line=LINE, **common))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield Rehearsed(street, carrier, url)
    finally:
        await carrier.close()
        await runner.cleanup()


async def test_who_answers_by_text_is_done_and_everything_is_marked(sqlite: Database, clock: MovableClock) -> None:
    async with rehearsed(sqlite, clock, agrees=1) as made:
        made.street.move_in("+8613800000007", sample=True)
        made.street.start(CARE)
        for _ in range(6):
            await made.tick()
        assert (made.target().status, made.target().written_by) == ("completed", "sms")
        assert all(row.rehearsal for row in made.rows())
        assert all(row.body.startswith("【演练】") for row in made.rows() if row.direction == "out")


@pytest.mark.parametrize("texts", ["ignores", "nonsense", "unsubscribes"])
async def test_a_rehearsal_learns_nothing_about_real_people(
    sqlite: Database, clock: MovableClock, *, texts: str
) -> None:
    async with rehearsed(sqlite, clock, texts=texts) as made:
        made.street.move_in("+8613900000007", sample=False)
        made.street.start(CARE, rehearsal=True)
        for _ in range(30):
            await made.tick()
        assert made.target().status in {"case", "excluded"}
        with sqlite.reading() as conn:
            assert conn.execute(select(text_opt_outs)).all() == []
        written = sum(row.direction == "in" for row in made.rows())
        assert written == 0 if texts == "ignores" else 1 <= written <= 20


def test_a_carrier_without_texting_says_so(clock: MovableClock) -> None:
    assert texting_of(Exchange(clock)) is None
