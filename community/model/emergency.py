"""Somebody is in danger now: recognised by rule, before anything else reads the text, in chat and on the phone alike."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

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
    "fire": ("119",),
    "medical": ("120",),
    "violence": ("110",),
}
_SIGNS: Mapping[str, str] = {
    "gas": r"(?:煤气|燃气|天然气|液化气|瓦斯|煤气罐|气罐).{0,10}(?:漏|味|臭|泄|喷)|臭鸡蛋味|(?:漏|泄).{0,4}(?:煤气|燃气|天然气)",
    "fire": r"着火|起火|失火|火灾|烧起来|救火|冒浓烟|被困|困在|溺水|触电|要跳楼|塌了.{0,10}埋|埋了",
    "medical": r"昏倒|晕倒|昏迷|没有?呼吸|没气了|叫不醒|大出血|流了?好多血|胸口.{0,8}(?:疼|痛|压)|中风|抽搐|喝农药|煤气中毒",
    "violence": r"救命|拿刀|砍人|抢劫|绑架|入室|打死人|家暴",
}
_NOT_NOW = re.compile(
    r"演习|演练|电视|电影|新闻|小说|上火|\d+号楼?(?:楼|栋)?$|处理好了|修好了|已经好了|怎么用|哈哈|开玩笑|黄花菜"
)
_PATTERNS = tuple((kind, re.compile(sign)) for kind, sign in _SIGNS.items())


def detect_emergency(text: str) -> Emergency | None:
    """Tell whether a text speaks of somebody in danger now, and whom to call."""
    plain = normalise(text)
    if _NOT_NOW.search(plain):
        return None
    for kind, pattern in _PATTERNS:
        if pattern.search(plain):
            return Emergency(_SERVICES[kind], kind, kind)
    return None
