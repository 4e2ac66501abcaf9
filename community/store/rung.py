"""Who is on the telephone, who was rung and when, and how the last try ended: what decides whether somebody is called now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, and_, case, func, or_, select, text

from community.model.calls.call import AttemptStatus, Direction, Outcome
from community.store.attempts import OPEN_CONDITION, attempts

_NOT_RUNG_OUTCOMES = (Outcome.NOT_IN_SERVICE, Outcome.CARRIER_ERROR)


@dataclass(frozen=True, slots=True)
class LastTry:
    """The last attempt of a target: its place in the row of tries, and what call of it may still be about.

    Attributes:
        doubtful_since: the carrier never said whether it took a call then.
        doubtful_call: the carrier's id of a call that it took, and later knew nothing of.
    """

    n: int
    doubtful_since: datetime | None
    doubtful_call: str | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """When phones were really rung, or may have been: by resident, and by number for whomever it was."""

    people: Mapping[int, Sequence[datetime]]
    numbers: Mapping[str, Sequence[datetime]]

    def of(self, resident_id: int, number: str) -> tuple[Sequence[datetime], Sequence[datetime]]:
        """The calls that count for one person, and those that count for the telephone they would be called on."""
        return self.people.get(resident_id, ()), self.numbers.get(number, ())


def busy_people(conn: Connection, numbers: Collection[str], resident_ids: Collection[int]) -> tuple[set[str], set[int]]:
    """Of these numbers and residents, those that are being called now."""
    of_interest = or_(attempts.c.number.in_(list(numbers)), attempts.c.resident_id.in_(list(resident_ids)))
    query = select(attempts.c.number, attempts.c.resident_id).where(text(OPEN_CONDITION), of_interest)
    rows = conn.execute(query).all()
    return {row.number for row in rows}, {row.resident_id for row in rows if row.resident_id is not None}


def rung_since(conn: Connection, resident_ids: Collection[int], numbers: Collection[str], since: datetime) -> Rung:
    """When each resident was really rung, and each number for whomever it was, or may have been, over all campaigns."""
    cancelled = attempts.c.status == AttemptStatus.CANCELLED
    when = case(
        # It may have left the carrier's queue at any moment until it was taken back; its ringing is told late.
        (cancelled, func.coalesce(attempts.c.ringing_at, attempts.c.ended_at, attempts.c.created_at)),
        else_=func.coalesce(attempts.c.ringing_at, attempts.c.answered_at, attempts.c.placed_at, attempts.c.created_at),
    )
    never_taken = and_(cancelled, attempts.c.placed_at.is_(None), attempts.c.ringing_at.is_(None))
    rows = conn.execute(
        select(attempts.c.resident_id, attempts.c.number, when.label("rung_at")).where(
            or_(attempts.c.resident_id.in_(list(resident_ids)), attempts.c.number.in_(list(numbers))),
            attempts.c.created_at >= since,
            attempts.c.direction == Direction.OUTBOUND,
            attempts.c.rehearsal.is_(False),
            attempts.c.status != AttemptStatus.NOT_PLACED,
            ~never_taken,
            or_(attempts.c.outcome.is_(None), attempts.c.outcome.not_in(_NOT_RUNG_OUTCOMES)),
        )
    )
    by_person: dict[int, list[datetime]] = {}
    by_number: dict[str, list[datetime]] = {}
    for row in rows:
        by_person.setdefault(row.resident_id, []).append(row.rung_at)
        by_number.setdefault(row.number, []).append(row.rung_at)
    return Rung(by_person, by_number)


def last_tries(conn: Connection, target_ids: Collection[int]) -> dict[int, LastTry]:
    """The last attempt of each of these targets that has one."""
    rows = conn.execute(
        select(
            attempts.c.target_id,
            attempts.c.n,
            attempts.c.direction,
            attempts.c.outcome,
            attempts.c.carrier_id,
            attempts.c.created_at,
        )
        .where(attempts.c.target_id.in_(list(target_ids)))
        .order_by(attempts.c.n)
    )
    tries: dict[int, LastTry] = {}
    for row in rows:
        before = tries.get(row.target_id)
        if row.direction == Direction.INBOUND:
            # That they rang us does not say whether our own call before it rang them.
            tries[row.target_id] = replace(before, n=row.n) if before else LastTry(row.n, None)
        elif row.outcome == Outcome.UNKNOWN:
            lost_reply = row.carrier_id is None
            tries[row.target_id] = LastTry(row.n, row.created_at if lost_reply else None, row.carrier_id)
        elif before and row.outcome is None:
            tries[row.target_id] = replace(before, n=row.n)
        else:
            tries[row.target_id] = LastTry(row.n, None)
    return tries
