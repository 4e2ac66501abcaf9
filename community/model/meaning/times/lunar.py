"""Days of the lunar calendar as people name them at the turn of the year: 腊月二十八, 大年三十, 正月初六, 中秋."""

import re
from datetime import date, timedelta

#: The lunar years from 2020 on, as the Hong Kong Observatory's tables give them: bits 4 to 15 are the months, the first in the
#: highest bit, set for thirty days; bits 0 to 3 the leap month, bit 16 set where that has thirty days.
_YEARS = (
    *(0x07954, 0x06AA0, 0x0AD50, 0x05B52, 0x04B60, 0x0A6E6, 0x0A4E0, 0x0D260, 0x0EA65, 0x0D530),
    *(0x05AA0, 0x076A3, 0x096D0, 0x04AFB, 0x04AD0, 0x0A4D0, 0x1D0B6, 0x0D250, 0x0D520, 0x0DD45),
    *(0x0B5A0, 0x056D0, 0x055B2, 0x049B0, 0x0A577, 0x0A4B0, 0x0AA50, 0x1B255, 0x06D20, 0x0ADA0),
)
_FIRST_YEAR, _FIRST_DAY = 2020, date(2020, 1, 25)
_MONTHS = 12
_DIGITS = "一二三四五六七八九十"
_EVE = re.compile(r"大年三十|年三十|除夕|大年夜|年夜饭|腊月三十")
_NEW_YEARS_DAYS = re.compile(rf"(?:大年|年|新年|春节)初(?P<day>[{_DIGITS}])")
_MONTH_AND_DAY = re.compile(
    rf"(?P<month>正|腊|冬|(?:农历|阴历|旧历)[{_DIGITS}]{{1,2}})月(?:的)?(?:初(?P<first>[{_DIGITS}])|(?P<day>[廿{_DIGITS}]{{1,3}}))(?:号|日)?"
)
_FESTIVALS = {"腊八": (12, 8), "元宵": (1, 15), "端午": (5, 5), "中秋": (8, 15), "重阳": (9, 9)}
#: 中秋以后, 过年那几天: no day.
_ABOUT = re.compile(r"(?:以|之|过)?(?:后|前)|左右|前后|那几天|期间|附近|上下")
#: So long ago is a year ago.
_JUST_BEEN = timedelta(days=15)


def find_lunar(text: str, today: date, *, past: bool) -> date | None:
    """The day that is named, the next to come or, where the question asks for one that has been, the last; None for none."""
    named = _named(text)
    if named is None or _ABOUT.search(text):
        return None
    days = [day for year in (today.year - 1, today.year, today.year + 1) if (day := lunar_day(year, *named))]
    fitting = [day for day in days if (day <= today if past else day >= today - _JUST_BEEN)]
    return (fitting[-1] if past else fitting[0]) if fitting else None


def lunar_day(year: int, month: int, day: int) -> date | None:
    """The calendar's day of a lunar one, leap months apart; the thirtieth of a short month is its last day.

    Args:
        year: in which the lunar year begins.
        month: 1 to 12; day: 1 to 30.
    """
    if not (_FIRST_YEAR <= year < _FIRST_YEAR + len(_YEARS) and 1 <= month <= _MONTHS and 1 <= day <= 30):
        return None
    passed = sum(_length(info) for info in _YEARS[: year - _FIRST_YEAR])
    info = _YEARS[year - _FIRST_YEAR]
    passed += sum(_month(info, each) for each in range(1, month))
    if 0 < (info & 0xF) < month:
        passed += _leap(info)
    return _FIRST_DAY + timedelta(days=passed + min(day, _month(info, month)) - 1)


def _named(text: str) -> tuple[int, int] | None:
    if _EVE.search(text):
        return 12, 30
    if match := _NEW_YEARS_DAYS.search(text):
        return 1, _DIGITS.index(match["day"]) + 1
    if match := _MONTH_AND_DAY.search(text):
        month = {"正": 1, "冬": 11, "腊": 12}.get(match["month"]) or _number(match["month"][2:])
        return month, _DIGITS.index(match["first"]) + 1 if match["first"] else _number(match["day"])
    return next((day for name, day in _FESTIVALS.items() if name in text), None)


def _number(words: str) -> int:
    """十二, 廿三, 二十八, 三十 as a number."""
    tens, ten, ones = words.replace("廿", "二十").rpartition("十")
    if not ten:
        return _DIGITS.index(words) + 1 if words in _DIGITS else 0
    return (_DIGITS.index(tens) + 1 if tens else 1) * 10 + (_DIGITS.index(ones) + 1 if ones else 0)


def _month(info: int, month: int) -> int:
    return 30 if info & (0x10000 >> month) else 29


def _leap(info: int) -> int:
    return (30 if info & 0x10000 else 29) if info & 0xF else 0


def _length(info: int) -> int:
    return sum(_month(info, month) for month in range(1, _MONTHS + 1)) + _leap(info)
