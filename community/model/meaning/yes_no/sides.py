"""What a yes/no answer shows beside its words: how the question is built, where its own words come back, what the rules see.

The second opinion learns from these what holds for questions that nobody foresaw.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from community.model.meaning.speech import clauses, negations, without_fillers
from community.model.meaning.words.facts import FAMILIES
from community.model.meaning.words.senses import COMPILED_POLES
from community.model.meaning.yes_no import verdict
from community.model.meaning.yes_no.families import family_of
from community.model.meaning.yes_no.valence import is_bad_news
from community.model.questionnaires.questionnaire import Question

_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("have", r"^有|^还有"),
        ("will", r"愿意|^要|^想|打算|参加|同意|报名|^来|^去|^回|^打$|支持|需要|听$"),
        ("can", r"^(?:能|会|可以|方便|听得|看得|认得|认识|够|知道|放心)"),
        ("good", r"满意|踏实|舒|习惯|正常|好$|好点|好用|安全|暖和|平安|有用|口味|看得惯"),
        ("done", r"(?:了|过)$"),
        ("still", r"还|着|在"),
    )
)
_BEFORE_KEY = re.compile(r"^(?:还|已经|都|现在|能正常|没有|有|能|会|愿意|需要|可以|打算|要|想)+")
_AFTER_KEY = re.compile(r"(?:了|着|过|的|上|掉|下来|好|到)+$")
_COMMON = frozenset("了过的着有还都能会得要您家在一不没上里去来是好我个这那")
_OF_QUESTIONS = frozenset("您有没了吗的在这是不会能要我们家里上个给到今天最近现在那还都过着把什么哪方便需愿意")
_SIGNS = (
    ("good", verdict.GOOD),
    ("badly", verdict.BAD),
    ("done", verdict.DONE),
    ("undone", verdict.NOT_DONE),
    ("unsure", verdict.UNSURE),
    ("double", verdict.DOUBLE),
    ("fine", verdict.FINE),
    ("asks", verdict.ASKS),
    ("yes", verdict.YES_ANYWHERE),
    ("no", verdict.NO_ANYWHERE),
)
_SHORT, _LONG = 2, 4
_DENIES = re.compile(r"^(?:不(?!错)|没有?)(?=.)")
#: What a yes asserts, as far as its answers are alike: something there, done, going on, possible, wanted.
_CUES = re.compile(r"有|没|不|还|了$|过$|能|会|愿|想|要|在|是|敢|懂|知道|记得|一样|同意|支持|满意|方便|好|需要")
_GOOD, _BAD = dict(COMPILED_POLES)["good"], dict(COMPILED_POLES)["bad"]
_OPENING = 4


def form_of(question: Question) -> tuple[str, str]:
    """How the question is built, and whether its yes is good or bad news."""
    return _form(question.yes_means or "", question.say)


@lru_cache(maxsize=512)
def _form(meant: str, say: str) -> tuple[str, str]:
    form = next((name for name, pattern in _FORMS if pattern.search(meant)), "other")
    return form, "bad" if is_bad_news(meant, say) else "ok"


def turned(question: Question) -> Question | None:
    """The question with the opposite yes, where a yes denies (没有出门, 没意见); None where it asserts.

    What answers 出门 with yes answers 没有出门 with no: one of the two need only be learned.
    """
    meant = question.yes_means or ""
    asserted = _DENIES.sub("", meant)
    return question.model_copy(update={"yes_means": asserted}) if asserted != meant else None


def standing(question: Question, said: str) -> Iterator[str]:
    """How things stand by the answer's words, alone and together with what a yes would assert."""
    parts = clauses(said)
    cues = _cues(question.yes_means or "", question.say)
    everywhere = {pole for part in parts for pole in _signed(part)}
    yield from (f"p:{pole}" for pole in sorted(everywhere))
    places = (
        ("p", everywhere),
        ("p1", _signed(parts[0]) if parts else ()),
        ("p9", _signed(parts[-1]) if parts[1:] else ()),
    )
    for place, found in places:
        yield from (f"{place}:{cue}:{pole}" for pole in found for cue in cues)


