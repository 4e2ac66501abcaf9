"""A wish said beside the point, or freely: 楼道里的灯坏了好几天了, 降压药吃完了没人去拿. It becomes a case, not only an answer."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from community.model.address import Address
from community.model.address_text import Places, extract_location
from community.model.cases.case import CaseKind
from community.model.hazards.hazard_report import OTHER, UNSPECIFIED, categorise, word_scores
from community.model.meaning import need_help
from community.model.meaning.speech import plain
from community.model.text import normalise

#: From this score on the words alone say what is broken.
_PLAIN = 4.0
#: From it, the assistant's understanding is believed: that it is a report, and of which category.
_REPORTS, _SURE = 0.5, 0.5
#: 没油了 and 没人来看我 are looked after by a person, not by a repair.
_CARE = frozenset({"welfare_check"})
_REPORT = "report_hazard"
#: Shorter words say nothing of their own.
_LEAST = 4
_OVER = re.compile(
    r"(?:修|弄|搞|换|通|清|解决|处理|收拾|办|好)(?:好|完|掉|干净|妥|理|利索)?了|已经(?:修|换|通|清|处理|解决|好)"
    r"|不(?:漏|堵|响|吵|闪|停电|停水|臭)了|没(?:有)?(?:问题|毛病)了?"
)
#: 修好了又坏了, 反映了还没修: it is not over after all.
_NOT_OVER = re.compile(r"又|还是|还没|还不|没(?:人)?修|没(?:有)?(?:修|弄|处理|解决|办|清)|没人|不管|老是|一直")
_ONLY_THOUGHT = re.compile(r"要是|如果|万一|假如|哪天|以前|从前|去年|小时候|年轻(?:的)?时|听说|电视(?:里|上)|新闻")
#: Something is the matter with what is named; 我坐电梯 and 有灭火器的图 only name it.
_TROUBLE = re.compile(
    r"坏|松|漏|堵|裂|断|掉|破|塌|倒|响|臭|脏|吵|闹|咬|爆|烂|积水|淹|晃|冒|飞线|挡|占|霸|黑(?:灯|漆|咕|得|着)|不(?:亮|通|灵|好使|能用)"
    r"|没(?:电|水|气|灯|人(?:修|管|清|扫|收))|味|偷|堆|乱|危险|害怕|摔"
)
#: Somebody is asked to do something: 能不能给我装个扶手.
_ASKS = re.compile(
    r"(?:能不能|能否|可不可以|可以不可以|想(?:请|让|叫|要|找)|请|希望|盼|麻烦|帮(?:我|俺|忙|帮)).{0,12}(?:修|装|换|送|来人|来个人|上门|帮|陪|搬|接|买|带我|看看我)"
)
_CLAUSE = re.compile(r"[,，.。;；!！?？\n]|不过|就是(?!说)|只是|但是|可是|还有|另外|对了|顺便")


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What the assistant made of some words.

    Attributes:
        intent: the likeliest; confidence: 0…1.
        guesses: category → probability.
    """

    intent: str
    confidence: float
    guesses: Mapping[str, float]

    @property
    def reports(self) -> bool:
        """Whether something broken or dangerous is told of."""
        return self.intent == _REPORT and self.confidence >= _REPORTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody must look after.

    Attributes:
        kind: a hazard where its category is sure, else somebody rings back.
        location_text: the resident's own words for the place; empty where none was named, and it is at home.
    """

    kind: CaseKind
    category: str | None = None
    address: Address = field(default_factory=Address)
    location_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Under what question the words were said.

    Attributes:
        question: its words; what it asks about anyhow is no wish beside it.
        free: it may be answered with anything.
        answered: the words answer it, whatever else they say.
        needs: what is needed is a wish here too, though nobody asked for it.
    """

    question: str
    free: bool
    answered: bool
    needs: bool = False


def may_be_wish(text: str) -> bool:
    """Whether words are worth a closer look; cheap."""
    return len(plain(text)) >= _LEAST


def read_wish(text: str, asked: Asked, *, places: Places, understood: Understood | None) -> Wish | None:
    """What of the words must be looked after; None for nothing.

    Args:
        text: as it was heard.
        places: the community's names.
        understood: None where the assistant was not there to ask, so that only plain words count.
    """
    said = normalise(text)
    if not may_be_wish(text) or _ONLY_THOUGHT.search(said) or (_OVER.search(said) and not _NOT_OVER.search(said)):
        return None
    if not asked.free:
        return _beside(text, asked, places, understood)
    needs = _needs(text)
    category = _category(text, understood)
    if category is not None and not (needs and category in _CARE):
        return _hazard(text, category, places)
    reported = understood is not None and understood.reports and _TROUBLE.search(said)
    if needs or _ASKS.search(said) or reported:
        return Wish(kind=CaseKind.CALLBACK)
    return None


def _beside(text: str, asked: Asked, places: Places, understood: Understood | None) -> Wish | None:
    """What was said instead of an answer, or after it; never what the question itself is about."""
    own = set(word_scores(asked.question))
    if asked.answered:
        clauses = [part for part in _CLAUSE.split(normalise(text)) if part.strip()][1:]
        broken = (part for part in clauses if _TROUBLE.search(part))
        named = [category for part in broken if (category := _plain_category(part)) and category not in own]
        return _hazard(text, named[0], places) if named else None
    category = _category(text, understood) if _TROUBLE.search(normalise(text)) else None
    if category is None or category in own or category in _CARE:
        return Wish(kind=CaseKind.CALLBACK) if asked.needs and (_needs(text) or _ASKS.search(normalise(text))) else None
    return _hazard(text, category, places)


def _category(text: str, understood: Understood | None) -> str | None:
    """The category where it is sure."""
    plainly = _plain_category(text)
    if understood is None or not understood.reports:
        # Who tells it otherwise than the examples is believed by the words.
        return plainly if _TROUBLE.search(normalise(text)) else None
    category = categorise(text, understood.guesses)
    sure = category == plainly or understood.guesses.get(category, 0.0) >= _SURE
    return category if sure and category not in {OTHER, UNSPECIFIED} else None


def _plain_category(text: str) -> str | None:
    scores = word_scores(text)
    # 下水道堵了没人管: what is broken comes before who is left alone with it.
    best = max(scores, key=lambda code: (scores[code], code not in _CARE, code)) if scores else None
    return best if best is not None and scores[best] >= _PLAIN and best not in {OTHER, UNSPECIFIED} else None


def _needs(text: str) -> bool:
    reading = need_help.read(plain(text))
    return reading.decided_by == "rules" and reading.label.startswith("needs:") and reading.label != "needs:other"


def _hazard(text: str, category: str, places: Places) -> Wish:
    place = extract_location(text, places)
    return Wish(
        kind=CaseKind.HAZARD,
        category=category,
        address=place.address if place else Address(),
        location_text=place.text if place else "",
    )
