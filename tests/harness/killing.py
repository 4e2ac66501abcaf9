"""Workers that are killed and paused in the middle of a campaign, and a carrier on a socket that counts who was rung."""

import asyncio
import json
import os
import random
import signal
import sys
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web
from sqlalchemy import func, insert, select, text

from community.clock import SystemClock
from community.model.actor import Actor
from community.model.calls.call import AttemptStatus, CallResult, Outcome
from community.model.calls.campaign import TargetStatus
from community.model.hours import QuietHours
from community.model.rulebook import Rulebook
from community.store.calls import save_dialogue
from community.store.campaigns import targets
from community.store.database import Database
from community.store.residents import households, phones, residents
from community.usecases.check_integrity import Finding, check_integrity
from community.usecases.create_campaign import create_campaign
from community.usecases.launch_campaign import launch_campaign
from tests.harness.dialling import generous
from voice.carriers.base import CallEvent, EventKind
from voice.engine.apply import apply_event

_SETUP = Actor.system("setup")
_WORKERS = 3
_CAMPAIGN = """
name: 问候
purpose: 问候
hours: ["00:00-24:00"]
retries: {unknown: {after: 10s, times: 10}}
questions: [{id: a, kind: yes_no, say: 您好吗}]
"""


def night_rules() -> Rulebook:
    """Rules under which people may be called at any hour, as often as it takes."""
    return generous(quiet_hours=QuietHours(()))


@dataclass(frozen=True, slots=True, kw_only=True)
class KillPlan:
    """What happens to the workers.

    Attributes:
        people: how many are to be called, at `calls_per_second`.
        naive: break the protocol on purpose: dial again whatever a dead worker left behind.
    """

    people: int
    kills: int = 0
    pauses: int = 0
    calls_per_second: float = 30.0
    naive: bool = False
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class KillResult:
    """What came of it: `lost` were never resolved, `twice` were rung more than once."""

    people: int
    rung: int
    lost: int
    twice: int
    kills: int
    pauses: int
    findings: tuple[Finding, ...]


@dataclass
class SocketCarrier:
    """Rings whoever it is asked to, answers late or never, and ends each call a moment later."""

    database: Database
    rules: Rulebook
    dice: random.Random
    rung: list[tuple[str, str]] = field(default_factory=list)
    calls: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    _ending: set[asyncio.Task[None]] = field(default_factory=set)

    def app(self) -> web.Application:
        app = web.Application()
        app.add_routes([web.post("/calls", self._place), web.get("/calls", self._find)])
        return app

    async def _place(self, request: web.Request) -> web.StreamResponse:
        order = await request.json()
        carrier_id = f"CA{uuid.uuid4().hex}"
        self.rung.append((order["to"], order["attempt"]))
        created = datetime.now(UTC).isoformat()
        self.calls.setdefault(order["to"], []).append({"id": carrier_id, "created": created})
        ending = asyncio.create_task(self._end(order["attempt"], carrier_id))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)
        await asyncio.sleep(self.dice.uniform(0, 0.15))
        if self.dice.random() < 0.03 and request.transport is not None:
            request.transport.close()  # the reply is lost
        return web.json_response({"id": carrier_id})

    async def _find(self, request: web.Request) -> web.Response:
        return web.json_response(self.calls.get(request.query["to"], []))

    async def _end(self, attempt_id: str, carrier_id: str) -> None:
        # Longer than a lease, so that no callback makes up for what the workers forgot.
        await asyncio.sleep(self.dice.uniform(5.5, 7.5))
        ended = CallEvent(
            kind=EventKind.STATUS,
            key="ended",
            carrier_id=carrier_id,
            status=AttemptStatus.ENDED,
            outcome=Outcome.ANSWERED,
        )

        def write(conn: object) -> None:
            save_dialogue(conn, attempt_id, {"result": CallResult.COMPLETED.value})
            apply_event(conn, attempt_id, ended, rules=self.rules, now=datetime.now(UTC))

        await self.database.write(write)


