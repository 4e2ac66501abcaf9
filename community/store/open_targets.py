"""The targets of one resident that may still be answered in writing, whatever became of the calls."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, or_, select

from community.model.calls.campaign import CampaignStatus, TargetStatus
from community.store.campaigns import campaigns, targets
from community.store.residents import residents

_UNDER_WAY = (TargetStatus.WAITING, TargetStatus.CALLING)
_LAUNCHED = (CampaignStatus.RUNNING, CampaignStatus.PAUSED, CampaignStatus.FINISHED)


def targets_to_answer(conn: Connection, resident_id: int, *, handed_over_since: datetime) -> list[tuple[int, int]]:
    """Targets that nothing in writing has settled yet, with their campaigns' ids.

    Args:
        handed_over_since: one that a person looks after already, because no call reached it, counts from then on.
    """
    missed = (targets.c.status == TargetStatus.CASE) & (targets.c.resolved_at > handed_over_since)
    query = (
        select(targets.c.id, targets.c.campaign_id)
        .join(campaigns, campaigns.c.id == targets.c.campaign_id)
        .join(residents, residents.c.id == targets.c.resident_id)
        .where(
            targets.c.resident_id == resident_id,
            targets.c.written_result.is_(None),
            or_(targets.c.status.in_(_UNDER_WAY), missed),
            campaigns.c.status.in_(_LAUNCHED),
            # A rehearsal asks nobody who is real.
            or_(campaigns.c.rehearsal.is_(False), residents.c.sample.is_(True)),
        )
        .order_by(targets.c.id)
    )
    return [(row.id, row.campaign_id) for row in conn.execute(query)]


def names_and_sexes(conn: Connection, resident_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """The name and sex of residents, by id."""
    query = select(residents.c.id, residents.c.name, residents.c.sex).where(residents.c.id.in_(list(resident_ids)))
    return {row.id: (row.name, row.sex) for row in conn.execute(query)}
