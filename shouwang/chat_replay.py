"""Messages replayed on a copy of the database: what would the assistant say? Nobody is written to, nothing is left behind.

Each line takes the way of a real message: inbox, emergencies, turns, Rasa, actions. Rasa is a process of its own, the actions
are served here, so that every line has its own clock.
"""

import asyncio
import json
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
from aiohttp import web
from sqlalchemy import Connection

from actions.server import create_action_app
from actions.services import Services
from bot.check_in import CheckIns
from bot.limits import TurnLimits
from bot.rasa_client import RasaClient
from bot.turns import Turns
from community.clock import Clock
from community.errors import CommunityError, InvalidInput, Unavailable
from community.files.secret_key import load_secret_key
from community.model.hazards.report_draft import Draft
from community.store.database import Database
from community.store.messages import StoredMessage
from community.store.trial_copy import copy_for_trial
from shouwang.replay_lines import Drafts, Facts, ReplayLine, as_message, read_line, reports_of, written
from shouwang.run import rasa_child
from shouwang.supervise import free_port, keep_alive
from shouwang.wiring import Office

T = TypeVar("T")

#: Conversations at the same time.
_AT_ONCE = 12
#: Recorded messages may lie closer together than fingers type; a replay turns nobody away.
_LIMITS = TurnLimits(per_minute=1_000_000, group_per_minute=1_000_000, at_once=_AT_ONCE)
#: Between two lines of a conversation that say no time.
_PAUSE = timedelta(seconds=20)
#: Rasa begins anew after so long a silence; `session_config` in bot/domain/conversation.yml says the same.
SESSION = timedelta(minutes=120)
_READY_SECONDS = 180.0
#: Nobody waits for these answers: a busy machine is to take longer, not to fail.
_ANSWER_SECONDS = 120.0
_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


class LineClock:
    """Stands at the moment of the line that is worked on, in whatever task or thread that happens."""

    def __init__(self, otherwise: Clock) -> None:
        self._otherwise = otherwise

    def now(self) -> datetime:
        """The line's moment; outside any line, the present."""
        return _moment.get() or self._otherwise.now()

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return time.monotonic()


@contextmanager
def _at(moment: datetime) -> Any:
    token = _moment.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _moment.reset(token)


