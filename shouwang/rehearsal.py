"""A whole campaign against simulated residents, in virtual time, on a copy of the roster that is thrown away afterwards."""

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import Connection, event, func, insert, select, update

from community.clock import MovableClock
from community.model.actor import Actor
from community.model.calls.call import OUTCOME_NAMES, Outcome
from community.model.calls.campaign import TARGET_STATUS_NAMES, CampaignStatus, TargetStatus
from community.model.calls.line import Line
from community.model.cases.case import CASE_KIND_NAMES, PRIORITY_NAMES, CaseKind, Priority
from community.model.phone import is_sample
from community.model.rulebook import Rulebook
from community.store.attempts import attempts
from community.store.campaigns import campaign_by_id, targets
from community.store.cases import cases
from community.store.database import Database
from community.store.residents import households, phones, resident_tags, residents
from community.store.schema import metadata
from community.usecases.create_campaign import create_campaign
from community.usecases.launch_campaign import launch_campaign
from shouwang.wiring import Office
from voice.carriers.simulated.carrier import SimulatedCarrier
from voice.carriers.simulated.pace import VirtualTime
from voice.engine.engine import Engine
from voice.web.routes import voice_routes

_ACTOR = Actor.system("rehearsal")
_BECAUSE = "演练：没有真的拨打"
_LONGEST = timedelta(days=30)
_STEP = timedelta(seconds=2)
#: Virtual seconds pass in no time, so the engine need not hold calls back; the loop below does.
_UNHURRIED = 1000.0
_COPIED = (households, residents, resident_tags, phones)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a campaign would come to.

    Attributes:
        targets, outcomes, cases: how many, by Chinese name.
        excluded: people who would not be called, by reason.
        answers: per question, how often each meaning was given.
        duration: from the launch to the last resolved target.
        unresolved: people still open after a month.
    """

    name: str
    targets: Mapping[str, int]
    outcomes: Mapping[str, int]
    cases: Mapping[str, int]
    excluded: Mapping[str, int]
    calls: int
    talk_minutes: int
    started: str
    finished: str | None
    duration: str
    duration_minutes: int
    unresolved: int

    def to_json(self) -> dict[str, Any]:
        """A document for programs."""
        return asdict(self)


async def rehearse(office: Office, source: str, *, seed: int = 0) -> Rehearsal:
    """Run a whole campaign without ringing or telling anybody.

    Args:
        source: the questionnaire's YAML.
        seed: which simulated residents pick up.

    Raises:
        InvalidInput: the questionnaire is wrong, or nobody on the roster is meant by it.
    """
    clock = MovableClock(office.clock.now())
    line = Line(name="simulated", rehearsal=False, mainland_allowed_because=_BECAUSE)
    rules = replace(office.rules, line=line, robots=())
    with tempfile.TemporaryDirectory(prefix="shouwang-rehearsal-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'rehearsal.db'}")
        try:
            event.listen(database.engine, "connect", _need_not_survive)
            metadata.create_all(database.engine)
            _copy_roster(office.database, database)
            with database.begin() as conn:
                campaign_id = create_campaign(conn, source, rules=rules, actor=_ACTOR, now=clock.now())
                launch_campaign(conn, campaign_id, rules=rules, actor=_ACTOR, now=clock.now(), override_reason=_BECAUSE)
            started = clock.now()
            await _run(database, clock, rules, office, campaign_id=campaign_id, seed=seed)
            with database.reading() as conn:
                return _result(conn, campaign_id, started, clock.now(), rules)
        finally:
            database.close()


async def _run(
    database: Database, clock: MovableClock, rules: Rulebook, office: Office, *, campaign_id: int, seed: int
) -> None:
    limit = clock.now() + _LONGEST
    time = VirtualTime(clock)
    async with _webhooks(database, clock, rules, time, seed) as (carrier, url):
        engine = Engine(
            database,
            carrier,
            clock,
            rules,
            public_url=url,
            calls_per_second=_UNHURRIED,
            concurrent_calls=office.settings.concurrent_calls,
            worker_id="rehearsal",
            mainland_allowed_because=_BECAUSE,
        )
        while clock.now() < limit and not _is_finished(database, campaign_id):
            due = _next_due(database, campaign_id)
            placed = carrier.placed
            if carrier.live == 0 or (due is not None and due <= clock.now()):
                await engine.tick()
            await asyncio.sleep(0)
            await time.settle()
            paced = clock.now() + timedelta(seconds=(carrier.placed - placed) / office.settings.calls_per_second)
            moments = [moment for moment in (time.next_moment, due) if moment is not None and moment > clock.now()]
            time.move_to(max(min(moments, default=clock.now()), paced, clock.now() + _STEP))


@asynccontextmanager
async def _webhooks(
    database: Database, clock: MovableClock, rules: Rulebook, time: VirtualTime, seed: int
) -> AsyncIterator[tuple["_PretendedLine", str]]:
    app = web.Application()
    runner = web.AppRunner(app, access_log=None)
    carriers: dict[str, Any] = {}
    site_url = "http://rehearsal.invalid"
    app.add_routes(voice_routes(database=database, carriers=carriers, clock=clock, rules=rules, public_url=site_url))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    carrier = _PretendedLine(f"http://127.0.0.1:{port}", seed=seed, clock=clock, pace=time)
    carriers[carrier.name] = carrier
    try:
        yield carrier, site_url
    finally:
        await carrier.close()
        await runner.cleanup()


class _PretendedLine(SimulatedCarrier):
    """Simulated residents taken for real ones, so that hours, caps and retries are those of real life."""

    rehearsal = False
    placed = 0

    @property
    def live(self) -> int:
        """How many calls are going on."""
        return len(self._tasks)

    async def place(self, request: Any) -> Any:
        """Count what is placed, for the pace."""
        self.placed += 1
        return await super().place(request)


def _need_not_survive(connection: Any, _record: Any) -> None:
    """A power cut may take the copy with it: nothing waits for the disk."""
    connection.execute("PRAGMA synchronous=OFF")


def _copy_roster(source: Database, copy: Database) -> None:
    """Copy the roster; in the copy nobody is a sample, so that everybody can be called."""
    with source.reading() as reader, copy.begin() as writer:
        for table in _COPIED:
            rows = [dict(row) for row in reader.execute(select(table)).mappings()]
            if rows:
                writer.execute(insert(table), [_as_real(row) for row in rows])
        writer.execute(update(residents).values(sample=False))


def _as_real(row: dict[str, Any]) -> dict[str, Any]:
    for column in ("number", "guardian_phone"):
        number = row.get(column)
        if number and is_sample(number):
            row[column] = number.replace("+86138", "+86139", 1)
    return row


def _is_finished(database: Database, campaign_id: int) -> bool:
    with database.reading() as conn:
        return campaign_by_id(conn, campaign_id).status is CampaignStatus.FINISHED


def _next_due(database: Database, campaign_id: int) -> datetime | None:
    """When the next target may be called; None when none waits."""
    waiting = (targets.c.campaign_id == campaign_id, targets.c.status == TargetStatus.WAITING)
    with database.reading() as conn:
        due: datetime | None = conn.execute(select(func.min(targets.c.next_at)).where(*waiting)).scalar_one()
    return due


def _result(conn: Connection, campaign_id: int, started: datetime, ended: datetime, rules: Rulebook) -> Rehearsal:
    own = targets.c.campaign_id == campaign_id
    rows = conn.execute(select(targets.c.status, targets.c.reason, targets.c.resolved_at).where(own)).all()
    calls = conn.execute(
        select(attempts.c.outcome, attempts.c.duration).where(attempts.c.campaign_id == campaign_id)
    ).all()
    opened = conn.execute(select(cases.c.kind, cases.c.priority).where(cases.c.campaign_id == campaign_id)).all()
    open_targets = [row for row in rows if not TargetStatus(row.status).is_final]
    finished = max((row.resolved_at for row in rows if row.resolved_at), default=ended)
    lasted = (ended if open_targets else finished) - started
    zone = rules.timezone
    return Rehearsal(
        name=campaign_by_id(conn, campaign_id).name,
        targets=_counted(TARGET_STATUS_NAMES[TargetStatus(row.status)] for row in rows),
        outcomes=_counted(OUTCOME_NAMES[Outcome(row.outcome)] for row in calls if row.outcome),
        cases=_counted(f"{CASE_KIND_NAMES[CaseKind(k)]}（{PRIORITY_NAMES[Priority(p)]}）" for k, p in opened),
        excluded=_counted(row.reason for row in rows if row.status == TargetStatus.EXCLUDED and row.reason),
        calls=len(calls),
        talk_minutes=round(sum(row.duration or 0 for row in calls) / 60),
        started=f"{started.astimezone(zone):%Y-%m-%d %H:%M}",
        finished=None if open_targets else f"{finished.astimezone(zone):%Y-%m-%d %H:%M}",
        duration=_told(lasted),
        duration_minutes=round(lasted.total_seconds() / 60),
        unresolved=len(open_targets),
    )


def _counted(names: Any) -> dict[str, int]:
    return dict(Counter(names).most_common())


def _told(duration: timedelta) -> str:
    minutes = round(duration.total_seconds() / 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "天"), (hours, "小时"), (minutes, "分钟")]
    return "".join(f"{count}{name}" for count, name in parts if count) or "不到一分钟"
