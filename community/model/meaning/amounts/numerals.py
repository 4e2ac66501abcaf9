"""Numbers as they are spoken: 三十八度六, 一百三, 两千五, 一万二, 半个月, 八九天."""

import re
from dataclasses import dataclass

import cn2an

_DIGITS = "零〇一二两三四五六七八九幺"
_D = f"[{_DIGITS}]"
_BELOW_10000 = rf"(?:{_D}?千零?)?(?:{_D}?百零?)?(?:{_D}?[十廿卅])?{_D}?"
#: 七十三八十四 is two numbers: 七十三 and 八十四; 三四十 is one guess; 八四 is read digit by digit.
_NUMERAL = re.compile(
    rf"\d+(?:\.\d+)?|(?=[{_DIGITS}十百千万俩仨廿卅])(?:{_D}?[十百](?:一二|二三|两三|三四|四五|五六|六七|七八|八九)(?![十百千万])|{_D}{{2}}[十百千]|{_D}{{2,}}(?![十百千万])|[俩仨]|{_BELOW_10000}(?:万零?{_BELOW_10000})?)(?:点{_D}+)?"
)
#: 三四天, 八九个: two neighbours said as one guess.
_GUESS = re.compile(
    r"(?P<before>[一二三四五六七八九]?[十百千])?(?P<first>[一二两三四五六七八])(?P<second>[二三四五六七八九])(?P<unit>[十百千]?)"
)
_VALUE = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0, "幺": 1}
#: Words in which a numeral character counts nothing.
_NOT_A_NUMBER = re.compile(
    r"(?<!十)一点(?!钟)|一(?:下|般|直|样(?!,|$)|定|起|会|些|边|共|切|旦|向|律|概|(?:大)?家子|辈子|头|早|天到晚)|万一|十分|千万别|三更|五保|二话|七老八十|七七八八|乱七八糟|四处|四面|八成|三天两头|一塌|百分之|星期[一二三四五六]|周[一二三四五六]|礼拜[一二三四五六]|第一|独一(?!个)|唯一"
)


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a text.

    Attributes:
        value: what it says; of a guess (两三天) the smaller.
        start, end: where it stands.
        guess: it names two neighbours.
    """

    value: float
    start: int
    end: int
    guess: bool = False


def numerals(text: str) -> list[Numeral]:
    """All numbers of a text in order."""
    masked = _NOT_A_NUMBER.sub(lambda match: "□" * len(match[0]), text)
    found = []
    for match in _NUMERAL.finditer(masked):
        value, guess = to_number(match[0])
        if value is not None:
            found.append(Numeral(value, match.start(), match.end(), guess))
    return found


def to_number(word: str) -> tuple[float | None, bool]:
    """The value of one numeral, and whether it is a guess between two."""
    if word[0].isdigit():
        return float(word), False
    word = word.replace("俩", "二").replace("仨", "三").replace("廿", "二十").replace("卅", "三十")
    guess = _guess(word)
    if guess is not None:
        return guess, True
    if all(c in _VALUE for c in word):
        # 八四 is 84, 二零二六 is 2026, 三 is 3.
        return float("".join(str(_VALUE[c]) for c in word)), False
    try:
        return float(cn2an.cn2an(word.replace("〇", "零").replace("幺", "一"), "smart")), False
    except (ValueError, KeyError):
        return None, False


def _guess(word: str) -> float | None:
    """The smaller of two neighbours: 三四 is 3, 三四十 is 30, 十五六 is 15."""
    match = _GUESS.fullmatch(word)
    if not match or _VALUE[match["second"]] - _VALUE[match["first"]] != 1:
        return None
    whole = to_number(match["before"])[0] if match["before"] else 0
    return (whole or 0) + _VALUE[match["first"]] * {"": 1, "十": 10, "百": 100, "千": 1000}[match["unit"]]