def standing_where_a_yes_denies(said: str) -> Iterator[str]:
    """是的, 没有 and other openings of an answer to a question whose yes denies: they do not turn with it."""
    parts = clauses(said)
    yield from (f"turned|{run}" for run in {said[:2], parts[0] if parts else "", *f"^{said}"[:_OPENING]})
    yield from (f"turned:{pole}" for part in parts for pole in _signed(part))


@lru_cache(maxsize=2048)
def _signed(part: str) -> frozenset[str]:
    """The poles of a clause; with a minus where it denies them."""
    return frozenset(
        name + ("-" if negations(part[: match.start()]) % 2 else "")
        for name, pattern in COMPILED_POLES
        for match in pattern.finditer(part)
    )


@lru_cache(maxsize=512)
def _cues(meant: str, say: str) -> frozenset[str]:
    form, news = _form(meant, say)
    good, bad = bool(_GOOD.search(meant)), bool(_BAD.search(meant))
    if not good and not bad:
        good, bad = bool(_GOOD.search(say)), bool(_BAD.search(say))
    told = f"n{good:d}{bad:d}"
    supposed = {"supposed"} if "吧" in say[-3:] else set()
    return frozenset(
        {form, news, form + news, told, told + form, *(f"c{cue}" for cue in _CUES.findall(meant)), *supposed}
    )


def own_words(question: Question, marked: str) -> Iterator[str]:
    """Runs around the question's own words, which are masked: 没K上 of 没装上."""
    key, own = _keys(question.yes_means or "", question.say)
    if key:
        marked = key.sub("K", marked)
    yield from (run for run in _runs(marked, _LONG, "~") if "K" in run)
    masked = re.sub("S+", "S", "".join("S" if character in own else character for character in marked))
    yield from (run for run in _runs(masked, _LONG - 1, "%") if "S" in run)


@lru_cache(maxsize=512)
def _keys(meant: str, say: str) -> tuple[re.Pattern[str] | None, frozenset[str]]:
    """What recognises the word that a yes repeats, and the question's other characters that say something."""
    word = _AFTER_KEY.sub("", _BEFORE_KEY.sub("", meant)) or meant
    parts = [word, *(word[i : i + 2] for i in range(len(word) - 1)), *(c for c in word if c not in _COMMON)]
    pattern = "|".join(re.escape(part) for part in dict.fromkeys(parts) if part)
    own = frozenset(c for c in say if "一" <= c <= "鿿" and c not in _OF_QUESTIONS)
    return (re.compile(f"(?:{pattern})+") if pattern else None), own


def _runs(text: str, longest: int, mark: str) -> Iterator[str]:
    for length in range(_SHORT, longest + 1):
        yield from (mark + text[start : start + length] for start in range(len(text) - length + 1))


def rule_sides(question: Question, text: str) -> Iterator[str]:
    """What the rules make of an answer, as a whole and in part."""
    form, news = form_of(question)
    sort = form + news
    reading = verdict.read(question, text)
    said = verdict.as_weighed(text)
    family = family_of(question)
    core = verdict.by_core(question, said)
    facts = verdict.by_family(family, said) if family else "nobody"
    opening, any_words = verdict.opening(said), verdict.generic(said, family, question.yes_means).label
    yield from (f"r:{reading.label}", f"r:{reading.label}:{reading.confidence}", f"r:{sort}:{reading.label}")
    yield from (f"r:core:{core}", f"r:facts:{facts}", f"r:open:{opening}", f"r:words:{any_words}")
    yield from (f"r:core+facts:{core}{facts}", f"r:core+open:{core}{opening}")
    yield from (f"r:open:{news}:{opening}", f"r:words:{sort}:{any_words}")
    for name, pattern in _SIGNS:
        if pattern.search(said):
            yield from (f"r:{name}", f"r:{name}:{news}", f"r:{name}:{sort}")
    well = verdict.by_family(FAMILIES[0], said)
    yield from (f"r:ill:{well}:{news}", f"r:ill:{well}:{sort}")
    yield f"r:negations:{min(2, len(re.findall('[不没莫别]', said)))}:{news}"
    yield f"r:length:{min(5, len(without_fillers(said)) // 4)}"
