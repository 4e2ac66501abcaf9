"""Words by their sound: questions typed in pinyin, and homophones that voice input or haste puts for the right characters."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pypinyin import lazy_pinyin

_LATIN = re.compile(r"[a-züv']+(?:\s+[a-züv']+)*")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_FUZZY = (("zh", "z"), ("ch", "c"), ("sh", "s"))
#: Longest syllable (zhuang, chuang, shuang).
_LONGEST = 6


def sound_of(text: str) -> tuple[str, ...]:
    """Return one toneless syllable for each character."""
    return tuple(lazy_pinyin(text, errors="default"))


def blurred(syllable: str) -> str:
    """Make syllables that many speakers confuse the same: zh/z, ch/c, sh/s, ang/an, eng/en, ing/in."""
    for from_, to in _FUZZY:
        if syllable.startswith(from_):
            syllable = to + syllable[len(from_) :]
    return syllable[:-1] if syllable.endswith("ng") and not syllable.endswith("ong") else syllable


@dataclass
class Sounds:
    """A vocabulary by sound.

    Attributes:
        by_sound: syllables of a word, joined by blanks → (the likeliest word, its weight).
        syllables: every syllable that occurs.
        blurred_words: blurred sound of the lexicon's longer words → the word.
    """

    by_sound: dict[tuple[str, ...], tuple[str, float]] = field(default_factory=dict)
    syllables: set[str] = field(default_factory=set)
    blurred_words: dict[tuple[str, ...], str] = field(default_factory=dict)
    longest: int = 1

    @classmethod
    def of(cls, words: Mapping[str, float], guarded: Iterable[str]) -> "Sounds":
        """Learn words with their weights; `guarded` ones are also found by homophones."""
        sounds = cls()
        for word, weight in words.items():
            if not _HAN.fullmatch(word):
                continue
            sound = sound_of(word)
            if sounds.by_sound.get(sound, ("", -1.0))[1] < weight:
                sounds.by_sound[sound] = (word, weight)
            sounds.syllables.update(sound)
            sounds.longest = max(sounds.longest, len(word))
        for word in guarded:
            if len(word) >= 3 and _HAN.fullmatch(word):
                sounds.blurred_words.setdefault(tuple(map(blurred, sound_of(word))), word)
        return sounds

    def written(self, text: str) -> str:
        """Write runs of pinyin as characters; other Latin words (app, wifi) stay."""
        if not re.search(r"[a-z]{2}", text):
            return text
        return _LATIN.sub(lambda run: self._decode(run[0]), text)

    def _decode(self, run: str) -> str:
        syllables: list[str] = []
        for word in run.replace("v", "ü").split():
            parts = self._split(word.strip("'"))
            if parts is None:
                return run
            syllables += parts
        best: list[tuple[float, str]] = [(0.0, "")]
        for end in range(1, len(syllables) + 1):
            choices = []
            for start in range(max(0, end - self.longest), end):
                known = self.by_sound.get(tuple(syllables[start:end]))
                size = end - start
                weight = known[1] + 3.0 * size * size if known else (-5.0 if size == 1 else None)
                if weight is not None:
                    choices.append((best[start][0] + weight, best[start][1] + (known[0] if known else "")))
            best.append(max(choices))
        decoded = best[-1][1]
        return decoded if len(decoded) >= 2 else run

    def _split(self, letters: str) -> list[str] | None:
        """Split letters into as few syllables as possible, or None where they are no pinyin."""
        best: list[list[str] | None] = [[]] + [None] * len(letters)
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - _LONGEST), end):
                before = best[start]
                if before is None or letters[start:end].strip("'") not in self.syllables:
                    continue
                kept = best[end]
                if kept is None or len(before) + 1 < len(kept):
                    best[end] = [*before, letters[start:end].strip("'")]
        return best[-1]

    def homophones(self, text: str) -> set[str]:
        """Return guarded words that the text sounds like but does not spell."""
        found: set[str] = set()
        for run in _HAN.finditer(text):
            sound = tuple(map(blurred, sound_of(run[0])))
            for size in range(3, min(7, len(sound) + 1)):
                for start in range(len(sound) - size + 1):
                    word = self.blurred_words.get(sound[start : start + size])
                    if word is not None and word != run[0][start : start + size]:
                        found.add(word)
        return found
