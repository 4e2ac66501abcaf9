"""Result lines: what came of each resident of a campaign, filtered and paged."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Row, Select, and_, exists, func, or_, select

from community.model.address import Address
from community.model.calls.call import Outcome
from community.model.calls.campaign import TargetStatus
from community.model.calls.results import NO_BUILDING, NO_GRID, place_order
from community.store.answers import MEANT_LABEL, MEANT_PART, MEANT_VALUE, Answer, answers, answers_of_targets
from community.store.campaigns import targets
from community.store.cases import cases
from community.store.residents import households, phones, residents


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultLine:
    """One resident's result in one campaign."""

    target_id: int
    campaign_id: int
    resident_id: int
    name: str
    number: str
    address: str
    grid: str
    status: TargetStatus
    outcome: Outcome | None
    attempts: int
    next_at: datetime | None
    reason: str | None
    case_id: int | None
    case_number: str | None
    answers: Mapping[str, Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFilter:
    """Which residents of a campaign are wanted; None and empty take all.

    Attributes:
        label: of the answer to `question_id`: a label, an option, a part of the day or a date.
        grid, building: as people read them: `第一网格`, `锦绣苑3栋`, or what stands for none.
    """

    status: TargetStatus | None = None
    outcome: Outcome | None = None
    question_id: str = ""
    label: str = ""
    name: str = ""
    grid: str = ""
    building: str = ""


EVERYBODY = ResultFilter()


def building_name(community: str, building: str) -> str:
    """A building as people read it: 锦绣苑3栋."""
    return str(Address(community, building)) or NO_BUILDING


def grid_name(grid: str) -> str:
    """A grid as people read it."""
    return grid or NO_GRID


def people() -> FromClause:
    """Targets with who they are and where they live."""
    return targets.join(residents, residents.c.id == targets.c.resident_id).join(
        households, households.c.id == residents.c.household_id
    )


def wanted_people(conn: Connection, campaign_id: int, wanted: ResultFilter) -> list[ColumnElement[bool]]:
    """The conditions of a filter on `people()`."""
    conditions: list[ColumnElement[bool]] = [targets.c.campaign_id == campaign_id]
    if wanted.status is not None:
        conditions.append(targets.c.status == wanted.status)
    if wanted.outcome is not None:
        conditions.append(targets.c.outcome == wanted.outcome)
    if wanted.name:
        conditions.append(residents.c.name.contains(wanted.name, autoescape=True))
    if wanted.grid:
        conditions.append(households.c.grid == ("" if wanted.grid == NO_GRID else wanted.grid))
    if wanted.building:
        conditions.append(_in_building(conn, campaign_id, wanted.building))
    if wanted.question_id:
        given = select(answers.c.target_id).where(answers.c.question_id == wanted.question_id, *_meaning(wanted.label))
        # On its own even where the answers are counted.
        conditions.append(targets.c.id.in_(given.correlate(None)))
    return conditions


def places_of(conn: Connection, campaign_id: int) -> tuple[list[str], list[str]]:
    """The grids and the buildings of a campaign's residents, as people read them."""
    grids = select(households.c.grid).select_from(people()).where(targets.c.campaign_id == campaign_id).distinct()
    named = {grid_name(grid) for grid in conn.execute(grids).scalars()}
    buildings = {building_name(*row) for row in _buildings(conn, campaign_id)}
    return sorted(named, key=place_order), sorted(buildings, key=place_order)


def count_results(conn: Connection, campaign_id: int, wanted: ResultFilter) -> int:
    """How many result lines a filter leaves."""
    query = select(func.count()).select_from(people()).where(*wanted_people(conn, campaign_id, wanted))
    return conn.execute(query).scalar_one()


def list_results(
    conn: Connection, campaign_id: int, wanted: ResultFilter, *, limit: int = 50, offset: int = 0
) -> list[ResultLine]:
    """Result lines in the order of the list."""
    conditions = wanted_people(conn, campaign_id, wanted)
    query = results().where(*conditions).order_by(targets.c.id).limit(limit).offset(offset)
    return with_answers(conn, conn.execute(query).all())


def result_of_target(conn: Connection, target_id: int) -> tuple[int, ResultLine] | None:
    """The campaign's id and the result line of one target."""
    row = conn.execute(results().where(targets.c.id == target_id)).one_or_none()
    return None if row is None else (row.campaign_id, with_answers(conn, [row])[0])


def results_of_targets(conn: Connection, target_ids: Collection[int]) -> dict[int, ResultLine]:
    """These result lines, by the target's id."""
    rows = conn.execute(results().where(targets.c.id.in_(list(target_ids)))).all()
    return {line.target_id: line for line in with_answers(conn, rows)}


def targets_with_number(conn: Connection, campaign_id: int, number: str, name: str = "") -> list[ResultLine]:
    """The residents of a campaign who have a number, of that name where one is given."""
    theirs = exists().where(phones.c.resident_id == targets.c.resident_id, phones.c.number == number)
    query = results().where(targets.c.campaign_id == campaign_id, theirs).order_by(targets.c.id)
    if name:
        query = query.where(residents.c.name == name)
    return with_answers(conn, conn.execute(query).all())


def results() -> Select[Any]:
    """Every target with its person, place, first number and case."""
    first_phone = (
        select(phones.c.number)
        .where(phones.c.resident_id == residents.c.id)
        .order_by(phones.c.position)
        .limit(1)
        .scalar_subquery()
    )
    return select(
        targets,
        residents.c.name,
        first_phone.label("number"),
        households.c.address_text,
        households.c.grid,
        cases.c.number.label("case_number"),
    ).select_from(people().outerjoin(cases, cases.c.id == targets.c.case_id))


def with_answers(conn: Connection, rows: Sequence[Row[Any]]) -> list[ResultLine]:
    """Result lines of rows of `results()`."""
    given = answers_of_targets(conn, [row.id for row in rows])
    return [
        ResultLine(
            target_id=row.id,
            campaign_id=row.campaign_id,
            resident_id=row.resident_id,
            name=row.name,
            number=row.number or "",
            address=row.address_text,
            grid=row.grid,
            status=TargetStatus(row.status),
            outcome=None if row.outcome is None else Outcome(row.outcome),
            attempts=row.attempts,
            next_at=row.next_at,
            reason=row.reason,
            case_id=row.case_id,
            case_number=row.case_number,
            answers=given.get(row.id, {}),
        )
        for row in rows
    ]


def _buildings(conn: Connection, campaign_id: int) -> list[tuple[str, str]]:
    query = select(households.c.community, households.c.building).select_from(people())
    rows = conn.execute(query.where(targets.c.campaign_id == campaign_id).distinct())
    return [(row.community, row.building) for row in rows]


def _in_building(conn: Connection, campaign_id: int, name: str) -> ColumnElement[bool]:
    parts = [pair for pair in _buildings(conn, campaign_id) if building_name(*pair) == name]
    there = [and_(households.c.community == community, households.c.building == number) for community, number in parts]
    return or_(*there) if there else targets.c.id.is_(None)


def _meaning(label: str) -> list[ColumnElement[bool]]:
    if not label:
        return []
    if label == "needs":
        return [or_(MEANT_LABEL.in_([label]), MEANT_LABEL.startswith("needs:", autoescape=True))]
    as_value = and_(MEANT_LABEL.in_(["value"]), or_(MEANT_VALUE.in_([json.dumps(label)]), MEANT_PART.in_([label])))
    return [or_(MEANT_LABEL.in_([label]), as_value)]
