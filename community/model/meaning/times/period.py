"""Times of a day: 上午, 吃完晌午饭以后, 三点到五点, 随时."""

import re
from typing import Any

from community.model.meaning.amounts.numerals import to_number
from community.model.meaning.reading import UNCLEAR, Label, Reading, keys, words

_PARTS: tuple[tuple[str, str], ...] = (
    (
        "afternoon",
        r"(?:吃|过)(?:完|过|了|好)(?:午|中|晌|中午)(?:午)?(?:饭)?|(?:午|中|晌)(?:午)?饭(?:以|之|过)?后|午(?:觉|睡|休)|晌午睡醒|睡(?:醒|起来|完)|晌午(?:饭)?(?:以|之|过)?后|后(?:半)?晌|过(?:了)?(?:晌|午)|下(?:午|半天|半晌|昼)|午后|晏昼|擦黑(?:以)?前|接(?:孩子|孙子|娃)(?:之|以)?前|太阳(?:落|下)(?:山)?(?:之|以)?前|晚(?:饭|上)(?:之|以)?前",
    ),
    (
        "evening",
        r"(?:晚|夜)饭(?:前后|那会|那阵|时候|点)|天黑|(?:晚|夜)(?:上|里头?)[,.]?[七八]八?点|(?:吃|过)(?:完|过|了|好)(?:晚|夜|黑)(?:饭)?|(?:晚|夜)饭(?:以|之|过)?后|晚(?:上|间|边|黑|头)|傍(?:晚|黑)|擦黑|天(?:黑|擦黑|抹黑)|黑(?:了|天|家|里)|下(?:了)?班|新闻联播|掌灯|入夜|夜饭",
    ),
    (
        "night",
        r"半夜|深夜|夜(?:里|间|深|头|晚)|后半夜|睡(?:觉)?(?:之|以)?前|(?<![上午早晨])(?:晚上|夜里)(?:九|十)点(?:以)?后",
    ),
    ("noon", r"中午|晌午(?!前|头前|睡)|正午|午(?:饭|间)(?!后)|吃(?:午|中|晌)饭(?:的时候|时|那会|前后)|晌饭"),
    (
        "early_morning",
        r"清(?:早|晨)|大(?:清)?早|天(?:刚|蒙蒙|不|没|一)?亮|凌晨|起(?:来|床)(?:就|以?后|那)|鸡叫|五更|晨练|(?:吃|过)?早(?:饭|点)(?:之|以)?前|一(?:大)?早",
    ),
    (
        "morning",
        r"上(?:午|半天|半晌|昼)|早(?:上|晨|起|间|饭|点|市)|前(?:半)?晌|头(?:晌|午)|朝(?:头)?早|朝头|午(?:饭)?前|晌午(?:头)?(?:之|以)?前|(?:吃|过)(?:完|过|了|好)早|买(?:完|好|了)菜(?!饭)|买菜(?:回来|以?后)|中午(?:之|以)?前|早班",
    ),
)
_COMPILED = tuple((part, re.compile(pattern)) for part, pattern in _PARTS)
_ANY = re.compile(
    r"随叫|(?:一直|总|老|都|全家?|家里老)有人|(?:天天|整天|一直)(?:闲|空)|(?:从来|基本|都)?不出门的|哪也去不了|随(?:时|便|你们?|您)|(?:什么|哪个|哪|任何|啥)(?:时候|时间|钟点|会儿?|点)(?:都|也|来)?|都(?:行|可以|成|中|得|方便|好|在)|全天|整天|一(?:整)?天(?:到晚)?|成天|天天(?:都)?在|几点(?:都|也)|无所谓|你们?(?:定|看着|方便|说|安排)|白天(?!没)|闲(?:着|得)|(?:都|天天|整天)有空"
)
_N = r"[一二两三四五六七八九十零\d]+"
_CLOCK = rf"(?P<{{0}}h>{_N})(?:点钟?|时|[::])(?P<{{0}}m>半|一刻|三刻|{_N}(?:分)?)?"
_FROM_TO = re.compile(
    rf"(?:{_CLOCK.format('a')}|(?P<bare>{_N}))(?:多|左右|钟|来)?(?:(?:以|之|过)?后[,到]?|到|至|-|~|和)(?:下午|上午|晚上|中午)?{_CLOCK.format('b')}"
)
_ONE = re.compile(_CLOCK.format("a"))
_BEFORE = re.compile(r"^(?:钟|多)?(?:以|之)?前|^(?:钟)?(?:不到|为止)")
_NOT = re.compile(
    r"(?:不|没|别)(?:空|时间|工夫|有空|行|成|方便|中|在|来|要|可以|得)|(?:要|得|在)(?:睡|出|接|上|打|去|跳|买|做|送|锻炼|带|洗|吃药|排队|输|挂水|开会)|除了|睡(?:着|懒)|出门"
)
#: 除了下午都行, 下午不行，别的时间都行: every part but one is no part.
_ANY_OTHER = re.compile(
    r"除(?!夕)(?P<but>[^,.!?;]{1,14}?),?(?:都|随时|随便|其他|别的|其余|什么时|任何)|[^,.!?;]{1,8}(?:除|以|之)外,?都"
    r"|(?:别的|其他|其余|另外|剩下)(?:的|时候|时间|时段|钟点)*(?:都|随)"
)
#: 早上八九点 is from eight to nine.
_TWO_HOURS = re.compile(
    r"(?<![一二三四五六七八九十\d])([一两三四五六七八九十])([二三四五六七八九十])点(?:钟|来钟|左右)?(?!到|至|半)"
)
_KEEPS_AWAY = re.compile(r"^(?:家里)?白天(?:都|家里)?没人$|^我?(?:晚上|中午|早上)不吃|不睡午觉$")
_NOON = 12 * 60
_LAST_PAIR = 10


