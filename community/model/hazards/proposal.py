"""What a language model makes of a report that the rules are unsure of: checked here, and confirmed by the resident."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from community.model.hazards.hazard_report import UNSPECIFIED, word_scores
from community.model.text import normalise

_LONGEST_PLACE = 30
#: Words alone or a guess from here on are sure enough.
_SURE_WORDS, _SURE_GUESS = 4.0, 0.5
_PLACE_HINT = re.compile(
    r"[在到从].{2,}|(?:旁边?|隔壁|对面|门口|前面|后面|后头|前头|楼下|楼上|附近|拐角|路口|巷口|底下|那[儿边头里块]|这[儿边头里块]|边上|里面|外面|下面|上面|跟前|中间|转角|尽头|口子)"
)
_NOT_A_PLACE = re.compile(
    r"我家?|你|他|她|这[里儿边]?|那[里儿边]?|哪[里儿]?|家里|楼下|楼上|外面|里面|旁边|附近|门口|[\d\s]+"
)
_SO = re.compile(r"(?:是|对|嗯|没错|就是|好|行|可以|正是)+(?:这里|那里|这儿|那儿|这个|那个)?[的啊呀呢哦噢吧了滴,.!~ ]*")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the model read out of a message.

    Attributes:
        category: code of hazards.yml; empty when it named none.
        place: the resident's own words; empty when it found none.
        text: the message.
    """

    category: str
    place: str
    text: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to confirm."""
        return not self.category and not self.place


def is_unsure(text: str, guesses: Mapping[str, float]) -> bool:
    """Whether neither words nor the trained guess name the category plainly."""
    return (
        max(word_scores(text).values(), default=0.0) < _SURE_WORDS and max(guesses.values(), default=0.0) < _SURE_GUESS
    )


def hints_at_place(text: str) -> bool:
    """Whether a text in which no place was found may hold one all the same."""
    return len(normalise(text)) >= 6 and _PLACE_HINT.search(normalise(text)) is not None


def check_proposal(document: Any, text: str, *, known: Collection[str]) -> Proposal:
    """Keep of the model's words what can be true: a category that exists, and a place copied from the text.

    Args:
        document: what the model answered, as JSON.
        text: the resident's message.
        known: codes that may be proposed.
    """
    if not isinstance(document, Mapping):
        return Proposal("", "", text)
    category, place = document.get("category"), document.get("place")
    if not isinstance(category, str) or category not in known or category == UNSPECIFIED:
        category = ""
    place = place.strip() if isinstance(place, str) else ""
    if not 2 <= len(place) <= _LONGEST_PLACE or place not in text or "\n" in place or _NOT_A_PLACE.fullmatch(place):
        place = ""
    return Proposal(category, place, text)


def says_so(text: str) -> bool:
    """Whether a message only says yes to 您是说……吗."""
    return _SO.fullmatch(normalise(text)) is not None
