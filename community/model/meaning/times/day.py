"""Days as people name them: 下下周一, 后儿, 二十号, 国庆节, 大后天."""

import re
from datetime import date, timedelta

from community.model.meaning.amounts.numerals import numerals, to_number
from community.model.meaning.reading import UNCLEAR, Label, Reading, keys, words
from community.model.meaning.times.lunar import find_lunar
from community.model.questionnaires.questionnaire import Question

_RELATIVE: tuple[tuple[str, int], ...] = (
    (r"大大前[天日儿]", -4),
    (r"大大后[天日儿]", 4),
    (r"大前[天日儿]|大前日", -3),
    (r"前[天日儿](?!半)|前日", -2),
    (r"昨[天日儿晚]|昨个|夜来|夜儿个?|昨夜|寻日|琴日|头天", -1),
    (r"大后[天日儿]|外后天", 3),
    (r"后[天日儿]|后朝", 2),
    (r"明[天日儿早晚朝后]?(?!白|显|年|儿个后)|听日|赶明|天明|第二天", 1),
    (r"今[天日儿早晚朝]|今个|当天|刚[刚才停]|现在|马上|这就", 0),
)
_COMPILED = tuple((re.compile(pattern), days) for pattern, days in _RELATIVE)
_N = r"[一二两三四五六七八九十廿卅零〇\d]+"
_WEEKDAY = re.compile(
    r"(?P<which>上上|下下下|下下|上|下|这|本|大下)?(?:一)?(?:个)?(?:周|星期|礼拜|拜)(?P<day>[一二三四五六日天末1-7])"
)
_MONTH_DAY = re.compile(rf"(?P<month>{_N})(?:月|月份)(?:的)?(?P<day>{_N})(?:号|日|$|[^个天年])?")
_RELATIVE_MONTH = re.compile(rf"(?P<which>上上|下下|上|下|这|本)(?:个)?月(?:的)?(?P<day>{_N})(?:号|日)?")
_DAY = re.compile(rf"(?P<day>{_N})(?:号|日)(?!楼|线|院|病|店|桌|技|单)")
_IN_DAYS = re.compile(
    rf"(?P<n>{_N}|半个?)(?:个)?(?:多)?(?P<unit>天|日|周|星期|礼拜|月)(?:以|之)?(?P<way>后|前|过后|里头)?"
)
_YEAR = re.compile(rf"(?P<year>[一二]?[零〇一二三四五六七八九]{{2,4}}|\d{{4}})年(?P<month>{_N})月(?P<day>{_N})[号日]?")
_LAST_OF = re.compile(rf"(?P<month>上个?|这个?|本|下个?|{_N})月(?:份)?(?:底|末)?(?:的)?(?:最后|末)一?天")
#: 周六周日都行: two days are no day.
_TWO_DAYS = re.compile(
    r"(?:周|星期|礼拜)[一二三四五六日天末].{0,3}(?:周|星期|礼拜)[一二三四五六日天].{0,3}都|明[天儿].{0,3}后[天儿].{0,2}都|两天都|几天都"
)
_ISO = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})")
_HOLIDAYS = {
    "元旦": (1, 1),
    "情人节": (2, 14),
    "妇女节": (3, 8),
    "三八节": (3, 8),
    "五一": (5, 1),
    "劳动节": (5, 1),
    "六一": (6, 1),
    "儿童节": (6, 1),
    "七一": (7, 1),
    "建党": (7, 1),
    "八一": (8, 1),
    "建军节": (8, 1),
    "教师节": (9, 10),
    "国庆": (10, 1),
    "十一(?!点|号|月)": (10, 1),
    "圣诞": (12, 25),
}
_LUNAR = re.compile(
    r"初[一二三四五六七八九十]|农历|阴历|旧历|腊月|正月|冬月|年三十|大年|腊八|端午|中秋|重阳|春节|过年|除夕|清明|元宵|小年|立秋|处暑|大暑"
)
_PAST = re.compile(
    r"(?:是|在)?(?:哪天|什么时候|几号|哪一天|啥时候).{0,12}(?:(?:回来|回到|回家|到家)[^?]{0,4}[的了]|停水|停电|停气|不怎么|来的|出生|出院|摔|开始|发|打的|办的|来的|去的|到的|住进|起的|做的|拿的|停的)|上(?:一)?次|最近一次|从哪天"
)
_VAGUE = re.compile(
    r"那(?:天|会|阵)|忘|记不|不(?:清|记得|知道|一定|确定)|说不|看情况|随便|都(?:行|可以|成|中)|哪天都|到时候|以后再|过(?:几|两)天|这几天|前(?:几|些)天|(?:上|月)(?:旬|半)|好(?:几|些)天|有(?:几|些)天|不是"
)
#: 您打算哪天走: no day that has been.
_PLANNED = re.compile(r"打算|准备|计划|约在|定在")
_MONTH_END, _MONTH_START = re.compile(r"月底|月末"), re.compile(r"月初|月头")
_CLEAR = 0.9
_LONG_AGO = 30


