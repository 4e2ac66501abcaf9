"""A message by its sound: 招火了, zhao huo le and 着火了 are the same syllables, however they were typed or heard."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from pypinyin import lazy_pinyin

from community.model.policies.sounds import blurred

_TOKEN = re.compile(r"[\u4e00-\u9fff]|[a-z]+|[^\u4e00-\u9fff a-z]")
_FINAL = "iang|iong|uang|uai|uan|iao|ian|ang|eng|ing|ong|ai|ei|ao|ou|an|en|in|un|ia|ie|iu|ua|ui|uo|ue|ve|a|o|e|i|u|v"
_SYLLABLE = f"(?:(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])(?:{_FINAL})|(?:ang|eng|ai|ei|ao|ou|an|en|er|a|o|e))"
#: One syllable, where what follows can be read as syllables too.
_SYLLABLES = re.compile(f"{_SYLLABLE}(?=(?:{_SYLLABLE})*$)")
_WHOLE = re.compile(f"(?:{_SYLLABLE})+")
#: Longer runs of letters are no words, and are not taken apart.
_LONGEST = 24
_BREAK = "|"


def sound_features(plain: str) -> Iterator[str]:
    """Syllables and their pairs, without tones and with those made one that many speakers confuse.

    Args:
        plain: the normalised text.
    """
    sounds = [_BREAK, *_sounds(plain), _BREAK]
    for one, other in pairwise(sounds):
        if one != _BREAK:
            yield f"~{one}"
            yield f"~{one} {other}"


def _sounds(plain: str) -> Iterator[str]:
    for token in _TOKEN.findall(plain):
        if not token.isalpha():
            yield _BREAK
        elif token.isascii():
            yield from _spelt(token)
        else:
            yield _sound_of(token)


@lru_cache(maxsize=8192)
def _sound_of(character: str) -> str:
    return blurred(lazy_pinyin(character)[0])


def _spelt(run: str) -> Iterator[str]:
    """The syllables of zhaohuole; of a word in another language nothing."""
    if len(run) > _LONGEST or not _WHOLE.fullmatch(run):
        yield _BREAK
        return
    yield from (blurred(syllable) for syllable in _SYLLABLES.findall(run))
