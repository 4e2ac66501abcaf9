"""Place claimed calls: each at its moment, each checked once more right before, each exactly once."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from community.clock import Clock
from community.errors import Unavailable
from community.model.calls.call import AttemptStatus
from community.model.calls.campaign import CampaignStatus
from community.model.calls.line import Line
from community.model.calls.pacing import SHARED_MARGIN, spacing
from community.model.rulebook import Rulebook
from community.store import dialling as call_store
from community.store import pace as pace_store
from community.store.campaigns import campaigns_by_id
from community.store.database import Database
from community.store.targets import persons_of, settled_in_writing
from community.usecases.calling_hours import calling_hours
from voice.carriers.base import Acceptance, Carrier, FoundCall, PlaceRequest, PlaceResult
from voice.engine.claim import Claimed, ClaimLimits, PlannedCall
from voice.engine.reconcile import call_of_attempt
from voice.engine.settle import Done, settle
from voice.script.steps import CallUrls

log = structlog.get_logger(__name__)

#: Calls whose slots are so close together are checked by one query.
_CHECKED_TOGETHER = 0.02
#: A call that waits longer for its turn is checked again, in seconds: two seconds after a pause none starts.
_CHECK_HOLDS = 1.0
#: Room for being late that a call asks for when it has missed its stretch of the pace, in seconds; then four times that.
_ROOM = 0.004


@dataclass(frozen=True, slots=True)
class _Held:
    """A planned call in this process.

    Attributes:
        claimed_at: by the monotonic clock.
        due: when its slot comes, by the loop's clock.
        own_until: up to when the pace is this worker's own; None when it is alone.
    """

    call: PlannedCall
    claimed_at: float
    due: float
    own_until: float | None


class _NotAnyMore(Exception):
    """A call that waited for its turn is not to be placed after all."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class _LastLook:
    """Looks again at a call that has waited long for its turn: somebody may have paused, opted out or answered.

    It is taken by whoever holds the turn, so that no call loses its turn to the next one by looking.
    """

    def __init__(self, clock: Clock, checked_at: float, why_not: Callable[[], Awaitable[str | None]]) -> None:
        self._clock = clock
        self._checked_at = checked_at
        self._why_not = why_not

    async def take(self) -> None:
        """Look, unless the last time is no second ago.

        Raises:
            _NotAnyMore: the call is not to be placed.
        """
        if self._clock.monotonic() - self._checked_at <= _CHECK_HOLDS:
            return
        self._checked_at = self._clock.monotonic()
        reason = await self._why_not()
        if reason is not None:
            raise _NotAnyMore(reason)


