"""Where something is, read out of a sentence: 三号楼, 3#, 3栋2单元501, 5-2-601, 十四號後巷, 菜鸟驿站旁边.

The place is found by rule on the normalised text; what people are shown is the resident's own wording.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import jieba

from community.model.address import Address
from community.model.address_landmarks import ASKED, BESIDE, ESTATE, NO_LANDMARK, STANDING
from community.model.address_words import (
    BETWEEN,
    BOUND_FOR,
    HEARD,
    INSTITUTION,
    LANDMARKS,
    LIKENED,
    MERGE_GAP,
    MIDDLE,
    NAMED,
    NEGATED,
    PLACES,
    SIDED,
    SPOKEN_OF,
    STOP,
    SUFFIX,
    VAGUE_ONLY,
)
from community.model.numerals import plate_number
from community.model.text import NormalisedText, align


@dataclass(frozen=True, slots=True)
class Places:
    """The names a community is known by.

    Attributes:
        communities: names of the 小区.
        aliases: local nicknames, each with the standard name.
    """

    communities: Sequence[str] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, longest first."""
        return tuple(sorted({*self.communities, *self.aliases}, key=lambda name: (-len(name), name)))


@dataclass(frozen=True, slots=True)
class FoundLocation:
    """A place in a text.

    Attributes:
        address: what could be read as 小区-楼栋-单元-室; may be empty where only a landmark is known.
        text: the resident's own words for it.
        start, end: where it stands in the normalised text.
    """

    address: Address
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    address: Address


def extract_location(text: str, places: Places = Places()) -> FoundLocation | None:
    """Find the place a message speaks of; None when it names none that somebody could walk to.

    Where two are named, one after 不是 is left out and the last of a correction counts; else the most exact one.
    """
    found = find_locations(text, places)
    return max(found, key=_exactness) if found else None


def find_locations(text: str, places: Places = Places()) -> list[FoundLocation]:
    """Find every place a message speaks of, in the order of the text."""
    aligned = _as_meant(align(text))
    pieces = [
        piece
        for piece in _pieces(aligned.text, places)
        if not _is_negated(aligned.text, piece.start) and not _is_only_named(aligned.text, piece)
    ]
    return [_located(aligned, group) for group in _grouped(aligned.text, pieces)]


def _as_meant(aligned: NormalisedText) -> NormalisedText:
    """Put the right word for one written by ear, character by character, so that every place stays where it was."""
    text = aligned.text
    for pattern, meant in HEARD:
        text = pattern.sub(meant, text)
    return replace(aligned, text=text)


def _is_only_named(text: str, piece: _Piece) -> bool:
    """Whether a place without a number is spoken of, likened to or set out for, and nothing happens there."""
    if not piece.address.is_empty:
        return False
    before, words, after = text[: piece.start], text[piece.start : piece.end], text[piece.end :]
    if not re.search(r"\d|[栋幢座排楼层]$", words) and LIKENED.search(before):
        return True
    landmark = LANDMARKS.search(words)
    if landmark is not None and LIKENED.search(words[: landmark.start()]):
        return True
    spoken_of = SPOKEN_OF.match(after) or (BOUND_FOR.search(before) and not _side(after))
    return bool(INSTITUTION.search(words) and spoken_of)


def _side(after: str) -> bool:
    """Whether a word for a side follows: 旁边, 门口, 那里."""
    suffix = re.match(SUFFIX, after)
    return suffix is not None and suffix.end() > 0


def _pieces(text: str, places: Places) -> list[_Piece]:
    pieces: list[_Piece] = []
    for name in places.names:
        known = Address(community=places.aliases.get(name, name))
        # 星河 is 星河湾, but 星河广场 is a place of its own
        other = _OTHER_PLACE if name in places.aliases else ""
        pieces += [_Piece(m.start(), m.end(), known) for m in re.finditer(re.escape(align(name).text) + other, text)]
    for pattern in _compiled():
        pieces += [_Piece(match.start(), match.end(), _address(match)) for match in pattern.finditer(text)]
    pieces += [_Piece(match.start(), match.end(), Address()) for match in LANDMARKS.finditer(text)]
    pieces += [_Piece(match.start(), match.end(), Address()) for match in SIDED.finditer(text)]
    pieces += _named(text)
    return _without_overlap([_with_old(text, piece) for piece in pieces])


def _with_old(text: str, piece: _Piece) -> _Piece:
    """老邮局 is another place than 邮局."""
    old = piece.address.is_empty and piece.start > 0 and text[piece.start - 1] in _OLD and text[piece.start] not in _OLD
    return replace(piece, start=piece.start - 1) if old else piece


@lru_cache(maxsize=1)
def _compiled() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(r"(?<![\d:-])(?<!\d\.)(?<!\d月)" + pattern) for pattern in PLACES)


def _address(match: re.Match[str]) -> Address:
    found = {name: plate_number(value) for name, value in match.groupdict().items() if value}
    if "storey" in found:
        return Address(
            room=found["flat"].removesuffix("室") if len(found["flat"]) > 2 else found["storey"] + found["flat"]
        )
    building = (
        found.get("building")
        or found.get("dash_building")
        or found.get("pair_building")
        or found.get("half_building")
        or found.get("lane_building")
    )
    unit = (
        found.get("unit")
        or found.get("gate")
        or found.get("dash_unit")
        or found.get("half_unit")
        or found.get("only_unit")
    )
    room = (
        found.get("room")
        or found.get("dash_room")
        or found.get("pair_room")
        or found.get("only_room")
        or found.get("only_unit_room")
        or found.get("lived_room")
        or found.get("owned_room")
        or found.get("next_room")
        or found.get("bare_room")
        or found.get("spoken_room")
        or found.get("told_room")
    )
    return Address(building=building or "", unit=unit or "", room=room or "")