def read(question: Question, text: str, today: date) -> Reading:
    """The day meant, as an ISO date."""
    past = bool(_PAST.search(question.say))
    text = _without_ruled_out(text)
    if _ANY_OTHER.search(text) or _TWO_DAYS.search(text):
        return UNCLEAR
    if _LUNAR.search(text) and not _MONTH_DAY.search(text):
        lunar = find_lunar(_corrected(text)[-1] if _corrected(text) else text, today, past=past)
        return words(Label.VALUE, lunar.isoformat(), _CLEAR) if lunar else UNCLEAR
    found = [day for day in (_find(part, today, past=past) for part in _corrected(text)) if day is not None]
    if not found:
        return UNCLEAR
    day = found[-1]
    if (today - day).days > _LONG_AGO and _PLANNED.search(question.say) and not _YEAR.search(text):
        day = _date(day.year + 1, day.month, day.day) or day
    if _VAGUE.search(text) and len(set(found)) > 1:
        return UNCLEAR
    return words(Label.VALUE, day.isoformat(), _CLEAR if len(set(found)) == 1 else 0.7)


def read_keys(digits: str, today: date, *, past: bool = False) -> Reading:
    """Four digits: month and day; one or two: a day of this month or the next."""
    if re.fullmatch(r"\d{4}", digits):
        day = _near(int(digits[:2]), int(digits[2:]), today, past=past)
    elif re.fullmatch(r"\d{1,2}", digits):
        day = _in_month(int(digits), today, past=past)
    else:
        day = None
    return keys(Label.VALUE, day.isoformat()) if day else UNCLEAR


def looks_past(question: Question) -> bool:
    """Whether the question asks for a day that has been."""
    return bool(_PAST.search(question.say))


def find_day(text: str, today: date) -> date | None:
    """A day to come that is named in a text, or None."""
    return _find(text, today, past=False)


#: 除了周四都行, 礼拜五要去医院，别的都行: every day but one is no day.
_ANY_OTHER = re.compile(r"除了.{1,8}(?:都|随)|(?:别的|其他|其余|另外|剩下)(?:的|时候|日子|几天|天)*(?:都|随)")
_TAKEN = re.compile(
    r"不(?:行|成|中|得空|方便|在|要|来)|没(?:空|时间|工夫)|有事|(?:得|要|约了|去)(?:去|体检|上|看|接|送|开会|透析|复查|打|喝|吃)|值班|忙"
)


def _without_ruled_out(text: str) -> str:
    """The clauses without those that name a day on which it does not suit, where another remains."""
    parts = [part for part in re.split(r"[,.!?;]+", text) if part]
    kept = [part for part in parts if not _TAKEN.search(part) or _ANY_OTHER.search(part)]
    return ",".join(kept) if kept and len(kept) < len(parts) else text


def _corrected(text: str) -> list[str]:
    """The text after 不对, 不是 …: what somebody corrects themselves to."""
    parts = re.split(r"不对|(?<=[,.])不(?=[,.])|说错了?|哦不|不不|不是不是|改(?:成|到|在)?", text)
    last = [part for part in parts if part.strip(" ,.!")]
    if last and re.search(r"不是[^,]{1,8},是", text):
        # 不是周三，是周四
        last = [text.rsplit(",是", 1)[-1]]
    return last[-1:]


def _find(text: str, today: date, *, past: bool) -> date | None:
    if iso := _ISO.search(text):
        return _date(int(iso[1]), int(iso[2]), int(iso[3]))
    if named := _YEAR.search(text):
        year, month_of_it, day_of_it = (int(to_number(named[part])[0] or 0) for part in ("year", "month", "day"))
        return _date(_whole_year(year, today), month_of_it, day_of_it)
    if last := _LAST_OF.search(text):
        return _last_of(last["month"], today)
    for finder in (_month_day, _relative_month, _weekday, _relative, _in_days, _holiday, _month_edge, _day_of_month):
        day = finder(text, today, past)
        if day is not None:
            return day
        if finder in _NAMED_IN_FULL and _NAMED_IN_FULL[finder].search(text):
            # 二月三十号 is no day; it is not the thirtieth of another month either.
            return None
    return None


def _whole_year(year: int, today: date) -> int:
    """一九年 is 2019, 五八年 is 1958."""
    if year >= 100:
        return year
    return 2000 + year if 2000 + year <= today.year + 1 else 1900 + year


def _last_of(month: str, today: date) -> date | None:
    """The last day of 上个月, 这个月, 八月."""
    shift = {"上": -1, "这": 0, "本": 0, "下": 1}.get(month[0])
    index = today.year * 12 + today.month - 1 + (shift or 0)
    if shift is None:
        number = int(to_number(month)[0] or 0)
        index = (today.year + (number < today.month)) * 12 + number - 1
    first = _date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return first - timedelta(days=1) if first else None


