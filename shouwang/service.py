"""One serving process put together: its pages and webhooks, and the ticks of its worker."""

import os
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web
from sqlalchemy import Connection, text

from bot.channels.answer_link.routes import answer_link_routes
from bot.chat import Chat, build_chat
from bot.outbox import Outbox
from bot.robots.configured import configured_robots
from community.files.recording_shelf import RecordingShelf
from community.files.secret_key import load_secret_key
from community.model.calls.line import Line
from community.model.policies.policy import PolicyAnswer
from community.store import audit
from community.store.database_clock import DatabaseClock
from community.store.retention import LetGo
from community.usecases.answer_policy import answer_policy
from community.usecases.escalate_due import escalate_due
from community.usecases.forget_chat_codes import forget_chat_codes
from community.usecases.let_go_of_messages import let_go_of_messages
from console.app import setup_console
from shouwang.carriers import build_carrier
from shouwang.loops import Loop
from shouwang.phone_assistant import phone_assistant
from shouwang.phone_wishes import hazard_understanding, phone_wishes
from shouwang.rehearsing import Rehearser
from shouwang.texting import TextSide, build_text_side, text_line
from shouwang.wiring import Office
from voice.carriers.base import Carrier
from voice.engine.engine import Engine
from voice.engine.recordings import Recordings
from voice.web.routes import voice_routes

#: A recording's upload is the largest thing anybody may send, in bytes; rooms set smaller limits of their own.
_MAX_BODY = 20_000_000
_AN_HOUR, _A_DAY = 3600.0, 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Service:
    """What one process serves and does.

    Attributes:
        loops: the worker's; `clock_loops`: those of every process, whatever its role.
    """

    app: web.Application
    loops: tuple[Loop, ...]
    engine: Engine
    clock_loops: tuple[Loop, ...]


@asynccontextmanager
async def build_service(office: Office, role: str) -> AsyncIterator[Service]:
    """Put a serving process together, and take it apart at the end."""
    worker_id = f"{role}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    async with AsyncExitStack() as stack:
        carrier = build_carrier(office)
        stack.push_async_callback(carrier.close)
        chat = _chat(office, worker_id, text_line(office, carrier))
        stack.push_async_callback(chat.close)
        robots = configured_robots(office.settings, office.clock)
        for robot in robots.values():
            stack.push_async_callback(robot.close)
        outbox = Outbox(office.database, office.clock, {**robots, **chat.senders}, worker_id)
        stack.push_async_callback(outbox.close)
        engine = _engine(office, carrier, worker_id)
        texts = build_text_side(office, carrier, worker_id, understand=hazard_understanding(chat.rasa))
        rehearser = Rehearser(office, worker_id)
        stack.push_async_callback(rehearser.close)
        loops = (*_loops(office, chat, outbox), *_recording_loops(office, carrier), _retention(office), *texts.loops)
        loops += (Loop("rehearsals", rehearser.tick, 1.0),)
        yield Service(_app(office, carrier, chat, texts), loops, engine, _clock_loops(office))


def _chat(office: Office, worker_id: str, line: Line | None) -> Chat:
    return build_chat(
        database=office.database,
        clock=office.clock,
        rules=office.rules,
        settings=office.settings,
        rasa_url=office.settings.rasa_url,
        secret=load_secret_key(office.settings).decode(),
        worker_id=worker_id,
        text_line=line,
    )


def _engine(office: Office, carrier: Carrier, worker_id: str) -> Engine:
    settings = office.settings
    return Engine(
        office.database,
        carrier,
        office.clock,
        office.rules,
        public_url=settings.public_url,
        calls_per_second=settings.calls_per_second,
        concurrent_calls=settings.concurrent_calls,
        worker_id=worker_id,
        mainland_allowed_because=settings.mainland_allowed_because,
    )


def _app(office: Office, carrier: Carrier, chat: Chat, texts: TextSide) -> web.Application:
    app = web.Application(client_max_size=_MAX_BODY)
    app.add_routes(chat.routes)
    app.add_routes(texts.routes)
    key = load_secret_key(office.settings)
    understand = hazard_understanding(chat.rasa)
    app.add_routes(
        answer_link_routes(
            database=office.database, clock=office.clock, rules=office.rules, key=key, understand=understand
        )
    )
    app.add_routes(
        voice_routes(
            database=office.database,
            carriers={carrier.name: carrier},
            clock=office.clock,
            rules=office.rules,
            public_url=office.settings.public_url,
            ask_assistant=phone_assistant(office, chat.rasa),
            hear_wish=phone_wishes(office.rules, chat.rasa),
        )
    )
    app.router.add_get("/healthz", _healthz(office))
    app.router.add_get("/", _to_console)
    setup_console(app, database=office.database, clock=office.clock, rules=office.rules, settings=office.settings)
    return app


def _loops(office: Office, chat: Chat, outbox: Outbox) -> tuple[Loop, ...]:
    database, clock, rules = office.database, office.clock, office.rules

    async def escalate() -> None:
        await database.write(lambda conn: escalate_due(conn, rules=rules, now=clock.now()))

    async def seal() -> None:
        await database.write(audit.seal)

    async def forget_codes() -> None:
        await database.write(lambda conn: forget_chat_codes(conn, now=clock.now()))

    async def keep_index() -> None:
        await _look_up(office, "")

    return (
        Loop("turns", chat.turns.tick, 0.5),
        Loop("outbox", outbox.tick, 0.5),
        Loop("escalation", escalate, 1.0),
        Loop("audit", seal, 2.0),
        Loop("chat_codes", forget_codes, _AN_HOUR),
        # Nobody on the phone waits for the index to be built.
        Loop("policy_index", keep_index, 5.0),
    )


def _clock_loops(office: Office) -> tuple[Loop, ...]:
    """Several machines go by one clock: the database's, asked once a tick."""
    clock = office.clock
    if not isinstance(clock, DatabaseClock):
        return ()

    async def set_clock() -> None:
        await office.database.read(clock.set)

    return (Loop("clock", set_clock, 1.0),)


def _recording_loops(office: Office, carrier: Carrier) -> tuple[Loop, ...]:
    recordings = Recordings(
        office.database,
        carrier,
        office.clock,
        office.rules,
        shelf=RecordingShelf(office.settings.data_dir),
        keep_for=timedelta(days=office.settings.recording_days),
    )
    return Loop("recordings", recordings.tick, 2.0), Loop("recording_retention", recordings.expire, _A_DAY)


def _retention(office: Office) -> Loop:
    keep_for = timedelta(days=office.settings.text_days)

    async def let_go() -> None:
        while (await office.database.write(_batch)).total:
            pass

    def _batch(conn: Connection) -> LetGo:
        return let_go_of_messages(conn, keep_for=keep_for, now=office.clock.now())

    return Loop("message_retention", let_go, _A_DAY)


async def _to_console(_request: web.Request) -> web.Response:
    raise web.HTTPFound("/console/")


async def _look_up(office: Office, question: str) -> PolicyAnswer:
    today = office.clock.now().astimezone(office.rules.timezone).date()
    return await office.database.read(lambda conn: answer_policy(conn, question, today=today))


def _healthz(office: Office) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def healthz(_request: web.Request) -> web.Response:
        await office.database.read(lambda conn: conn.execute(text("select 1")))
        return web.json_response({"status": "ok"})

    return healthz
