"""Answers that staff wrote: to which questions they belong, and how a question is found to be one of them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from community.model.policies.entries import bigrams_of
from community.model.policies.question import AskedQuestion

#: Questions that are alike by this much ask the same.
SAME = 0.58
#: Questions that are alike by this much are shown to staff as one group.
ALIKE = 0.45
_TOPIC, _THING, _FACET, _CONTEXT = 2.0, 1.6, 0.9, 0.4
_RARITY = 8.0
#: What is left of the likeness of two questions that each name a thing that the other does not (轮椅, 雨伞).
_OTHER = 0.6
_LONGEST_NUMBER = 6
_MASKED = re.compile(r"\d*\*{2,}\d*")


class QuestionState(StrEnum):
    """What became of a question for staff."""

    OPEN = "open"
    ANSWERED = "answered"
    #: Somebody looked at it, and it needs no answer.
    SET_ASIDE = "set_aside"


class AnswerState(StrEnum):
    """How far a written answer is."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenAnswer:
    """An answer in staff's own words.

    Attributes:
        question: what it answers, in staff's words.
        asked_as: what residents asked that led to it.
        author: login of who wrote it; `author_name` is what residents read.
        valid_until: the last day on which it is used; None for no end.
        second_look: somebody else than the author must publish it.
    """

    id: int
    question: str
    text: str
    state: AnswerState
    author: str
    author_name: str
    valid_until: date | None
    second_look: bool
    created_at: datetime
    published_on: date | None = None
    asked_as: tuple[str, ...] = ()

    def holds_on(self, day: date) -> bool:
        """Whether it may be used on that day."""
        return self.state is AnswerState.PUBLISHED and (self.valid_until is None or day <= self.valid_until)

    def source(self, today: date) -> str:
        """Who wrote it and when, as residents read it: 社区答复，7月15日，林晓梅."""
        day = self.published_on or today
        year = "" if day.year == today.year else f"{day.year}年"
        return f"社区答复，{year}{day.month}月{day.day}日，{self.author_name}"


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """A written answer with its questions understood."""

    answer: WrittenAnswer
    questions: tuple[AskedQuestion, ...]


def without_masks(text: str) -> str:
    """A kept question without the masked numbers in it, which are no part of what is asked."""
    return _MASKED.sub("", text)


def likeness(one: AskedQuestion, other: AskedQuestion) -> float:
    """How much two questions ask the same, 0 to 1; other numbers, ages or another facet make them different."""
    if one.ages != other.ages or _small(one.numbers) != _small(other.numbers):
        return 0.0
    if one.text == other.text:
        return 1.0
    if _disjoint(one.facets, other.facets) or _disjoint(one.contexts, other.contexts):
        return 0.0
    shared, whole = _shared(one, other)
    pairs, others = set(bigrams_of(one.text)), set(bigrams_of(other.text))
    letters = 2 * len(pairs & others) / max(1, len(pairs) + len(others))
    alike = 0.75 * (shared / whole if whole else letters) + 0.25 * letters
    return alike * (_OTHER if _each_names_its_own(one, other) else 1.0)


def best_answer(
    question: AskedQuestion, answers: Iterable[ReadAnswer], *, today: date
) -> tuple[WrittenAnswer, float] | None:
    """Return the written answer to a question and how much alike the questions are; None where nobody wrote one."""
    best: tuple[WrittenAnswer, float] | None = None
    for read in answers:
        if not read.answer.holds_on(today):
            continue
        alike = max((likeness(question, asked) for asked in read.questions), default=0.0)
        if alike >= SAME and (best is None or alike >= best[1]):
            best = (read.answer, alike)
    return best


def grouped(questions: Sequence[AskedQuestion]) -> list[list[int]]:
    """Put questions that are alike together, each group and the groups in the order given; returns places."""
    groups: list[list[int]] = []
    for place, question in enumerate(questions):
        for group in groups:
            if likeness(questions[group[0]], question) >= ALIKE:
                group.append(place)
                break
        else:
            groups.append([place])
    return groups


def _small(numbers: frozenset[str]) -> set[str]:
    """Amounts and days; a telephone number that came along says nothing about the question."""
    return {number for number in numbers if len(number) <= _LONGEST_NUMBER}


def _disjoint(some: frozenset[str], others: frozenset[str]) -> bool:
    return bool(some) and bool(others) and not some & others


def _each_names_its_own(one: AskedQuestion, other: AskedQuestion) -> bool:
    mine, theirs = (set(some.things - some.soft) | (some.words.keys() - some.verbs) for some in (one, other))
    return bool(mine - theirs) and bool(theirs - mine)


def _shared(one: AskedQuestion, other: AskedQuestion) -> tuple[float, float]:
    """Weight of what both name, and of what either names, halved."""
    mine, theirs = _named(one), _named(other)
    shared = sum(min(weight, theirs[name]) for name, weight in mine.items() if name in theirs)
    return shared, (sum(mine.values()) + sum(theirs.values())) / 2


def _named(question: AskedQuestion) -> dict[str, float]:
    weights = {f"#{name}": _CONTEXT for name in question.contexts}
    weights |= {f"#{name}": _FACET for name in question.facets}
    weights |= {f"#{name}": _THING for name in question.things}
    weights |= {f"#{name}": _TOPIC for name in question.topics}
    return weights | {word: rarity / _RARITY for word, rarity in question.words.items()}
