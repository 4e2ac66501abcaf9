"""Lines made harder to read, as people type them: slips, words by ear, traditional characters, no marks. The same line always the same way."""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from opencc import OpenCC
from pypinyin import Style, lazy_pinyin

_HAN = re.compile(r"[一-鿿]")
_MARKS = re.compile(r"[，。！？、；：…,.!?;:～~“”\"]+")
#: One character in so many is changed.
_EVERY = 8
#: Left alone: with another number or mark of place it would be another place.
_KEPT = frozenset("零一二三四五六七八九十百两幺栋号楼幢座单元层室东西南北")


def typos(text: str) -> str:
    """Characters left out, doubled, or in the wrong order."""
    chance = random.Random(text)
    characters = list(text)
    for place in _some_places(text, chance):
        slip = chance.choice(("out", "twice", "swap"))
        if slip == "out":
            characters[place] = ""
        elif slip == "twice":
            characters[place] *= 2
        elif place + 1 < len(characters) and characters[place + 1] not in _KEPT:
            characters[place], characters[place + 1] = characters[place + 1], characters[place]
    return "".join(characters)


def homophones(text: str) -> str:
    """Characters that sound the same, as voice input and typing by ear leave them."""
    chance = random.Random(text)
    characters = list(text)
    for place in _some_places(text, chance):
        alike = [one for one in _alike().get(_sound(characters[place]), "") if one != characters[place]]
        if alike:
            characters[place] = chance.choice(alike)
    return "".join(characters)


def traditional(text: str) -> str:
    """Traditional characters."""
    converted: str = _to_traditional().convert(text)
    return converted


def unmarked(text: str) -> str:
    """No punctuation at all."""
    return _MARKS.sub("", text)


#: What is done to lines, by its name in the report.
WAYS: Mapping[str, Callable[[str], str]] = {
    "错别字": typos,
    "同音字": homophones,
    "繁体": traditional,
    "没有标点": unmarked,
}


def _some_places(text: str, chance: random.Random) -> list[int]:
    places = [place for place, one in enumerate(text) if _HAN.match(one) and one not in _KEPT]
    return sorted(chance.sample(places, min(len(places), max(1, len(places) // _EVERY)))) if places else []


def _sound(character: str) -> str:
    return lazy_pinyin(character, style=Style.NORMAL)[0]


@cache
def _alike() -> dict[str, str]:
    """Characters in use here, by their sound."""
    alike: dict[str, str] = defaultdict(str)
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(Path("nlu_data/nlu").rglob("*.yml")))
    for character in sorted(set(_HAN.findall(text)) - _KEPT):
        alike[_sound(character)] += character
    return alike


@cache
def _to_traditional() -> OpenCC:
    return OpenCC("s2t")
