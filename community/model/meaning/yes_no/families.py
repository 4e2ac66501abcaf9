"""Of which sort a yes/no question is, and the word of it that comes back in an answer."""

import re
from functools import lru_cache

from community.model.meaning.words.facts import FAMILIES, OF_LIFE, Family
from community.model.meaning.yes_no.valence import is_bad_news
from community.model.questionnaires.questionnaire import Question


def family_of(question: Question) -> Family | None:
    """The sort of question, by what a yes means and what was asked; None for one nobody foresaw."""
    return _family_of(question.yes_means or "", question.say)


@lru_cache(maxsize=512)
def _family_of(meant: str, say: str) -> Family | None:
    bad_news = is_bad_news(meant, say)
    for family in OF_LIFE:
        if not bad_news and (family.asks.search(say) or (meant and family.asks.search(meant))):
            return family
    places = (say, meant) if core_of(meant) == "有" else (meant, say)
    for place in places:
        for family in FAMILIES:
            if place and family.bad_news is bad_news and family.asks.search(place):
                return family
    return None


def core_of(yes_means: str) -> str:
    """The word in `yes_means` that a resident repeats: 方便, 收到, 愿意, 有."""
    word = re.sub(r"^(?:还|已经|都|现在|能正常)", "", yes_means)
    word = re.sub(r"(?:了|着|过|的)$", "", word)
    if word.startswith("有"):
        return "有"
    for start in ("愿意", "需要", "可以", "知道", "能", "会", "想", "要"):
        if word.startswith(start):
            return start
    return word