class _TrialDatabase:
    """A database whose threads know the moment of the line that they work for."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    async def write(self, work: Callable[[Connection], T]) -> T:
        context = copy_context()
        return await self._database.write(lambda conn: context.run(work, conn))

    async def read(self, work: Callable[[Connection], T]) -> T:
        context = copy_context()
        return await self._database.read(lambda conn: context.run(work, conn))


async def replay(office: Office, lines: Iterable[bytes]) -> AsyncIterator[dict[str, Any]]:
    """Replay lines and give one document for each, in their order.

    Args:
        office: its database is copied, and neither read nor written afterwards.
        lines: JSON; empty ones are passed over.

    Yields:
        what `shouwang.replay_lines.written` makes of a line, or {error: {code, message}}.

    Raises:
        Unavailable: Rasa did not start.
    """
    read = [_read(line) for line in lines if line.strip()]
    async with _assistant(office) as replayer:
        results = replayer.begin(read)
        try:
            for result in results:
                yield await result
        finally:
            for result in results:
                result.cancel()


def _read(line: bytes) -> ReplayLine | InvalidInput:
    try:
        return read_line(line)
    except InvalidInput as error:
        return error


def _error(error: CommunityError) -> dict[str, Any]:
    return {"error": {"code": error.code, "message": error.message}}


@dataclass
class _Person:
    """What is remembered of one person in one conversation."""

    draft: Draft = field(default_factory=Draft)
    last_turn: datetime | None = None


class _Replayer:
    """Takes conversations in side by side, each one's lines one after the other."""

    def __init__(self, turns: Turns, rasa: RasaClient, database: Any, office: Office) -> None:
        self._turns = turns
        self._rasa = rasa
        self._database = database
        self._rules = office.rules
        self._start = office.clock.now()
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._people: dict[str, _Person] = {}
        self._moments: dict[str, datetime] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, lines: Sequence[ReplayLine | InvalidInput]) -> list[asyncio.Future[dict[str, Any]]]:
        """Begin every conversation; each line's document comes with its future."""
        loop = asyncio.get_running_loop()
        results: list[asyncio.Future[dict[str, Any]]] = [loop.create_future() for _ in lines]
        conversations: dict[str, list[tuple[int, ReplayLine]]] = {}
        for number, line in enumerate(lines):
            if isinstance(line, InvalidInput):
                results[number].set_result(_error(line))
            else:
                conversations.setdefault(line.conversation or f"line-{number + 1}", []).append((number, line))
        for name, own in conversations.items():
            task = asyncio.create_task(self._converse(name, own, results))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return results

    async def close(self) -> None:
        """Stop what is still going on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @web.middleware
    async def at_its_moment(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        """Let an action work at the moment of its line, and remember what report it leaves being told."""
        if request.method != "POST":
            return await handler(request)
        sender = (await request.json())["tracker"]["sender_id"]
        with _at(self._moments[sender]):
            response = await handler(request)
        if isinstance(response, web.Response) and response.status == web.HTTPOk.status_code:
            for event in _events(response):
                if event.get("event") == "slot" and event.get("name") == "draft":
                    self._people[sender].draft = Draft.from_json(event.get("value"))
        return response

    async def _converse(
        self, name: str, lines: Sequence[tuple[int, ReplayLine]], results: Sequence[asyncio.Future[dict[str, Any]]]
    ) -> None:
        async with self._slots:
            moment = self._start
            for number, line in lines:
                moment = line.at or moment + _PAUSE
                try:
                    with _at(moment):
                        document = await self._line(name, line, number)
                except CommunityError as error:
                    document = _error(error)
                except Exception as error:
                    results[number].set_exception(error)
                    raise
                if not results[number].done():
                    results[number].set_result(document)

    async def _line(self, name: str, line: ReplayLine, number: int) -> dict[str, Any]:
        message = as_message(line, name, number)
        person = self._people.setdefault(message.conversation_id, _Person())
        before, now = person.draft, _moment.get() or self._start
        self._moments[message.conversation_id] = now
        if person.last_turn is not None and abs(now - person.last_turn) >= SESSION:
            await self._rasa.begin_session(message.conversation_id)
            person.last_turn = None
        stored = (await self._turns.accept(message)).message
        if stored is not None and not stored.is_finished:
            stored = await self._answered(stored)
            person.last_turn = now
        chat = [one for one in self._people if one.startswith(f"replay:{name}:")]
        known, notes = await self._database.read(lambda conn: reports_of(conn, chat))
        others = [self._people[one].draft for one in chat if one != message.conversation_id]
        facts = Facts(self._rules, notes)
        return written(stored, Drafts(before, person.draft), known, others, replay=facts)

    async def _answered(self, stored: StoredMessage) -> StoredMessage:
        answered = await self._turns.wait_for_answer(stored.id, _ANSWER_SECONDS)
        if not answered.is_finished:
            raise Unavailable("助手没有答上这一句：请看 docs/operations.md 里 Rasa 的部分，或者重新训练模型再试")
        return answered


def _events(response: web.Response) -> Iterable[dict[str, Any]]:
    document = json.loads(response.text or "{}")
    return document.get("events") or ()


@asynccontextmanager
async def _assistant(office: Office) -> AsyncIterator[_Replayer]:
    """Start everything that a message passes, over a copy, in a folder that is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="shouwang-replay-") as name:
        folder = Path(name)
        settings = replace(
            office.settings,
            data_dir=folder,
            rasa_url=f"http://127.0.0.1:{free_port()}",
            rasa_token=secrets.token_urlsafe(24),
            actions_token=secrets.token_urlsafe(24),
        )
        rules = replace(office.rules, robots=())
        database = copy_for_trial(office.database, folder / "copy.db")
        trial: Any = _TrialDatabase(database)
        clock = LineClock(office.clock)
        rasa = RasaClient(settings.rasa_url, settings.rasa_token, timeout=_ANSWER_SECONDS)
        # Nobody is written to, so that a copy knows whose a chat is by nothing but what the original was shown.
        check_ins = CheckIns(
            rules, load_secret_key(office.settings), office.rules.line if office.settings.carries_texts else None
        )
        turns = Turns(trial, clock, rasa, {}, rules=rules, worker_id="replay", limits=_LIMITS, check_ins=check_ins)
        replayer = _Replayer(turns, rasa, trial, replace(office, rules=rules))
        app = create_action_app(Services(database=trial, clock=clock, rules=rules), settings.actions_token)
        app.middlewares.append(replayer.at_its_moment)
        stop = asyncio.Event()
        async with _serving(app) as actions_port:
            child = asyncio.create_task(keep_alive(rasa_child(settings, actions_port), stop))
            try:
                await _until_ready(f"{settings.rasa_url}/status", settings.rasa_token)
                yield replayer
            finally:
                await replayer.close()
                await turns.close()
                await rasa.close()
                stop.set()
                await child
                database.close()


@asynccontextmanager
async def _serving(app: web.Application) -> AsyncIterator[int]:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def _until_ready(url: str, token: str) -> None:
    end = time.monotonic() + _READY_SECONDS
    async with aiohttp.ClientSession() as session:
        while time.monotonic() < end:
            try:
                async with session.get(url, params={"token": token}) as response:
                    if response.status == web.HTTPOk.status_code:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
    raise Unavailable("助手三分钟还没有启动：请先运行 shouwang train，再试一次。")
