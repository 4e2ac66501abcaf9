"""Claim the calls that are due: whom, on which number, at which moment; written down before anything is dialled."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from community.model.calls.call import AttemptStatus
from community.model.calls.line import Line
from community.model.calls.numbers import NumberPool, OwnNumber
from community.model.calls.pacing import MARGIN, SHARED_GAP, SHARED_MARGIN, Lane, Slot, share_slots, spacing
from community.model.rulebook import Rulebook
from community.store import dialling as call_store
from community.store import pace as pace_store
from community.store import targets as target_store
from community.store.campaigns import Campaign, running_campaigns
from community.store.spent import familiar_numbers, live_by_number
from community.store.workers import live_workers
from community.usecases.calling_hours import calling_hours
from voice.engine.ceilings import campaign_allowances, day_allowance
from voice.engine.eligibility import Judged, Ready, judge_due, put_aside
from voice.engine.timing import Timing

#: The most calls that one claim takes.
_BATCH = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimLimits:
    """Who claims, and how much at most."""

    worker_id: str
    calls_per_second: float
    concurrent_calls: int
    timing: Timing


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCall:
    """One call that this worker, and nobody else, is about to place.

    Attributes:
        slot_at: the moment of the shared pace that belongs to it.
        lease_until: from then on others may take it for lost; it must not be placed any more.
        doubtful_since: an earlier attempt of the target may have rung since then without our knowing: the carrier is
            asked once more right before.
        doubtful_call: the carrier's id of an earlier call of the target that it took and then did not know any more:
            asked about likewise.
    """

    attempt_id: str
    token: str
    target_id: int
    campaign_id: int
    resident_id: int
    number: str
    from_number: str
    fence: int
    slot_at: datetime
    lease_until: datetime
    doubtful_since: datetime | None
    doubtful_call: str | None = None

    @property
    def is_doubtful(self) -> bool:
        """Whether the carrier is to be asked once more before it is placed."""
        return self.doubtful_since is not None or self.doubtful_call is not None


@dataclass(frozen=True, slots=True)
class Claimed:
    """What one claim took.

    Attributes:
        until: the pace is this worker's own from the first slot up to here.
        alone: no other worker shares the pace just now.
    """

    calls: tuple[PlannedCall, ...] = ()
    until: datetime | None = None
    alone: bool = True


def claim_calls(conn: Connection, limits: ClaimLimits, *, line: Line, rules: Rulebook, now: datetime) -> Claimed:
    """Take the calls that are due within the next moments, with their slots of the shared pace, in one transaction."""
    pace = pace_store.lock_pace(conn, line.name, now)
    alone = pace.owner in {"", limits.worker_id} and live_workers(conn, now, carrier=line.name) <= 1
    if pace.rests(now):
        return Claimed(alone=alone)
    slow_factor = pace_store.recover(conn, line.name, pace, now)
    gap = spacing(limits.calls_per_second, slow_factor, margin=MARGIN if alone else SHARED_MARGIN)
    start, until = max(pace.next_at, now), now + limits.timing.ahead
    live = call_store.live_calls(conn, line.name, now)
    numbers = _number_pool(conn, line, slow_factor)
    gap = max(gap, numbers.gap)
    room = min(_BATCH, limits.concurrent_calls - sum(live.values()), int((until - start) / gap) + 1)
    room = room if numbers.room is None else min(room, numbers.room)
    if pace.failures >= pace_store.FAILURES_TO_REST:
        room = min(room, 1)
    if start >= until or room <= 0:
        return Claimed(alone=alone)
    if not alone and until - start < limits.timing.ahead / 2 and gap < limits.timing.ahead / 8:
        # Workers take turns in long stretches: being late can cost a stretch its last slot.
        return Claimed(alone=alone)
    campaigns = {campaign.id: campaign for campaign in _open_campaigns(conn, line, rules, now)}
    calls_left = campaign_allowances(conn, campaigns, live, now)
    left_today = day_allowance(conn, campaigns, line=line, rules=rules, now=now)
    if left_today is not None:
        room = min(room, left_today)
    if room <= 0:
        return Claimed(alone=alone)
    judged = judge_due(conn, campaigns, room, line=line, rules=rules, timing=limits.timing, now=now)
    put_aside(conn, judged, rules=rules, now=now)
    lanes = _lanes(conn, campaigns, judged, live, calls_left)
    slots = share_slots(lanes, start=start, until=until, gap=gap, capacity=room)
    if not slots:
        return Claimed(alone=alone)
    calls = _write(conn, slots, judged, numbers, line=line, limits=limits, now=now)
    reserved_until = slots[-1].at + gap + (timedelta(0) if alone else SHARED_GAP)
    pace_store.reserve(conn, line.name, next_at=reserved_until, owner=limits.worker_id)
    own = {lane.campaign_id: lane.next_at for lane in lanes if lane.gap is not None and lane.next_at is not None}
    pace_store.write_campaign_paces(conn, own, limits.worker_id)
    return Claimed(tuple(calls), reserved_until, alone)


def _number_pool(conn: Connection, line: Line, slow_factor: float) -> NumberPool:
    """Our numbers, with what each is doing; a single one without limits of its own needs no look at the tables."""
    if not line.chooses_number:
        numbers = [OwnNumber(number) for number in line.from_numbers]
        return NumberPool(numbers, gap=None, concurrent=None)
    live = live_by_number(conn, line.name)
    pools = {pace_store.number_pool(number): number for number in line.from_numbers}
    next_times = pace_store.next_times(conn, list(pools))
    numbers = [OwnNumber(number, live.get(number, 0), next_times.get(pool)) for pool, number in pools.items()]
    rate = line.number_calls_per_second
    gap = spacing(rate, slow_factor) if rate else None
    return NumberPool(numbers, gap=gap, concurrent=line.number_concurrent_calls)


def _open_campaigns(conn: Connection, line: Line, rules: Rulebook, now: datetime) -> list[Campaign]:
    """Running campaigns of this line whose own hours allow a call now."""
    opened = []
    for campaign in running_campaigns(conn, rehearsal=line.rehearsal):
        hours = calling_hours(campaign, "", rules)
        in_time = campaign.deadline is None or now <= campaign.deadline
        if in_time and (hours is None or hours.may_call(now)):
            opened.append(campaign)
    return opened


def _lanes(
    conn: Connection,
    campaigns: Mapping[int, Campaign],
    judged: Judged,
    live: Mapping[int, int],
    calls_left: Mapping[int, int],
) -> list[Lane]:
    own_paces = {
        pace_store.campaign_pool(campaign_id): campaign_id
        for campaign_id in judged.ready
        if campaigns[campaign_id].questionnaire.pace.calls_per_second
    }
    next_times = pace_store.next_times(conn, list(own_paces)) if own_paces else {}
    lanes = []
    for campaign_id, ready in judged.ready.items():
        campaign = campaigns[campaign_id]
        rate = campaign.questionnaire.pace.calls_per_second
        lanes.append(
            Lane(
                campaign_id=campaign_id,
                rank=campaign.priority.rank,
                waiting=min(len(ready), calls_left.get(campaign_id, len(ready))),
                live=live.get(campaign_id, 0),
                limit=campaign.questionnaire.pace.concurrent_calls,
                gap=spacing(rate) if rate else None,
                next_at=next_times.get(pace_store.campaign_pool(campaign_id)),
            )
        )
    return lanes


def _write(
    conn: Connection,
    slots: Sequence[Slot],
    judged: Judged,
    numbers: NumberPool,
    *,
    line: Line,
    limits: ClaimLimits,
    now: datetime,
) -> list[PlannedCall]:
    people = [each.due.person.resident_id for own in judged.ready.values() for each in own]
    familiar = familiar_numbers(conn, people) if line.chooses_number else {}
    planned: list[tuple[PlannedCall, Ready]] = []
    lost: list[int] = []
    for slot in slots:
        ready = judged.ready[slot.campaign_id].popleft()
        number = numbers.take(slot.at, familiar.get(ready.due.person.resident_id))
        if number is None:
            # The number that this resident knows is busy: they wait for it.
            lost.append(ready.due.id)
        else:
            planned.append((_plan(ready, slot, from_number=number, lease=limits.timing.lease), ready))
    rows = [_row(call, ready, line=line, owner=limits.worker_id, now=now) for call, ready in planned]
    written = call_store.insert_attempts(conn, rows)
    calls = [call for call, _ in planned if call.attempt_id in written]
    target_store.start_calling(conn, [call.target_id for call in calls])
    # Another worker took the resident's number in this very moment.
    lost += [call.target_id for call, _ in planned if call.attempt_id not in written]
    target_store.defer_targets(conn, dict.fromkeys(lost, now + limits.timing.busy))
    for number, next_at in numbers.used.items() if line.chooses_number else ():
        pace_store.reserve(conn, pace_store.number_pool(number), next_at=next_at, owner=limits.worker_id)
    return calls


def _plan(ready: Ready, slot: Slot, *, from_number: str, lease: timedelta) -> PlannedCall:
    person = ready.due.person
    return PlannedCall(
        attempt_id=uuid.uuid4().hex,
        token=secrets.token_hex(16),
        target_id=ready.due.id,
        campaign_id=slot.campaign_id,
        resident_id=person.resident_id,
        number=ready.callee.number,
        from_number=from_number,
        fence=1,
        slot_at=slot.at,
        lease_until=slot.at + lease,
        doubtful_since=ready.last.doubtful_since,
        doubtful_call=ready.last.doubtful_call,
    )


def _row(call: PlannedCall, ready: Ready, *, line: Line, owner: str, now: datetime) -> dict[str, Any]:
    return {
        "id": call.attempt_id,
        "token": call.token,
        "target_id": call.target_id,
        "campaign_id": call.campaign_id,
        "resident_id": call.resident_id,
        "n": ready.last.n + 1,
        "number": call.number,
        "from_number": call.from_number,
        "carrier": line.name,
        "status": AttemptStatus.PLACING,
        "owner": owner,
        "lease_until": call.lease_until,
        "fence": call.fence,
        "dialogue": {"callee": "guardian"} if ready.callee.is_guardian else {},
        "rehearsal": line.rehearsal,
        "created_at": now,
    }
