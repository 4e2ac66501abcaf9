"""What a rehearsal needs of the tables: a copy of the roster in which everybody may be called, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from community.model.calls.call import Outcome
from community.model.calls.campaign import TargetStatus
from community.model.cases.case import CaseKind, Priority
from community.model.phone import is_sample
from community.store.answers import answers
from community.store.attempts import attempts
from community.store.campaigns import campaigns, targets
from community.store.cases import cases
from community.store.residents import households, phones, resident_tags, residents

_ROSTER = (households, residents, resident_tags, phones)
#: What an audience may ask about earlier campaigns.
_PAST = (campaigns, targets, attempts, answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedCampaign:
    """What came of a rehearsed campaign.

    Attributes:
        targets: status, reason and moment of each resolved or open target.
        calls: outcome and seconds of each call.
        cases: kind and priority of each.
    """

    targets: Sequence[tuple[TargetStatus, str | None, datetime | None]]
    calls: Sequence[tuple[Outcome | None, int]]
    cases: Sequence[tuple[CaseKind, Priority]]


def copy_roster(reader: Connection, writer: Connection, *, with_past: bool) -> None:
    """Copy the roster; in the copy nobody is a sample, so that everybody can be called.

    Args:
        with_past: earlier campaigns too, with their calls and answers, because an audience speaks of them.
    """
    for table in (*_ROSTER, *(_PAST if with_past else ())):
        rows = [dict(row) for row in reader.execute(select(table)).mappings()]
        if rows:
            writer.execute(insert(table), [_as_real(row) for row in rows])
    writer.execute(update(residents).values(sample=False))
    if with_past:
        # They are over: only the rehearsed one is dialled.
        writer.execute(update(campaigns).values(status="finished"))


def next_due(conn: Connection, campaign_id: int) -> datetime | None:
    """When the next target of a campaign may be called; None when none waits."""
    waiting = (targets.c.campaign_id == campaign_id, targets.c.status == TargetStatus.WAITING)
    due: datetime | None = conn.execute(select(func.min(targets.c.next_at)).where(*waiting)).scalar_one()
    return due


def rehearsed(conn: Connection, campaign_id: int) -> RehearsedCampaign:
    """Everything that came of a rehearsed campaign."""
    own = targets.c.campaign_id == campaign_id
    rows = conn.execute(select(targets.c.status, targets.c.reason, targets.c.resolved_at).where(own))
    calls = conn.execute(select(attempts.c.outcome, attempts.c.duration).where(attempts.c.campaign_id == campaign_id))
    opened = conn.execute(select(cases.c.kind, cases.c.priority).where(cases.c.campaign_id == campaign_id))
    return RehearsedCampaign(
        targets=[(TargetStatus(row.status), row.reason, row.resolved_at) for row in rows],
        calls=[(Outcome(row.outcome) if row.outcome else None, row.duration or 0) for row in calls],
        cases=[(CaseKind(row.kind), Priority(row.priority)) for row in opened],
    )


def _as_real(row: dict[str, Any]) -> dict[str, Any]:
    if "case_id" in row:
        # Cases stay where they are.
        row["case_id"] = None
    for column in ("number", "guardian_phone"):
        number = row.get(column)
        if number and is_sample(number):
            row[column] = number.replace("+86138", "+86139", 1)
    return row
