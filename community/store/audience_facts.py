"""What a preview tells of people: their grids, tags and ages, and what else calls them; and how calls went so far."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from community.model.calls.call import AttemptStatus, Outcome
from community.model.calls.campaign import CampaignStatus, TargetStatus
from community.store.attempts import attempts
from community.store.campaigns import campaigns, targets
from community.store.residents import households, resident_tags, residents

_AT_ONCE = 5_000
_NOT_RUNG = (AttemptStatus.NOT_PLACED, AttemptStatus.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """What a preview counts of one resident."""

    name: str
    grid: str
    birth_date: date | None


def facts_of(conn: Connection, resident_ids: Sequence[int]) -> dict[int, PersonFacts]:
    """Name, grid and birth date of residents, by id."""
    found: dict[int, PersonFacts] = {}
    for chunk in _chunks(resident_ids):
        query = (
            select(residents.c.id, residents.c.name, residents.c.birth_date, households.c.grid)
            .join(households, households.c.id == residents.c.household_id)
            .where(residents.c.id.in_(chunk))
        )
        for row in conn.execute(query):
            found[row.id] = PersonFacts(name=row.name, grid=row.grid, birth_date=row.birth_date)
    return found


def count_tags(conn: Connection, resident_ids: Sequence[int]) -> dict[str, int]:
    """How many of these residents have each tag, commonest first."""
    counts: Counter[str] = Counter()
    for chunk in _chunks(resident_ids):
        query = (
            select(resident_tags.c.tag, func.count().label("n"))
            .where(resident_tags.c.resident_id.in_(chunk))
            .group_by(resident_tags.c.tag)
        )
        counts.update({row.tag: row.n for row in conn.execute(query)})
    return dict(counts.most_common())


def count_called_since(
    conn: Connection, resident_ids: Sequence[int], since: datetime, *, but_campaign: int | None
) -> int:
    """How many of these residents were called since a moment, by other campaigns; rehearsals are none."""
    conditions: list[ColumnElement[bool]] = [
        attempts.c.created_at >= since,
        attempts.c.rehearsal.is_(False),
        attempts.c.status.not_in(_NOT_RUNG),
    ]
    if but_campaign is not None:
        conditions.append(attempts.c.campaign_id != but_campaign)
    return _count_people(conn, attempts.c.resident_id, resident_ids, conditions)


def count_waiting_elsewhere(conn: Connection, resident_ids: Sequence[int], *, but_campaign: int | None) -> int:
    """How many of these residents wait to be called in another campaign that is under way."""
    under_way = select(campaigns.c.id).where(
        campaigns.c.status.in_([CampaignStatus.RUNNING, CampaignStatus.PAUSED]),
        campaigns.c.rehearsal.is_(False),
    )
    conditions: list[ColumnElement[bool]] = [
        targets.c.campaign_id.in_(under_way),
        targets.c.status.in_([TargetStatus.WAITING, TargetStatus.CALLING]),
    ]
    if but_campaign is not None:
        conditions.append(targets.c.campaign_id != but_campaign)
    return _count_people(conn, targets.c.resident_id, resident_ids, conditions)


def outcomes_since(conn: Connection, since: datetime) -> Mapping[Outcome, int]:
    """How real calls ended since a moment."""
    query = (
        select(attempts.c.outcome, func.count().label("n"))
        .where(attempts.c.created_at >= since, attempts.c.rehearsal.is_(False), attempts.c.outcome.is_not(None))
        .group_by(attempts.c.outcome)
    )
    return {Outcome(row.outcome): row.n for row in conn.execute(query)}


def _count_people(
    conn: Connection, person: Any, resident_ids: Sequence[int], conditions: Sequence[ColumnElement[bool]]
) -> int:
    count = func.count(person.distinct())
    return sum(
        conn.execute(select(count).where(person.in_(chunk), *conditions)).scalar_one()
        for chunk in _chunks(resident_ids)
    )


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
