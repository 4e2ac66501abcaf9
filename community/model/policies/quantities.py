"""Amounts, ages, dates, times and numbers in a text, as they must agree between a sentence and the passage it speaks of."""

import re
from dataclasses import dataclass

_UNIT = (
    r"周岁|岁|万元|亿元|元|块钱|块|角|%|个百分点|个工作日|个月|个小时|小时|分钟|年|月|日|号(?!楼|院|窗)|天|周|季度|度|点半|点|时|分|"
    r"次|件|条|份|张|辆|台|处|组|户|人|名|位|平方米|平米|公斤|斤|升|米|套|折|倍|成|级|级以上|楼|号楼|室|项|个|[a-z]{1,3}"
)
_SAME_UNIT = {
    "周岁": "岁",
    "块钱": "元",
    "块": "元",
    "平米": "平方米",
    "时": "点",
    "个小时": "小时",
    "名": "人",
    "位": "人",
}
_TIMES = {"万元": ("元", 10_000), "亿元": ("元", 100_000_000)}
#: What stands before or after a number and moves its border.
_BEFORE = (
    ("未满|不满|不足|未到|低于|少于", "under"),
    ("不超过|不高于|不多于|最多|最高|至多|上限为?", "most"),
    ("不少于|不低于|至少|最少|最低", "least"),
    ("超过|高于|多于|大于", "over"),
    ("年满|满|达到", "from"),
    ("大约|约|近|左右", "about"),
    ("第", "nth"),
    ("每", "each"),
)
_AFTER = (
    (r"\(含\)?以上|\(含[^()]{0,6}\)以上|及以上|以上|起", "from"),
    (r"\(含[^()]{0,6}\)以下|及以下|以下", "to"),
    ("以内|之内|内", "within"),
    ("以前|之前|前|止|截止", "before"),
    ("以后|之后|后", "after"),
    ("左右|上下|多", "about"),
    (r"(?:[-~]|至|到)(?=\d)", "span"),
)
_BORDER_BEFORE = "|".join(words for words, _ in _BEFORE)
_BORDER_AFTER = "|".join(words for words, _ in _AFTER)
_QUANTITY = re.compile(
    rf"(?P<before>(?:{_BORDER_BEFORE})?)(?P<number>\d+(?:[-:]\d+)+(?!\d*(?:{_UNIT}))|\d+(?:,\d{{3}})*(?:\.\d+)?)"
    rf"(?P<unit>(?:{_UNIT})?)(?P<after>(?:{_BORDER_AFTER})?)"
)
#: A value of these is what residents came for: it must not be taken from beside another condition.
VALUES = frozenset({"元", "%", "角", "折", "倍", "成"})


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number as it was meant.

    Attributes:
        value: the number, plain: `1500`, `0571-85171234`.
        unit: `岁`, `元`, `月`…; empty for a bare number.
        border: `from` (以上), `under` (不满), `most` (最多)…; empty for none.
    """

    value: str
    unit: str
    border: str


def quantities(plain: str) -> list[Quantity]:
    """Read every number of a plain text (see `entries.plain_text`), in order."""
    found = [_quantity(match) for match in _QUANTITY.finditer(_one_spelling(plain))]
    # 80至89周岁: the unit of the end holds for the beginning.
    for place in range(len(found) - 2, -1, -1):
        one, after = found[place], found[place + 1]
        if one.border == "span" and not one.unit:
            found[place] = Quantity(one.value, after.unit, one.border)
    return found


def characters_and_quantities(plain: str) -> list[str | Quantity]:
    """The Chinese characters and the numbers of a plain text, in order."""
    spelled, read = _one_spelling(plain), iter(quantities(plain))
    items: list[str | Quantity] = []
    end = 0
    for match in _QUANTITY.finditer(spelled):
        items += re.findall(r"[一-鿿]", spelled[end : match.start()])
        items.append(next(read))
        end = match.end()
    return items + re.findall(r"[一-鿿]", spelled[end:])


def without_quantities(plain: str) -> str:
    """The text with a blank for every number, its unit and border included."""
    return _QUANTITY.sub(" ", _one_spelling(plain))


def _one_spelling(plain: str) -> str:
    plain = re.sub(
        r"(?<!\d)0?(\d{1,2})(?:点|:)30分?(?!\d)|(?<!\d)0?(\d{1,2})点半", lambda m: f"{m[1] or m[2]}:30", plain
    )
    plain = re.sub(r"(?<!\d)0?(\d{1,2}):00(?!\d)", r"\1点", plain)
    plain = re.sub(r"(?<!\d)(\d{4})[-/.]0?(\d{1,2})[-/.]0?(\d{1,2})(?!\d)", r"\1年\2月\3日", plain)
    plain = re.sub(r"(?<=月)(\d{1,2})号", r"\1日", plain)
    plain = re.sub(r"百分之(\d+(?:\.\d+)?)", r"\1%", plain)
    plain = re.sub(r"(\d+(?:\.\d+)?)(万?元)/(?:人/)?([月年日天次])", r"每\3\1\2", plain)
    return re.sub(r"(?<=\d)\s+(?=\d)", "", plain)


def _quantity(match: re.Match[str]) -> Quantity:
    number, unit = match["number"].replace(",", ""), match["unit"]
    unit, times = _TIMES.get(unit, (_SAME_UNIT.get(unit, unit), 1))
    if times != 1 or "." in number:
        number = f"{float(number) * times:g}" if float(number) * times < 1e6 else f"{round(float(number) * times)}"
    elif number.isdigit() and len(number) < 7:
        number = str(int(number))
    border = _border(match["after"], _AFTER) or _border(match["before"], _BEFORE)
    return Quantity(number, unit, border)


def _border(word: str, borders: tuple[tuple[str, str], ...]) -> str:
    if not word:
        return ""
    return next((name for words, name in borders if re.fullmatch(re.sub(r"\(\?=\\d\)", "", words), word)), "")
