"""Targets and calls that nothing would ever take up again; there must be none, and `audit` proves it."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, func, or_, select, text

from community.model.calls.call import AttemptStatus, Direction
from community.model.calls.campaign import CampaignStatus, TargetStatus
from community.store.attempts import OPEN_CONDITION, attempts
from community.store.campaigns import campaigns, targets

_LIMIT = 1000
_OVER = (CampaignStatus.FINISHED, CampaignStatus.CANCELLED)


def waiting_without_time(conn: Connection) -> list[int]:
    """Waiting targets that have no next time."""
    query = select(targets.c.id).where(targets.c.status == TargetStatus.WAITING, targets.c.next_at.is_(None))
    return list(conn.execute(query.limit(_LIMIT)).scalars())


def open_in_campaigns_that_are_over(conn: Connection) -> list[int]:
    """Targets that still wait though their campaign is finished or cancelled."""
    query = (
        select(targets.c.id)
        .join(campaigns, campaigns.c.id == targets.c.campaign_id)
        .where(targets.c.status == TargetStatus.WAITING, campaigns.c.status.in_(_OVER))
    )
    return list(conn.execute(query.limit(_LIMIT)).scalars())


def calling_without_call(conn: Connection) -> list[int]:
    """Targets that are said to be called though no attempt of theirs is open."""
    open_attempt = exists().where(attempts.c.target_id == targets.c.id, text(f"attempt.{OPEN_CONDITION}"))
    query = select(targets.c.id).where(targets.c.status == TargetStatus.CALLING, ~open_attempt)
    return list(conn.execute(query.limit(_LIMIT)).scalars())


def resolved_without_why(conn: Connection) -> list[int]:
    """Targets handed over without a case, or excluded without a reason."""
    no_case = (targets.c.status == TargetStatus.CASE) & targets.c.case_id.is_(None)
    no_reason = (targets.c.status == TargetStatus.EXCLUDED) & (targets.c.reason.is_(None) | (targets.c.reason == ""))
    return list(conn.execute(select(targets.c.id).where(or_(no_case, no_reason)).limit(_LIMIT)).scalars())


def calls_nobody_asks_about(conn: Connection, now: datetime, *, patience: timedelta) -> list[str]:
    """Open attempts whose lease or next check is long past, or that have none: nobody finds out what became of them."""
    before = now - patience
    placing = (attempts.c.status == AttemptStatus.PLACING) & or_(
        attempts.c.lease_until.is_(None), attempts.c.lease_until < before
    )
    under_way = (attempts.c.status != AttemptStatus.PLACING) & or_(
        attempts.c.check_at.is_(None), attempts.c.check_at < before
    )
    query = select(attempts.c.id).where(text(OPEN_CONDITION), or_(placing, under_way))
    return list(conn.execute(query.limit(_LIMIT)).scalars())


def unknown_since(conn: Connection, before: datetime) -> list[str]:
    """Attempts made before a moment of which it is still not known whether they rang."""
    unknown = (attempts.c.status == AttemptStatus.UNKNOWN, attempts.c.created_at < before)
    return list(conn.execute(select(attempts.c.id).where(*unknown).limit(_LIMIT)).scalars())


def doubled_open_targets(conn: Connection) -> list[int]:
    """Targets that we dial twice at a time; they may ring us while we ring them."""
    dialled = (text(OPEN_CONDITION), attempts.c.direction == Direction.OUTBOUND)
    query = select(attempts.c.target_id).where(*dialled).group_by(attempts.c.target_id)
    return list(conn.execute(query.having(func.count() > 1).limit(_LIMIT)).scalars())
