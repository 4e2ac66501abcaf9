"""When somebody wants to be called again: 半个钟头后, 明天上午, 晚上八点, 过会儿."""

import re
from datetime import datetime, time, timedelta, tzinfo

from community.model.meaning.amounts.numerals import numerals
from community.model.meaning.speech import plain
from community.model.meaning.times.day import find_day
from community.model.meaning.times.period import find_time

_N = r"[一二两三四五六七八九十\d]+"
_HALF_HOUR = re.compile(r"(?<![一二两三四五六七八九十个])半(?:个)?(?:多)?(?:小时|钟头|点钟)")
_HOURS = re.compile(rf"(?P<n>{_N})(?:个)?(?P<half>半)?(?:多)?(?:小时|钟头)")
_MINUTES = re.compile(rf"(?P<n>{_N})(?:来|多)?分钟")
_QUARTERS = re.compile(rf"(?P<n>{_N})刻钟")
#: When somebody is called who said only the part of the day.
_HOUR_OF_PART = {
    "early_morning": time(8, 30),
    "morning": time(9, 30),
    "noon": time(11, 30),
    "afternoon": time(15, 0),
    "evening": time(19, 0),
    "night": time(20, 0),
}
_DEFAULT_HOUR = time(10, 0)


def callback_time(speech: str, now: datetime, zone: tzinfo) -> datetime | None:
    """The moment somebody asked to be called at; None when they named none.

    Args:
        speech: what was said.
        now: aware; the result is later than it.
        zone: the community's time zone.
    """
    text = plain(speech)
    wait = _wait(text)
    if wait is not None:
        return now + wait
    local = now.astimezone(zone)
    day = find_day(text, local.date())
    minutes, part = find_time(text)
    if day is None and minutes is None and part is None:
        return None
    moment = (
        time(minutes // 60 % 24, minutes % 60) if minutes is not None else _HOUR_OF_PART.get(part or "", _DEFAULT_HOUR)
    )
    wanted = datetime.combine(day or local.date(), moment, zone)
    while wanted <= now:
        wanted += timedelta(days=1)
    return wanted


def _wait(text: str) -> timedelta | None:
    if _HALF_HOUR.search(text):
        return timedelta(minutes=30)
    for pattern, minutes in ((_HOURS, 60), (_MINUTES, 1), (_QUARTERS, 15)):
        match = pattern.search(text)
        if match:
            found = numerals(match["n"])
            extra = 30 if "half" in match.groupdict() and match["half"] else 0
            return timedelta(minutes=found[0].value * minutes + extra) if found else None
    return None
