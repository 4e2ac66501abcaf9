"""What people write in the columns of a list about a person: sex, age, birth date, language, hours, tags, relations."""

import re
import unicodedata
from datetime import date

from community.errors import InvalidInput
from community.model.residents.identity import Sex
from community.model.residents.list_headers import TAG_WORDS

_SEXES = {"男": Sex.MALE, "男性": Sex.MALE, "m": Sex.MALE, "male": Sex.MALE, "1": Sex.MALE}
_SEXES |= {
    "女": Sex.FEMALE,
    "女性": Sex.FEMALE,
    "f": Sex.FEMALE,
    "female": Sex.FEMALE,
    "2": Sex.FEMALE,
    "0": Sex.FEMALE,
}

_LANGUAGES = {
    "mandarin": re.compile(r"普通话|国语(?<!台湾国语)|汉语|中文|mandarin"),
    "cantonese": re.compile(r"粤语|广东话|广州话|白话|香港话|cantonese"),
    "taiwanese_mandarin": re.compile(r"台湾国语|台湾话|台湾普通话|taiwanese"),
}
#: The parts of a day as staff mean them when they write down when somebody likes to be called.
_PARTS = {
    "上午": "09:00-11:30",
    "早上": "08:00-10:00",
    "早晨": "08:00-10:00",
    "下午": "14:30-18:00",
    "傍晚": "17:00-19:00",
    "晚上": "18:00-20:30",
    "晚饭后": "18:30-20:30",
    "白天": "09:00-18:00",
}
_ANY_TIME = re.compile(r"(?:随时|任何时间|任意时间|都可以?|都行|不限|均可|全天|无要求|无)")
_CLOCK = r"(上午|早上|下午|傍晚|晚上|中午)?(\d{1,2})(?::(\d{2})|[点时](?:(\d{1,2})分?|(半))?)"
_SPAN = re.compile(rf"{_CLOCK}(?:-|到|至){_CLOCK}")
_NEVER_TAGS = {"无", "没有", "否", "/", "-", "正常", "普通", "一般", "其他", "不详"}
_YES = {"是", "有", "√", "✓", "✔", "1", "y", "yes", "true", "对", "●", "☑"}
_NO = {"否", "无", "没有", "×", "✗", "0", "n", "no", "false", "不是", "-", "/", "○", "☐", "不"}
_RELATION = re.compile(
    r"(?:大|小|二|三|长|次)?(?:儿子|女儿|儿媳妇?|女婿|媳妇|孙子|孙女|外孙女?|老伴|配偶|丈夫|妻子|爱人|父亲|母亲|父女|母女|父子|母子|夫妻|哥哥|弟弟|姐姐|妹妹|兄弟|姐妹|兄妹|"
    r"侄子|侄女|外甥女?|邻居|朋友|亲戚|亲属|保姆|护工|养女|养子|继子|继女|子|女|夫|妻|兄|弟|姐|妹|父|母)"
)


def read_sex(text: str) -> Sex | None:
    """Read 男, 女, M or F; None when it is neither."""
    return _SEXES.get(_plain(text))


def read_age(text: str) -> int | None:
    """Read `82`, `82岁` or `82周岁`; None for an empty cell.

    Raises:
        InvalidInput: it is no age.
    """
    plain = _plain(text)
    if not plain:
        return None
    match = re.fullmatch(r"(?:虚|周)?(\d{1,3})(?:\.0+)?(?:周?岁|岁整)?", plain)
    if not match or int(match[1]) > 130:
        raise InvalidInput(f"年龄“{text[:12]}”看不懂，应写成 82 这样的数字", code="age")
    return int(match[1])


