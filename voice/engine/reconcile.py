"""Find out what became of calls whose fate is not known, and of calls the carrier has gone silent about."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from community.clock import Clock
from community.errors import Unavailable
from community.model.calls.call import AttemptStatus, Outcome
from community.model.calls.campaign import CampaignStatus
from community.model.calls.retry import retry_wait
from community.model.rulebook import Rulebook
from community.store import dialling as store
from community.store.campaigns import Campaign, campaign_by_id
from community.store.database import Database
from community.store.dialling import Attempt
from community.store.targets import person_of
from community.usecases.calling_hours import calling_hours
from community.usecases.close_attempt import close_attempt
from voice.carriers.base import Carrier, FoundCall
from voice.engine.apply import apply_event, event_of_poll
from voice.engine.outcome import outcome_of
from voice.engine.timing import Timing

log = structlog.get_logger(__name__)

#: The carrier's clock and ours may differ by so much.
_CLOCK_DIFFERENCE = timedelta(minutes=1)
_AT_ONCE = 20
_LIVE = (AttemptStatus.PLACED, AttemptStatus.RINGING, AttemptStatus.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Questions:
    """Attempts that the carrier is to be asked about."""

    unknown: tuple[Attempt, ...] = ()
    silent: tuple[Attempt, ...] = ()


class Reconciler:
    """Asks the carrier what it knows; nobody is rung by it."""

    def __init__(self, database: Database, carrier: Carrier, clock: Clock, rules: Rulebook, *, timing: Timing) -> None:
        self._database = database
        self._carrier = carrier
        self._clock = clock
        self._rules = rules
        self._timing = timing

    def take(self, conn: Connection, now: datetime) -> Questions:
        """Take what is to be asked, so that no other worker asks it too; attempts of silent workers become unknown."""
        for attempt_id in store.expire_leases(conn, now):
            log.warning("worker_went_silent", attempt=attempt_id)
        return Questions(
            unknown=tuple(self._take(conn, (AttemptStatus.UNKNOWN,), now)), silent=tuple(self._take(conn, _LIVE, now))
        )

    async def catch_up(self) -> None:
        """Have the carrier asked soon about every call: while nobody served, its callbacks found nobody."""
        at = self._clock.now() + self._timing.first_ask
        name = self._carrier.name
        await self._database.write(lambda conn: store.hasten_checks(conn, name, _LIVE, at=at))

    async def ask(self, questions: Questions) -> None:
        """Ask about attempts of unknown fate, and about calls of which no callback came for long."""
        await asyncio.gather(
            *(self._poll(attempt) if attempt.carrier_id else self._look_for(attempt) for attempt in questions.unknown),
            *(self._poll(attempt) for attempt in questions.silent),
        )

    def _take(self, conn: Connection, statuses: Collection[AttemptStatus], now: datetime) -> list[Attempt]:
        next_check = now + self._timing.next_ask / 2
        return store.take_checks(conn, self._carrier.name, statuses, now=now, next_check=next_check, limit=_AT_ONCE)

    async def _look_for(self, attempt: Attempt) -> None:
        found: Sequence[FoundCall] = ()
        if self._carrier.abilities.finds_calls:
            try:
                found = await self._carrier.find(to=attempt.number, since=attempt.created_at - _CLOCK_DIFFERENCE)
            except Unavailable:
                log.warning("carrier_cannot_be_asked", attempt=attempt.id)
                return
        now = self._clock.now()
        await self._database.write(lambda conn: self._conclude(conn, attempt, found, now))

    def _conclude(self, conn: Connection, attempt: Attempt, found: Sequence[FoundCall], now: datetime) -> None:
        stands = store.attempt_by_id(conn, attempt.id, lock=True)
        if stands.status is not AttemptStatus.UNKNOWN:
            return
        known = store.carrier_ids_known(conn, [call.carrier_id for call in found])
        until = (stands.lease_until or stands.created_at) + _CLOCK_DIFFERENCE
        mine = call_of_attempt(
            found,
            known,
            attempt_id=stands.id,
            from_number=stands.from_number,
            since=stands.created_at - _CLOCK_DIFFERENCE,
            until=until,
        )
        if mine is not None:
            log.info("call_found", attempt=stands.id, carrier_id=mine.carrier_id)
            apply_event(conn, stands.id, event_of_poll(mine), rules=self._rules, now=now)
            return
        self._not_found(conn, stands, now)

    def _not_found(self, conn: Connection, attempt: Attempt, now: datetime) -> None:
        """Wait the normal retry time, so that a late callback still finds its attempt; then let the target go on."""
        aim = attempt.aim
        assert aim is not None, "only what we dial is of unknown fate"  # noqa: S101 - a call that came in was picked up
        campaign = campaign_by_id(conn, aim.campaign_id)
        planned = campaign.questionnaire.retry_for(Outcome.UNKNOWN).after
        redial_at = attempt.created_at + retry_wait(planned, rehearsal=campaign.rehearsal)
        asks = attempt.asks + 1
        if now < redial_at or not attempt.asks:
            next_ask = now + self._timing.next_ask
            store.note_on_attempt(conn, attempt.id, check_at=min(next_ask, max(redial_at, now)), asks=asks)
            return
        later = self._not_before(conn, aim.resident_id, campaign, now)
        if later is not None:
            store.note_on_attempt(conn, attempt.id, check_at=later, asks=asks)
            return
        outcome = outcome_of(conn, attempt, Outcome.UNKNOWN)
        close_attempt(
            conn,
            attempt,
            AttemptStatus.ENDED,
            outcome=outcome,
            rules=self._rules,
            now=now,
            # No callback told of it, and nobody can be asked: another call might be the second.
            unknowable=not self._carrier.abilities.finds_calls,
            asks=asks,
        )

    def _not_before(self, conn: Connection, resident_id: int, campaign: Campaign, now: datetime) -> datetime | None:
        """Until when nobody would be dialled anyhow; the carrier is asked again then, right before."""
        if campaign.status is CampaignStatus.PAUSED:
            return now + self._timing.next_ask
        if campaign.status is not CampaignStatus.RUNNING:
            return None
        hours = calling_hours(campaign, person_of(conn, resident_id).preferred_hours, self._rules)
        opening = hours.next_opening(now) if hours else now
        return opening if opening is not None and opening > now else None

    async def _poll(self, attempt: Attempt) -> None:
        if attempt.carrier_id is None:
            await self._database.write(lambda conn: self._give_up_if_old(conn, attempt.id))
            return
        try:
            found = await self._carrier.fetch(attempt.carrier_id)
        except Unavailable:
            # It may still wait in the carrier's queue: silence is no answer.
            log.warning("carrier_cannot_be_asked", attempt=attempt.id)
            return
        now = self._clock.now()
        if found is None:
            await self._database.write(lambda conn: self._give_up_if_old(conn, attempt.id))
            return
        await self._database.write(
            lambda conn: apply_event(conn, attempt.id, event_of_poll(found), rules=self._rules, now=now)
        )

    def _give_up_if_old(self, conn: Connection, attempt_id: str) -> None:
        """End a call that the carrier says it does not know, for longer than any call lasts."""
        now = self._clock.now()
        attempt = store.attempt_by_id(conn, attempt_id, lock=True)
        began = attempt.answered_at or attempt.ringing_at or attempt.placed_at or attempt.created_at
        if attempt.status.is_final or now - began < self._timing.longest_call:
            return
        picked_up = attempt.status is AttemptStatus.IN_PROGRESS
        carrier_says = Outcome.ANSWERED if picked_up else Outcome.UNKNOWN
        outcome = outcome_of(conn, attempt, carrier_says)
        log.warning("call_given_up", attempt=attempt.id, status=attempt.status)
        close_attempt(conn, attempt, AttemptStatus.ENDED, outcome=outcome, rules=self._rules, now=now)


def call_of_attempt(
    found: Sequence[FoundCall],
    known: Collection[str],
    *,
    attempt_id: str | None,
    from_number: str,
    since: datetime,
    until: datetime | None,
) -> FoundCall | None:
    """Pick from the carrier's calls to a number the one that an attempt must have placed; None when there is none.

    Args:
        known: ids of calls that belong to other attempts.
        since: calls before it are another's.
        until: calls after it are another's; None for no end.
    """
    candidates = [call for call in found if call.carrier_id not in known]
    for call in candidates:
        if attempt_id is not None and call.attempt_id == attempt_id:
            return call
    in_time = [
        call
        for call in candidates
        if (call.attempt_id is None or attempt_id is None)
        and (not from_number or not call.from_number or call.from_number == from_number)
        and (call.created_at is None or (call.created_at >= since and (until is None or call.created_at <= until)))
    ]
    in_time.sort(key=lambda call: call.created_at or since)
    return in_time[0] if in_time else None
