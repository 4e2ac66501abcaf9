"""Options that are ranges (30-40岁, 半年内, 三千以下, 一周一次左右), and which of them a number that was said falls into."""

import re
from dataclasses import dataclass
from functools import lru_cache

from community.model.meaning.amounts.numerals import to_number
from community.model.meaning.speech import plain

_N = r"(?:\d+(?:\.\d+)?万?|[零一二两三四五六七八九十百千万]+|半)"
_MINUTES = {
    "年": 365 * 1440.0,
    "个月": 30 * 1440.0,
    "月": 30 * 1440.0,
    "天": 1440.0,
    "日": 1440.0,
    "周": 7 * 1440.0,
    "星期": 7 * 1440.0,
    "礼拜": 7 * 1440.0,
    "小时": 60.0,
    "钟头": 60.0,
    "分钟": 1.0,
    "刻钟": 15.0,
    "刻": 15.0,
}
_UNITS = r"岁|年|月|天|日|周|星期|礼拜|小时|钟头|分钟|刻钟|刻|次|回|趟|人|口|元|块|楼|层|间|公里|米|斤|顿|杯|只|度"
_UNIT = re.compile(rf"{_N}(?:个)?(?P<unit>{_UNITS})")
_BETWEEN = re.compile(
    rf"(?P<a>{_N})(?:个)?(?P<ua>{_UNITS})?(?:以上)?(?:-|~|到|至|—|、)(?P<b>{_N})(?:个)?(?P<ub>{_UNITS})?"
)
_SIDE = re.compile(rf"(?P<a>{_N})(?:个)?(?P<u>{_UNITS})?(?:或|及|以|之)?(?P<way>下|内|上|前|不到)")
_BELOW = re.compile(rf"(?:不到|少于|不足|低于)(?P<a>{_N})(?:个)?(?P<u>{_UNITS})?")
_ABOVE = re.compile(rf"(?:超过|多于|大于|高于)(?P<a>{_N})(?:个)?(?P<u>{_UNITS})?")
_EXACT = re.compile(rf"(?P<a>{_N})(?:个)?(?P<u>{_UNITS})(?P<about>左右|上下|前后)?")
_SAID = re.compile(rf"(?P<n>{_N})(?P<more>来|多|几)?(?:个)?(?P<half>半)?(?P<unit>{_UNITS})?(?P<over>多|出头|半)?(?!\d)")
#: Said as one word, meaning a number.
_AS_NUMBERS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(said), meant)
    for said, meant in (
        (r"大半年", "八个月"),
        (r"小半年", "五个月"),
        (r"半个多月", "二十天"),
        (r"个把(?:个)?月", "一个月"),
        (r"个把(?:个)?(小时|钟头)", r"一\1"),
        (r"([一二三])刻钟?", r"\1刻钟"),
        (r"(?<![年一二两三四五六七八九十])半年", "六个月"),
        (r"([一二两三四五六七八九十])年半", r"\1年"),
        (r"(?<![月一二两三四五六七八九])半个?月", "十五天"),
        (r"(?<![个一二两三四五六七八九])半个?(?:多)?(?:小时|钟头|钟)", "三十分钟"),
        (r"([三四五六七八九])张(?:多)?", r"\1十五岁"),
        (r"([一二三四五六七八九]十)[来几多](?=岁|$|[,.])", r"\1二"),
        (r"([一二三四五六七八九]十)有([一二三四五六七八九])", r"\1\2"),
        (r"昨[天晚儿]|前[天几儿]|刚[才刚]?|大前天|这几天", "三天"),
        (r"上(?:个)?(?:星期|礼拜|周)", "七天"),
        (r"上(?:个)?月", "三十天"),
        (r"前年|大前年", "两年"),
        (r"满月|没断奶|吃奶", "零岁"),
        (r"半百", "五十"),
    )
)
_INFINITY = float("inf")


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, both included; lengths of time in minutes.

    Attributes:
        unit: the unit that the option names, or "".
    """

    low: float
    high: float
    unit: str


def fits(options: list[str], said: str) -> list[float] | None:
    """For each option 1 where the number said falls into it, -1 where not, 0 where it is no range.

    Args:
        options: as given by staff.
        said: in the form of `speech.plain`.

    Returns:
        None where fewer than two options are ranges, or no number was said.
    """
    ranges = [_range(option) for option in options]
    if sum(one is not None for one in ranges) < 2:
        return None
    units = [one.unit for one in ranges if one and one.unit]
    values = _values(said, units[0] if units else "")
    if not values:
        return None
    chosen = {_place(ranges, value) for value in values}
    return [0.0 if one is None else 1.0 if chosen == {i} else -1.0 for i, one in enumerate(ranges)]


def _place(ranges: list[Range | None], value: float) -> int:
    """The range that holds a value, or -1; an edge that two options share belongs to the earlier one."""
    inside = [i for i, one in enumerate(ranges) if one and one.low <= value <= one.high]
    strictly = [i for i in inside if (one := ranges[i]) and one.low < value < one.high]
    return (strictly or inside or [-1])[0]


@lru_cache(maxsize=2048)
def _range(option: str) -> Range | None:
    text = plain(option)
    found = _UNIT.search(text)
    unit = found["unit"] if found else ""
    if match := _BETWEEN.search(text):
        low, high = _amount(match["a"], match["ua"] or match["ub"] or unit), _amount(match["b"], match["ub"] or unit)
        if low is not None and high is not None and low < high:
            return Range(low, high, unit)
    for pattern, upwards in ((_BELOW, False), (_ABOVE, True)):
        if (match := pattern.search(text)) and (edge := _amount(match["a"], match["u"] or unit)) is not None:
            return _open(edge, unit, upwards=upwards)
    if (match := _SIDE.search(text)) and (edge := _amount(match["a"], match["u"] or unit)) is not None:
        return _open(edge, unit, upwards=match["way"] == "上")
    if (match := _EXACT.fullmatch(text)) and (edge := _amount(match["a"], match["u"])) is not None:
        return Range(edge * 0.6, edge * 1.5, unit) if match["about"] else Range(edge, edge, unit)
    return None


def _open(edge: float, unit: str, *, upwards: bool) -> Range:
    return Range(edge, _INFINITY, unit) if upwards else Range(-_INFINITY, edge, unit)


def _amount(word: str, unit: str | None) -> float | None:
    times = 1e4 if word[0].isdigit() and word.endswith("万") else 1.0
    number = 0.5 if word == "半" else to_number(word.rstrip("万") if times > 1 else word)[0]
    return None if number is None else number * times * _MINUTES.get(unit or "", 1.0)


def _values(said: str, unit: str) -> list[float]:
    """The numbers of a text in the unit of the options."""
    for pattern, meant in _AS_NUMBERS:
        said = pattern.sub(meant, said)
    values = [_value(match, unit) for match in _SAID.finditer(said)]
    return [value for value in values if value is not None]


def _value(match: re.Match[str], wanted: str) -> float | None:
    value = _amount(match["n"], None) if match["n"] != "半" else None
    if value is None:
        return None
    if match["more"] and value >= 10:
        value += value / 5
    elif match["half"] or match["over"]:
        value += 0.5
    unit = match["unit"]
    if wanted in _MINUTES:
        return value * _MINUTES[unit or wanted] if not unit or unit in _MINUTES else None
    if unit in _MINUTES and unit != wanted:
        return None
    return value
