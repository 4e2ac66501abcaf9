"""Identity numbers (GB 11643): checked, read for birth date and sex, and kept only as a keyed hash."""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from community.errors import InvalidInput

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_EIGHTEEN = re.compile(r"\d{17}[\dX]")
_FIFTEEN = re.compile(r"\d{15}")
_SCIENTIFIC = re.compile(r"\d(\.\d+)?E\+?\d{2}")
_FLOAT = re.compile(r"\d{15,18}\.0*")
#: Passports, 港澳 and 台湾 travel permits: kept as a hash, telling nothing about birth or sex.
_OTHER_DOCUMENT = re.compile(r"[A-Z]{1,2}\d{7,10}|[A-Z]\d{6}\([0-9A]\)|\d{8}")
_DAMAGED = "被表格软件改成了数字，末几位已经丢失；请把这一列设为文本后重新填写，或者清空这一格再导入"


class Sex(StrEnum):
    """A resident's sex as the roster keeps it."""

    MALE = "male"
    FEMALE = "female"


SEX_NAMES: dict[str, str] = {Sex.MALE: "男", Sex.FEMALE: "女"}


@dataclass(frozen=True, slots=True)
class Identity:
    """What an identity number tells.

    Attributes:
        hash: keyed hash of the number in its 18-digit form.
        birth_date, sex: None for a document that does not tell them.
    """

    hash: str
    birth_date: date | None = None
    sex: Sex | None = None


def read_identity(text: str, *, secret: bytes, today: date) -> Identity:
    """Check an identity number and derive what it tells.

    Args:
        text: 18 digits, 15 digits of the old kind, or the number of another document; blanks and full width allowed.
        secret: the community's own key.
        today: nobody is born after it.

    Raises:
        InvalidInput: what is wrong with it, without the number.
    """
    number = _plain(text)
    if _SCIENTIFIC.fullmatch(number) or _FLOAT.fullmatch(number):
        raise InvalidInput(f"身份证号{_DAMAGED}", code="identity")
    if _FIFTEEN.fullmatch(number):
        number = _eighteen(number)
    elif _OTHER_DOCUMENT.fullmatch(number):
        return Identity(_hash(number, secret))
    if not _EIGHTEEN.fullmatch(number):
        raise InvalidInput(f"身份证号应为 18 位，这里是 {len(number)} 位，请核对", code="identity")
    if check_digit(number[:17]) != number[17]:
        if number.endswith(("00", "000")):
            raise InvalidInput(f"身份证号{_DAMAGED}", code="identity")
        raise InvalidInput("身份证号的校验位不对，可能抄错了一位，请核对", code="identity")
    return Identity(_hash(number, secret), _birth_date(number, today), _sex(number))


def check_digit(first_17: str) -> str:
    """The 18th character of an identity number (GB 11643-1999, ISO 7064 MOD 11-2)."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True))
    return _CHECK_DIGITS[total % 11]


def _plain(text: str) -> str:
    return re.sub(r"[\s'`’‘\-_]", "", unicodedata.normalize("NFKC", text)).upper().replace("Х", "X")


def _eighteen(fifteen: str) -> str:
    # Fifteen digits were given until 1999, to people born in the 1900s.
    first = f"{fifteen[:6]}19{fifteen[6:]}"
    return first + check_digit(first)


def _birth_date(number: str, today: date) -> date:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        born = None
    if born is None or not date(1880, 1, 1) <= born <= today:
        raise InvalidInput("身份证号里的出生日期不对，请核对", code="identity")
    return born


def _sex(number: str) -> Sex:
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE


def _hash(number: str, secret: bytes) -> str:
    return hmac.new(secret, f"identity:{number}".encode(), hashlib.sha256).hexdigest()
