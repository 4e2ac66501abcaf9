"""Numbers in questions and passages: 八十四, 84岁, 80至89周岁, 三年."""

import re
from dataclasses import dataclass

_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10000}
_CHINESE = re.compile(
    r"[零〇一二两三四五六七八九十百千万]{2,9}|十|(?<![一-鿿])[一二两三四五六七八九](?=[岁元块个年月天周次])"
)
_PLAIN_WORDS = re.compile(r"万一|一[些下直般起样共定旦边会点种切道]|千万|百姓|一[一-鿿]?一|十分|三三两两")
_AGE = re.compile(
    r"(\d{1,3})\s*(?:周?岁|来岁|多岁)|(?:年满|满|今年|都|快|刚|才|过了|到了)\s*(\d{2,3})(?!\d|\s*[元块年天日个月号])"
)
_RANGE = re.compile(r"(\d{1,3})\s*(?:周岁)?\s*(?:至|到|-|—|~)\s*(\d{1,3})\s*周?岁")
_FROM = re.compile(r"(\d{1,3})\s*周?岁\s*(?:及|\(含\))?\s*以上|(?:年满|满)\s*(\d{1,3})\s*周?岁")
_UNDER = re.compile(r"(\d{1,3})\s*周?岁\s*(?:及|\(含\))?\s*以下|(?:未满|不满)\s*(\d{1,3})\s*周?岁")


@dataclass(frozen=True, slots=True)
class AgeRange:
    """Ages from `least` to `most` that a clause speaks of."""

    least: int
    most: int

    def holds(self, age: int) -> bool:
        """Whether an age lies in it."""
        return self.least <= age <= self.most


def with_digits(text: str) -> str:
    """Write Chinese numerals as digits: 八十四 → 84, 一百零二 → 102; 万一 and 一下 stay."""
    kept = {found.start() for found in _PLAIN_WORDS.finditer(text)}

    def digits(found: re.Match[str]) -> str:
        if any(place in kept for place in range(found.start(), found.end())):
            return found[0]
        value = _value(found[0])
        return found[0] if value is None else str(value)

    return _CHINESE.sub(digits, text)


def _value(numeral: str) -> int | None:
    if not any(unit in numeral for unit in _UNITS):
        if len(numeral) == 1:
            return _DIGITS[numeral]
        # 六二一五 is read digit by digit; 两三 is "two or three", no number.
        return int("".join(str(_DIGITS[one]) for one in numeral)) if len(numeral) >= 4 else _spoken_pair(numeral)
    total, section, digit, last_unit = 0, 0, 0, 1
    for character in numeral:
        if character in _DIGITS:
            digit = _DIGITS[character]
            if character in "零〇":
                last_unit = 10
            continue
        unit = _UNITS[character]
        if unit == 10000:
            total, section, digit = (total + section + digit) * unit, 0, 0
        else:
            section, digit = section + (digit or 1) * unit, 0
        last_unit = unit
    # 一百二 is 120, 一百零二 is 102.
    tail = digit * last_unit // 10 if digit and last_unit >= 100 else digit
    return total + section + tail


def _spoken_pair(numeral: str) -> int | None:
    first, second = _DIGITS[numeral[0]], _DIGITS[numeral[-1]]
    if len(numeral) != 2 or second == first + 1 or first == 0:
        return None
    return first * 10 + second


def ages_in(text: str) -> frozenset[int]:
    """Return the ages that a question (with digits) names; 84 beside 今年 or 岁 is one, and so is a bare 60 to 110."""
    ages = {int(found[1] or found[2]) for found in _AGE.finditer(text)}
    if not ages:
        bare = re.finditer(r"(?<![\d.:-])(\d{2,3})(?![\d.:%-]|\s*[元块年天日个月号度瓦平米斤分户人次])", text)
        ages = {int(found[1]) for found in bare if 50 <= int(found[1]) <= 115}
    return frozenset(age for age in ages if 0 < age <= 130)


def age_ranges(text: str) -> tuple[AgeRange, ...]:
    """Return the age ranges that a passage names."""
    ranges = [AgeRange(int(found[1]), int(found[2])) for found in _RANGE.finditer(text)]
    ranges += [AgeRange(int(found[1] or found[2]), 130) for found in _FROM.finditer(text)]
    ranges += [AgeRange(0, int(found[1] or found[2])) for found in _UNDER.finditer(text)]
    return tuple(ranges)


def plain_numbers(text: str) -> frozenset[str]:
    """Return the numbers of two digits and more, as written."""
    return frozenset(re.findall(r"(?<![\d.])\d{2,}(?:\.\d+)?|\d+\.\d+", text))
