"""Somebody is in danger now: recognised by rule, before anything else reads the text, in chat and on the phone alike.

A sign is a phrase that people in danger use. It does not stand when the message speaks of elsewhere (a drill, the news, a
proverb), when it is over, long ago, only feared, or asked about.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from community.model.emergency_words import (
    ASKING,
    ELSEWHERE,
    HARMLESS,
    OVER,
    PAST,
    PRESENT,
    SIGNS,
    UNREAL,
    UNREAL_INSIDE,
)
from community.model.text import normalise


@dataclass(frozen=True, slots=True)
class Emergency:
    """What was recognised.

    Attributes:
        services: whom to call, the first one first: `119`, `110`, `120`, `gas`.
        advice_key: key of the advice that is given at once.
        kind: what sort of emergency: fire, gas, medical…
    """

    services: tuple[str, ...]
    advice_key: str
    kind: str


_SERVICES: Mapping[str, tuple[str, ...]] = {
    "gas": ("gas", "119"),
    "electric_fire": ("119",),
    "fire": ("119",),
    "elevator": ("119",),
    "collapse": ("119", "120"),
    "water": ("119", "120"),
    "trapped": ("119",),
    "electric_shock": ("120", "119"),
    "suicide": ("110", "120"),
    "violence": ("110",),
    "breathing": ("120",),
    "choking": ("120",),
    "bleeding": ("120",),
    "poison": ("120",),
    "burn": ("120",),
    "labour": ("120",),
    "medical": ("120",),
    "accident": ("120", "110"),
    "missing": ("110",),
    "bite": ("120",),
    "scam": ("110",),
}
_SIGNS = tuple((kind, re.compile(sign)) for kind, sign in SIGNS)
_HARMLESS = re.compile("|".join(HARMLESS))
_ELSEWHERE = re.compile(ELSEWHERE)
_OVER = re.compile(OVER)
_PAST = re.compile(PAST)
_UNREAL = re.compile(UNREAL)
_UNREAL_INSIDE = re.compile(UNREAL_INSIDE)
_PRESENT = re.compile(PRESENT)
_ASKING = re.compile(ASKING)
#: 不是演习, 没开玩笑: the message insists.
_INSISTS = re.compile(
    r"(?:不是|不在|没(?:有)?(?:在)?|别)(?:演习|演练|(?:跟你)?开?玩笑|骗你|拍戏|做梦|假装)|说真的|真的真的"
)
_BLANK = "□"


def detect_emergency(text: str) -> Emergency | None:
    """Tell whether a text speaks of somebody in danger now, and whom to call."""
    plain = _INSISTS.sub(_BLANK, normalise(text))
    if _ELSEWHERE.search(plain):
        return None
    plain = _HARMLESS.sub(_BLANK, plain)
    kinds = [kind for kind, pattern in _SIGNS if _stands_anywhere(plain, pattern)]
    if not kinds:
        return None
    services = dict.fromkeys(service for kind in kinds for service in _SERVICES[kind])
    return Emergency(tuple(services), kinds[0], kinds[0])


def _stands_anywhere(plain: str, pattern: re.Pattern[str]) -> bool:
    return any(_stands(plain, match.start(), match.end()) for match in pattern.finditer(plain))


def _stands(plain: str, start: int, end: int) -> bool:
    """Whether a sign at that place is asserted, here and now."""
    before, after = plain[:start], plain[end:]
    if _UNREAL.search(before) or _UNREAL_INSIDE.search(plain[start:end]):
        return False
    if _is_over(after):
        return False
    if _PAST.search(before) and not _PRESENT.search(plain[_last_end(_PAST, before) :]):
        return False
    return not (_ASKING.search(plain) and not _PRESENT.search(plain))


def _is_over(after: str) -> bool:
    return bool(_OVER.search(after)) and not _PRESENT.search(after[_last_end(_OVER, after) :])


def _last_end(pattern: re.Pattern[str], text: str) -> int:
    return max((match.end() for match in pattern.finditer(text)), default=0)
