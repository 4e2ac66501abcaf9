"""Chinese text as residents type it, brought to one form: for understanding only, never for showing.

Full width becomes half width (NFKC), traditional becomes simplified (OpenCC), capitals become small letters, marks such as
`[语音 8"]` or an invisible joiner disappear, runs of blanks become one.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from opencc import OpenCC

#: `[图片]`, `[语音 8"]`, `[强]`: what a platform writes where it cannot show something.
_MARK = re.compile(r"\[[^\[\]\n]{1,12}\]")
_INVISIBLE = {"Cf", "Cc", "Cs"}
#: One character each for what NFKC leaves apart.
_SAME = str.maketrans(
    {"：": ":", "，": ",", "。": ".", "？": "?", "！": "!", "；": ";", "、": ",", "～": "~", "—": "-", "–": "-"}
)
#: Characters that OpenCC's table leaves and residents of Hong Kong and Taiwan write.
_VARIANTS = str.maketrans(
    {
        "咗": "了",
        "喺": "在",
        "嘅": "的",
        "冇": "没",
        "睇": "看",
        "佢": "他",
        "哋": "们",
        "咁": "这么",
        "啲": "些",
        "著": "着",
    }
)


@dataclass(frozen=True, slots=True)
class NormalisedText:
    """A text in its one form, and where each of its characters stood in the original.

    Attributes:
        text: the normalised text.
        origins: for each character of `text`, its index in the original.
        original: what was written.
    """

    text: str
    origins: tuple[int, ...]
    original: str

    def source(self, start: int, end: int) -> str:
        """Return the part of the original that became `text[start:end]`."""
        if start >= end:
            return ""
        return self.original[self.origins[start] : self.origins[end - 1] + 1]


def normalise(text: str) -> str:
    """Return the one form of a text; the same again for what is already in it."""
    return align(text).text


@lru_cache(maxsize=4096)
def align(text: str) -> NormalisedText:
    """Normalise a text and remember where each character came from."""
    blanked = _MARK.sub(lambda mark: " " * len(mark[0]), text)
    characters: list[str] = []
    origins: list[int] = []
    for index, character in enumerate(blanked):
        for part in _one_form(character):
            if part == " " and (not characters or characters[-1] == " "):
                continue
            characters.append(part)
            origins.append(index)
    while characters and characters[-1] == " ":
        characters.pop()
        origins.pop()
    return NormalisedText("".join(characters), tuple(origins), text)


@lru_cache(maxsize=16384)
def _one_form(character: str) -> str:
    if character.isspace():
        return " "
    if unicodedata.category(character) in _INVISIBLE:
        return ""
    plain = unicodedata.normalize("NFKC", character).lower()
    simplified: str = _simplifier().convert(plain)
    return simplified.translate(_SAME).translate(_VARIANTS)


@lru_cache(maxsize=1)
def _simplifier() -> OpenCC:
    return OpenCC("t2s")
