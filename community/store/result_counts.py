"""What a campaign's results count up to, in SQL: how far people came, their answers, the calls that reached them."""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Subquery, and_, case, distinct, exists, func, or_, select

from community.model.calls.call import AttemptStatus, Outcome
from community.model.calls.campaign import TargetStatus
from community.model.calls.results import SPOKE_THEMSELVES, Counts, FreeAnswer
from community.model.meaning.reading import NOT_ANSWERS
from community.store.answers import MEANT_LABEL, MEANT_VALUE, answers
from community.store.attempts import attempts
from community.store.campaigns import targets
from community.store.cases import cases
from community.store.residents import households, residents
from community.store.result_lines import EVERYBODY, ResultFilter, people, wanted_people

#: A call that the carrier took.
DIALLED = or_(attempts.c.placed_at.is_not(None), attempts.c.answered_at.is_not(None))
#: A call that a person picked up, as far as is known; a machine does not count.
CONNECTED = or_(
    attempts.c.outcome == Outcome.ANSWERED,
    and_(
        attempts.c.status == AttemptStatus.IN_PROGRESS,
        func.coalesce(attempts.c.answered_by, "").not_like("machine%"),
        func.coalesce(attempts.c.answered_by, "") != "fax",
    ),
)
_SPOKE = attempts.c.dialogue["result"].as_string().in_([result.value for result in SPOKE_THEMSELVES])


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCount:
    """How often one question got one answer, and how often because staff corrected it."""

    question_id: str
    label: str
    value: Any
    count: int
    corrected: int = 0


@dataclass(frozen=True, slots=True)
class PlaceCounts:
    """The counts of one building in one grid."""

    grid: str
    community: str
    building: str
    counts: Counts


def counts_by_place(conn: Connection, campaign_id: int, wanted: ResultFilter = EVERYBODY) -> list[PlaceCounts]:
    """How far residents came, by grid and building."""
    calls, followed = _calls_by_target(campaign_id), _targets_with_case(campaign_id)
    joined = (
        people().outerjoin(calls, calls.c.target_id == targets.c.id).outerjoin(followed, followed.c.id == targets.c.id)
    )
    place = (households.c.grid, households.c.community, households.c.building)
    sums = [func.sum(case((condition, 1), else_=0)).label(name) for name, condition in _stages(calls, followed).items()]
    query = (
        select(*place, func.count().label("total"), *sums)
        .select_from(joined)
        .where(*wanted_people(conn, campaign_id, wanted))
        .group_by(*place)
    )
    names = asdict(Counts())
    return [
        PlaceCounts(row.grid, row.community, row.building, Counts(**{name: getattr(row, name) or 0 for name in names}))
        for row in conn.execute(query)
    ]


def answer_counts(conn: Connection, campaign_id: int, wanted: ResultFilter = EVERYBODY) -> list[AnswerCount]:
    """Every answer that was given, most often first, counted by what was corrected where somebody did."""
    value = case((MEANT_LABEL == "value", MEANT_VALUE)).label("meant")
    corrected = func.sum(case((answers.c.corrected_label.is_not(None), 1), else_=0))
    query = (
        select(answers.c.question_id, MEANT_LABEL.label("label"), value, func.count().label("n"), corrected.label("c"))
        .select_from(people().join(answers, answers.c.target_id == targets.c.id))
        .where(*wanted_people(conn, campaign_id, wanted))
        .group_by(answers.c.question_id, MEANT_LABEL, value)
        .order_by(func.count().desc(), MEANT_LABEL, value)
    )
    return [
        AnswerCount(
            question_id=row.question_id,
            label=row.label,
            value=json.loads(row.meant) if row.meant else None,
            count=row.n,
            corrected=row.c,
        )
        for row in conn.execute(query)
    ]


def free_answers(
    conn: Connection, campaign_id: int, question_id: str, wanted: ResultFilter, *, limit: int
) -> list[FreeAnswer]:
    """What residents said in their own words to one question, newest first."""
    query = (
        select(targets.c.id, residents.c.name, answers.c.heard, MEANT_VALUE.label("meant"), answers.c.at)
        .select_from(people().join(answers, answers.c.target_id == targets.c.id))
        .where(
            *wanted_people(conn, campaign_id, wanted), answers.c.question_id == question_id, MEANT_LABEL.in_(_OWN_WORDS)
        )
        .order_by(answers.c.at.desc(), answers.c.id.desc())
        .limit(limit)
    )
    return [
        FreeAnswer(
            target_id=row.id,
            name=row.name,
            text=str((json.loads(row.meant) if row.meant else None) or row.heard),
            at=row.at,
        )
        for row in conn.execute(query)
    ]


_OWN_WORDS = ("keep", "value")


def calls_by_outcome(conn: Connection, campaign_id: int, wanted: ResultFilter) -> dict[Outcome, int]:
    """How the calls ended."""
    query = (
        select(attempts.c.outcome, func.count())
        .select_from(people().join(attempts, attempts.c.target_id == targets.c.id))
        .where(*wanted_people(conn, campaign_id, wanted), attempts.c.outcome.is_not(None))
        .group_by(attempts.c.outcome)
    )
    return {Outcome(outcome): count for outcome, count in conn.execute(query)}


