"""The engine: claims the calls that are due, places them, and looks after those that are under way."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from community.clock import Clock
from community.model.calls.retry import CANCELLED_REASON, Decision, Fate
from community.model.rulebook import Rulebook
from community.store import workers
from community.store.campaigns import Campaign, launched_campaigns, running_campaigns
from community.store.database import Database
from community.store.targets import exclude_cancelled, has_due_targets, waiting_targets
from community.usecases.finish_campaigns import finish_campaigns
from voice.carriers.base import Carrier
from voice.engine.claim import Claimed, ClaimLimits, claim_calls
from voice.engine.dial import Dialler
from voice.engine.hand_over import STUCK_FOR, hand_over_target
from voice.engine.reconcile import Questions, Reconciler
from voice.engine.timing import Timing
from voice.engine.withdraw import Withdrawal

log = structlog.get_logger(__name__)

_LATE_AT_ONCE = 100


class Engine:
    """One worker that dials; any number of them share the work through the database.

    Args:
        public_url: where the carrier sends what happens.
        calls_per_second: the pace of all workers together.
        concurrent_calls: the most calls at a time, of all workers together.
        worker_id: unique for this process.
        mainland_allowed_because: why +86 numbers may be dialled by a carrier outside the mainland; empty forbids it.
    """

    def __init__(
        self,
        database: Database,
        carrier: Carrier,
        clock: Clock,
        rules: Rulebook,
        *,
        public_url: str,
        calls_per_second: float,
        concurrent_calls: int,
        worker_id: str,
        mainland_allowed_because: str = "",
        timing: Timing | None = None,
    ) -> None:
        self._database = database
        self._carrier = carrier
        self._clock = clock
        self._rules = rules
        self._timing = timing or Timing()
        self._line = replace(
            rules.line,
            name=carrier.name,
            rehearsal=carrier.rehearsal,
            from_numbers=carrier.from_numbers,
            mainland_allowed_because=mainland_allowed_because,
        )
        self._limits = ClaimLimits(
            worker_id=worker_id,
            calls_per_second=calls_per_second,
            concurrent_calls=concurrent_calls,
            timing=self._timing,
        )
        self._dialler = Dialler(
            database, carrier, clock, rules, line=self._line, limits=self._limits, public_url=public_url
        )
        self._reconciler = Reconciler(database, carrier, clock, rules, timing=self._timing)
        self._withdrawal = Withdrawal(database, carrier, clock, rules)
        self._beat_at: datetime | None = None
        self._asking: list[asyncio.Task[None]] = []
        self._stuck: dict[int, datetime] = {}

    async def tick(self) -> None:
        """Do everything that is due now, one after the other, and wait until it is done."""
        await self._look_after()
        await self._asked()
        await self._claim_and_dial()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then claim nothing more, place what was claimed, and write it all down."""
        # Others see this worker before it takes its first slot.
        await self._beat()
        await self._reconciler.catch_up()
        async with asyncio.TaskGroup() as work:
            work.create_task(self._repeat(self._look_after, self._timing.upkeep, stop))
            work.create_task(self._repeat(self._asked, self._timing.upkeep, stop))
            work.create_task(self._keep_dialling(stop))
        await self._asked()
        await self._database.write(lambda conn: workers.forget_worker(conn, self._limits.worker_id))

    async def _keep_dialling(self, stop: asyncio.Event) -> None:
        rest = self._timing.ahead / 4
        async with asyncio.TaskGroup() as dialling:

            async def claim() -> None:
                claimed_at = self._clock.monotonic()
                claimed = await self._claim()
                if claimed.calls:
                    dialling.create_task(self._dial(claimed, claimed_at))

            await self._repeat(claim, rest, stop)

    async def _repeat(self, step: Callable[[], Awaitable[None]], rest: timedelta, stop: asyncio.Event) -> None:
        failures = 0
        while not stop.is_set():
            try:
                await step()
                failures = 0
            except Exception:
                failures += 1
                log.exception("engine_step_failed", failures=failures)
            wait = min(30.0, rest.total_seconds() * 2**failures)
            try:
                await asyncio.wait_for(stop.wait(), wait)
            except TimeoutError:
                continue

    async def _claim_and_dial(self) -> None:
        claimed_at = self._clock.monotonic()
        claimed = await self._claim()
        if claimed.calls:
            await self._dialler.dial(claimed, claimed_at=claimed_at)

    async def _dial(self, claimed: Claimed, claimed_at: float) -> None:
        try:
            await self._dialler.dial(claimed, claimed_at=claimed_at)
        except Exception:
            log.exception("dialling_failed", calls=len(claimed.calls))

    async def _claim(self) -> Claimed:
        now = self._clock.now()
        if not await self._database.read(lambda conn: self._somebody_is_due(conn, now)):
            return Claimed()
        return await self._database.write(
            lambda conn: claim_calls(conn, self._limits, line=self._line, rules=self._rules, now=now)
        )

    def _somebody_is_due(self, conn: Connection, now: datetime) -> bool:
        campaigns = running_campaigns(conn, rehearsal=self._line.rehearsal)
        return has_due_targets(conn, [campaign.id for campaign in campaigns], now)

    async def _look_after(self) -> None:
        """Withdraw, and take up what must be asked, ended or finished; none of it places a call."""
        await self._beat()
        await self._withdrawal.tick()
        now = self._clock.now()
        questions = await self._database.write(lambda conn: self._upkeep(conn, now))
        self._asking.append(asyncio.create_task(self._reconciler.ask(questions)))

    async def _asked(self) -> None:
        """Wait for the answers of the carrier."""
        asking, self._asking = self._asking, []
        for answer in await asyncio.gather(*asking, return_exceptions=True):
            if isinstance(answer, BaseException):
                log.error("asking_failed", error=repr(answer))

    def _upkeep(self, conn: Connection, now: datetime) -> Questions:
        for campaign in launched_campaigns(conn, rehearsal=self._line.rehearsal):
            if campaign.deadline is not None and now > campaign.deadline:
                self._hand_over_the_late(conn, campaign, now)
        # Their calls were still running when their campaign was cancelled, and came back for another try.
        if left := exclude_cancelled(conn, CANCELLED_REASON, now):
            log.info("left_in_cancelled_campaigns", targets=left)
        finish_campaigns(conn, now=now)
        return self._reconciler.take(conn, now)

    async def _beat(self) -> None:
        now = self._clock.now()
        if self._beat_at is not None and now < self._beat_at + self._timing.heartbeat:
            return
        self._beat_at = now
        worker_id, carrier = self._limits.worker_id, self._carrier.name

        def beat(conn: Connection) -> None:
            workers.beat(conn, worker_id, role="worker", carrier=carrier, now=now)
            workers.forget_silent_workers(conn, now)

        await self._database.write(beat)

    def _hand_over_the_late(self, conn: Connection, campaign: Campaign, now: datetime) -> None:
        priority = campaign.questionnaire.unreached_priority
        decision = Decision(fate=Fate.CASE, priority=priority, reason="任务截止前没有联系上，请人工联系")
        self._stuck = {target_id: until for target_id, until in self._stuck.items() if until > now}
        for target in waiting_targets(conn, campaign.id, _LATE_AT_ONCE, but=list(self._stuck)):
            if not hand_over_target(conn, campaign, target, decision, rules=self._rules, now=now):
                self._stuck[target.id] = now + STUCK_FOR
