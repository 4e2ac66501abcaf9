"""Somebody who answers our questions cries for help: which help fits, and what staff read of it."""

import re
from collections.abc import Mapping

from community.model.hazards.emergency import Emergency

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("gas", re.compile(r"煤气|天然气|漏气|燃气")),
    ("fire", re.compile(r"着(?:起)?火|起火|冒烟|烧起来")),
    (
        "despair",
        re.compile(
            r"不想活|活不下去|活够|活着(?:没|有什么)意思|自杀|寻(?:死|短)|跳楼|农药|想死|哭|呜呜|(?:没|有什么)(?:有)?(?:什么)?意思活"
        ),
    ),
    (
        "police",
        re.compile(
            r"砸|撬|踹|闯|抢|打我|杀|被(?:锁|关)在|贼|(?:敲|拍|撞|擂|捶).{0,6}门|尾随|跟着我|门[口外].{0,3}[有个].{0,5}[人男]"
        ),
    ),
)
#: What staff are told of each kind.
DISTRESS_NAMES = {
    "gas": "可能燃气泄漏",
    "fire": "可能起火",
    "despair": "说了轻生或极度难过的话",
    "police": "可能正受侵害",
    "medical": "可能急病或受伤",
}


#: The advice for each kind of emergency; every other kind is `medical`.
_ADVICE: Mapping[str, str] = {
    "gas": "gas",
    "fire": "fire",
    "electric_fire": "fire",
    "suicide": "despair",
    "violence": "police",
    "scam": "police",
    "missing": "police",
}


def kind_of(text: str, emergency: Emergency | None = None) -> str:
    """Which advice fits: `medical`, `fire`, `gas`, `police` or `despair`.

    Args:
        text: in the form of `speech.plain`.
        emergency: what was recognised in it; it wins over single words, a cry for help alone says nothing.
    """
    if emergency is not None and "救命" not in text:
        return _ADVICE.get(emergency.kind, "medical")
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), "medical")