def people_by_outcome(conn: Connection, campaign_id: int, wanted: ResultFilter) -> dict[Outcome, int]:
    """How the last call of each resident ended."""
    query = (
        select(targets.c.outcome, func.count())
        .select_from(people())
        .where(*wanted_people(conn, campaign_id, wanted), targets.c.outcome.is_not(None))
        .group_by(targets.c.outcome)
    )
    return {Outcome(outcome): count for outcome, count in conn.execute(query)}


def calls_by_hour(conn: Connection, campaign_id: int, wanted: ResultFilter) -> list[tuple[datetime, int, int]]:
    """For each hour with calls: its beginning, the calls placed in it, and those that a person picked up."""
    hour = _hour_of(conn, attempts.c.placed_at).label("hour")
    query = (
        select(hour, func.count().label("n"), func.sum(case((CONNECTED, 1), else_=0)).label("answered"))
        .select_from(people().join(attempts, attempts.c.target_id == targets.c.id))
        .where(*wanted_people(conn, campaign_id, wanted), attempts.c.placed_at.is_not(None))
        .group_by(hour)
        .order_by(hour)
    )
    return [
        (datetime.strptime(row.hour, "%Y-%m-%d %H").replace(tzinfo=UTC), row.n, row.answered)
        for row in conn.execute(query)
    ]


def first_answered(conn: Connection, campaign_id: int, wanted: ResultFilter) -> list[tuple[datetime, int]]:
    """When each resident who was reached picked up first, and with which try."""
    calls = _calls_by_target(campaign_id)
    tried = and_(
        attempts.c.target_id == targets.c.id,
        attempts.c.n <= calls.c.first_n,
        attempts.c.status.in_([AttemptStatus.ENDED, AttemptStatus.IN_PROGRESS]),
    )
    query = (
        select(calls.c.first_at, func.count())
        .select_from(people().join(calls, calls.c.target_id == targets.c.id).join(attempts, tried))
        .where(*wanted_people(conn, campaign_id, wanted), calls.c.first_at.is_not(None))
        .group_by(targets.c.id, calls.c.first_at)
    )
    return [(moment, tries) for moment, tries in conn.execute(query)]


def reached_people(conn: Connection, campaign_id: int) -> tuple[int, int]:
    """Targets with a call that the carrier took, and targets of which a person picked one up."""
    query = select(
        func.count(distinct(case((DIALLED, attempts.c.target_id)))),
        func.count(distinct(case((CONNECTED, attempts.c.target_id)))),
    ).where(attempts.c.campaign_id == campaign_id)
    dialled, connected = conn.execute(query).one()
    return dialled, connected


def _calls_by_target(campaign_id: int) -> Subquery:
    def any_(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.max(case((condition, 1), else_=0))

    return (
        select(
            attempts.c.target_id,
            any_(DIALLED).label("dialled"),
            any_(CONNECTED).label("connected"),
            any_(and_(CONNECTED, _SPOKE)).label("spoke"),
            func.min(case((CONNECTED, attempts.c.n))).label("first_n"),
            func.min(case((CONNECTED, attempts.c.answered_at))).label("first_at"),
        )
        .where(attempts.c.campaign_id == campaign_id)
        .group_by(attempts.c.target_id)
        .subquery("calls")
    )


def _targets_with_case(campaign_id: int) -> Subquery:
    opened = select(cases.c.target_id.label("id")).where(
        cases.c.campaign_id == campaign_id, cases.c.target_id.is_not(None)
    )
    linked = select(targets.c.id).where(targets.c.campaign_id == campaign_id, targets.c.case_id.is_not(None))
    return opened.union(linked).subquery("followed")


def _stages(calls: Subquery, followed: Subquery) -> dict[str, ColumnElement[bool]]:
    said = exists().where(answers.c.target_id == targets.c.id, MEANT_LABEL.not_in(sorted(NOT_ANSWERS)))
    completed = targets.c.status == TargetStatus.COMPLETED
    connected = func.coalesce(calls.c.connected, 0) == 1
    return {
        "dialled": calls.c.dialled == 1,
        "connected": connected,
        "spoke": or_(calls.c.spoke == 1, completed, said),
        "completed": completed,
        "settled": and_(completed, followed.c.id.is_(None)),
        "with_case": followed.c.id.is_not(None),
        "handed_over": targets.c.status == TargetStatus.CASE,
        "excluded": targets.c.status == TargetStatus.EXCLUDED,
        "open": targets.c.status.in_([TargetStatus.WAITING, TargetStatus.CALLING]),
        "elsewhere": and_(completed, ~connected),
    }


def _hour_of(conn: Connection, moment: ColumnElement[Any]) -> ColumnElement[str]:
    """A moment's hour in UTC as text, `2026-07-15 02`."""
    if conn.dialect.name == "sqlite":
        return func.strftime("%Y-%m-%d %H", moment)
    return func.to_char(func.timezone("UTC", moment), "YYYY-MM-DD HH24")
