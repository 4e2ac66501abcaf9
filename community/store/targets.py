"""Targets as the engine reads and moves them: who is due, who waits, who is resolved and how."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, func, insert, select, update

from community.model.address import Address
from community.model.calls.call import CallResult, Outcome
from community.model.calls.campaign import CampaignStatus, TargetStatus
from community.model.calls.dialling import Callee
from community.store.base import update_row
from community.store.campaigns import campaigns, targets
from community.store.residents import households, phones, residents

_CHUNK = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What must be known of a resident to call them.

    Attributes:
        guardian_phone: E.164 of the guardian; empty where there is none that is any good.
    """

    resident_id: int
    sample: bool
    opted_out: bool
    preferred_hours: str
    guardian_phone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DueTarget:
    """A target whose time has come, and whose it is."""

    id: int
    next_at: datetime
    phone_position: int
    person: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A target as it stands.

    Attributes:
        written_result: what a channel other than a call made of it already; None while none did.
    """

    id: int
    campaign_id: int
    resident_id: int
    status: TargetStatus
    outcome_counts: Mapping[Outcome, int]
    attempts: int
    phone_position: int
    case_id: int | None
    written_result: CallResult | None = None


def phones_of(conn: Connection, resident_ids: Sequence[int]) -> dict[int, list[Callee]]:
    """The good numbers of residents, in the order they are called; wrong and dead ones are left out."""
    found: dict[int, list[Callee]] = {}
    for chunk in _chunks(resident_ids):
        query = (
            select(phones.c.resident_id, phones.c.number, phones.c.position)
            .where(phones.c.resident_id.in_(chunk), phones.c.status == "ok")
            .order_by(phones.c.position)
        )
        for row in conn.execute(query):
            found.setdefault(row.resident_id, []).append(Callee(row.number, row.position))
    return found


def residents_with_phones(conn: Connection, resident_ids: Sequence[int]) -> set[int]:
    """Those who have any number at all, good or not."""
    found: set[int] = set()
    for chunk in _chunks(resident_ids):
        found.update(conn.execute(select(phones.c.resident_id).where(phones.c.resident_id.in_(chunk))).scalars())
    return found


def insert_targets(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write a campaign's targets; a resident is in a campaign once."""
    for start in range(0, len(rows), _CHUNK):
        conn.execute(insert(targets), [dict(row) for row in rows[start : start + _CHUNK]])


def due_targets(conn: Connection, campaign_id: int, now: datetime, limit: int) -> list[DueTarget]:
    """Targets of a campaign that may be called now, and nobody else is at: promised calls first, then longest waiting."""
    promised = _due(conn, campaign_id, now, limit, targets.c.promised_at <= now)
    if len(promised) == limit:
        return promised
    kept = targets.c.id.not_in([each.id for each in promised])
    return promised + _due(conn, campaign_id, now, limit - len(promised), kept)


def _due(conn: Connection, campaign_id: int, now: datetime, limit: int, more: ColumnElement[bool]) -> list[DueTarget]:
    query = (
        persons_query(targets.c.id.label("target_id"), targets.c.next_at, targets.c.phone_position)
        .join(targets, targets.c.resident_id == residents.c.id)
        .where(
            targets.c.campaign_id == campaign_id,
            targets.c.status == TargetStatus.WAITING,
            targets.c.next_at <= now,
            more,
        )
        .order_by(targets.c.next_at, targets.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=targets)
    )
    return [
        DueTarget(id=row.target_id, next_at=row.next_at, phone_position=row.phone_position, person=person_from(row))
        for row in conn.execute(query)
    ]


def has_due_targets(conn: Connection, campaign_ids: Sequence[int], now: datetime) -> bool:
    """Whether anybody of these campaigns may be called now."""
    for campaign_id in campaign_ids:
        due = (
            targets.c.campaign_id == campaign_id,
            targets.c.status == TargetStatus.WAITING,
            targets.c.next_at <= now,
        )
        if conn.execute(select(targets.c.id).where(*due).limit(1)).first() is not None:
            return True
    return False


def defer_targets(conn: Connection, later: Mapping[int, datetime]) -> None:
    """Put waiting targets off."""
    if later:
        waiting = (targets.c.id == bindparam("t_id"), targets.c.status == TargetStatus.WAITING)
        rows = [{"t_id": target_id, "t_at": moment} for target_id, moment in later.items()]
        conn.execute(update(targets).where(*waiting).values(next_at=bindparam("t_at")), rows)


