"""Amounts with a unit, told in the unit that was asked: 两块半, 一斤半, 一里地, 一米六五, 个把小时, 三万六."""

import re
from dataclasses import dataclass

from community.model.meaning.amounts.numerals import to_number

_N = r"(?:\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千俩仨廿]+(?:点[零一二三四五六七八九]+)?)"
_LI, _GONGJIN = 500.0, 2.0
_OF_TIME = {"年": 525600.0, "月": 43200.0, "星期": 10080.0, "礼拜": 10080.0, "周": 10080.0, "天": 1440.0}
_OF_THE_CLOCK = {"小时": 60.0, "钟头": 60.0, "刻钟": 15.0, "刻": 15.0, "分钟": 1.0}
#: What a question asks for: how it says so, the units of its answers, and the size of the one it counts in.
_ASKED: tuple[tuple[str, dict[str, float], float], ...] = (
    (r"多少万|几万", {"万": 1e4, "块": 1.0, "元": 1.0}, 1e4),
    (r"多少(?:块)?钱|几块|多少元|几元|多少块", {"万": 1e4, "块": 1.0, "元": 1.0, "毛": 0.1, "角": 0.1}, 1.0),
    (r"多少公斤|几公斤|多少千克", {"公斤": 1.0, "千克": 1.0, "斤": 1 / _GONGJIN}, 1.0),
    (r"多少斤|几斤", {"公斤": _GONGJIN, "千克": _GONGJIN, "斤": 1.0, "两": 0.1}, 1.0),
    (r"厘米|公分", {"米": 100.0, "厘米": 1.0, "公分": 1.0}, 1.0),
    (r"多少米|几米", {"公里": 1000.0, "里": _LI, "米": 1.0}, 1.0),
    (r"多少公里|几公里", {"公里": 1000.0, "里": _LI, "米": 1.0}, 1000.0),
    (r"几分钟|多少分钟", _OF_THE_CLOCK, 1.0),
    (r"几个?(?:小时|钟头)|多少(?:个)?(?:小时|钟头)", _OF_THE_CLOCK, 60.0),
    (r"几年|多少年", _OF_TIME, 525600.0),
    (r"几个月|多少个月", _OF_TIME, 43200.0),
)
_COMPILED = tuple((re.compile(asks), units, size) for asks, units, size in _ASKED)
_THEN = re.compile(r"本来|以前|原来|往常|平时|去年|上次|从前|年轻时|早先|早上.{0,6}现在|昨天|不到")
_LATER = re.compile(r"现在|上个月|算|今年|今天|正好")


@dataclass(frozen=True, slots=True)
class _Amount:
    value: float
    start: int


def measure(say: str, text: str) -> float | None:
    """The amount in the unit that the question asks for; None where it asks for none, or none was said.

    Args:
        say: the question.
        text: in the form of `speech.plain`.
    """
    asked = next((found for found in _COMPILED if found[0].search(say)), None)
    if asked is None:
        return None
    _, units, size = asked
    text = _spelled_out(text, units)
    amounts = [amount for amount in _amounts(text, units) if amount is not None]
    if not amounts:
        return None
    return _chosen(text, amounts).value / size


def asks_for_an_amount(say: str) -> bool:
    """Whether a question asks for money, a weight, a length or a time."""
    return any(asks.search(say) for asks, *_ in _COMPILED)


def _spelled_out(text: str, units: dict[str, float]) -> str:
    """个把小时 is 一小时, 斤半 is 一斤半."""
    text = re.sub(r"个把(?=小时|钟头|月|星期|礼拜|年)", "一个", text)
    text = re.sub(r"([一二两三四五六七八九十\d])个(?:半)(小时|钟头|月|星期|礼拜)", r"\1\2半", text)
    text = re.sub(r"(?<![一二两三四五六七八九十百\d公半])(斤|块|里)半", r"一\1半", text)
    text = re.sub(r"半个?(?:多)?钟头", "半小时", text)
    return text.replace("块钱", "块") if "块" in units else text


def _amounts(text: str, units: dict[str, float]) -> list[_Amount | None]:
    names = "|".join(sorted(units, key=len, reverse=True))
    pattern = re.compile(
        rf"(?P<n>{_N}|半)(?:多|来|几)?(?:个)?(?P<unit>{names})(?:多)?(?:(?P<half>半)|(?P<rest>{_N})(?P<small>块|毛|角|两|千|百|分)?(?![个月天岁点]))?"
    )
    return [_amount(match, units) for match in pattern.finditer(text)]


def _amount(match: re.Match[str], units: dict[str, float]) -> _Amount | None:
    unit = match["unit"]
    number = 0.5 if match["n"] == "半" else to_number(match["n"])[0]
    if number is None:
        return None
    value = number * units[unit]
    if match["half"]:
        value += units[unit] / 2
    elif match["rest"]:
        value += _after(match["rest"], unit, units[unit], match["small"])
    return _Amount(value, match.start())


def _after(rest: str, unit: str, size: float, small: str | None) -> float:
    """What 五 adds in 六十二块五, 六五 in 一米六五, 六千 in 三万六千."""
    number = to_number(rest)[0] or 0.0
    if unit == "万":
        # 三万六 is 36000, 三万六千 says so itself.
        return number * 1000 if number < 10 and small is None else number * {"千": 1000, "百": 100}.get(small or "", 1)
    tenths = 2 if "十" in rest else len(rest)
    return number * size / 10.0**tenths


def _chosen(text: str, amounts: list[_Amount]) -> _Amount:
    """The amount of now: the last that is not told of earlier."""
    now = []
    for amount in amounts:
        start = max((text.rfind(mark, 0, amount.start) for mark in ",.!?;"), default=-1) + 1
        before = text[start : amount.start]
        if not _THEN.search(before) or _LATER.search(before):
            now.append(amount)
    return (now or amounts)[-1]
