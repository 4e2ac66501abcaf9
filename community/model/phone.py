"""Telephone numbers: what people write in a list becomes E.164, or a sentence that says what is wrong with it."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from community.errors import InvalidInput

#: Regions a resident's number may belong to unless the settings say otherwise: home, and where children and communities
#: abroad are. Regions that live on calls which nobody meant to pay for are not among them.
HOME_REGIONS = ("CN", "HK", "MO", "TW", "SG", "MY", "US", "CA", "GB", "AU", "NZ", "JP", "KR")

#: Regions whose numbers are called unless the settings say otherwise. A child abroad stays on the roster and is not rung.
CALL_REGIONS = ("CN", "HK", "MO", "TW")

_SAMPLE = re.compile(r"\+8613800000\d{3}")
#: 1349 and 1740 are the mainland's satellite prefixes (MIIT numbering plan); 870 and 881-883 are satellite country codes.
_MAINLAND_MOBILE = re.compile(r"(\+861[3-9]\d{5})\d{4}")
_PLAIN_MOBILE = re.compile(r"1[3-9]\d{9}")
#: Hong Kong, Macau and Taiwan with the country code but no plus: a spreadsheet reads `+852…` as a number and drops it.
_LOST_PLUS = re.compile(r"(852|853)\d{8}|886\d{8,9}")
_SATELLITE = re.compile(r"\+(86(1349|1740)\d{7}|870\d*|88[1-3]\d*)")
_PREMIUM_TYPES = {PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST}
#: 16x information lines and 96x service lines of the mainland charge the caller or belong to a firm.
_MAINLAND_PREMIUM = re.compile(r"\+86(168\d*|160\d*|96\d{3,6}|900\d*)")
_PERSONAL_TYPES = {
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.VOIP,
}

_HARD_SEPARATORS = re.compile(r"[/、;,|\n\r\t。]+|或者?|以及|和|及|＆|&")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－ー~～", "-"))
_EXTENSION = re.compile(r"(?:转|分机号?|ext\.?|x|#)\s*[:：]?\s*(\d{1,6})\s*$", re.IGNORECASE)
_DASHED_EXTENSION = re.compile(r"^(\(?0\d{2,3}\)?[- ]?\d{7,8}|\d{7,8})-(\d{1,5})$")
_FLOAT_TAIL = re.compile(r"^(\d{7,})\.0*$")
_SCIENTIFIC = re.compile(r"^\+?(\d(?:\.\d+)?)[eE]\+?(\d{1,2})$")
_MOBILE_PAIR = re.compile(r"(1[3-9]\d{9})(1[3-9]\d{9})")
_JUNK = re.compile(r"[^\d+]")


@dataclass(frozen=True, slots=True)
class PhoneReading:
    """What one cell of a list says.

    Attributes:
        numbers: E.164, in the order written, each once.
        problems: one Chinese sentence for each number that cannot be used; numbers masked.
        extensions: `number 转 extension` for each extension that E.164 has no room for.
    """

    numbers: tuple[str, ...]
    problems: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()


def parse_phones(
    text: str, region: str = "CN", *, area_code: str = "", regions: Collection[str] = HOME_REGIONS
) -> list[str]:
    """Read every number of a cell: several at once, full-width digits, Excel's floats, +86, area codes, extensions.

    Args:
        text: the cell; numbers separated by / 、 ; , a space or a new line.
        region: country whose national numbers may be written without a country code.
        area_code: with or without the 0 (`0571`), for local landlines; empty refuses them.
        regions: countries whose numbers are accepted.

    Returns:
        E.164 numbers in the order written; an empty list for an empty cell.

    Raises:
        InvalidInput: the first number that cannot be used, masked, and why.
    """
    reading = read_phones(text, region, area_code=area_code, regions=regions)
    if reading.problems:
        raise InvalidInput(reading.problems[0], code="phone")
    return list(reading.numbers)


def read_phones(
    text: str, region: str = "CN", *, area_code: str = "", regions: Collection[str] = HOME_REGIONS
) -> PhoneReading:
    """Read a cell as `parse_phones` does, keeping the good numbers beside what is wrong with the others."""
    if region == "CN" and _PLAIN_MOBILE.fullmatch(text) and why_not_dial(f"+86{text}", regions) is None:
        return PhoneReading((f"+86{text}",))
    numbers: dict[str, None] = {}
    problems: list[str] = []
    extensions: list[str] = []
    for piece in _pieces(text, region, area_code):
        try:
            number, extension = _read_one(piece, region, area_code)
        except InvalidInput as error:
            problems.append(error.message)
            continue
        refusal = why_not_dial(number, (*regions, region))
        if refusal:
            problems.append(f"号码“{mask(number)}”{refusal}")
            continue
        numbers[number] = None
        if extension:
            extensions.append(f"{number} 转 {extension}")
    return PhoneReading(tuple(numbers), tuple(problems), tuple(extensions))


def why_not_dial(number: str, regions: Collection[str] = HOME_REGIONS) -> str | None:
    """Say why an E.164 number must never be dialled for a resident; None when it may be.

    Premium, satellite, service and foreign numbers are refused at import and once more before a call.
    """
    # What a mainland mobile is stands in its first seven digits; long lists repeat them.
    mobile = _MAINLAND_MOBILE.fullmatch(number)
    return _judge(f"{mobile[1]}0000" if mobile else number, tuple(regions))


@lru_cache(maxsize=65_536)
def _judge(number: str, regions: tuple[str, ...]) -> str | None:
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return "不是电话号码，请核对"
    refusals = (
        (_SATELLITE.fullmatch(number), "是卫星电话，不能外呼，请换一个号码"),
        (is_premium(number), "是收费信息台或服务号码，不能外呼，请换成居民自己的号码"),
        (not phonenumbers.is_valid_number(parsed), "不是有效的号码（位数或号段不对），请核对"),
        (phonenumbers.number_type(parsed) not in _PERSONAL_TYPES, "是单位或服务热线，不是居民的号码，请换一个"),
        (
            phonenumbers.region_code_for_number(parsed) not in regions,
            "是境外号码，不在允许外呼的地区内，请核对；确实要打，请管理员设置 SHOUWANG_PHONE_REGIONS",
        ),
    )
    return next((sentence for refused, sentence in refusals if refused), None)


def mask(number: str) -> str:
    """Hide the middle of a number: `+8613812341234` and `13812341234` become `138****1234`."""
    digits = _JUNK.sub("", unicodedata.normalize("NFKC", number))
    digits = re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", digits)
    if len(digits) <= 4:
        return "*" * len(digits)
    if len(digits) < 9:
        return f"{digits[:1]}****{digits[-2:]}"
    return f"{digits[:3]}****{digits[-4:]}"


def is_sample(number: str) -> bool:
    """Whether an E.164 number belongs to the sample community (+86 138 0000 0000 to 0999)."""
    return _SAMPLE.fullmatch(number) is not None


def is_mainland(number: str) -> bool:
    """Whether an E.164 number belongs to mainland China."""
    return number.startswith("+86")


def is_premium(number: str) -> bool:
    """Whether calling an E.164 number costs more than a call, or reaches a service line that charges for it."""
    if _MAINLAND_PREMIUM.fullmatch(number):
        return True
    try:
        return phonenumbers.number_type(phonenumbers.parse(number, None)) in _PREMIUM_TYPES
    except phonenumbers.NumberParseException:
        return False


def spoken_form(number: str) -> str:
    """Write an E.164 number as people dial it at home: `13800000001`, `0571-88880000`, `+852 2345 6789`."""
    parsed = phonenumbers.parse(number, None)
    if not is_mainland(number):
        return phonenumbers.format_number(parsed, PhoneNumberFormat.INTERNATIONAL)
    national = str(parsed.national_number)
    if phonenumbers.number_type(parsed) == PhoneNumberType.MOBILE:
        return national
    area = phonenumbers.length_of_geographical_area_code(parsed)
    return f"0{national[:area]}-{national[area:]}" if area else national


def _pieces(text: str, region: str, area_code: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    pieces: list[str] = []
    for part in _HARD_SEPARATORS.split(plain):
        if re.search(r"\d", part):
            pieces.extend(_split_by_space(part.strip(), region, area_code))
        elif part.strip() and not _is_blank_word(part):
            pieces.append(part.strip())
    return pieces


def _is_blank_word(part: str) -> bool:
    return (
        re.fullmatch(
            r"[\s\-/.]*((无|没有|没|暂无|未留)(电话|手机|号码)?|没|空|不详|none|null|nan|n/a)?[\s\-/.]*",
            part,
            re.IGNORECASE,
        )
        is not None
    )


def _split_by_space(part: str, region: str, area_code: str) -> list[str]:
    pair = _MOBILE_PAIR.fullmatch(re.sub(r"\D", "", part))
    if pair:
        return [pair[1], pair[2]]
    words = [word for word in re.split(r"\s+|[:：]", part) if re.search(r"\d", word)]
    if len(words) < 2 or _is_number(part, region, area_code):
        return [part]
    if all(_is_number(word, region, area_code) for word in words):
        return words
    return _grouped(words, region, area_code)


def _grouped(words: list[str], region: str, area_code: str) -> list[str]:
    # 138 0000 0001 138 0000 0002: the shortest run of words that is a number, again and again.
    pieces: list[str] = []
    start = 0
    while start < len(words):
        for end in range(start + 1, len(words) + 1):
            if _is_number(" ".join(words[start:end]), region, area_code):
                break
        else:
            end = start + 1
        pieces.append(" ".join(words[start:end]))
        start = end
    return pieces


def _is_number(text: str, region: str, area_code: str) -> bool:
    try:
        number, _ = _read_one(text, region, area_code)
    except InvalidInput:
        return False
    return phonenumbers.is_valid_number(phonenumbers.parse(number, None))


def _read_one(piece: str, region: str, area_code: str) -> tuple[str, str]:
    text, extension = _without_extension(_undo_spreadsheet(piece))
    digits = _JUNK.sub("", text)
    if not digits.strip("+"):
        raise InvalidInput("电话一格里写的不是电话号码，请核对", code="phone")
    if "+" in digits[1:]:
        raise InvalidInput(f"“{mask(piece)}”不是电话号码，请核对", code="phone")
    if len(digits) > 17:
        raise InvalidInput(f"号码“{mask(digits)}”太长，可能是几个号码连在了一起，请用顿号分开", code="phone")
    if region == "CN" and re.fullmatch(r"[2-8]\d{6,7}", digits):
        if not area_code:
            raise InvalidInput(f"固定电话“{mask(digits)}”缺区号，请写成 0571-88880000 这样", code="phone")
        digits = f"0{area_code.lstrip('0')}{digits}"
    return _to_e164(digits, region), extension


def _to_e164(digits: str, region: str) -> str:
    if _LOST_PLUS.fullmatch(digits):
        digits = f"+{digits}"
    try:
        parsed: PhoneNumber = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException as error:
        raise InvalidInput(f"号码“{mask(digits)}”位数不对，请核对", code="phone") from error
    number = phonenumbers.format_number(parsed, PhoneNumberFormat.E164)
    if region == "CN" and re.fullmatch(r"1[3-9]\d*", digits) and len(digits) != 11:
        raise InvalidInput(f"手机号“{mask(digits)}”是 {len(digits)} 位，应为 11 位，请核对", code="phone")
    return number


def _undo_spreadsheet(piece: str) -> str:
    text = piece.strip().strip("'`’‘\"“”").strip()
    if tail := _FLOAT_TAIL.match(text):
        return tail[1]
    if not (scientific := _SCIENTIFIC.match(text)):
        return text
    mantissa, exponent = scientific[1].replace(".", ""), int(scientific[2])
    if len(mantissa) < 8 or exponent > 15:
        raise InvalidInput(
            f"号码“{text[:4]}…”被表格软件改成了科学计数法，末几位已经丢失，请把该列设为文本后重新填写", code="phone"
        )
    return mantissa.ljust(exponent + 1, "0")


def _without_extension(text: str) -> tuple[str, str]:
    if found := _EXTENSION.search(text):
        return text[: found.start()], found[1]
    if dashed := _DASHED_EXTENSION.match(text):
        return dashed[1], dashed[2]
    return text, ""
