"""Which number of a resident is dialled next, how often a person and a telephone may be rung, and when next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from community.model.hours import CallingHours
from community.model.rulebook import CallCaps

#: Where the guardian stands behind the resident's own phones.
GUARDIAN_POSITION = 1000

NO_PHONE_REASON = "没有电话号码"
NO_HOURS_REASON = "没有可以打电话的时段"
NO_GOOD_PHONE_REASON = "登记的号码都打不通或不是本人，请核对名册"

_HOUR = timedelta(hours=1)
#: Callbacks are promised at such moments of the clock.
_ROUND = timedelta(minutes=5)
#: Nobody is promised a call later than so many moves of the wish, to the end of a cap and to the next opening, lead to.
_MOVES = 20
#: A call that is placed now may ring so much later.
_RINGS_LATE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Callee:
    """A number that may be dialled for a resident, and where it stands among their numbers."""

    number: str
    position: int

    @property
    def is_guardian(self) -> bool:
        """Whether it is the guardian's."""
        return self.position == GUARDIAN_POSITION


def next_callee(phones: Sequence[Callee], guardian_phone: str, position: int) -> Callee | None:
    """The number that is dialled next: the first good one from `position` on, the guardian's after all others.

    Args:
        phones: the resident's good phones, in order.
        guardian_phone: E.164, or empty.
        position: numbers before this one were found to be wrong.
    """
    for phone in phones:
        if phone.position >= position:
            return phone
    if guardian_phone and position <= GUARDIAN_POSITION:
        return Callee(guardian_phone, GUARDIAN_POSITION)
    return None


def capped_until(calls: Sequence[datetime], now: datetime, caps: CallCaps, zone: tzinfo) -> datetime | None:
    """Until when a person, or a telephone, may not be rung because of earlier calls; None when it may be rung now.

    Args:
        calls: when it was rung today and in the last hour, in any order.
        caps: an hour is any sixty minutes, a day is the calendar's.
    """
    last_hour = sorted(call for call in calls if call > now - _HOUR)
    today = now.astimezone(zone).date()
    calls_today = sum(1 for call in calls if call.astimezone(zone).date() == today)
    if calls_today >= caps.per_day:
        midnight = datetime.combine(today + timedelta(days=1), datetime.min.time(), zone)
        return midnight.astimezone(now.tzinfo)
    if len(last_hour) >= caps.per_hour:
        return last_hour[-caps.per_hour] + _HOUR
    return None


def look_back(now: datetime, zone: tzinfo) -> datetime:
    """Since when calls must have been written down to count now: one may wait long in the carrier's queue before it rings."""
    midnight = datetime.combine(now.astimezone(zone).date(), datetime.min.time(), zone)
    return min(midnight, now - _HOUR) - timedelta(days=1)


def free_from(
    rung: Sequence[Sequence[datetime]],
    now: datetime,
    *,
    caps: CallCaps,
    zone: tzinfo,
    hours: CallingHours | None,
    promised: Sequence[Sequence[datetime]] = ((), ()),
) -> datetime | None:
    """The first moment from `now` on at which a phone may ring by the caps and the hours; None where no hour suits.

    Args:
        rung: the calls that count, once for the person and once for the telephone: each may be rung only so often.
        hours: None in a rehearsal, which has neither hours nor caps.
        promised: likewise, the calls that were promised for another matter or to somebody else, and must not be pushed back.
    """
    if hours is None:
        return now
    free_at = max(_free_by(calls, kept, now, caps, zone) for calls, kept in zip(rung, promised, strict=True))
    return hours.next_opening(free_at)


def _free_by(
    calls: Sequence[datetime], promised: Sequence[datetime], now: datetime, caps: CallCaps, zone: tzinfo
) -> datetime:
    """The first moment that the caps leave, a promise counted like a call, and a slot before each promise kept free."""
    before = [*calls, *(moment for moment in promised if moment <= now)]
    if (until := capped_until(before, now, caps, zone)) is not None:
        return until
    for moment in sorted(moment for moment in promised if moment > now):
        with_this = [*before, min(now + _RINGS_LATE, moment)]
        if capped_until(with_this, moment, caps, zone) and not capped_until(before, moment, caps, zone):
            return moment
        before.append(moment)
    return now


def next_promise(
    wish: datetime,
    rung: Sequence[Sequence[datetime]],
    *,
    caps: CallCaps,
    zone: tzinfo,
    hours: CallingHours | None,
    deadline: datetime | None,
    promised: Sequence[Sequence[datetime]] = ((), ()),
) -> datetime | None:
    """The moment, a full five minutes, at which somebody who wishes to be called again really can be.

    Args:
        wish: the earliest moment that suits them.
        rung, caps, zone, hours, promised: as for `free_from`; this very call among those that count.
        deadline: no call later than this.

    Returns:
        None where no call is possible in time.
    """
    moment = _rounded_up(wish)
    for _ in range(_MOVES):
        opening = free_from(rung, moment, caps=caps, zone=zone, hours=hours, promised=promised)
        if opening is None or (hours is not None and deadline is not None and opening > deadline):
            return None
        if opening == moment:
            return moment
        moment = _rounded_up(opening)
    return None


def _rounded_up(moment: datetime) -> datetime:
    over = (moment - datetime.min.replace(tzinfo=UTC)) % _ROUND
    return moment + (_ROUND - over) if over else moment
