"""Whom an audience means: residents by what the roster, earlier campaigns and lists say of them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select

from community.model.calls.call import CallResult, Outcome
from community.model.calls.campaign import TargetStatus
from community.model.meaning.reading import NOT_ANSWERS
from community.model.questionnaires.audience import EarlierCampaign, EarlierResult, Selection
from community.model.questionnaires.questionnaire import answer_matches
from community.store.answers import answers
from community.store.attempts import attempts
from community.store.campaigns import targets
from community.store.residents import households, resident_tags, residents
from community.store.targets import Person, person_from, persons_query

_AT_ONCE = 5_000
_BUILDING_SUFFIXES = ("号楼", "栋", "幢", "座", "#", "楼")

#: Residents by the name of the list that has them.
Lists = Mapping[str, Collection[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Names that the roster knows: what an audience may speak of."""

    tags: frozenset[str]
    grids: frozenset[str]
    communities: frozenset[str]


def people_meant(
    conn: Connection, wanted: Selection, *, now: datetime, today: date, lists: Lists | None = None
) -> Iterator[Person]:
    """Everybody whom a selection means, in order of the roster.

    Args:
        today: the community's day, for ages.
        lists: whom the lists name that it speaks of.
    """
    among = _among(conn, wanted, lists or {})
    query = persons_query().where(*_conditions(wanted, now, today)).order_by(residents.c.id)
    for row in conn.execute(query, execution_options={"yield_per": _AT_ONCE}):
        if among is None or row.resident_id in among:
            yield person_from(row)


def names_on_roster(conn: Connection) -> Place:
    """The tags, grids and 小区 that residents have."""
    return Place(
        tags=frozenset(conn.scalars(select(resident_tags.c.tag).distinct())),
        grids=frozenset(conn.scalars(select(households.c.grid).distinct())),
        communities=frozenset(conn.scalars(select(households.c.community).distinct())),
    )


def _among(conn: Connection, wanted: Selection, lists: Lists) -> set[int] | None:
    """Those who alone can be meant, as the list and the earlier campaign say; None where neither is asked for."""
    sets = []
    if wanted.list is not None:
        sets.append(set(lists.get(wanted.list, ())))
    if wanted.campaign is not None:
        sets.append(_from_earlier(conn, wanted.campaign))
    return set.intersection(*sets) if sets else None


def _from_earlier(conn: Connection, earlier: EarlierCampaign) -> set[int]:
    fits = [_RESULTS[result] for result in earlier.results]
    of_it = [targets.c.campaign_id == earlier.id, *([or_(*fits)] if fits else [])]
    people = set(conn.scalars(select(targets.c.resident_id).where(*of_it)))
    for question, labels in earlier.answers.items():
        people &= _who_answered(conn, earlier.id, question, labels)
    return people


def _who_answered(conn: Connection, campaign_id: int, question: str, labels: Sequence[str]) -> set[int]:
    query = (
        select(targets.c.resident_id, answers)
        .join(answers, answers.c.target_id == targets.c.id)
        .where(targets.c.campaign_id == campaign_id, answers.c.question_id == question)
    )
    found = set()
    for row in conn.execute(query):
        corrected = row.corrected_label is not None
        label = row.corrected_label if corrected else row.label
        value = row.corrected_value if corrected else row.value
        if any(answer_matches(label, value, wanted) for wanted in labels):
            found.add(row.resident_id)
    return found


def _has_attempt(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(attempts.c.target_id == targets.c.id, *conditions)


def _said(result: CallResult) -> ColumnElement[bool]:
    said: ColumnElement[bool] = attempts.c.dialogue["result"].as_string() == result.value
    return said


_PICKED_UP = _has_attempt(attempts.c.outcome == Outcome.ANSWERED)
_IS_COMPLETED = targets.c.status == TargetStatus.COMPLETED

_RESULTS: dict[EarlierResult, ColumnElement[bool]] = {
    EarlierResult.COMPLETED: _IS_COMPLETED,
    EarlierResult.CASE: targets.c.status == TargetStatus.CASE,
    EarlierResult.UNREACHED: and_(targets.c.attempts > 0, ~_IS_COMPLETED, ~_PICKED_UP),
    EarlierResult.REFUSED: _has_attempt(_said(CallResult.REFUSED)),
    EarlierResult.UNFINISHED: and_(~_IS_COMPLETED, _PICKED_UP, ~_has_attempt(_said(CallResult.REFUSED))),
    EarlierResult.EXCLUDED: targets.c.status == TargetStatus.EXCLUDED,
    EarlierResult.OPEN: targets.c.status.in_([TargetStatus.WAITING, TargetStatus.CALLING]),
}


def _conditions(wanted: Selection, now: datetime, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.tags:
        conditions.append(_has_tag(wanted.tags))
    if wanted.without_tags:
        conditions.append(~_has_tag(wanted.without_tags))
    if places := _places(wanted):
        conditions.append(residents.c.household_id.in_(select(households.c.id).where(*places)))
    if wanted.age_from is not None:
        conditions.append(residents.c.birth_date <= _years_before(today, wanted.age_from))
    if wanted.age_to is not None:
        conditions.append(residents.c.birth_date > _years_before(today, wanted.age_to + 1))
    if wanted.not_reported_since is not None:
        conditions.append(~_reported_since(now - wanted.not_reported_since))
    return conditions


def _places(wanted: Selection) -> list[ColumnElement[bool]]:
    places: list[ColumnElement[bool]] = []
    if wanted.grids:
        places.append(households.c.grid.in_(wanted.grids))
    if wanted.communities:
        places.append(households.c.community.in_(wanted.communities))
    if wanted.buildings:
        places.append(households.c.building.in_([_plain_building(name) for name in wanted.buildings]))
    return places


def _reported_since(moment: datetime) -> ColumnElement[bool]:
    """Whether a resident gave any answer since; what only says something about the call is none."""
    return (
        select(answers.c.id)
        .join(targets, targets.c.id == answers.c.target_id)
        .where(
            targets.c.resident_id == residents.c.id,
            answers.c.at >= moment,
            answers.c.rehearsal.is_(False),
            func.coalesce(answers.c.corrected_label, answers.c.label).not_in(sorted(NOT_ANSWERS)),
        )
        .exists()
    )


def _has_tag(tags: Sequence[str]) -> ColumnElement[bool]:
    return exists().where(resident_tags.c.resident_id == residents.c.id, resident_tags.c.tag.in_(list(tags)))


def _plain_building(name: str) -> str:
    for suffix in _BUILDING_SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            return name.removesuffix(suffix)
    return name


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