_OTHER_PLACE = r"(?!广场|大厦|小学|中学|幼儿园|超市|医院|公园|菜?市场|商场|酒店|银行|大道|路|街|桥)"
#: 老粮站 is another place than 粮站.
_OLD = frozenset({"老", "旧"})
#: What is cut together with the word for a side that follows: 东风|桥底|下, 枣园|胡同口.
_BEFORE_SIDE = frozenset({"桥", "胡同"})
#: 鳳凰街個路面 is cut 凤凰|街个|路面.
_CUT_WRONGLY = frozenset({"街个", "路个", "巷个"})
#: Characters of a lane called 某某里.
_LONGEST_LANE = 4


def _named(text: str) -> list[_Piece]:
    words = [(word, start, end) for word, start, end in jieba.tokenize(text)]
    pieces = _landmarks(text, words)
    for match in NAMED.finditer(text):
        start = _name_start(words, match)
        name = text[start : match.end()] if start is not None else ""
        if start is not None and not VAGUE_ONLY.match(name) and (match[0] != "里" or len(name) <= _LONGEST_LANE):
            pieces.append(_Piece(start, match.end(), Address()))
    return pieces


def _landmarks(text: str, words: Sequence[tuple[str, int, int]]) -> list[_Piece]:
    """What names a place by its kind, or by the side of a thing that is told."""
    pieces = []
    for match in (*BESIDE.finditer(text), *ESTATE.finditer(text)):
        start = _name_start(words, match, beside=True)
        if start is not None and not NO_LANDMARK.match(text[start : match.end()]):
            pieces.append(_Piece(start, match.end("side") if "side" in match.groupdict() else match.end(), Address()))
    if ASKED.search(text):
        return pieces
    standing = ((_name_start(words, match), match) for match in STANDING.finditer(text))
    return [*pieces, *(_Piece(start, match.end(), Address()) for start, match in standing if start is not None)]


def _name_start(words: Sequence[tuple[str, int, int]], match: re.Match[str], *, beside: bool = False) -> int | None:
    """Where the name begins that ends with this match: back over whole words until a word that is no part of a name.

    Args:
        words: the text, cut, each word with its start and end.
        match: what the name ends with.
        beside: a word for a side follows, which may have been cut together with it: 水果|店门口.
    """
    index = next((i for i, (_, start, end) in enumerate(words) if start <= match.start() < end), None)
    if index is None:
        return None
    apart = words[index][2] <= match.end() or beside or match[0] in _BEFORE_SIDE or words[index][0] in _CUT_WRONGLY
    if not apart:
        return None
    word, start, _ = words[index]
    if word in STOP and len(match[0]) == 1 and not beside:
        return None
    while index > 0 and match.end() - start < 8:
        before, before_start, _ = words[index - 1]
        if (before in STOP and before not in _OLD) or not re.fullmatch(r"[\u4e00-\u9fff]{1,4}", before):
            break
        index, start = index - 1, before_start
    if index > 0 and words[index][0].startswith("号") and words[index - 1][0].isdigit():
        return None
    return start if match.end() - start >= len(match[0]) + (1 if len(match[0]) == 1 else 0) else None


def _without_overlap(pieces: Sequence[_Piece]) -> list[_Piece]:
    kept: list[_Piece] = []
    for piece in sorted(pieces, key=lambda p: (_weight(p), -p.start), reverse=True):
        if all(piece.end <= other.start or piece.start >= other.end for other in kept):
            kept.append(piece)
    return sorted(kept, key=lambda p: p.start)


def _weight(piece: _Piece) -> tuple[int, int]:
    address = piece.address
    return (sum(map(bool, (address.community, address.building, address.unit, address.room))), piece.end - piece.start)


def _is_negated(text: str, start: int) -> bool:
    return bool(NEGATED.search(text[:start]))


def _grouped(text: str, pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    groups: list[list[_Piece]] = []
    for piece in pieces:
        gap = text[groups[-1][-1].end : piece.start] if groups else ""
        if groups and (
            (MERGE_GAP.match(gap) and _fits(groups[-1], piece))
            or (BETWEEN.match(gap) and MIDDLE.match(text[piece.end :]))
        ):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _fits(group: Sequence[_Piece], piece: _Piece) -> bool:
    """Whether a piece goes on where the group stopped: no part of the address is said twice."""
    for part in ("community", "building", "unit", "room"):
        if getattr(piece.address, part) and any(getattr(other.address, part) for other in group):
            return False
    return True


def _located(aligned: NormalisedText, group: Sequence[_Piece]) -> FoundLocation:
    merged = {
        part: next((getattr(piece.address, part) for piece in group if getattr(piece.address, part)), "")
        for part in ("community", "building", "unit", "room")
    }
    start, end = group[0].start, group[-1].end
    suffix = re.compile(SUFFIX).match(aligned.text, end)
    if suffix:
        end = suffix.end()
    return FoundLocation(Address(**merged), aligned.source(start, end).strip(" ,，。的"), start, end)


def _exactness(found: FoundLocation) -> tuple[int, int]:
    address = found.address
    parts = sum(map(bool, (address.community, address.building, address.unit, address.room)))
    return (parts, found.end - found.start)
