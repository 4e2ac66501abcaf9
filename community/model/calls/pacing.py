"""How fast calls start: slots of one pace for all workers, shared by campaigns, urgent ones first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: Calls are set this much further apart than the limit says, so that a call sent a few milliseconds late still leaves
#: no second with one call too many; it costs 1.2 % of the pace.
MARGIN = 0.012

#: Workers that share the pace keep their calls apart one by one, so that less is enough between two slots; between the
#: stretches of two workers lies some time in which the first may be late.
SHARED_MARGIN = 0.004
SHARED_GAP = timedelta(seconds=0.008)

#: A carrier that asks for a slower pace (429) halves it each time, down to this fraction; it recovers by itself.
SLOWEST = 32.0


def spacing(calls_per_second: float, slow_factor: float = 1.0, *, margin: float = MARGIN) -> timedelta:
    """How far apart two calls start."""
    return timedelta(seconds=(1 + margin) * slow_factor / calls_per_second)


@dataclass(slots=True, kw_only=True)
class Lane:
    """One campaign in the sharing of slots.

    Attributes:
        rank: larger goes first (`Priority.rank`).
        waiting: calls that are ready to be made.
        live: calls that are not over.
        limit: the most calls at a time, if the campaign has a limit of its own.
        gap: the least time between two calls, if the campaign has a pace of its own.
        next_at: when its own pace allows the next call.
    """

    campaign_id: int
    rank: int
    waiting: int
    live: int
    limit: int | None = None
    gap: timedelta | None = None
    next_at: datetime | None = None

    @property
    def has_work(self) -> bool:
        """Whether it could use a slot at some time."""
        return self.waiting > 0 and (self.limit is None or self.live < self.limit)


@dataclass(frozen=True, slots=True)
class Slot:
    """One moment at which one campaign may start one call."""

    campaign_id: int
    at: datetime


def share_slots(
    lanes: Sequence[Lane], *, start: datetime, until: datetime, gap: timedelta, capacity: int
) -> list[Slot]:
    """Give out the slots of a stretch of time: highest rank first, then to whoever has the fewest calls running.

    Args:
        lanes: changed in place as slots are given to them.
        start: the first moment at which a call may start.
        until: slots from here on are left for later.
        gap: time between two calls of the whole pool.
        capacity: at most so many.
    """
    slots: list[Slot] = []
    at = start
    while at < until and len(slots) < capacity:
        able = [lane for lane in lanes if lane.has_work]
        if not able:
            break
        ready = [lane for lane in able if lane.next_at is None or lane.next_at <= at]
        if not ready:
            at = min(lane.next_at for lane in able if lane.next_at is not None)
            continue
        lane = min(ready, key=lambda each: (-each.rank, each.live, each.campaign_id))
        lane.waiting -= 1
        lane.live += 1
        if lane.gap is not None:
            lane.next_at = at + lane.gap
        slots.append(Slot(lane.campaign_id, at))
        at += gap
    return slots
