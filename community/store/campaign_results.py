"""A campaign's results, resident by resident, a page at a time: for exports."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from community.errors import NotFound
from community.model.address import Address
from community.model.calls.campaign import TargetStatus
from community.model.questionnaires.questionnaire import Questionnaire
from community.store.answers import Answer, answers_of_targets
from community.store.attempts import attempts
from community.store.campaigns import campaigns, targets
from community.store.cases import cases
from community.store.residents import households, phones, residents

_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedCampaign:
    """What the export needs to know about the campaign itself."""

    id: int
    name: str
    rehearsal: bool
    questionnaire: Questionnaire


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedAttempt:
    """One dialling, as it ended."""

    id: str
    carrier_id: str | None
    outcome: str | None
    placed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedTarget:
    """One resident in the campaign with everything that came of it."""

    id: int
    name: str
    phones: Sequence[str]
    address: str
    grid: str
    status: TargetStatus
    outcome: str | None
    reason: str | None
    resolved_at: datetime | None
    case_number: str | None
    attempts: Sequence[ExportedAttempt]
    answers: Mapping[str, Answer]


def exported_campaign(conn: Connection, campaign_id: int) -> ExportedCampaign:
    """Load the campaign.

    Raises:
        NotFound: there is no such campaign.
    """
    columns = (campaigns.c.id, campaigns.c.name, campaigns.c.rehearsal, campaigns.c.definition)
    row = conn.execute(select(*columns).where(campaigns.c.id == campaign_id)).one_or_none()
    if row is None:
        raise NotFound(f"没有编号为 {campaign_id} 的外呼任务，请核对编号")
    questionnaire = Questionnaire.model_validate(row.definition)
    return ExportedCampaign(id=row.id, name=row.name, rehearsal=row.rehearsal, questionnaire=questionnaire)


def iterate_results(conn: Connection, campaign_id: int) -> Iterator[ExportedTarget]:
    """Go through the targets in order of their id, a page of them in memory at a time."""
    after = 0
    while page := conn.execute(_page_query(campaign_id, after)).all():
        yield from _with_details(conn, page)
        after = page[-1].id


def _page_query(campaign_id: int, after: int) -> Any:
    return (
        select(
            targets.c.id,
            targets.c.resident_id,
            targets.c.status,
            targets.c.outcome,
            targets.c.reason,
            targets.c.resolved_at,
            residents.c.name,
            *(households.c[part] for part in ("community", "building", "unit", "room", "address_text", "grid")),
            cases.c.number.label("case_number"),
        )
        .join(residents, residents.c.id == targets.c.resident_id)
        .join(households, households.c.id == residents.c.household_id)
        .outerjoin(cases, cases.c.id == targets.c.case_id)
        .where(targets.c.campaign_id == campaign_id, targets.c.id > after)
        .order_by(targets.c.id)
        .limit(_PAGE)
    )


def _with_details(conn: Connection, page: Sequence[Row[Any]]) -> Iterator[ExportedTarget]:
    ids = [row.id for row in page]
    answered = answers_of_targets(conn, ids)
    called = _attempts_of(conn, ids)
    numbers = _phones_of(conn, [row.resident_id for row in page])
    for row in page:
        address = Address(row.community, row.building, row.unit, row.room)
        yield ExportedTarget(
            id=row.id,
            name=row.name,
            phones=numbers.get(row.resident_id, ()),
            address=row.address_text or str(address),
            grid=row.grid,
            status=TargetStatus(row.status),
            outcome=row.outcome,
            reason=row.reason,
            resolved_at=row.resolved_at,
            case_number=row.case_number,
            attempts=called.get(row.id, ()),
            answers=answered.get(row.id, {}),
        )


def _attempts_of(conn: Connection, target_ids: Sequence[int]) -> dict[int, list[ExportedAttempt]]:
    query = (
        select(attempts.c.target_id, attempts.c.id, attempts.c.carrier_id, attempts.c.outcome, attempts.c.placed_at)
        .where(attempts.c.target_id.in_(target_ids))
        .order_by(attempts.c.target_id, attempts.c.n)
    )
    found: dict[int, list[ExportedAttempt]] = {}
    for row in conn.execute(query):
        attempt = ExportedAttempt(id=row.id, carrier_id=row.carrier_id, outcome=row.outcome, placed_at=row.placed_at)
        found.setdefault(row.target_id, []).append(attempt)
    return found


def _phones_of(conn: Connection, resident_ids: Sequence[int]) -> dict[int, list[str]]:
    query = (
        select(phones.c.resident_id, phones.c.number)
        .where(phones.c.resident_id.in_(resident_ids))
        .order_by(phones.c.resident_id, phones.c.position)
    )
    found: dict[int, list[str]] = {}
    for row in conn.execute(query):
        found.setdefault(row.resident_id, []).append(row.number)
    return found
