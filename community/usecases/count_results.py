"""Count what came of a campaign: one set of figures for the console, the API and the files."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from community.errors import NotFound
from community.model.calls.call import Outcome
from community.model.calls.results import (
    AnswerRow,
    CampaignResults,
    Counts,
    HourRow,
    Numbers,
    OutcomeRow,
    Place,
    QuestionResult,
    Reach,
    place_order,
    quantile,
    summarise_numbers,
)
from community.model.questionnaires.answer_text import answer_text
from community.model.questionnaires.questionnaire import Question, QuestionKind
from community.store import result_counts as store
from community.store.progress import CampaignLine, campaign_line, campaign_source
from community.store.result_counts import AnswerCount, PlaceCounts
from community.store.result_lines import EVERYBODY, ResultFilter, building_name, grid_name

#: Free answers of one question that are listed beside its figures; all of them stand in the lines.
WORDS_SHOWN = 50
#: What stands for any number, and for any words, in the figures.
_ANY_NUMBER, _ANY_WORDS = "给了数字", "说了话"


def count_results(
    conn: Connection, campaign_id: int, *, zone: ZoneInfo, wanted: ResultFilter = EVERYBODY
) -> CampaignResults:
    """Count a campaign's results.

    Args:
        zone: for the hours of the day.
        wanted: only the residents that this filter leaves.

    Raises:
        NotFound: there is no such campaign.
    """
    line = campaign_line(conn, campaign_id)
    if line is None:
        raise NotFound(f"没有编号为 {campaign_id} 的外呼任务，请核对编号")
    places = store.counts_by_place(conn, campaign_id, wanted)
    return CampaignResults(
        counts=sum((place.counts for place in places), Counts()),
        grids=_places(places, lambda place: grid_name(place.grid)),
        buildings=_places(places, lambda place: building_name(place.community, place.building)),
        outcomes=_outcomes(conn, campaign_id, wanted),
        questions=_questions(conn, campaign_id, wanted),
        reach=_reach(conn, campaign_id, wanted, line.launched_at, zone),
    )


def results_document(line: CampaignLine, results: CampaignResults) -> dict[str, Any]:
    """A campaign's figures as programs read them."""
    return {"id": line.id, "name": line.name, "rehearsal": line.rehearsal, **results.to_json()}


def _places(counted: Sequence[PlaceCounts], name_of: Callable[[PlaceCounts], str]) -> list[Place]:
    found: dict[str, Counts] = defaultdict(Counts)
    for place in counted:
        found[name_of(place)] += place.counts
    return [Place(name, found[name]) for name in sorted(found, key=place_order)]


def _outcomes(conn: Connection, campaign_id: int, wanted: ResultFilter) -> list[OutcomeRow]:
    calls = store.calls_by_outcome(conn, campaign_id, wanted)
    people = store.people_by_outcome(conn, campaign_id, wanted)
    return [
        OutcomeRow(outcome=outcome, calls=calls.get(outcome, 0), people=people.get(outcome, 0))
        for outcome in Outcome
        if outcome in calls or outcome in people
    ]


def _reach(
    conn: Connection, campaign_id: int, wanted: ResultFilter, launched_at: datetime | None, zone: ZoneInfo
) -> Reach:
    answered = store.first_answered(conn, campaign_id, wanted)
    waits = sorted((moment - launched_at).total_seconds() for moment, _ in answered) if launched_at else []
    tries: dict[int, int] = defaultdict(int)
    for _, needed in answered:
        tries[needed] += 1
    hours: dict[int, tuple[int, int]] = {}
    for hour, calls, picked_up in store.calls_by_hour(conn, campaign_id, wanted):
        local = hour.astimezone(zone).hour
        before = hours.get(local, (0, 0))
        hours[local] = (before[0] + calls, before[1] + picked_up)
    return Reach(
        median=quantile(waits, 0.5),
        nine_in_ten=quantile(waits, 0.9),
        tries=dict(sorted(tries.items())),
        hours=[HourRow(hour, *hours[hour]) for hour in sorted(hours)],
    )


def _questions(conn: Connection, campaign_id: int, wanted: ResultFilter) -> list[QuestionResult]:
    given: dict[str, list[AnswerCount]] = defaultdict(list)
    for one in store.answer_counts(conn, campaign_id, wanted):
        given[one.question_id].append(one)
    questions = campaign_source(conn, campaign_id)[0].questions
    return [_question(conn, campaign_id, wanted, question, given[question.id]) for question in questions]


def _question(
    conn: Connection, campaign_id: int, wanted: ResultFilter, question: Question, given: Sequence[AnswerCount]
) -> QuestionResult:
    free = question.kind is QuestionKind.FREE_TEXT and given
    return QuestionResult(
        id=question.id,
        say=question.say,
        kind=question.kind.value,
        answered=sum(one.count for one in given),
        corrected=sum(one.corrected for one in given),
        rows=_rows(question, given),
        numbers=_numbers(question, given),
        words=store.free_answers(conn, campaign_id, question.id, wanted, limit=WORDS_SHOWN) if free else (),
    )


def _numbers(question: Question, given: Sequence[AnswerCount]) -> Numbers | None:
    if question.kind is not QuestionKind.NUMBER:
        return None
    times: dict[float, int] = defaultdict(int)
    worrying = 0
    for one in given:
        if one.label == "value" and isinstance(one.value, int | float):
            times[one.value] += one.count
            worrying += one.count * _worries(question, one)
    return summarise_numbers(times, worrying=worrying)


def _worries(question: Question, one: AnswerCount) -> bool:
    return question.escalation_for(one.label, one.value) is not None


def _rows(question: Question, given: Sequence[AnswerCount]) -> list[AnswerRow]:
    found: dict[str, AnswerRow] = {key: _row(key, text) for key, text in _possible(question)}
    for one in given:
        key, text = _named(question, one)
        before = found.get(key) or _row(key, text)
        found[key] = AnswerRow(
            key=key,
            text=text,
            count=before.count + one.count,
            corrected=before.corrected + one.corrected,
            # Of numbers, only some worry anybody: they are counted beside them.
            worrying=before.worrying or (key != "value" and _worries(question, one)),
        )
    rows = list(found.values())
    return sorted(rows, key=lambda row: row.key) if question.kind is QuestionKind.DATE else rows


def _row(key: str, text: str) -> AnswerRow:
    return AnswerRow(key=key, text=text, count=0, corrected=0, worrying=False)


def _possible(question: Question) -> list[tuple[str, str]]:
    """The answers that are shown even if nobody gave them."""
    if question.kind is QuestionKind.CHOICE:
        return [(option, option) for option in question.options]
    if question.kind is QuestionKind.YES_NO:
        return [(label, str(answer_text(question, label, None, ""))) for label in ("yes", "no")]
    return []


def _named(question: Question, one: AnswerCount) -> tuple[str, str]:
    """What a filter calls an answer, and what staff read."""
    value: Any = one.value
    if one.label == "value" and question.kind is QuestionKind.NUMBER:
        return "value", _ANY_NUMBER
    if question.kind is QuestionKind.FREE_TEXT and one.label in {"keep", "value"}:
        return one.label, _ANY_WORDS
    text = str(answer_text(question, one.label, value, ""))
    if one.label != "value":
        return one.label, text
    if isinstance(value, dict):
        part = str(value.get("part") or "")
        return (part, str(answer_text(question, part, None, ""))) if part else ("value", "说了钟点")
    return str(value), text
