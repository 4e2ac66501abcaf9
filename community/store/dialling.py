"""Attempts as the engine reads and moves them: claimed, bound to the carrier's call, moved by events, asked about."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, or_, select, text, update

from community.errors import NotFound
from community.model.calls.call import Aim, AttemptStatus, CallResult, Direction, Outcome, may_move
from community.store.attempts import OPEN_CONDITION, attempts, call_events
from community.store.base import insert_new, update_row

#: An attempt whose fate is unknown for longer than this blocks its number, but no line any more.
_UNKNOWN_HOLDS_A_LINE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One dialling, as it stands.

    Attributes:
        target_id, campaign_id, resident_id: empty for a call that came in, as long as it is about nothing we ask, or from
            somebody we do not know.
        waits_until: when the target of a call that came in was to be called anyhow.
        transferred: the duty phone picked up.
        records: the resident agreed to be recorded (True) or took that back, or never agreed (False); None unasked.
        result: what the script made of the conversation so far.
        callback_at: when the resident asked to be called.
        case_id: the case, opened in the call, that takes over the target.
    """

    id: str
    token: str
    direction: Direction
    target_id: int | None
    campaign_id: int | None
    resident_id: int | None
    n: int
    number: str
    from_number: str
    carrier: str
    carrier_id: str | None
    status: AttemptStatus
    outcome: Outcome | None
    sequence: int
    fence: int
    lease_until: datetime | None
    answered_by: str | None
    result: CallResult | None
    callback_at: datetime | None
    case_id: int | None
    waits_until: datetime | None
    transferred: bool
    records: bool | None
    recording: Mapping[str, Any] | None
    rehearsal: bool
    created_at: datetime
    placed_at: datetime | None
    ringing_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    check_at: datetime | None
    asks: int
    error_code: str | None

    @property
    def aim(self) -> Aim | None:
        """Whom it is about; None for a call that came in and is about nothing we ask."""
        return Aim.of(self.target_id, self.campaign_id, self.resident_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What became of one POST that the carrier accepted."""

    attempt_id: str
    fence: int
    carrier_id: str
    placed_at: datetime
    check_at: datetime


# Built once: every webhook runs some of these, and building them costs more than running them.
_ONE = select(attempts).where(attempts.c.id == bindparam("attempt"))
_LOCK_ONE = _ONE.with_for_update()
_SEVERAL = select(attempts).where(attempts.c.id.in_(bindparam("ids", expanding=True)))
_NEWEST = (
    select(attempts.c.id).where(attempts.c.target_id == bindparam("target")).order_by(attempts.c.n.desc()).limit(1)
)
_KNOWN = select(attempts.c.carrier_id).where(attempts.c.carrier_id.in_(bindparam("ids", expanding=True)))
_CALLING_US = select(attempts.c.number, attempts.c.resident_id).where(
    text(OPEN_CONDITION),
    attempts.c.direction == Direction.INBOUND,
    or_(
        attempts.c.number.in_(bindparam("numbers", expanding=True)),
        attempts.c.resident_id.in_(bindparam("people", expanding=True)),
    ),
)


def find_attempt(conn: Connection, attempt_id: str, *, lock: bool = False) -> Attempt | None:
    """The attempt with that id; None when there is none.

    Args:
        lock: nobody else may change it until the transaction ends.
    """
    row = conn.execute(_LOCK_ONE if lock else _ONE, {"attempt": attempt_id}).one_or_none()
    return None if row is None else _attempt(row)


def attempt_by_id(conn: Connection, attempt_id: str, *, lock: bool = False) -> Attempt:
    """The attempt with that id.

    Raises:
        NotFound: there is none.
    """
    attempt = find_attempt(conn, attempt_id, lock=lock)
    if attempt is None:
        raise NotFound("没有这一次呼叫：链接可能已失效")
    return attempt


def attempts_by_id(conn: Connection, ids: Collection[str]) -> dict[str, Attempt]:
    """These attempts as they stand now, by id."""
    return {row.id: _attempt(row) for row in conn.execute(_SEVERAL, {"ids": list(ids)})}


def newest_attempt_id(conn: Connection, target_id: int) -> str | None:
    """The last attempt made for a target."""
    newest: str | None = conn.execute(_NEWEST, {"target": target_id}).scalar_one_or_none()
    return newest


def move_attempt(conn: Connection, before: Attempt, to: AttemptStatus, **changes: Any) -> bool:
    """Move an attempt that still stands as `before` says; return whether it did."""
    if not may_move(before.status, to):
        return False
    still = {"id": before.id, "status": before.status, "fence": before.fence}
    return update_row(conn, attempts, where=still, to={"status": to, **changes})


def note_on_attempt(conn: Connection, attempt_id: str, **facts: Any) -> None:
    """Write down facts about an attempt that do not move it."""
    update_row(conn, attempts, where={"id": attempt_id}, to=facts)


def correct_outcome(conn: Connection, attempt_id: str, *, was: Outcome, now_is: Outcome) -> bool:
    """Correct how a finished attempt ended, because the machine detector spoke late."""
    ended = (attempts.c.id == attempt_id, attempts.c.status == AttemptStatus.ENDED, attempts.c.outcome == was)
    return conn.execute(update(attempts).where(*ended).values(outcome=now_is)).rowcount == 1


def record_event(
    conn: Connection, attempt_id: str, *, key: str, kind: str, detail: Mapping[str, Any], at: datetime
) -> int | None:
    """Store a callback once, as one that moves its call; return its id, or None when it was stored before."""
    values = {"attempt_id": attempt_id, "key": key[:120], "kind": kind, "detail": dict(detail), "at": at}
    stored = insert_new(conn, call_events, [{**values, "applied": True}], returning=call_events.c.id)
    return stored[0] if stored else None


def mark_not_applied(conn: Connection, event_id: int) -> None:
    """Say that a stored callback came too late to move its call, or is another call's."""
    update_row(conn, call_events, where={"id": event_id}, to={"applied": False})


def insert_attempts(conn: Connection, rows: Sequence[Mapping[str, Any]]) -> set[str]:
    """Insert attempts, except those whose number is being dialled already; return the ids inserted."""
    return set(insert_new(conn, attempts, rows, returning=attempts.c.id))


def bind_placed(conn: Connection, bindings: Sequence[Binding]) -> None:
    """Save the carrier's ids; a claim that is no longer the worker's own is left alone, a callback's word stands."""
    if not bindings:
        return
    rows = [
        {"b_id": b.attempt_id, "b_fence": b.fence, "b_cid": b.carrier_id, "b_at": b.placed_at, "b_check": b.check_at}
        for b in bindings
    ]
    mine = (attempts.c.id == bindparam("b_id"), attempts.c.fence == bindparam("b_fence"))
    facts: dict[str, Any] = {"carrier_id": bindparam("b_cid"), "placed_at": bindparam("b_at")}
    placing = (*mine, attempts.c.status == AttemptStatus.PLACING)
    values = {**facts, "status": AttemptStatus.PLACED, "check_at": bindparam("b_check")}
    done = conn.execute(update(attempts).where(*placing).values(values), rows)
    if done.rowcount != len(rows):
        conn.execute(update(attempts).where(*mine, attempts.c.carrier_id.is_(None)).values(facts), rows)


def expire_leases(conn: Connection, now: datetime) -> list[str]:
    """Turn attempts whose worker went silent into `unknown`; the fence rises, so that it cannot write any more."""
    silent = (attempts.c.status == AttemptStatus.PLACING, attempts.c.lease_until < now)
    fresh = {"status": AttemptStatus.UNKNOWN, "fence": attempts.c.fence + 1, "check_at": now}
    return list(conn.execute(update(attempts).where(*silent).values(fresh).returning(attempts.c.id)).scalars())


def take_checks(
    conn: Connection,
    carrier: str,
    statuses: Collection[AttemptStatus],
    *,
    now: datetime,
    next_check: datetime,
    limit: int,
) -> list[Attempt]:
    """Take attempts about which the carrier is to be asked; nobody else takes them before `next_check`."""
    due = (
        select(attempts)
        .where(attempts.c.status.in_(list(statuses)), attempts.c.check_at <= now, attempts.c.carrier == carrier)
        .order_by(attempts.c.check_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = [_attempt(row) for row in conn.execute(due)]
    if taken:
        ids = [attempt.id for attempt in taken]
        conn.execute(update(attempts).where(attempts.c.id.in_(ids)).values(check_at=next_check))
    return taken


def hasten_checks(conn: Connection, carrier: str, statuses: Collection[AttemptStatus], *, at: datetime) -> None:
    """Have the carrier asked about all its calls at a moment, those of a later check too."""
    later = (attempts.c.status.in_(list(statuses)), attempts.c.check_at > at, attempts.c.carrier == carrier)
    conn.execute(update(attempts).where(*later).values(check_at=at))


def carrier_ids_known(conn: Connection, carrier_ids: Collection[str]) -> set[str]:
    """Which of the carrier's calls already belong to an attempt."""
    return set(conn.execute(_KNOWN, {"ids": list(carrier_ids)}).scalars())


def calling_us(conn: Connection, numbers: Collection[str], resident_ids: Collection[int]) -> tuple[set[str], set[int]]:
    """Of these numbers and residents, those that are on the line because they rang us."""
    rows = conn.execute(_CALLING_US, {"numbers": list(numbers), "people": list(resident_ids)}).all()
    return {row.number for row in rows}, {row.resident_id for row in rows if row.resident_id is not None}


def hand_on_call(conn: Connection, carrier_id: str, to: Attempt) -> None:
    """Let a call that was given up belong to the next attempt of its target, with whatever was said in it."""
    given_up = (
        attempts.c.carrier_id == carrier_id,
        attempts.c.target_id == to.target_id,
        attempts.c.id != to.id,
        attempts.c.outcome == Outcome.UNKNOWN,
    )
    said = conn.execute(select(attempts.c.dialogue).where(*given_up)).scalar_one_or_none()
    if said is not None:
        conn.execute(update(attempts).where(*given_up).values(carrier_id=None))
        note_on_attempt(conn, to.id, dialogue=said)


def live_calls(conn: Connection, carrier: str, now: datetime) -> dict[int, int]:
    """How many calls of each campaign hold a line of that carrier; those of no campaign count under 0."""
    holds_a_line = or_(attempts.c.status != AttemptStatus.UNKNOWN, attempts.c.created_at > now - _UNKNOWN_HOLDS_A_LINE)
    rows = conn.execute(
        select(func.coalesce(attempts.c.campaign_id, 0).label("campaign_id"), func.count().label("live"))
        .where(text(OPEN_CONDITION), attempts.c.carrier == carrier, holds_a_line)
        .group_by(attempts.c.campaign_id)
    )
    return {row.campaign_id: row.live for row in rows}


def queued_calls(conn: Connection, carrier: str, limit: int) -> list[Attempt]:
    """Calls that the carrier accepted and that do not ring yet."""
    queued = (attempts.c.status == AttemptStatus.PLACED, attempts.c.carrier == carrier)
    query = select(attempts).where(*queued, attempts.c.carrier_id.is_not(None)).limit(limit)
    return [_attempt(row) for row in conn.execute(query)]


def _attempt(row: Row[Any]) -> Attempt:
    dialogue = row.dialogue or {}
    result, callback_at, waits_until = (dialogue.get(key) for key in ("result", "callback_at", "waits_until"))
    return Attempt(
        id=row.id,
        token=row.token,
        direction=Direction(row.direction),
        target_id=row.target_id,
        campaign_id=row.campaign_id,
        resident_id=row.resident_id,
        n=row.n,
        number=row.number,
        from_number=row.from_number,
        carrier=row.carrier,
        carrier_id=row.carrier_id,
        status=AttemptStatus(row.status),
        outcome=None if row.outcome is None else Outcome(row.outcome),
        sequence=row.sequence,
        fence=row.fence,
        lease_until=row.lease_until,
        answered_by=row.answered_by,
        result=CallResult(result) if result else None,
        callback_at=datetime.fromisoformat(callback_at) if callback_at else None,
        case_id=dialogue.get("case_id"),
        waits_until=datetime.fromisoformat(waits_until) if waits_until else None,
        transferred=bool(dialogue.get("transferred")),
        records=dialogue.get("consent"),
        recording=row.recording,
        rehearsal=row.rehearsal,
        created_at=row.created_at,
        placed_at=row.placed_at,
        ringing_at=row.ringing_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        check_at=row.check_at,
        asks=row.asks,
        error_code=row.error_code,
    )
