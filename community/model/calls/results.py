"""A campaign's results as figures: what the console, the API and the files all show."""

import math
import re
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from community.model.calls.call import CallResult, Outcome

#: Results that show that the resident, or the family we asked for, spoke with us.
SPOKE_THEMSELVES = frozenset(
    {CallResult.COMPLETED, CallResult.HUMAN, CallResult.OPTED_OUT, CallResult.REFUSED, CallResult.DISTRESS}
)
#: An answer by voice or in writing that was understood with less is worth hearing again.
SURE_ENOUGH = 0.8
NO_GRID, NO_BUILDING = "未分网格", "未写明楼栋"
_MOST_BINS = 8
_DIGITS = "零一二三四五六七八九"
_NUMBER = re.compile("[0-9]+|[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How far a number of residents came.

    Attributes:
        total: on the list.
        dialled: of these, those with a call that the carrier took.
        connected: whose phone a person picked up.
        spoke: who answered something themselves, or told us to call a person, or not to call again.
        completed: who answered every question that was due.
        settled: completed, and nothing is left to follow up.
        with_case: with at least one case.
        handed_over: taken over by a person; with completed, excluded and open, everybody.
        excluded: not called (any more).
        open: still to be called, or being called.
        elsewhere: completed though no call of ours was picked up: by message, link, chat or a call of their own.
    """

    total: int = 0
    dialled: int = 0
    connected: int = 0
    spoke: int = 0
    completed: int = 0
    settled: int = 0
    with_case: int = 0
    handed_over: int = 0
    excluded: int = 0
    open: int = 0
    elsewhere: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        mine, theirs = asdict(self), asdict(other)
        return Counts(**{name: mine[name] + theirs[name] for name in mine})


@dataclass(frozen=True, slots=True)
class Place:
    """A grid or a building with its counts."""

    name: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class Bin:
    """One bar of a histogram: numbers from `low` up to below `high`; `high` is `low` where it is one number alone."""

    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What the answers to a question for a number come to; a person has to look after `worrying` of them."""

    count: int
    worrying: int
    minimum: float
    median: float
    maximum: float
    bins: Sequence[Bin]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """One answer to a question, and how many gave it.

    Attributes:
        key: what a filter of the result lines calls it: a label, an option, a part of the day or a date.
        text: as staff read it.
        corrected: how many of them staff corrected into this.
        worrying: a person has to look after whoever answers so.
    """

    key: str
    text: str
    count: int
    corrected: int
    worrying: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeAnswer:
    """What somebody said in their own words."""

    target_id: int
    name: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionResult:
    """What came of one question.

    Attributes:
        answered: how many answered it in any way, including those who were not understood.
        corrected: how many of the answers staff corrected.
        rows: by answer; numbers are one row together, and free words another.
        numbers: for numbers that somebody gave; None otherwise.
        words: the newest free answers.
    """

    id: str
    say: str
    kind: str
    answered: int
    corrected: int
    rows: Sequence[AnswerRow]
    numbers: Numbers | None
    words: Sequence[FreeAnswer]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeRow:
    """How many calls ended so, and how many residents' last call did."""

    outcome: Outcome
    calls: int
    people: int


@dataclass(frozen=True, slots=True)
class HourRow:
    """Calls placed in one hour of the day, and how many of them a person picked up."""

    hour: int
    calls: int
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How long and how many tries it took until a person picked up.

    Attributes:
        median, nine_in_ten: seconds from the launch to the answered call; None while nobody was reached.
        tries: {number of tries: residents reached with the last of them}.
        hours: by local hour of the day, those with a call.
    """

    median: float | None
    nine_in_ten: float | None
    tries: Mapping[int, int]
    hours: Sequence[HourRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignResults:
    """Everything that came of a campaign, or of the part of it that a filter leaves."""

    counts: Counts
    grids: Sequence[Place]
    buildings: Sequence[Place]
    outcomes: Sequence[OutcomeRow]
    questions: Sequence[QuestionResult]
    reach: Reach

    def to_json(self) -> dict[str, Any]:
        """A document for programs."""
        return {
            "funnel": asdict(self.counts),
            "grids": [{"name": place.name, **asdict(place.counts)} for place in self.grids],
            "buildings": [{"name": place.name, **asdict(place.counts)} for place in self.buildings],
            "outcomes": [asdict(row) for row in self.outcomes],
            "questions": [_question_json(question) for question in self.questions],
            "reach": {
                "median_seconds": self.reach.median,
                "nine_in_ten_seconds": self.reach.nine_in_ten,
                "tries": {str(tries): people for tries, people in self.reach.tries.items()},
                "hours": [asdict(row) for row in self.reach.hours],
            },
        }


def _question_json(question: QuestionResult) -> dict[str, Any]:
    document = asdict(question)
    document["words"] = [{**word, "at": word["at"].isoformat()} for word in document["words"]]
    return document


def place_order(name: str) -> tuple[bool, str, int, str]:
    """The order in which people read grids and buildings: 第二网格 before 第十网格, 3栋 before 12栋, none at the end."""
    found = _NUMBER.search(name)
    number = _number(found[0]) if found else 0
    return name in {NO_GRID, NO_BUILDING}, name[: found.start()] if found else name, number, name


def _number(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    return 10 * (_DIGITS.find(tens) if tens else len(ten)) + (_DIGITS.find(ones) if ones else 0)


def summarise_numbers(times: Mapping[float, int], *, worrying: int = 0) -> Numbers | None:
    """Smallest, middle and largest of numbers, and a small histogram; None without any.

    Args:
        times: how often each number was given.
        worrying: how many of them a person has to look after.
    """
    ordered = sorted(times)
    if not ordered:
        return None
    return Numbers(
        count=sum(times.values()),
        worrying=worrying,
        minimum=ordered[0],
        median=statistics.median(Counter(times).elements()),
        maximum=ordered[-1],
        bins=_bins(ordered, times),
    )


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The value that `share` of the ordered values do not exceed; None without any."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def _bins(ordered: Sequence[float], times: Mapping[float, int]) -> list[Bin]:
    if len(ordered) <= _MOST_BINS:
        return [Bin(value, value, times[value]) for value in ordered]
    width = _round_width((ordered[-1] - ordered[0]) / _MOST_BINS)
    start = math.floor(ordered[0] / width) * width
    counts: dict[int, int] = {}
    for value in ordered:
        place = int((value - start) / width + 1e-9)
        counts[place] = counts.get(place, 0) + times[value]
    edges = [round(start + place * width, 6) for place in range(max(counts) + 2)]
    return [Bin(edges[place], edges[place + 1], counts.get(place, 0)) for place in range(max(counts) + 1)]


def _round_width(rough: float) -> float:
    """A width that people would choose: 1, 2 or 5 times a power of ten, at least the rough one."""
    unit = float(10 ** math.floor(math.log10(rough)))
    return next(unit * step for step in (1, 2, 5, 10) if unit * step >= rough - 1e-12)