def read_birth_date(text: str, today: date) -> date | None:
    """Read 1944-03-05, 1944.3.5, 1944年3月, 19440305, 1944 or a spreadsheet's day number; None for an empty cell.

    Where the day or the month is missing, the first one stands for it.

    Raises:
        InvalidInput: it is no date, or in the future.
    """
    plain = _plain(text)
    if not plain:
        return None
    wrong = InvalidInput(f"出生日期“{text[:12]}”看不懂，应写成 1944-03-05 这样", code="birth_date")
    match = re.match(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?(?:[ t]?\d{1,2}:.*)?$", plain)
    if not match:
        match = re.fullmatch(r"(\d{4})(\d{2})(\d{2})?", plain)
    try:
        if match:
            born = date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
        elif re.fullmatch(r"\d{5}", plain):
            # Days since 30 December 1899, as Excel counts them.
            born = date.fromordinal(date(1899, 12, 30).toordinal() + int(plain))
        else:
            raise wrong
    except ValueError as error:
        raise wrong from error
    if not date(1880, 1, 1) <= born <= today:
        raise wrong
    return born


def read_language(text: str) -> str | None:
    """Read the language a resident is called in; None for one that the service does not speak."""
    plain = _plain(text)
    return next((code for code, words in reversed(_LANGUAGES.items()) if words.search(plain)), None)


def read_hours(text: str) -> str | None:
    """Read 上午, 9:00-11:00 or 下午3点到5点 as `15:00-17:00`; empty for any time, None when it cannot be read."""
    plain = re.sub(r"[~—–]", "-", _plain(text))
    if not plain or _ANY_TIME.fullmatch(plain):
        return ""
    spans = [_span(match) for match in _SPAN.finditer(plain)]
    if not spans:
        spans = [span for word, span in _PARTS.items() if word in plain]
    known = sorted({span for span in spans if span})
    return ",".join(known) if known and len(",".join(known)) <= 100 else None


def _span(match: re.Match[str]) -> str | None:
    start = _clock(match[1], match[2], match[3] or match[4], half=bool(match[5]))
    end = _clock(match[6] or match[1], match[7], match[8] or match[9], half=bool(match[10]))
    if start is None or end is None or start >= end:
        return None
    return f"{start}-{end}"


def _clock(part: str | None, hour: str, minute: str | None, *, half: bool) -> str | None:
    hours, minutes = int(hour), 30 if half else int(minute or 0)
    if part in {"下午", "傍晚", "晚上"} and hours < 12:
        hours += 12
    return f"{hours:02d}:{minutes:02d}" if hours < 24 and minutes < 60 else None


def read_tags(text: str) -> tuple[list[str], list[str]]:
    """Split a cell of tags; what is too long for a tag comes back apart."""
    parts = [part.strip() for part in re.split(r"[、,，;；/|\s]+", unicodedata.normalize("NFKC", text))]
    wanted = [part for part in parts if part and part not in _NEVER_TAGS]
    return [part for part in wanted if len(part) <= 20], [part for part in wanted if len(part) > 20]


def tags_in_note(text: str) -> list[str]:
    """Tags that stand in a remark as words of their own: `独居，听力不好` has 独居."""
    return [part for part in re.split(r"[、,，;；/|\s。]+", unicodedata.normalize("NFKC", text)) if part in TAG_WORDS]


def read_flag(text: str) -> bool | None:
    """Read a cell of yes and no; None for anything else or nothing."""
    plain = _plain(text)
    return True if plain in _YES else False if plain in _NO else None


def read_guardian(text: str) -> tuple[str, str, str]:
    """Take apart `女儿 李红 13800000123` into name, relation and the number as written."""
    plain = unicodedata.normalize("NFKC", text)
    digits = re.search(r"\+?[\d][\d\- ]{5,}\d", plain)
    rest = plain.replace(digits[0], " ") if digits else plain
    words = [word for word in re.split(r"[\s()、,，:：;；/\-]+|电话|手机", rest) if word]
    relation = next((word for word in words if _RELATION.fullmatch(word)), "")
    names = [word for word in words if word != relation]
    return " ".join(names)[:80], relation[:40], digits[0].strip() if digits else ""


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()