class Dialler:
    """Places calls that were claimed.

    Args:
        public_url: where the carrier sends what happens.
    """

    def __init__(
        self,
        database: Database,
        carrier: Carrier,
        clock: Clock,
        rules: Rulebook,
        *,
        line: Line,
        limits: ClaimLimits,
        public_url: str,
    ) -> None:
        self._database = database
        self._carrier = carrier
        self._clock = clock
        self._rules = rules
        self._line = line
        self._limits = limits
        self._public_url = public_url
        # A thousandth more, for the moments between counting a call and sending it.
        self._period = 1.001 * max(1.0, 1 / limits.calls_per_second)
        self._gap = (1 + SHARED_MARGIN / 2) / limits.calls_per_second
        self._sent: deque[float] = deque(maxlen=max(1, int(limits.calls_per_second)))
        self._turn = asyncio.Lock()
        self._done: list[Done] = []
        self._settling = asyncio.Lock()

    async def dial(self, claimed: Claimed, *, claimed_at: float) -> None:
        """Place claimed calls, each at its slot, and write down what became of each.

        Args:
            claimed_at: the monotonic clock just before the claim.
        """
        loop, now = asyncio.get_running_loop(), self._clock.now()
        start = loop.time()
        own_until = None
        if not claimed.alone and claimed.until is not None:
            own_until = start + (claimed.until - now).total_seconds()
        held = deque(
            _Held(call, claimed_at, start + (call.slot_at - now).total_seconds(), own_until) for call in claimed.calls
        )
        async with asyncio.TaskGroup() as posts:
            while held:
                await _sleep_until(held[0].due - _CHECKED_TOGETHER)
                group = [held.popleft()]
                while held and held[0].due <= group[0].due + _CHECKED_TOGETHER:
                    group.append(held.popleft())
                checked_at = self._clock.monotonic()
                found = await self._check_or_drop(group)
                if found is None:
                    continue
                for each in group:
                    if each.call.attempt_id in found:
                        posts.create_task(self._finish(each.call, found[each.call.attempt_id]))
                        continue
                    posts.create_task(self._post(each, checked_at))

    async def release(self, calls: Sequence[PlannedCall], reason: str) -> None:
        """Give back calls that were never placed; nobody's attempt is used up."""
        for call in calls:
            await self._finish(call, reason)

    async def _check_or_drop(self, group: Sequence[_Held]) -> Mapping[str, str | FoundCall] | None:
        """Check a group; None when that cannot be done: its calls are not placed, and found to be unknown later."""
        try:
            return await self._check(group)
        except Exception:
            log.exception("check_failed", calls=len(group))
            return None

    async def _check(self, group: Sequence[_Held]) -> Mapping[str, str | FoundCall]:
        """Look at everything that may have changed since the claim.

        Returns:
            By attempt, why it must not be placed now, or the call that the carrier has placed already.
        """
        calls = [each.call for each in group]
        stopped: dict[str, str | FoundCall] = {}
        stopped.update(await self._database.read(lambda conn: self._reasons(conn, calls)))
        doubtful = [call for call in calls if call.attempt_id not in stopped and call.is_doubtful]
        if not doubtful:
            return stopped
        answers = await asyncio.gather(*(self._ask_once_more(call) for call in doubtful))
        stopped.update(
            {call.attempt_id: said for call, said in zip(doubtful, answers, strict=True) if said is not None}
        )
        # The carrier took its time: the hours may have ended, and somebody may have opted out.
        left = [call for call in calls if call.attempt_id not in stopped]
        stopped.update(await self._database.read(lambda conn: self._reasons(conn, left)))
        return stopped

    def _reasons(self, conn: Connection, calls: Sequence[PlannedCall]) -> dict[str, str]:
        now = self._clock.now()
        attempts = call_store.attempts_by_id(conn, [call.attempt_id for call in calls])
        campaigns = campaigns_by_id(conn, sorted({call.campaign_id for call in calls}))
        people = persons_of(conn, sorted({call.resident_id for call in calls}))
        settled = settled_in_writing(conn, [call.target_id for call in calls])
        pace = pace_store.pace_of(conn, self._line.name)
        ringing_us, callers = call_store.calling_us(conn, {call.number for call in calls}, list(people))
        reasons: dict[str, str] = {}
        for call in calls:
            attempt, campaign, person = attempts[call.attempt_id], campaigns[call.campaign_id], people[call.resident_id]
            hours = calling_hours(campaign, person.preferred_hours, self._rules)
            if attempt.status is not AttemptStatus.PLACING or attempt.fence != call.fence:
                reasons[call.attempt_id] = "lost"
            elif campaign.status is not CampaignStatus.RUNNING:
                reasons[call.attempt_id] = "not_running"
            elif person.opted_out:
                reasons[call.attempt_id] = "opted_out"
            elif call.target_id in settled:
                reasons[call.attempt_id] = "answered"
            elif hours is not None and not hours.may_call(now):
                reasons[call.attempt_id] = "outside_hours"
            elif call.number in ringing_us or call.resident_id in callers:
                reasons[call.attempt_id] = "calls_us"
            elif self._line.refusal(call.number, sample=person.sample):
                reasons[call.attempt_id] = "not_on_this_line"
            elif pace is not None and pace.rests(now):
                reasons[call.attempt_id] = "carrier_rests"
        return reasons

    async def _ask_once_more(self, call: PlannedCall) -> str | FoundCall | None:
        """Ask the carrier whether the unknown attempt before this one rang after all."""
        since = call.doubtful_since or call.slot_at
        try:
            if call.doubtful_call is not None:
                return _instead_of(call, await self._carrier.fetch(call.doubtful_call))
            if not self._carrier.abilities.finds_calls:
                return None
            found = await self._carrier.find(to=call.number, since=since - timedelta(minutes=1))
        except Unavailable:
            return "carrier_unavailable"
        known = await self._database.read(
            lambda conn: call_store.carrier_ids_known(conn, [each.carrier_id for each in found])
        )
        return call_of_attempt(found, known, attempt_id=None, from_number=call.from_number, since=since, until=None)

    async def _post(self, held: _Held, checked_at: float) -> None:
        call = held.call
        urls = CallUrls(self._public_url, self._carrier.name, call.attempt_id, call.token)
        request = PlaceRequest(to=call.number, from_number=call.from_number, urls=urls)
        last_look = _LastLook(self._clock, checked_at, lambda: self._why_not(call))
        try:
            await self._wait_for_turn(held.due, held.own_until, last_look)
        except _NotAnyMore as stopped:
            await self._finish(call, stopped.reason)
            return
        except Exception:
            log.exception("no_slot", attempt=call.attempt_id)
            await self._finish(call, "no_slot")
            return
        if not self._lease_holds(held):
            # A process that slept is no longer sure that the call is its own.
            log.warning("lease_ran_out", attempt=call.attempt_id)
            await self._finish(call, "lease")
            return
        try:
            async with asyncio.timeout(self._limits.timing.place.total_seconds()):
                result = await self._carrier.place(request)
        except TimeoutError:
            result = PlaceResult(placement=Acceptance.UNKNOWN, error_code="timeout", error_text="线路方没有及时应答")
        except Exception:
            log.exception("place_failed", attempt=call.attempt_id)
            result = PlaceResult(placement=Acceptance.UNKNOWN, error_code="error", error_text="线路请求出错")
        await self._finish(call, result)

    async def _why_not(self, call: PlannedCall) -> str | None:
        reasons = await self._database.read(lambda conn: self._reasons(conn, [call]))
        return reasons.get(call.attempt_id)

    async def _wait_for_turn(self, due: float, own_until: float | None, last_look: "_LastLook") -> None:
        """Wait for the moment to send; the caller sends without another wait in between.

        Never more calls start in a period than the pace allows, whatever held this process up: a worker alone counts
        what it sent. One that shares the pace keeps its calls apart and within the stretch of the pace that it
        reserved; a call that comes too late for that takes a new stretch, with room for being late.

        Raises:
            _NotAnyMore: the call that had its turn is not to be placed after all; the turn is not used up.
        """
        loop = asyncio.get_running_loop()
        if own_until is None:
            async with self._turn:
                earliest = self._sent[0] + self._period if len(self._sent) == self._sent.maxlen else 0.0
                await _sleep_until(max(due, earliest))
                await last_look.take()
                self._sent.append(loop.time())
            return
        room = _ROOM
        while not await self._sent_in_time(due, own_until, last_look):
            # A call that is lost meanwhile uses up no more of the pace that all share.
            await last_look.take()
            room = min(1.0, room * 4)
            due = await self._take_new_slot(room)
            own_until = due + room + self._gap

    async def _sent_in_time(self, due: float, own_until: float, last_look: "_LastLook") -> bool:
        loop = asyncio.get_running_loop()
        await _sleep_until(due)
        async with self._turn:
            last = self._sent[-1] if self._sent else 0.0
            latest = own_until - self._gap
            moment = max(due, last + self._gap)
            if moment > latest:
                return False
            await _sleep_until(moment)
            await last_look.take()
            if loop.time() > latest:
                return False
            self._sent.append(loop.time())
            return True

    async def _take_new_slot(self, room: float) -> float:
        """Reserve a stretch of the shared pace; return when it begins, by the loop's clock."""
        asked, now = asyncio.get_running_loop().time(), self._clock.now()

        def reserve(conn: Connection) -> float:
            pace = pace_store.lock_pace(conn, self._line.name, now)
            at = max(pace.next_at, now)
            free_at = (
                at
                + timedelta(seconds=room)
                + spacing(self._limits.calls_per_second, pace.slow_factor, margin=SHARED_MARGIN)
            )
            pace_store.reserve(conn, self._line.name, next_at=free_at, owner=self._limits.worker_id)
            return (at - now).total_seconds()

        return asked + await self._database.write(reserve)

    def _lease_holds(self, held: _Held) -> bool:
        """By both clocks: one stands still while a machine sleeps, the other may be set."""
        timing = self._limits.timing
        needed = timing.place + timing.margin
        age = timedelta(seconds=self._clock.monotonic() - held.claimed_at)
        return age < timing.lease - needed and self._clock.now() < held.call.lease_until - needed

    async def _finish(self, call: PlannedCall, came_of_it: PlaceResult | FoundCall | str) -> None:
        """Write results down, all that have gathered in one transaction."""
        self._done.append(Done(call, came_of_it, self._clock.now()))
        async with self._settling:
            done, self._done = self._done, []
            if done:
                await self._settle(done)

    async def _settle(self, done: Sequence[Done]) -> None:
        try:
            await self._database.write(lambda conn: settle(conn, done, self._line, self._limits.timing, self._rules))
        except Exception:
            log.exception("settle_failed", calls=len(done))
            if len(done) > 1:
                for each in done:
                    await self._settle([each])


def _instead_of(call: PlannedCall, earlier: FoundCall | None) -> FoundCall | str | None:
    """What becomes of a planned call when the carrier knows one again that was given up; None to place it."""
    if earlier is None or earlier.to == call.number:
        return earlier
    return None if earlier.status.is_final else "earlier_call"


async def _sleep_until(moment: float) -> None:
    wait = moment - asyncio.get_running_loop().time()
    if wait > 0:
        await asyncio.sleep(wait)