def exclude_targets(conn: Connection, reasons: Mapping[int, str], now: datetime) -> None:
    """Resolve waiting targets that are not to be called, each for its reason."""
    if reasons:
        waiting = (targets.c.id == bindparam("t_id"), targets.c.status == TargetStatus.WAITING)
        values = {"status": TargetStatus.EXCLUDED, "reason": bindparam("t_why"), "resolved_at": now, "next_at": None}
        rows = [{"t_id": target_id, "t_why": reason} for target_id, reason in reasons.items()]
        conn.execute(update(targets).where(*waiting).values(values), rows)


def exclude_waiting(
    conn: Connection,
    *,
    reason: str,
    now: datetime,
    campaign_id: int | None = None,
    resident_id: int | None = None,
) -> int:
    """Resolve every waiting target of a campaign, or of a resident; return how many there were."""
    wanted: list[ColumnElement[bool]] = [targets.c.status == TargetStatus.WAITING]
    if campaign_id is not None:
        wanted.append(targets.c.campaign_id == campaign_id)
    if resident_id is not None:
        wanted.append(targets.c.resident_id == resident_id)
    values = {"status": TargetStatus.EXCLUDED, "reason": reason, "resolved_at": now, "next_at": None}
    return conn.execute(update(targets).where(*wanted).values(values)).rowcount


def exclude_cancelled(conn: Connection, reason: str, now: datetime) -> int:
    """Resolve targets that came back to wait while their campaign was being cancelled; return how many there were."""
    cancelled = select(campaigns.c.id).where(campaigns.c.status == CampaignStatus.CANCELLED)
    waiting = (targets.c.status == TargetStatus.WAITING, targets.c.campaign_id.in_(cancelled))
    values = {"status": TargetStatus.EXCLUDED, "reason": reason, "resolved_at": now, "next_at": None}
    return conn.execute(update(targets).where(*waiting).values(values)).rowcount


def start_calling(conn: Connection, target_ids: Sequence[int]) -> None:
    """Mark waiting targets as being called."""
    if target_ids:
        waiting = (targets.c.id.in_(list(target_ids)), targets.c.status == TargetStatus.WAITING)
        conn.execute(update(targets).where(*waiting).values(status=TargetStatus.CALLING, next_at=None))


def target_by_id(conn: Connection, target_id: int, *, lock: bool = False) -> Target:
    """The target with that id."""
    return _target(conn.execute(_LOCK_ONE if lock else _ONE, {"target": target_id}).one())


def target_of_resident(conn: Connection, campaign_id: int, resident_id: int) -> int | None:
    """The target that a resident is in a campaign; None where they are not in it."""
    theirs = (targets.c.campaign_id == campaign_id, targets.c.resident_id == resident_id)
    return conn.execute(select(targets.c.id).where(*theirs)).scalar_one_or_none()


def settled_in_writing(conn: Connection, target_ids: Collection[int]) -> set[int]:
    """Of these targets, those that another channel than a call settled: nobody rings for them any more."""
    return set(conn.execute(_SETTLED, {"ids": list(target_ids)}).scalars())


def move_target(conn: Connection, before: Target, to: TargetStatus, **changes: Any) -> bool:
    """Move a target that still stands as `before` says; return whether it did."""
    still = {"id": before.id, "status": before.status}
    return update_row(conn, targets, where=still, to={"status": to, **changes})


def settle_with_case(conn: Connection, before: Target, case_id: int, reason: str, now: datetime) -> bool:
    """Hand a target over to a person; return whether it still stood as `before` says."""
    changes = {"next_at": None, "case_id": case_id, "reason": reason, "resolved_at": now}
    return move_target(conn, before, TargetStatus.CASE, **changes)


def waiting_targets(conn: Connection, campaign_id: int, limit: int, *, but: Sequence[int] = ()) -> list[Target]:
    """Targets of a campaign that still wait, whenever their turn would come, and nobody else is at.

    Args:
        but: these are left out.
    """
    waiting = (
        targets.c.campaign_id == campaign_id,
        targets.c.status == TargetStatus.WAITING,
        targets.c.id.not_in(list(but)),
    )
    query = select(targets).where(*waiting).order_by(targets.c.next_at).limit(limit).with_for_update(skip_locked=True)
    return [_target(row) for row in conn.execute(query)]


