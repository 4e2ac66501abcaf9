"""Whom the telephone may ring at all, and how often; the same rules before a launch, at a claim and before a call."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import phonenumbers

from community.model.phone import HOME_REGIONS, is_mainland, is_sample, why_not_dial
from community.model.rulebook import CallCaps

#: Where the guardian stands behind the resident's own phones.
GUARDIAN_POSITION = 1000

NO_PHONE_REASON = "没有电话号码"
NO_GOOD_PHONE_REASON = "登记的号码都打不通或不是本人，请核对名册"

_PLAIN_MOBILE = re.compile(r"\+861(?!349|740)[3-9]\d{9}")
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is known of the carrier a campaign is dialled with.

    Attributes:
        name: the carrier's name; its pool of numbers shares one pace.
        rehearsal: nobody is really rung.
        from_numbers: the numbers we call from.
        mainland_allowed_because: why +86 numbers may be called although the carrier is outside the mainland; empty
            forbids it.
    """

    name: str
    rehearsal: bool
    from_numbers: tuple[str, ...] = ()
    mainland_allowed_because: str = ""

    def refusal(self, number: str, *, sample: bool) -> str | None:
        """Say why this line must not dial a resident's number; None when it may.

        Args:
            number: E.164.
            sample: the resident belongs to the sample community.
        """
        if self.rehearsal:
            return None
        if sample or is_sample(number):
            return "示例居民，真实线路不拨打"
        if is_mainland(number) and not self.mainland_allowed_because:
            return (
                "大陆号码不能用境外线路拨打：请管理员换线路，或确认合规后填写 SHOUWANG_MAINLAND_CALLS_ALLOWED_BECAUSE"
            )
        if _PLAIN_MOBILE.fullmatch(number):
            return None
        refusal = why_not_dial(number, self._regions())
        return f"号码{refusal}" if refusal else None

    def from_number(self, resident_id: int) -> str:
        """The number a resident is called from: always the same one, so that it becomes familiar."""
        return self.from_numbers[resident_id % len(self.from_numbers)] if self.from_numbers else ""

    def _regions(self) -> tuple[str, ...]:
        own = (phonenumbers.region_code_for_number(phonenumbers.parse(number)) for number in self.from_numbers)
        return (*HOME_REGIONS, *(region for region in own if region))


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