async def run_kills(database: Database, plan: KillPlan) -> KillResult:
    """Call everybody while workers are killed and paused, and count who was lost and who was rung twice."""
    dice, rules = random.Random(plan.seed), night_rules()
    call_everybody(database, plan.people, rules)
    carrier = SocketCarrier(database, rules, dice)
    runner = web.AppRunner(carrier.app(), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    crew = Crew(_worker_arguments(database, runner.addresses[0][1], plan))
    try:
        await crew.start(_WORKERS)
        await _torment(crew, database, plan, dice)
        await _until_resolved(database, patience=120 + plan.people / plan.calls_per_second)
    finally:
        await crew.end()
        await asyncio.sleep(0.5)
        await runner.cleanup()
    times = Counter(number for number, _ in carrier.rung)
    with database.reading() as conn:
        findings = tuple(check_integrity(conn, SystemClock().now()))
    return KillResult(
        people=plan.people,
        rung=len(carrier.rung),
        lost=_open(database),
        twice=sum(1 for count in times.values() if count > 1),
        kills=crew.kills,
        pauses=crew.pauses,
        findings=findings,
    )


class Crew:
    """Worker processes; one that is killed is replaced at once."""

    def __init__(self, arguments: dict[str, object]) -> None:
        self._arguments = json.dumps(arguments)
        self._processes: list[asyncio.subprocess.Process] = []
        self.kills = self.pauses = 0

    async def start(self, workers: int) -> None:
        for _ in range(workers):
            script = str(Path(__file__).with_name("dialling_worker.py"))
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                script,
                self._arguments,
                env={**os.environ, "PYTHONPATH": str(Path.cwd())},
                stdout=asyncio.subprocess.DEVNULL,
            )
            self._processes.append(process)

    async def kill(self, dice: random.Random) -> None:
        victim = dice.choice(self._processes)
        victim.kill()
        await victim.wait()
        self._processes.remove(victim)
        self.kills += 1
        await self.start(1)

    async def pause(self, dice: random.Random, seconds: float) -> None:
        sleeper = dice.choice(self._processes)
        sleeper.send_signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        if sleeper.returncode is None:
            sleeper.send_signal(signal.SIGCONT)
        self.pauses += 1

    async def end(self) -> None:
        for process in self._processes:
            if process.returncode is None:
                process.kill()
                await process.wait()


async def _torment(crew: Crew, database: Database, plan: KillPlan, dice: random.Random) -> None:
    deeds = ["kill"] * plan.kills + ["pause"] * plan.pauses
    dice.shuffle(deeds)
    await asyncio.sleep(2)
    for deed in deeds:
        await asyncio.sleep(dice.uniform(0.1, 0.9))
        if not _open(database):
            return
        if deed == "kill":
            await crew.kill(dice)
        else:
            await crew.pause(dice, dice.uniform(4.0, 8.0))


async def _until_resolved(database: Database, *, patience: float) -> None:
    for _ in range(int(patience * 2)):
        if not _open(database):
            return
        await asyncio.sleep(0.5)


def _open(database: Database) -> int:
    with database.reading() as conn:
        left = targets.c.status.in_([TargetStatus.WAITING, TargetStatus.CALLING])
        return conn.execute(select(func.count()).select_from(targets).where(left)).scalar_one()


def call_everybody(database: Database, people: int, rules: Rulebook) -> None:
    """Let people move in and launch a campaign for all of them."""
    now = SystemClock().now()
    with database.begin() as conn:
        home = conn.execute(insert(households).values(community="锦绣苑", building="3")).inserted_primary_key[0]
        common = {"household_id": home, "sample": False, "created_at": now, "updated_at": now}
        for n in range(people):
            row = insert(residents).values(name=f"居民{n}", **common)
            resident = conn.execute(row).inserted_primary_key[0]
            conn.execute(insert(phones).values(resident_id=resident, number=f"+86139{n:08d}", position=0))
        campaign = create_campaign(conn, _CAMPAIGN, rules=rules, actor=_SETUP, now=now)
        launch_campaign(conn, campaign, rules=rules, actor=_SETUP, now=now, override_reason="测试")


def _worker_arguments(database: Database, port: int, plan: KillPlan) -> dict[str, object]:
    schema = None
    if not database.is_sqlite:
        with database.reading() as conn:
            schema = conn.execute(text("select current_schema()")).scalar_one()
    return {
        "database": database.url.render_as_string(hide_password=False),
        "schema": schema,
        "carrier": f"http://127.0.0.1:{port}",
        "calls_per_second": plan.calls_per_second,
        "naive": plan.naive,
    }


def hurried_timing() -> dict[str, timedelta]:
    """Leases of a moment, so that a short pause outlasts one."""
    return {
        "ahead": timedelta(seconds=0.6),
        "place": timedelta(seconds=0.5),
        "margin": timedelta(seconds=0.2),
        "lease": timedelta(seconds=5),
        "first_ask": timedelta(seconds=0.3),
        "next_ask": timedelta(seconds=0.6),
        "upkeep": timedelta(seconds=0.2),
    }