def home_of(conn: Connection, resident_id: int) -> tuple[Address, str]:
    """Where a resident lives, and their grid."""
    query = (
        select(households)
        .join(residents, residents.c.household_id == households.c.id)
        .where(residents.c.id == resident_id)
    )
    row = conn.execute(query).one()
    return Address(row.community, row.building, row.unit, row.room), row.grid


def person_of(conn: Connection, resident_id: int) -> Person:
    """What must be known of one resident to call them."""
    return person_from(conn.execute(_PERSON, {"resident": resident_id}).one())


def persons_of(conn: Connection, resident_ids: Sequence[int]) -> dict[int, Person]:
    """What must be known of residents to call them, by id."""
    found = conn.execute(_PERSONS, {"residents": list(resident_ids)})
    return {row.resident_id: person_from(row) for row in found}


def mark_phone(conn: Connection, resident_id: int, number: str, status: str, now: datetime) -> None:
    """Mark a resident's number, or their guardian's, as `wrong` or `not_in_service`."""
    theirs = (residents.c.id == resident_id, residents.c.guardian_phone == number)
    conn.execute(update(residents).where(*theirs).values(guardian_bad_number=number))
    good = (phones.c.resident_id == resident_id, phones.c.number == number, phones.c.status == "ok")
    conn.execute(update(phones).where(*good).values(status=status, status_changed_at=now))


def mark_guardian_number(conn: Connection, number: str, *, sample: bool) -> list[int]:
    """Mark a number as no good for everybody whose guardian has it; return those for whom it was not yet, in order.

    Args:
        sample: only people of the sample community, or only real ones.
    """
    theirs = (
        residents.c.guardian_phone == number,
        residents.c.guardian_bad_number != number,
        residents.c.sample.is_(sample),
    )
    marked = update(residents).where(*theirs).values(guardian_bad_number=number).returning(residents.c.id)
    return sorted(conn.execute(marked).scalars())


def count_targets(conn: Connection, campaign_id: int) -> dict[TargetStatus, int]:
    """How many targets of a campaign there are in each status."""
    query = (
        select(targets.c.status, func.count().label("n"))
        .where(targets.c.campaign_id == campaign_id)
        .group_by(targets.c.status)
    )
    return {TargetStatus(row.status): row.n for row in conn.execute(query)}


def count_reasons(conn: Connection, campaign_id: int) -> dict[str, int]:
    """Why targets of a campaign are excluded, and how many for each reason."""
    query = (
        select(targets.c.reason, func.count().label("n"))
        .where(targets.c.campaign_id == campaign_id, targets.c.status == TargetStatus.EXCLUDED)
        .group_by(targets.c.reason)
    )
    return {row.reason or "": row.n for row in conn.execute(query)}


def persons_query(*more: Any) -> Select[Any]:
    """Reads people as `person_from` takes them."""
    return select(
        residents.c.id.label("resident_id"),
        residents.c.sample,
        residents.c.opted_out_at,
        residents.c.preferred_hours,
        residents.c.guardian_phone,
        residents.c.guardian_bad_number,
        *more,
    ).select_from(residents)


# Built once: every call runs these, and building them costs more than running them.
_ONE = select(targets).where(targets.c.id == bindparam("target"))
_LOCK_ONE = _ONE.with_for_update()
_SETTLED = select(targets.c.id).where(
    targets.c.id.in_(bindparam("ids", expanding=True)), targets.c.written_result.is_not(None)
)
_PERSON = persons_query().where(residents.c.id == bindparam("resident"))
_PERSONS = persons_query().where(residents.c.id.in_(bindparam("residents", expanding=True)))


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]


def person_from(row: Row[Any]) -> Person:
    """One row of `persons_query`."""
    return Person(
        resident_id=row.resident_id,
        sample=row.sample,
        opted_out=row.opted_out_at is not None,
        preferred_hours=row.preferred_hours,
        guardian_phone="" if row.guardian_phone == row.guardian_bad_number else row.guardian_phone,
    )


def _target(row: Row[Any]) -> Target:
    return Target(
        id=row.id,
        campaign_id=row.campaign_id,
        resident_id=row.resident_id,
        status=TargetStatus(row.status),
        outcome_counts={Outcome(name): count for name, count in row.outcome_counts.items()},
        attempts=row.attempts,
        phone_position=row.phone_position,
        case_id=row.case_id,
        written_result=None if row.written_result is None else CallResult(row.written_result),
    )
