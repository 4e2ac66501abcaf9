"""The category that a few words tell of: beside a place (9栋101漏水), or in a correction (也不是充电，是堆东西)."""

import re

from community.files.hazard_knowledge import load_category_opinion
from community.model.address_text import find_locations
from community.model.hazards.hazard_report import OTHER, UNSPECIFIED, corrected_category, without_denied, word_scores
from community.model.text import normalise

#: How sure a guess must be where a word of the category stands beside it, and where none does.
_SURE, _SURE_ALONE = 0.4, 0.8
_FILLER = re.compile(r"不对|不是|错了?|说错|写错|打错|应该|改成?|一下|重新|是|的|了|啊|呀|我|你|说|[^\w]")
#: 也是堆东西 says no more than 堆东西.
_LEAD = re.compile(r"^[也就那]?是")


def told_category(text: str) -> str | None:
    """Name the category; None where the words tell of no hazard.

    Args:
        text: what was said besides, or with, the place.
    """
    plainly = corrected_category(text)
    if plainly is not None:
        return plainly
    rest = normalise(without_denied(text))
    for place in reversed(find_locations(rest)):
        rest = f"{rest[: place.start]} {rest[place.end :]}"
    if len(_FILLER.sub("", rest)) < 2:
        return None
    guesses = load_category_opinion().guesses(_LEAD.sub("", rest.strip(" ,.")))
    best = max(guesses, key=lambda code: (guesses[code], code))
    needed = _SURE if best in word_scores(rest) else _SURE_ALONE
    return best if guesses[best] >= needed and best not in {OTHER, UNSPECIFIED} else None
