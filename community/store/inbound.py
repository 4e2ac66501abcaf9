"""Calls that come in: who may be calling, what we wanted of them, and the call's own row."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, func, or_, select, text, update

from community.model.address import Address
from community.model.calls.call import AttemptStatus, Direction
from community.model.calls.campaign import CampaignStatus, TargetStatus
from community.model.cases.case import Priority
from community.store.attempts import OPEN_CONDITION, attempts
from community.store.base import insert_new
from community.store.campaigns import campaigns, targets
from community.store.residents import households, phones, residents

_OPEN_TARGETS = (TargetStatus.WAITING, TargetStatus.CALLING)
_RINGS = (AttemptStatus.PLACED, AttemptStatus.RINGING)


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleCaller:
    """Somebody whose number it is.

    Attributes:
        is_guardian: it is the number of their guardian, not their own.
        household_id, address, grid: where the resident lives.
    """

    resident_id: int
    name: str
    sex: str
    language: str
    sample: bool
    opted_out: bool
    is_guardian: bool
    household_id: int
    address: Address
    grid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTarget:
    """A target that a caller could be asked about now.

    Attributes:
        next_at: when it was to be called anyhow.
    """

    id: int
    campaign_id: int
    resident_id: int
    status: TargetStatus
    next_at: datetime | None
    priority: Priority


@dataclass(frozen=True, slots=True)
class EarlierCall:
    """A call of ours to somebody, and what it was about."""

    at: datetime
    purpose: str


def possible_callers(conn: Connection, number: str) -> list[PossibleCaller]:
    """Everybody whose number it is, or whose guardian's, residents first; numbers found to be wrong are nobody's."""
    own = exists().where(phones.c.resident_id == residents.c.id, phones.c.number == number, phones.c.status != "wrong")
    guardians = and_(residents.c.guardian_phone == number, residents.c.guardian_bad_number != number)
    query = (
        select(residents, households, own.label("is_own"))
        .join(households, households.c.id == residents.c.household_id)
        .where(or_(own, guardians))
        .order_by(residents.c.id)
    )
    found = [
        PossibleCaller(
            resident_id=row[0],
            name=row.name,
            sex=row.sex,
            language=row.language,
            sample=row.sample,
            opted_out=row.opted_out_at is not None,
            is_guardian=not row.is_own,
            household_id=row.household_id,
            address=Address(row.community, row.building, row.unit, row.room),
            grid=row.grid,
        )
        for row in conn.execute(query)
    ]
    return sorted(found, key=lambda caller: caller.is_guardian)


def open_targets_of(
    conn: Connection, resident_ids: Collection[int], *, rehearsal: bool, number: str
) -> list[OpenTarget]:
    """What running campaigns still want of these residents, the most urgent first.

    Args:
        number: whose call it is; a target that is being talked to on another phone is left out.
    """
    talked_to = exists().where(
        attempts.c.target_id == targets.c.id,
        attempts.c.status == AttemptStatus.IN_PROGRESS,
        or_(attempts.c.direction == Direction.INBOUND, attempts.c.number != number),
    )
    query = (
        select(targets, campaigns.c.priority)
        .join(campaigns, campaigns.c.id == targets.c.campaign_id)
        .where(
            targets.c.resident_id.in_(list(resident_ids)),
            targets.c.status.in_(_OPEN_TARGETS),
            campaigns.c.status == CampaignStatus.RUNNING,
            campaigns.c.rehearsal.is_(rehearsal),
            ~talked_to,
        )
        .order_by(campaigns.c.launched_at, targets.c.id)
    )
    found = [
        OpenTarget(
            id=row.id,
            campaign_id=row.campaign_id,
            resident_id=row.resident_id,
            status=TargetStatus(row.status),
            next_at=row.next_at,
            priority=Priority(row.priority),
        )
        for row in conn.execute(query)
    ]
    return sorted(found, key=lambda target: -target.priority.rank)


def earlier_call(conn: Connection, resident_id: int, since: datetime, *, rehearsal: bool) -> EarlierCall | None:
    """The last time we rang a resident since a moment, and what for."""
    query = (
        select(attempts.c.placed_at, campaigns.c.definition["purpose"].as_string().label("purpose"))
        .join(campaigns, campaigns.c.id == attempts.c.campaign_id)
        .where(
            attempts.c.resident_id == resident_id,
            attempts.c.direction == Direction.OUTBOUND,
            attempts.c.rehearsal.is_(rehearsal),
            attempts.c.placed_at >= since,
            attempts.c.status.not_in([AttemptStatus.NOT_PLACED, AttemptStatus.CANCELLED]),
        )
        .order_by(attempts.c.placed_at.desc())
        .limit(1)
    )
    row = conn.execute(query).one_or_none()
    return None if row is None else EarlierCall(row.placed_at, row.purpose or "")


_OF_CALL = select(attempts.c.id).where(
    attempts.c.carrier_id == bindparam("its_call"), attempts.c.carrier == bindparam("its_carrier")
)


def attempt_of_call(conn: Connection, carrier: str, carrier_id: str) -> str | None:
    """The attempt that a carrier's call belongs to."""
    found: str | None = conn.execute(_OF_CALL, {"its_call": carrier_id, "its_carrier": carrier}).scalar_one_or_none()
    return found


def insert_call(conn: Connection, row: Mapping[str, Any]) -> bool:
    """Write down a call that came in; False when that was done before."""
    return bool(insert_new(conn, attempts, [row], returning=attempts.c.id))


def next_n(conn: Connection, target_id: int) -> int:
    """The number of the next attempt of a target that is locked."""
    latest = conn.execute(select(func.max(attempts.c.n)).where(attempts.c.target_id == target_id)).scalar_one()
    return (latest or 0) + 1


def say_who_calls(conn: Connection, attempt_id: str, **facts: Any) -> None:
    """Write down who calls and what about: resident, target and campaign, the number in the row, the dialogue."""
    conn.execute(update(attempts).where(attempts.c.id == attempt_id).values(**facts))


def calls_to_take_back(conn: Connection, carrier: str, number: str, resident_ids: Sequence[int]) -> list[str]:
    """The carrier's ids of our own calls that wait or ring for somebody who is calling us at this moment."""
    theirs = or_(attempts.c.number == number, attempts.c.resident_id.in_(list(resident_ids)))
    query = select(attempts.c.carrier_id).where(
        text(OPEN_CONDITION),
        attempts.c.direction == Direction.OUTBOUND,
        attempts.c.status.in_(_RINGS),
        attempts.c.carrier == carrier,
        attempts.c.carrier_id.is_not(None),
        theirs,
    )
    return list(conn.execute(query).scalars())
