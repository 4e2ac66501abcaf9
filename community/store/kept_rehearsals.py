"""Rehearsals that staff asked for: in line, being played, and what came of each; one a campaign, the last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from community.model.calls.campaign import CampaignStatus
from community.model.calls.rehearsal import Rehearsal, RehearsalStatus
from community.store.base import UtcDateTime, metadata, one_at_a_time
from community.store.campaigns import campaigns

kept_rehearsals = Table(
    "kept_rehearsal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False, unique=True),
    #: RehearsalStatus
    Column("status", String(20), nullable=False),
    Column("asked_by", String(80), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    #: How many people the campaign would have called then.
    Column("called", Integer, nullable=False),
    #: Who plays it, and until when that holds without word of them.
    Column("owner", String(80), nullable=False, server_default=""),
    Column("lease_until", UtcDateTime),
    Column("ended_at", UtcDateTime),
    #: Rehearsal.to_json()
    Column("report", JSON),
    #: Why it could not be played, in Chinese.
    Column("problem", Text, nullable=False, server_default=""),
)

#: Any number that no other advisory lock of the service uses.
_LOCK = 7_180_213
_OPEN = (RehearsalStatus.WAITING, RehearsalStatus.RUNNING)
_BEFORE_LAUNCH = (CampaignStatus.DRAFT, CampaignStatus.APPROVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRehearsal:
    """The last rehearsal of a campaign.

    Attributes:
        called: how many people the campaign would have called when it was asked for.
        report: None until it is done, and where another version of the program kept it.
        problem: why it could not be played, in Chinese.
    """

    id: int
    campaign_id: int
    status: RehearsalStatus
    asked_by: str
    asked_at: datetime
    called: int
    ended_at: datetime | None
    report: Rehearsal | None
    problem: str

    @property
    def is_open(self) -> bool:
        """Whether its end is still to come."""
        return self.status in _OPEN


def rehearsal_of(conn: Connection, campaign_id: int) -> KeptRehearsal | None:
    """The last rehearsal of a campaign."""
    row = conn.execute(select(kept_rehearsals).where(kept_rehearsals.c.campaign_id == campaign_id)).one_or_none()
    return _kept(row) if row else None


def put_in_line(conn: Connection, campaign_id: int, *, called: int, asked_by: str, now: datetime) -> bool:
    """Let a campaign be rehearsed after those that were asked for before; the last rehearsal of it is forgotten.

    Returns:
        False where it waits or is being played already.
    """
    one_at_a_time(conn, _LOCK)
    before = rehearsal_of(conn, campaign_id)
    if before is not None and before.is_open:
        return False
    conn.execute(delete(kept_rehearsals).where(kept_rehearsals.c.campaign_id == campaign_id))
    values = {"campaign_id": campaign_id, "status": RehearsalStatus.WAITING, "asked_by": asked_by, "asked_at": now}
    conn.execute(insert(kept_rehearsals).values(**values, called=called))
    return True


def count_before(conn: Connection, rehearsal: KeptRehearsal) -> int:
    """How many are played or wait before one that waits."""
    earlier = (kept_rehearsals.c.status.in_(_OPEN), kept_rehearsals.c.asked_at < rehearsal.asked_at)
    return conn.execute(select(func.count()).select_from(kept_rehearsals).where(*earlier)).scalar_one()


def has_rehearsal_work(conn: Connection) -> bool:
    """Whether any rehearsal waits or is being played."""
    return (
        conn.execute(select(kept_rehearsals.c.id).where(kept_rehearsals.c.status.in_(_OPEN)).limit(1)).first()
        is not None
    )


def take_next(conn: Connection, *, owner: str, now: datetime, lease: timedelta, lost: str) -> KeptRehearsal | None:
    """Take the rehearsal that has waited longest, while no other is being played.

    Args:
        lost: why one cannot be played to its end whose owner was not heard of until its lease ran out.

    Returns:
        None where none waits or one is being played.
    """
    one_at_a_time(conn, _LOCK)
    silent = (kept_rehearsals.c.status == RehearsalStatus.RUNNING, kept_rehearsals.c.lease_until <= now)
    ended = {"status": RehearsalStatus.FAILED, "problem": lost, "ended_at": now, "owner": "", "lease_until": None}
    conn.execute(update(kept_rehearsals).where(*silent).values(**ended))
    if conn.execute(select(kept_rehearsals.c.id).where(kept_rehearsals.c.status == RehearsalStatus.RUNNING)).first():
        return None
    not_launched = select(campaigns.c.id).where(campaigns.c.status.in_(_BEFORE_LAUNCH))
    waiting = kept_rehearsals.c.status == RehearsalStatus.WAITING
    # Nobody needs to see any more what a campaign would do that was launched or cancelled meanwhile.
    conn.execute(delete(kept_rehearsals).where(waiting, kept_rehearsals.c.campaign_id.not_in(not_launched)))
    row = conn.execute(
        select(kept_rehearsals).where(waiting).order_by(kept_rehearsals.c.asked_at, kept_rehearsals.c.id).limit(1)
    ).one_or_none()
    if row is None:
        return None
    values = {"status": RehearsalStatus.RUNNING, "owner": owner, "lease_until": now + lease}
    conn.execute(update(kept_rehearsals).where(kept_rehearsals.c.id == row.id).values(**values))
    return _kept(row)


def hold(conn: Connection, rehearsal_id: int, *, owner: str, until: datetime) -> bool:
    """Keep a rehearsal that is being played; tell whether it was still the owner's."""
    return _change(conn, rehearsal_id, owner, {"lease_until": until})


def give_back(conn: Connection, rehearsal_id: int, *, owner: str) -> bool:
    """Let a rehearsal that is being played begin again later; tell whether it was still the owner's."""
    return _change(conn, rehearsal_id, owner, {"status": RehearsalStatus.WAITING, "owner": "", "lease_until": None})


def settle(
    conn: Connection, rehearsal_id: int, *, owner: str, report: Rehearsal | None, problem: str, now: datetime
) -> bool:
    """Keep what came of a rehearsal; tell whether it was still the owner's.

    Args:
        report: None where it could not be played.
    """
    values: Mapping[str, Any] = {
        "status": RehearsalStatus.FAILED if report is None else RehearsalStatus.DONE,
        "report": None if report is None else report.to_json(),
        "problem": problem,
        "ended_at": now,
        "owner": "",
        "lease_until": None,
    }
    return _change(conn, rehearsal_id, owner, values)


def _change(conn: Connection, rehearsal_id: int, owner: str, values: Mapping[str, Any]) -> bool:
    still = (
        kept_rehearsals.c.id == rehearsal_id,
        kept_rehearsals.c.status == RehearsalStatus.RUNNING,
        kept_rehearsals.c.owner == owner,
    )
    return conn.execute(update(kept_rehearsals).where(*still).values(**values)).rowcount == 1


def _kept(row: Row[Any]) -> KeptRehearsal:
    return KeptRehearsal(
        id=row.id,
        campaign_id=row.campaign_id,
        status=RehearsalStatus(row.status),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        called=row.called,
        ended_at=row.ended_at,
        report=Rehearsal.from_json(row.report) if row.report else None,
        problem=row.problem,
    )
