"""Calls that were promised: no other call to that person or that telephone may push one back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select

from community.model.calls.campaign import CampaignStatus, TargetStatus
from community.model.cases.case import Priority
from community.store.campaigns import campaigns, targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One call that somebody was promised.

    Attributes:
        number: E.164 of the telephone on which it will be.
        priority: of its campaign.
    """

    target_id: int
    resident_id: int
    number: str
    at: datetime
    priority: Priority


def promises_to(
    conn: Connection, resident_ids: Collection[int], numbers: Collection[str], since: datetime
) -> list[Promise]:
    """What was promised to these residents or on these telephones for a moment since `since`, and is still to be kept."""
    query = (
        select(
            targets.c.id,
            targets.c.resident_id,
            targets.c.promised_number,
            targets.c.promised_at,
            campaigns.c.priority,
        )
        .join(campaigns, campaigns.c.id == targets.c.campaign_id)
        .where(
            targets.c.promised_at >= since,
            targets.c.status == TargetStatus.WAITING,
            campaigns.c.status == CampaignStatus.RUNNING,
            campaigns.c.rehearsal.is_(False),
            or_(
                targets.c.resident_id.in_(list(resident_ids)),
                targets.c.promised_number.in_(list(numbers)),
            ),
        )
    )
    return [
        Promise(
            target_id=row.id,
            resident_id=row.resident_id,
            number=row.promised_number,
            at=row.promised_at,
            priority=Priority(row.priority),
        )
        for row in conn.execute(query)
    ]