def read(text: str) -> Reading:
    """The part of the day, and hours where they were said."""
    # 早一点 names no hour.
    text = re.sub(r"(?<=[早晚快慢迟])一点(?!钟|半|[到至])", "点", text)
    text = _TWO_HOURS.sub(_from_one_to_the_next, text)
    return UNCLEAR if _rules_one_out(text) or _KEEPS_AWAY.search(text) else _read(text)


def _from_one_to_the_next(match: re.Match[str]) -> str:
    first, second = to_number(match[1])[0] or 0, to_number(match[2])[0] or 0
    return f"{match[1]}点到{match[2]}点" if second == first + 1 and first < _LAST_PAIR else match[0]


def _read(text: str) -> Reading:
    parts = _parts(text)
    hours = _hours(text, parts)
    if hours:
        part = (
            parts[0]
            if len(parts) == 1
            else _part_of(hours[0] if hours[0] is not None else hours[1] - 1 if hours[1] else _NOON)
        )
        return words(Label.VALUE, _value(part, *hours), 0.9)
    if parts and re.search(r"几点都|什么时候都(?!不|没)|随时", text):
        return words(Label.VALUE, _value("any"), 0.8)
    if len(parts) == 1:
        return words(Label.VALUE, _value(parts[0]), 0.9)
    if len(parts) > 1:
        return _several(parts)
    if _ANY.search(text) and not re.search(r"^(?:不|没)(?:行|方便|知道)|都不|都没|也不|也没", text):
        return words(Label.VALUE, _value("any"), 0.88)
    return UNCLEAR


def _rules_one_out(text: str) -> bool:
    """Whether any time suits but one; 除了睡觉都在 names none."""
    match = _ANY_OTHER.search(text)
    but = match["but"] if match else None
    return match is not None and (
        but is None or any(pattern.search(but) for _, pattern in _COMPILED) or bool(_ONE.search(but))
    )


def read_keys(digits: str) -> Reading:
    """1 morning, 2 afternoon, 3 evening, 4 any time."""
    part = {"1": "morning", "2": "afternoon", "3": "evening", "4": "any"}.get(digits)
    return keys(Label.VALUE, _value(part)) if part else UNCLEAR


def minutes_of(hour: float, minute_text: str | None) -> int:
    """Minutes since midnight of 三点半, 两点一刻, 8:30."""
    text = (minute_text or "").rstrip("分")
    minute = {"": 0.0, "半": 30.0, "一刻": 15.0, "三刻": 45.0}.get(text)
    if minute is None:
        minute = to_number(text)[0] or 0.0
    return int(hour) * 60 + int(minute)


