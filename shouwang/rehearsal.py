"""A whole campaign against simulated residents, in virtual time, on a copy of the roster that is thrown away afterwards."""

import asyncio
import math
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import Connection, event

from community.clock import MovableClock
from community.model.actor import Actor
from community.model.calls.call import OUTCOME_NAMES
from community.model.calls.campaign import TARGET_STATUS_NAMES, CampaignStatus, PauseCause, TargetStatus
from community.model.cases.case import CASE_KIND_NAMES, PRIORITY_NAMES
from community.model.questionnaires.audience import Audience
from community.model.rulebook import Rulebook
from community.store.campaigns import campaign_by_id
from community.store.database import Database
from community.store.rehearsals import copy_roster, next_due, rehearsed
from community.store.schema import metadata
from community.usecases.create_campaign import create_campaign
from community.usecases.launch_campaign import launch_campaign
from community.usecases.load_questionnaire import load_questionnaire
from community.usecases.match_people import GivenLists
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a campaign would come to.

    Attributes:
        targets, outcomes, cases: how many, by Chinese name.
        excluded: people who would not be called, by reason.
        answers: per question, how often each meaning was given.
        duration: from the launch to the last resolved target.
        unresolved: people still open after a month, or when a ceiling was reached.
        billed_minutes: each begun minute whole, as carriers bill it; cost: in yuan, None where no price is set.
        staff_cases: cases that people will have to look after.
        stopped: why it stood still before the end, in Chinese; empty where it did not.
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
    billed_minutes: int
    cost: float | None
    staff_cases: int
    stopped: str

    def to_json(self) -> dict[str, Any]:
        """A document for programs."""
        return asdict(self)


async def rehearse(office: Office, source: str, *, seed: int = 0, lists: GivenLists | None = None) -> Rehearsal:
    """Run a whole campaign without ringing or telling anybody.

    Args:
        source: the questionnaire's YAML.
        seed: which simulated residents pick up.
        lists: the lists of people that it speaks of.

    Raises:
        InvalidInput: the questionnaire is wrong, or nobody on the roster is meant by it.
    """
    clock = MovableClock(office.clock.now())
    line = replace(office.rules.line, name="simulated", rehearsal=False, mainland_allowed_because=_BECAUSE)
    rules = replace(office.rules, line=line, robots=())
    with tempfile.TemporaryDirectory(prefix="shouwang-rehearsal-") as folder:
        database = Database(f"sqlite:///{Path(folder) / 'rehearsal.db'}")
        try:
            event.listen(database.engine, "connect", _need_not_survive)
            metadata.create_all(database.engine)
            wanted = load_questionnaire(source, quiet=rules.quiet_hours).audience
            with office.database.reading() as reader, database.begin() as writer:
                copy_roster(reader, writer, with_past=_speaks_of_the_past(wanted))
            with database.begin() as conn:
                campaign_id = create_campaign(
                    conn, source, rules=rules, actor=_ACTOR, now=clock.now(), lists=lists or {}
                )
                launch_campaign(conn, campaign_id, rules=rules, actor=_ACTOR, now=clock.now(), override_reason=_BECAUSE)
            started = clock.now()
            await _run(database, clock, rules, office, campaign_id=campaign_id, seed=seed)
            with database.reading() as conn:
                return _result(conn, campaign_id, started, clock.now(), rules)
        finally:
            database.close()


def _speaks_of_the_past(audience: Audience) -> bool:
    return any(each.campaign or each.not_reported_since for each in (audience, *audience.exclude))


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
        while clock.now() < limit and not _is_over(database, campaign_id):
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


def _is_over(database: Database, campaign_id: int) -> bool:
    """Whether it is finished, or stands still at a ceiling that nobody raises in a rehearsal."""
    with database.reading() as conn:
        return campaign_by_id(conn, campaign_id).status in {CampaignStatus.FINISHED, CampaignStatus.PAUSED}


def _next_due(database: Database, campaign_id: int) -> datetime | None:
    with database.reading() as conn:
        return next_due(conn, campaign_id)


def _result(conn: Connection, campaign_id: int, started: datetime, ended: datetime, rules: Rulebook) -> Rehearsal:
    came, campaign, zone = rehearsed(conn, campaign_id), campaign_by_id(conn, campaign_id), rules.timezone
    left = sum(1 for status, _, _ in came.targets if not status.is_final)
    finished = max((resolved_at for _, _, resolved_at in came.targets if resolved_at), default=ended)
    lasted = (ended if left else finished) - started
    billed = sum(math.ceil(seconds / 60) for _, seconds in came.calls)
    return Rehearsal(
        name=campaign.name,
        targets=_counted(TARGET_STATUS_NAMES[status] for status, _, _ in came.targets),
        outcomes=_counted(OUTCOME_NAMES[outcome] for outcome, _ in came.calls if outcome),
        cases=_counted(f"{CASE_KIND_NAMES[kind]}（{PRIORITY_NAMES[priority]}）" for kind, priority in came.cases),
        excluded=_counted(reason for status, reason, _ in came.targets if status is TargetStatus.EXCLUDED and reason),
        calls=len(came.calls),
        talk_minutes=round(sum(seconds for _, seconds in came.calls) / 60),
        billed_minutes=billed,
        cost=rules.spending.cost(len(came.calls), billed),
        staff_cases=len(came.cases),
        started=f"{started.astimezone(zone):%Y-%m-%d %H:%M}",
        finished=None if left else f"{finished.astimezone(zone):%Y-%m-%d %H:%M}",
        duration=_told(lasted),
        duration_minutes=round(lasted.total_seconds() / 60),
        unresolved=left,
        stopped=f"到了上限：{campaign.max_calls or '不限'} 通、{campaign.max_minutes or '不限'} 分钟"
        if campaign.pause_cause is PauseCause.CEILING
        else "",
    )


def _counted(names: Any) -> dict[str, int]:
    return dict(Counter(names).most_common())


def _told(duration: timedelta) -> str:
    minutes = round(duration.total_seconds() / 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "天"), (hours, "小时"), (minutes, "分钟")]
    return "".join(f"{count}{name}" for count, name in parts if count) or "不到一分钟"
