"""Take back calls that wait in the carrier's queue and must not ring any more: paused, after hours, opted out, answered, on the line."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from community.clock import Clock
from community.model.calls.call import AttemptStatus
from community.model.calls.campaign import CampaignStatus
from community.model.rulebook import Rulebook
from community.store import dialling as store
from community.store.campaigns import campaigns_by_id
from community.store.database import Database
from community.store.dialling import Attempt
from community.store.targets import persons_of, settled_in_writing
from community.usecases.calling_hours import calling_hours
from community.usecases.close_attempt import close_attempt
from voice.carriers.base import Carrier

log = structlog.get_logger(__name__)

_AT_ONCE = 500
_TOGETHER = 20
#: A call that could not be cancelled probably rings: the carrier is asked how it stands after so long.
_ASK_AFTER = timedelta(seconds=2)


class Withdrawal:
    """Cancels queued calls at the carrier; a call that rings or runs is left alone."""

    def __init__(self, database: Database, carrier: Carrier, clock: Clock, rules: Rulebook) -> None:
        self._database = database
        self._carrier = carrier
        self._clock = clock
        self._rules = rules

    async def tick(self) -> None:
        """Cancel whatever is queued and must not ring now."""
        now = self._clock.now()
        unwanted = await self._database.read(lambda conn: self._unwanted(conn, now))
        for start in range(0, len(unwanted), _TOGETHER):
            await asyncio.gather(*(self._cancel(attempt) for attempt in unwanted[start : start + _TOGETHER]))

    def _unwanted(self, conn: Connection, now: datetime) -> list[Attempt]:
        queued = store.queued_calls(conn, self._carrier.name, _AT_ONCE)
        if not queued:
            return []
        unwanted = self._must_not_ring(conn, queued, now)
        return [attempt for attempt in queued if attempt.id in unwanted]

    def _must_not_ring(self, conn: Connection, queued: Sequence[Attempt], now: datetime) -> set[str]:
        aims = {attempt.id: attempt.aim for attempt in queued}
        campaigns = campaigns_by_id(conn, sorted({aim.campaign_id for aim in aims.values() if aim}))
        people = persons_of(conn, sorted({aim.resident_id for aim in aims.values() if aim}))
        settled = settled_in_writing(conn, [aim.target_id for aim in aims.values() if aim])
        ringing_us, callers = store.calling_us(conn, {attempt.number for attempt in queued}, list(people))
        unwanted = set()
        for attempt in queued:
            aim = aims[attempt.id]
            if aim is None:
                continue
            campaign, person = campaigns[aim.campaign_id], people[aim.resident_id]
            hours = calling_hours(campaign, person.preferred_hours, self._rules)
            if (
                campaign.status is not CampaignStatus.RUNNING
                or person.opted_out
                or aim.target_id in settled
                or attempt.number in ringing_us
                or aim.resident_id in callers
                or (hours is not None and not hours.may_call(now))
            ):
                unwanted.add(attempt.id)
        return unwanted

    async def _cancel(self, attempt: Attempt) -> None:
        carrier_id = attempt.carrier_id or ""
        cancelled = await self._carrier.cancel(carrier_id)
        now = self._clock.now()
        if cancelled:
            await self._database.write(lambda conn: self._close(conn, attempt.id, now))
            log.info("call_withdrawn", attempt=attempt.id)
        else:
            await self._database.write(lambda conn: store.note_on_attempt(conn, attempt.id, check_at=now + _ASK_AFTER))

    def _close(self, conn: Connection, attempt_id: str, now: datetime) -> None:
        attempt = store.attempt_by_id(conn, attempt_id, lock=True)
        if attempt.status is AttemptStatus.PLACED:
            to = AttemptStatus.CANCELLED
            close_attempt(conn, attempt, to, outcome=None, rules=self._rules, now=now, again_at=now)
