"""Somebody is in danger now: recognised by rule, before anything else reads the text, in chat and on the phone alike.

A sign is a phrase that people in danger use; a scene is made of words that mean danger together. Neither stands when the message speaks of elsewhere (a drill, the news, a
proverb), when it is over, long ago, only feared, or asked about.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from community.model.hazards.emergency_contexts import ASKING_MORE, BACK, FRAMES, HARMLESS_MORE, KITCHEN, OUT_OF_HAND
from community.model.hazards.emergency_words import (
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
from community.model.hazards.scenes.every import SCENES
from community.model.text import normalise


@dataclass(frozen=True, slots=True)
class Emergency:
    """What was recognised.

    Attributes:
        services: whom to call, the first one first: `119`, `110`, `120`, `gas`.
        advice_key: key of the advice that is given at once.
        kind: what sort of emergency: fire, gas, medical…
        suspected: it is not sure enough to raise the alarm, and is asked about.
        decided_by: `rule` or `opinion`.
        sureness: 0…1, of the opinion where it decided.
    """

    services: tuple[str, ...]
    advice_key: str
    kind: str
    suspected: bool = False
    decided_by: str = "rule"
    sureness: float = 1.0


#: Whom to call for each kind, the first one first.
SERVICES: Mapping[str, tuple[str, ...]] = {
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
_HARMLESS = re.compile("|".join((*HARMLESS, *HARMLESS_MORE)))
_ELSEWHERE = re.compile(f"{ELSEWHERE}|{FRAMES}")
_BACK = re.compile(BACK)
_KITCHEN = re.compile(KITCHEN)
_OUT_OF_HAND = re.compile(OUT_OF_HAND)
_OVER = re.compile(OVER)
_PAST = re.compile(PAST)
_UNREAL = re.compile(UNREAL)
_UNREAL_INSIDE = re.compile(UNREAL_INSIDE)
_PRESENT = re.compile(PRESENT)
_ASKING = re.compile(f"{ASKING}|{ASKING_MORE}")
#: 不是演习, 没开玩笑: the message insists.
_INSISTS = re.compile(
    r"(?:不是|不在|没(?:有)?(?:在)?|别)(?:演习|演练|(?:跟你)?开?玩笑|骗你|拍戏|做梦|假装)|说真的|真的真的"
)
_BLANK = "□"
_CLAUSE_END = re.compile(r"[,.!?;\s]")
#: What a kitchen looks like on a good day.
_OF_THE_STOVE = frozenset({"fire", "burn", "electric_fire"})


# A turn asks several times about the same words, and short answers come again and again.
@lru_cache(maxsize=1024)
def detect_emergency(text: str) -> Emergency | None:
    """Tell whether a text speaks of somebody in danger now, and whom to call."""
    plain = _here(_INSISTS.sub(_BLANK, normalise(text)))
    plain = _HARMLESS.sub(_BLANK, plain)
    kinds = [kind for kind in _kinds(plain) if not (kind in _OF_THE_STOVE and _is_cooking(plain))]
    if not kinds:
        return None
    services = dict.fromkeys(service for kind in kinds for service in SERVICES[kind])
    return Emergency(tuple(services), kinds[0], kinds[0])


def _kinds(plain: str) -> list[str]:
    """Return what sorts of danger are asserted, what is told first standing first."""
    kinds = [kind for kind, pattern in _SIGNS if _stands_anywhere(plain, pattern)]
    kinds += [scene.kind for scene in SCENES if any(_stands(plain, start, end) for start, end in scene.places(plain))]
    return kinds


def _here(plain: str) -> str:
    """Return what is left when the passage that speaks of elsewhere is taken out: where it comes back, or nothing."""
    away = _last_end(_ELSEWHERE, plain)
    if not away:
        return plain
    clauses = _CLAUSE_END.search(plain, away)
    back = _BACK.search(plain, clauses.end()) if clauses else None
    return plain[back.start() :] if back else ""


def _is_cooking(plain: str) -> bool:
    return bool(_KITCHEN.search(plain)) and not _OUT_OF_HAND.search(plain)


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
