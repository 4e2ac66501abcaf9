"""Numbers that answer a question: ages, people, temperatures, pressures, days that something lasts."""

import re
from dataclasses import dataclass
from datetime import date

from community.model.meaning.amounts import household
from community.model.meaning.amounts.counting import counted, none_at_all, others_counted, total_alone
from community.model.meaning.amounts.measures import asks_for_an_amount, measure
from community.model.meaning.amounts.numerals import Numeral, numerals
from community.model.meaning.reading import UNCLEAR, Label, Reading, keys, words
from community.model.questionnaires.questionnaire import Question

_DAYS_PER_UNIT = (("天", 1), ("日", 1), ("周", 7), ("星期", 7), ("礼拜", 7), ("个月", 30), ("月", 30), ("年", 365))
_THEN = re.compile(
    r"本来|以前|原来|从前|原先|早先|去年|昨|前[天儿几]|上(?:次|回|个?月|周)|人家|听说|刚才(?!.{0,8}$)|周末|过年|放假|节假日|逢年过节|先前|早上|走了|搬走|正常人|往常|留|扣"
)
_NOW = re.compile(r"现在|如今|今年|今天|今儿|眼下|目前|这会|刚量|正(?:好)?|还剩|还有|一共|总共|后来|又量")
_DEGREE = re.compile(r"(?P<whole>[零一二两三四五六七八九十\d]+)度(?P<part>[零一二三四五六七八九\d半])(?![十百])")
_HALF = re.compile(
    r"(?:(?P<n>[一二两三四五六七八九十\d]+)(?:个)?)?(?P<unit1>天|日|周|星期|礼拜|月|年|个月)?(?P<half>[半伴拌])(?P<unit>天|个?月|个?星期|个?礼拜|年)?"
)
_ALONE = re.compile(
    r"(?:就|只|只有|光)?(?:我|剩我)?(?:自己|自个儿?|一个人|独个儿?|孤身|光棍|孤家寡人|独居)|就我(?:自己|一个|[个这]|$|[,.])|我一个"
)
_TWO_OF_US = re.compile(
    r"(?:我|就|俩)?(?:们)?(?:老两口|两口子|老俩口|俩老的?|我们俩|我俩|两个老(?:人|的)|老夫妻)|我(?:和|跟|同|与)(?:我)?(?:老伴儿?|老头子?|老太婆|老太太|老婆子?|爱人|先生|儿子|女儿|闺女|孙子|孙女|妈|爸|保姆)(?:两个?人?|俩)?(?:$|[,.住过])"
)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a question counts: words beside a fitting number, and what is believable."""

    units: str
    least: float
    most: float
    days: bool = False
    beside: str = ""
    not_beside: str = ""


_ASKS_AGE = re.compile(r"几岁|多大|多少岁|岁数|年龄|年纪|高寿|贵庚")
_WANTED: tuple[tuple[re.Pattern[str], _Wanted], ...] = (
    (re.compile(r"体温|多少度|发烧|几度"), _Wanted("度", 34, 43)),
    (
        re.compile(r"高压|收缩压"),
        _Wanted("", 60, 260, beside="高|上[压头面]|血压", not_beside="低|下[压头面]|心率|心跳|脉搏"),
    ),
    (
        re.compile(r"低压|舒张压"),
        _Wanted("", 30, 160, beside="低|下[压头面]", not_beside="高|上[压头面]|心率|心跳|脉搏"),
    ),
    (re.compile(r"心率|心跳|脉搏"), _Wanted("下|次", 30, 220, beside="心|脉", not_beside="高|低|压")),
    (re.compile(r"血糖"), _Wanted("", 1, 40, beside="糖")),
    (re.compile(r"口人|几个人|多少人|几位"), _Wanted("口|个|人|位", 0, 60)),
    (_ASKS_AGE, _Wanted("岁|虚|周岁", 0, 125)),
    (
        re.compile(r"几天|多少天|多久|多长时间|几(?:晚|夜|宿)"),
        _Wanted("天|日|晚|夜|宿|周|星期|礼拜|月", 0, 3650, days=True),
    ),
    (re.compile(r"几个小时|几小时|几个钟头|多少小时"), _Wanted("小时|钟头", 0, 24)),
    (re.compile(r"几分|多少分|打分"), _Wanted("分", 0, 100)),
    (re.compile(r"几次|几回|多少次"), _Wanted("次|回|趟|遍", 0, 1000)),
)
_ANYTHING = _Wanted("", -1e9, 1e9)


_YEAR, _HALF_A_YEAR = 365, 180
_DIGIT = "零一二三四五六七八九"
_OTHER_UNITS = (
    "代",
    "片",
    "粒",
    "颗",
    "盒",
    "瓶",
    "板",
    "号楼",
    "栋",
    "单元",
    "室",
    "厅",
    "点",
    "块",
    "元",
    "月份",
    "层",
    "楼",
)
_BACK = re.compile(
    r"(?<=[,.])(?:不对|哦不|啊不|说错了?|不不|不|算了)+[,.]*(?=.*[一二两三四五六七八九十百\d])|不对(?:不对)*[,.]*(?=.*[一二两三四五六七八九十\d])"
)
_BESIDE_ANOTHER = re.compile(r"[,.]比[^,.]{1,5}(?:大|小)[一二两三四五六七八九十\d]+岁?")
#: 我八十三，老伴八十一.
_AND_ANOTHERS = re.compile(
    r"(?<=[十一二三四五六七八九\d岁了])[,.](?:我)?(?:老伴儿?|老头子?|老太婆|儿子|女儿|闺女|他|她)[^,.比大小属]{0,2}[一二三四五六七八九十百\d]+岁?(?:了)?$"
)
_N = r"[一二两三四五六七八九十百俩仨\d]+"
#: 快八十了 is an age to come.
_TO_COME = re.compile(r"(?:奔|快(?:到)?|不到|将近|过了?年就?|大我)(?:是)?$")
_SHORT_OF = re.compile(rf"(?P<whole>{_N})岁?(?:还|就|只)?(?:差|少)(?P<less>{_N})(?:岁|年)?(?:$|[,.])")
_YOUNGER = re.compile(
    rf"(?:他|她|老伴儿?|老头子?|老太婆|哥|姐|弟|妹|爱人)[^,]{{0,6}}?(?P<other>{_N})(?:岁)?(?:了)?[,.]?我(?:比他|比她)?(?P<way>小|大)(?:他|她)?(?P<by>{_N})岁"
)
_OLDER_FIRST = re.compile(rf"我比[^,]{{1,5}}?(?P<way>大|小)(?P<by>{_N})岁[,.](?:他|她|老伴)(?:今年)?(?P<other>{_N})")
_STOCK = re.compile(
    rf"(?:剩|还有|有|还剩|共|,|^)(?:下)?(?P<stock>{_N})(?P<unit>片|粒|颗|板|盒|瓶)(?![一二两三四五六七八九十\d是有])(?!药?[,.]?(?:一天|一日))?"
)
_PACKED = re.compile(rf"一(?:瓶|盒|板)(?:是|有)?(?P<stock>{_N})(?:片|粒|颗)")
_PER_DAY = re.compile(rf"(?:一|每)(?:天|日)(?:吃|用|要吃)?(?P<dose>{_N})(?:片|粒|颗|次|顿|回)")
_LASTS = re.compile(rf"一(?P<unit>板|盒|瓶)(?:药)?(?:能|够|可以)?(?:吃|用)?(?P<days>{_N})天")


def _number(word: str) -> float:
    found = numerals(word)
    return found[0].value if found else 0.0


def _worked_out(text: str, wanted: _Wanted) -> float | None:
    """What has to be calculated: 一百岁还差俩, 还剩六片一天两片, 老两口加一个孙子."""
    if "岁" in wanted.units:
        return _age_of(text)
    if wanted.days:
        return _days_left(text)
    return household.people(text) if "口" in wanted.units else None


def _age_of(text: str) -> float | None:
    older = _OLDER_FIRST.search(text)
    if older:
        by = _number(older["by"])
        return _number(older["other"]) + (by if older["way"] == "大" else -by)
    short = _SHORT_OF.search(text)
    if short:
        return _number(short["whole"]) - _number(short["less"])
    beside = _YOUNGER.search(text)
    if not beside:
        return None
    by = _number(beside["by"])
    return _number(beside["other"]) + (by if beside["way"] == "大" else -by)


def _days_left(text: str) -> float | None:
    dose, lasts = _PER_DAY.search(text), _LASTS.search(text)
    rest = (dose.re if dose else _LASTS).sub(",", text)
    stock = _STOCK.search(rest)
    if not stock:
        packed = _PACKED.search(text)
        return _number(packed["stock"]) // max(_number(dose["dose"]), 1) if packed and dose else None
    if lasts and lasts["unit"] == stock["unit"]:
        return _number(stock["stock"]) * _number(lasts["days"])
    return _number(stock["stock"]) // max(_number(dose["dose"]), 1) if dose else None


def read(question: Question, text: str, today: date) -> Reading:
    """The number that answers."""
    wanted = next((w for pattern, w in _WANTED if pattern.search(question.say)), _ANYTHING)
    low = question.minimum if question.minimum is not None else wanted.least
    high = question.maximum if question.maximum is not None else wanted.most
    text = _said_as_digits(_of_themselves(total_alone(_corrected(text)), question.say), wanted)
    worked_out = others_counted(question.say, text)
    if worked_out is None:
        worked_out = _worked_out(text, wanted)
    if worked_out is None:
        worked_out = measure(question.say, text)
    if worked_out is None and low <= 0 and _counts(wanted):
        worked_out = counted(question.say, text)
    if worked_out is not None:
        return words(Label.VALUE, _tidy(worked_out), 0.8) if low <= worked_out <= high else UNCLEAR
    if re.search(r"[一半]?[天顿片粒](?:都|也)没|一(?:次|回|趟|宿|晚上?|夜|分钟|会儿?)(?:都|也)?没", text):
        return words(Label.VALUE, 0, 0.85) if low <= 0 else UNCLEAR
    found = _candidates(text, today, wanted, question.say)
    if (
        not found
        and low <= 0
        and _counts(wanted)
        and none_at_all(text, amount=wanted.days or asks_for_an_amount(question.say))
    ):
        return words(Label.VALUE, 0, 0.8)
    fitting = [(value, where, guess) for value, where, guess in found if low <= value <= high]
    if not fitting:
        return UNCLEAR
    if wanted.not_beside:
        fitting = _of_the_pair(text, fitting, wanted, highest="高" in wanted.beside)
        if not fitting:
            return UNCLEAR
    value, _, guess = max(enumerate(fitting), key=lambda item: (_weight(text, item[1], wanted), item[0]))[1]
    return words(Label.VALUE, _tidy(value), 0.7 if guess or len({v for v, _, _ in fitting}) > 1 else 0.92)


def read_keys(question: Question, digits: str) -> Reading:
    """Digits as a number; `*` stands for the decimal point between digits."""
    text = digits.replace("*", ".")
    if not re.fullmatch(r"\d{1,9}(?:\.\d{1,2})?", text):
        return UNCLEAR
    value = float(text)
    wanted = next((w for pattern, w in _WANTED if pattern.search(question.say)), _ANYTHING)
    low = question.minimum if question.minimum is not None else wanted.least
    high = question.maximum if question.maximum is not None else wanted.most
    if wanted.units == "度" and value > high and low <= value / 10 <= high:
        value /= 10
    return keys(Label.VALUE, _tidy(value)) if low <= value <= high else UNCLEAR


def _counts_months(after: str, wanted: _Wanted) -> str | None:
    """四四年八月生: the month is no age."""
    return "月" if "岁" in wanted.units and after.startswith("月") else None


def _counts(wanted: _Wanted) -> bool:
    """Whether none may be an answer: of people and things, never of a temperature or an age."""
    return wanted.least <= 0 and "岁" not in wanted.units


def _corrected(text: str) -> str:
    """三个，不对，四个: what somebody corrects themselves to."""
    last = _BACK.split(text)[-1].strip(" ,.")
    return last if numerals(last) else text


def _of_themselves(text: str, say: str) -> str:
    """七十一，比老伴大两岁: the years between two people are no age; the month that is asked for is no month before."""
    if "上个月" in say:
        text = text.replace("上个月", "这个月")
    if _ASKS_AGE.search(say) and "比" not in text:
        text = _AND_ANOTHERS.sub("", text)
    return _BESIDE_ANOTHER.sub("", text)


def _said_as_digits(text: str, wanted: _Wanted) -> str:
    """六十有九 is 六十九, 36点5 is 36.5, 一百二八十 is 120 and 80."""
    text = re.sub(r"([一二两三四五六七八九])个半(?=小时|钟头)", lambda m: f"{_DIGIT.index(m[1])}.5个", text)
    if wanted.beside == "糖":
        text = re.sub(r"([一二三四五六七八九十]+)[个块]([一二三四五六七八九半])(?=$|[,.吧])", r"\1点\2", text).replace(
            "点半", "点五"
        )
        text = re.sub(r"十([一二三四五六七八九])点(?=$|[,.吧])", r"十\1", text)
    text = re.sub(r"([一二两三四五六七八九十]+)个半(?!月|星期|礼拜|小时|钟头|天)", r"\1点五", text)
    text = text.replace("十天半个月", "十来天").replace("十天半月", "十来天")
    text = re.sub(r"一整个?月", "一个月", text)
    text = re.sub(r"一对(?=双胞胎|龙凤胎|儿女)", "两个", text)
    if wanted.units == "分":
        # 十分 counts nothing elsewhere; what is taken off is not the score.
        text = re.sub(r"扣(?:掉|了)?[一二两三四五六七八九\d]+分?", "", text)
        text = re.sub(r"满分", "10分", text)
        text = re.sub(r"(?<![一二三四五六七八九\d])十分", "10分", text)
    if wanted.not_beside:
        text = re.sub(r"(百[一二三四五六七八九]十?)(?=[五六七八九]十)", r"\1,", text)
        text = re.sub(r"百([一二三四五六七八九])([一二三四五六七八九])(?![十百到至])", r"百\1十\2", text)
    text = re.sub(r"(\d)点(\d)", r"\1.\2", text)
    return re.sub(r"十有(?=[一二三四五六七八九])", "十", text)


def _of_the_pair(
    text: str, fitting: list[tuple[float, int, bool]], wanted: _Wanted, *, highest: bool
) -> list[tuple[float, int, bool]]:
    """Without the other pressure: 低压八十五 does not answer for the high one; of 140/90 the larger does."""
    own = [found for found in fitting if _weight(text, found, wanted) > -4]
    values = [value for value, _, _ in own]
    unmarked = not re.search(r"高|低|上|下", text)
    if len(own) == 2 and unmarked and abs(values[0] - values[1]) >= 25:
        return [max(own) if highest else min(own)]
    return own


def _candidates(text: str, today: date, wanted: _Wanted, say: str) -> list[tuple[float, int, bool]]:
    found: list[tuple[float, int, bool]] = []
    taken: list[tuple[int, int]] = []
    whole_ones = _degrees(text) if wanted.units == "度" else _halves(text) if wanted.days else []
    for value, span in whole_ones:
        found.append((value, span[0], False))
        taken.append(span)
    for numeral in numerals(text):
        if not _to_come(text, numeral, wanted) and not any(start <= numeral.start < end for start, end in taken):
            found.extend(_meanings(text, numeral, today, wanted, say))
    if not found:
        found.extend(_how_often(text, wanted))
    if not found and "口" in wanted.units:
        found.extend(_household(text))
    if (
        not found
        and wanted is not _ANYTHING
        and not re.search(r"明天|后天|今天|月底", text)
        and re.search(r"没有|没了|吃完了|断了|一个都没|一天都没|一[次口粒片]都?没", text)
    ):
        found.append((0.0, 0, False))
    return sorted(found, key=lambda item: item[1])


def _degrees(text: str) -> list[tuple[float, tuple[int, int]]]:
    """三十八度六, 三十七度半."""
    found = []
    for match in _DEGREE.finditer(text):
        whole, part = numerals(match["whole"]), match["part"]
        if whole:
            tenth = 5.0 if part == "半" else numerals(part)[0].value
            found.append((whole[-1].value + tenth / 10, match.span()))
    return found


def _to_come(text: str, numeral: Numeral, wanted: _Wanted) -> bool:
    return "岁" in wanted.units and bool(_TO_COME.search(text[: numeral.start]))


def _how_often(text: str, wanted: _Wanted) -> list[tuple[float, int, bool]]:
    """天天出 is seven times a week, 没出去过 none."""
    if "次" in wanted.units and re.search(r"(?:天天|每天).{0,3}(?:出|去|下)", text):
        return [(7.0, 0, False)]
    never = re.search(r"次|小时", wanted.units) and re.search(r"没(?:有)?(?:出|睡|下|去|动)", text)
    return [(0.0, 0, False)] if never else []


def _halves(text: str) -> list[tuple[float, tuple[int, int]]]:
    found = []
    for match in _HALF.finditer(text):
        unit = match["unit"] or match["unit1"]
        if not unit:
            continue
        days = next(days for word, days in reversed(_DAYS_PER_UNIT) if word in unit)
        whole = numerals(match["n"]) if match["n"] else []
        half = days / 2 if days < _YEAR else _HALF_A_YEAR
        found.append(((whole[0].value if whole else 0) * days + half, match.span()))
    return found


def _meanings(text: str, numeral: Numeral, today: date, wanted: _Wanted, say: str) -> list[tuple[float, int, bool]]:
    after = text[numeral.end : numeral.end + 4]
    value = numeral.value
    if wanted.days:
        if re.match(
            r"[天日](?:吃|要吃|就吃|喝|用)?[一二两三四\d半]+(?:片|粒|颗|次|顿|回|支|针)",
            text[numeral.end : numeral.end + 8],
        ):
            # 一天两片 is a dose, not how long it lasts.
            return []
        for unit, days in _DAYS_PER_UNIT:
            if after.lstrip("个多来").startswith(unit):
                value *= days
                break
    elif "岁" in wanted.units and after.startswith("年") and "岁" not in after:
        if 0 < value < 100:
            value += 1900
        value = today.year - value
    elif "岁" in wanted.units and after.startswith(("年生", "年的")):
        value = today.year - value
    elif wanted.units == "度" and 340 <= value <= 430:
        value /= 10
    counts_something_else = _counts_months(after, wanted) or next(
        (unit for unit in _OTHER_UNITS if after.startswith(unit)), None
    )
    if (counts_something_else and counts_something_else not in say) or _is_a_day(text, numeral, wanted):
        return []
    return [(value, numeral.start, numeral.guess)]


def _is_a_day(text: str, numeral: Numeral, wanted: _Wanted) -> bool:
    """腊月二十八 and 二十八号 count no people."""
    before, after = text[: numeral.start], text[numeral.end :]
    return "口" in wanted.units and (after.startswith(("号", "日", "月")) or before.endswith(("月", "初")))


def _household(text: str) -> list[tuple[float, int, bool]]:
    alone, two = _ALONE.search(text), _TWO_OF_US.search(text)
    if two and not re.search(r"还有|加上|和(?:儿子|女儿|闺女|孙)", text[two.end() :]):
        return [(2.0, two.start(), False)]
    return [(1.0, alone.start(), False)] if alone else []


def _weight(text: str, candidate: tuple[float, int, bool], wanted: _Wanted) -> float:
    _, where, guess = candidate
    start = max((text.rfind(mark, 0, where) for mark in ",.!?;"), default=-1) + 1
    clause_end = min((i for mark in ",.!?;" if (i := text.find(mark, where)) >= 0), default=len(text))
    clause, before = text[start:clause_end], text[start:where]
    weight = 0.0
    if wanted.units and re.match(rf"[^,.]{{0,6}}?(?:{wanted.units})", text[where : where + 8]):
        weight += 2
    if wanted.beside:
        beside = [m.end() for m in re.finditer(wanted.beside, before)]
        against = [m.end() for m in re.finditer(wanted.not_beside or r"(?!)", before)]
        weight += 4 if beside and max(beside) > max(against, default=-1) else 0
        weight -= 4 if against and max(against) > max(beside, default=-1) else 0
    if _NOW.search(clause):
        weight += 3
    if _THEN.search(clause):
        weight -= 3
    return weight - (0.5 if guess else 0)


def _tidy(value: float) -> int | float:
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded
