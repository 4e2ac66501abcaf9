"""Addresses as lists write them: 锦绣苑3号楼2单元501, 3#-2-501, 三栋2单元五零一, or each part in a column of its own."""

import re
import unicodedata
from collections.abc import Mapping

from community.model.address import Address
from community.model.numerals import plate_number

_NUMERAL = r"[零〇一二三四五六七八九十百两]+"
_NUMBER = rf"(?:\d{{1,4}}|{_NUMERAL})"
_BUILDING_NAME = rf"(?:[A-Z]?{_NUMBER}[A-Z]?|[A-Z]|[东南西北])"
_ROOM = rf"(?:[A-Z]?\d{{1,5}}[A-Z]?|{_NUMERAL})"
#: 88号院2号楼: the number of a yard before a building belongs to the name.
_BEFORE_BUILDING = rf"(?!{_BUILDING_NAME}(?:号楼|[栋幢座#]))"
_YARD = rf"(?:号院{_BEFORE_BUILDING}|号(?!院){_BEFORE_BUILDING})"
_BUILDING_WORD = rf"(?:号楼|[栋幢座]楼?|#楼?|楼(?=(?:[A-Z]|{_NUMBER})单元)|{_YARD})"

#: 3号楼2单元501, 3栋501, 三栋2单元五零一, 12号 (a house of its own)
_WORDS = re.compile(
    rf"(?P<building>{_BUILDING_NAME}){_BUILDING_WORD}[-,、]?"
    rf"(?:(?P<unit>[A-Z]|{_NUMBER})(?:单元|门(?!口|牌)|梯)[-,、]?|(?P<dash_unit>\d{{1,2}})-(?=\d{{3,4}}))?"
    rf"(?:(?P<floor>{_NUMBER})[层楼](?=\d|{_NUMERAL})[-,、]?)?"
    rf"(?:(?P<room>{_ROOM})(?:号|室|户|房)?)?(?P<rest>.*)$"
)
#: 3-2-501, 3#-2-501, 3/2/501
_DASHES = re.compile(
    r"(?P<building>[A-Z]?\d{1,3}[A-Z]?)#?[-/](?:(?P<unit>[A-Z]|\d{1,2})(?:单元)?[-/])?(?P<room>\d{1,5}[A-Z]?)(?:号|室|户|房)?(?P<rest>.*)$"
)
#: 2单元501 without a building
_UNIT_ONLY = re.compile(
    rf"(?P<unit>{_NUMBER})(?:单元|门(?!口|牌))[-,、]?(?:(?P<room>{_ROOM})(?:号|室|户|房)?)?(?P<rest>.*)$"
)
_ROOM_ONLY = re.compile(r"(?P<room>[A-Z]?\d{3,5}[A-Z]?)(?:室|户|房)(?P<rest>.*)$")
#: 5楼502
_FLOOR = re.compile(rf"{_NUMBER}[层楼](?P<room>[A-Z]?\d{{3,5}}[A-Z]?)(?:号|室|户|房)?(?P<rest>.*)$")
_BARE_ROOM = re.compile(r"^(?P<room>\d{3,4}[A-Z]?)$")
_PATTERNS = (_DASHES, _WORDS, _UNIT_ONLY, _ROOM_ONLY, _FLOOR, _BARE_ROOM)

#: Province down to street and 社区: the same for everybody on the list.
_REGION = re.compile(
    r"^(?:[一-鿿]{2,8}?(?:省|自治区|特别行政区))?(?:[一-鿿]{2,6}?(?:市|自治州|盟))?(?:[一-鿿]{1,6}?(?:区(?!\d)|县|旗)(?![一-鿿]?号))?"
    r"(?:[一-鿿]{2,6}?(?:街道|镇|乡))?(?:[一-鿿]{2,6}?社区)?"
)
_WORD_AFTER = re.compile(r"(?:号楼|栋楼?|幢|座|楼|#|号|单元|室|户|房|号房|号室)+$")
_COMMUNITY_COLUMN_BLANKS = re.compile(r"[\s,，、.。·]+")


def parse_address(text: str, *, place_names: Mapping[str, str] | None = None) -> tuple[Address, str]:
    """Read one address cell.

    Args:
        place_names: local nicknames of 小区, each with the standard name.

    Returns:
        The parts that could be read, and what is to be kept as text: empty where the parts say it all, else the whole
        cell as it was written.
    """
    plain = _plain(text)
    if not plain:
        return Address(), ""
    matches = [match for pattern in _PATTERNS if (match := pattern.search(plain))]
    if matches:
        return _from_match(min(matches, key=lambda match: match.start()), plain, text, place_names or {})
    community = _community(plain, place_names or {})
    named = _looks_like_community(community)
    return (Address(community=community) if named else Address()), ("" if named else _as_written(text))


def address_from_columns(
    *,
    community: str = "",
    building: str = "",
    unit: str = "",
    room: str = "",
    place_names: Mapping[str, str] | None = None,
) -> Address:
    """Read an address whose parts stand in columns of their own; `3号楼` and `2单元` lose their words."""
    name = _plain(community)
    return Address(
        community=(place_names or {}).get(name, name)[:80],
        building=_part(building)[:40],
        unit=_part(unit)[:20],
        room=_part(room)[:20],
    )


def merge_address(columns: Address, cell: Address) -> Address:
    """Join what the columns say with what the address cell says; the columns win."""
    return Address(
        community=columns.community or cell.community,
        building=columns.building or cell.building,
        unit=columns.unit or cell.unit,
        room=columns.room or cell.room,
    )


def _from_match(match: re.Match[str], plain: str, text: str, place_names: Mapping[str, str]) -> tuple[Address, str]:
    parts = match.groupdict()
    community = _community(plain[: match.start()], place_names)
    address = Address(
        community=community[:80],
        building=_part(parts.get("building") or ""),
        unit=_part(parts.get("unit") or parts.get("dash_unit") or ""),
        room=_part(parts.get("room") or ""),
    )
    rest = (parts.get("rest") or "").strip("()-,、. ")
    return address, (_as_written(text) if rest else house_text(address, match[0]))


def house_text(address: Address, building: str) -> str:
    """柳巷12号 is a house and not the twelfth building: what is to be kept as text for it; empty for any other address.

    Args:
        building: the building as written, with its word.
    """
    word = re.fullmatch(r"[^#栋幢座楼]*?(号院?)", _plain(building))
    is_house = word is not None and address.building and not address.unit and not address.room
    return f"{address.community}{address.building}{word[1]}" if word and is_house else ""


def _community(before: str, place_names: Mapping[str, str]) -> str:
    name = (_REGION.sub("", before).strip("()-,、. ") or before.strip("()-,、. ")).removesuffix("第")
    return place_names.get(name, name)


def _looks_like_community(name: str) -> bool:
    return bool(
        re.fullmatch(
            r"[一-鿿A-Z0-9]{2,12}?(?:小区|花园|苑|家园|新村|公寓|大厦|里|园|府|城|庭|湾|坊|居|庄|村|巷|院)", name
        )
    )


def _part(text: str) -> str:
    plain = _WORD_AFTER.sub("", _plain(re.sub(r"\.0+$", "", text.strip())))
    return plate_number(plain) if plain else ""


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).upper()
    plain = re.sub(r"[‐‑‒–—―−~_]", "-", plain)
    return _COMMUNITY_COLUMN_BLANKS.sub("", plain)


def _as_written(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()[:200]