def find_time(text: str) -> tuple[int | None, str | None]:
    """A time of day named in a text: minutes since midnight, and the part of the day, each or neither."""
    parts = _parts(text)
    hours = _hours(text, parts)
    return (hours[0] if hours and hours[0] is not None else None), (parts[0] if parts else None)


def _parts(text: str) -> list[str]:
    """Parts of the day that are named and not ruled out, the first first."""
    hits = [hit for clause in re.finditer(r"[^,.!?;]+", text) for hit in _hits(clause)]
    kept = [
        h
        for h in hits
        if not any(o is not h and o[0] <= h[0] and h[1] <= o[1] and (o[1] - o[0]) > (h[1] - h[0]) for o in hits)
    ]
    ordered: list[str] = []
    for _, _, part in sorted(kept, key=lambda hit: hit[0]):
        if part not in ordered:
            ordered.append(part)
    if {"early_morning", "morning"} <= set(ordered):
        ordered.remove("early_morning")
    return ordered


def _hits(clause: re.Match[str]) -> list[tuple[int, int, str]]:
    """Where a clause names parts of the day that it does not rule out."""
    ruled_out = _NOT.search(clause[0])
    return [
        (clause.start() + match.start(), clause.start() + match.end(), part)
        for part, pattern in _COMPILED
        for match in pattern.finditer(clause[0])
        if not (ruled_out and ruled_out.start() >= match.end() - 1) and not _denied(clause[0], match)
    ]


def _denied(clause: str, match: re.Match[str]) -> bool:
    return bool(re.search(r"(?:不|没|别|除了)(?:要|在|是|能|想)?$", clause[: match.start()]))


def _several(parts: list[str]) -> Reading:
    """Two parts named: the whole day when they are morning and afternoon, else it is asked again."""
    if set(parts) >= {"morning", "afternoon"}:
        return words(Label.VALUE, _value("any"), 0.7)
    return words(Label.VALUE, _value(parts[0]), 0.62)


def _hours(text: str, parts: list[str]) -> tuple[int | None, int | None] | None:
    span = _FROM_TO.search(text)
    if span:
        first = to_number(span["ah"] or span["bare"])[0]
        last = to_number(span["bh"])[0]
        if first is not None and last is not None and first <= 24 and last <= 24:
            start = _of_day(minutes_of(first, span["am"]), parts)
            end = _of_day(minutes_of(last, span["bm"]), parts)
            if end <= start and end + _NOON <= 24 * 60:
                end += _NOON
            return start, end
    single = _ONE.search(text)
    if not single:
        return None
    hour = to_number(single["ah"])[0]
    if hour is None or hour > 24:
        return None
    getting_up = bool(re.search(r"起(?:得|床|来|身)|就起|睡醒", text))
    moment = _of_day(minutes_of(hour, single["am"]), parts, getting_up=getting_up)
    after = text[single.end() :]
    if _BEFORE.match(after):
        return None, moment
    return moment, None


def _of_day(minutes: int, parts: list[str], *, getting_up: bool = False) -> int:
    """三点 is 15:00 unless the morning was said: nobody is visited at three in the night."""
    if minutes >= _NOON + 60:
        return minutes
    early = any(part in {"morning", "early_morning"} for part in parts)
    late = any(part in {"afternoon", "evening", "night"} for part in parts)
    if late and minutes < _NOON:
        return minutes + _NOON
    if getting_up and not late:
        return minutes
    return minutes + _NOON if not early and minutes < 7 * 60 else minutes


def _part_of(minutes: int) -> str:
    for limit, part in (
        (8 * 60, "early_morning"),
        (11 * 60 + 30, "morning"),
        (13 * 60, "noon"),
        (18 * 60, "afternoon"),
        (21 * 60, "evening"),
    ):
        if minutes < limit:
            return part
    return "night"


def _value(part: str, start: int | None = None, end: int | None = None) -> dict[str, Any]:
    return {"part": part, "from": _clock(start), "to": _clock(end)}


def _clock(minutes: int | None) -> str | None:
    return None if minutes is None else f"{minutes // 60:02d}:{minutes % 60:02d}"
