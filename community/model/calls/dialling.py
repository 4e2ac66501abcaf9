"""Which number of a resident is dialled next, and how often one person may be called."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from community.model.rulebook import CallCaps

#: Where the guardian stands behind the resident's own phones.
GUARDIAN_POSITION = 1000

NO_PHONE_REASON = "没有电话号码"
NO_HOURS_REASON = "没有可以打电话的时段"
NO_GOOD_PHONE_REASON = "登记的号码都打不通或不是本人，请核对名册"

_HOUR = timedelta(hours=1)


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
    """Until when a person may not be called because of the calls they already got; None when they may be called now.

    Args:
        calls: when their phone was rung today and in the last hour, in any order.
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