def _month_day(text: str, today: date, past: bool) -> date | None:  # noqa: FBT001 - one signature for all finders
    match = _MONTH_DAY.search(text)
    if not match:
        return None
    month, day = to_number(match["month"])[0], to_number(match["day"])[0]
    return _near(int(month or 0), int(day or 0), today, past=past)


def _relative_month(text: str, today: date, past: bool) -> date | None:  # noqa: ARG001, FBT001 - one signature for all finders
    match = _RELATIVE_MONTH.search(text)
    if not match:
        return None
    shift = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}[match["which"]]
    index = today.year * 12 + today.month - 1 + shift
    return _date(index // 12, index % 12 + 1, int(to_number(match["day"])[0] or 0))


def _weekday(text: str, today: date, past: bool) -> date | None:  # noqa: FBT001 - one signature for all finders
    match = _WEEKDAY.search(text)
    if not match:
        return None
    word = match["day"]
    if word == "末":
        return None
    index = int(word) - 1 if word.isdigit() else {"日": 6, "天": 6}.get(word, "一二三四五六".find(word))
    monday = today - timedelta(days=today.weekday())
    which = match["which"]
    if which:
        weeks = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2, "大下": 2, "下下下": 3}[which]
        return monday + timedelta(days=7 * weeks + index)
    day = monday + timedelta(days=index)
    if past and day > today:
        return day - timedelta(days=7)
    return day + timedelta(days=7) if not past and day < today else day


def _relative(text: str, today: date, past: bool) -> date | None:  # noqa: FBT001 - one signature for all finders
    hits = [
        (match.start(), -(match.end() - match.start()), days)
        for pattern, days in _COMPILED
        for match in pattern.finditer(text)
        # 我刚才不是说了吗 names no day to come.
        if past or not match[0].startswith("刚")
    ]
    if not hits:
        return None
    # 大后天 holds 后天: the longest at the last place counts.
    covered = [
        hit
        for hit in hits
        if not any(o is not hit and o[0] <= hit[0] and o[0] - o[1] >= hit[0] - hit[1] and o[1] < hit[1] for o in hits)
    ]
    chosen = [days for _, _, days in sorted(covered)]
    wanted = [days for days in chosen if days != 0] or chosen
    return today + timedelta(days=wanted[-1])


def _in_days(text: str, today: date, past: bool) -> date | None:  # noqa: FBT001 - one signature for all finders
    match = _IN_DAYS.search(text)
    if not match or (match["way"] is None and not re.search(r"过|再|前", text[: match.start()][-3:])):
        return None
    if match["n"].startswith("半"):
        count = 0.5
    else:
        found = numerals(match["n"])
        if not found or found[0].guess:
            return None
        count = found[0].value
    days = round(count * {"天": 1, "日": 1, "月": 30}.get(match["unit"], 7))
    back = match["way"] == "前" or (past and match["way"] is None)
    return today + timedelta(days=-days if back else days)


def _holiday(text: str, today: date, past: bool) -> date | None:  # noqa: FBT001 - one signature for all finders
    for name, (month, day) in _HOLIDAYS.items():
        if match := re.search(name, text):
            eve = text[match.end() :].startswith("前一天")
            found = _near(month, day, today, past=past)
            return found - timedelta(days=1) if found and eve else found
    return None


def _month_edge(text: str, today: date, past: bool) -> date | None:  # noqa: ARG001, FBT001 - one signature for all finders
    if _MONTH_START.search(text) or not re.search(r"月底最后一天|月(?:底|末)(?:那|最后)一?天", text):
        return None
    first = date(today.year + today.month // 12, today.month % 12 + 1, 1)
    return first - timedelta(days=1)


def _day_of_month(text: str, today: date, past: bool) -> date | None:  # noqa: FBT001 - one signature for all finders
    match = _DAY.search(text)
    if not match:
        return None
    return _in_month(int(to_number(match["day"])[0] or 0), today, past=past)


def _in_month(day: int, today: date, *, past: bool) -> date | None:
    index = today.year * 12 + today.month - 1
    for shift in (0, -1, -2) if past else (0, 1, 2):
        found = _date((index + shift) // 12, (index + shift) % 12 + 1, day)
        if found and (found <= today if past else found >= today):
            return found
    return None


def _near(month: int, day: int, today: date, *, past: bool) -> date | None:
    found = _date(today.year, month, day)
    if found is None:
        return None
    if past and found > today:
        return _date(today.year - 1, month, day)
    return _date(today.year + 1, month, day) if not past and (today - found).days > 60 else found


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


_NAMED_IN_FULL = {_month_day: _MONTH_DAY, _relative_month: _RELATIVE_MONTH}
