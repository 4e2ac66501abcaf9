"""The pace that all workers share: one row a carrier, and one a campaign with a pace of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from community.model.calls.pacing import SLOWEST
from community.store.attempts import pace
from community.store.base import insert_new

#: A carrier that failed so often in a row rests, at first so long, doubled each time up to the longest.
FAILURES_TO_REST = 5
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=10)

#: An account that cannot place calls is tried again after this long.
ACCOUNT_REST = timedelta(minutes=1)

#: The pace of all lines together, which rests when a day's ceiling is reached.
DAY_POOL = "day"

#: After so long without a 429 the pace doubles again.
RECOVER_AFTER = timedelta(seconds=10)


# Built once: building them costs more than running them.
_ONE = select(pace).where(pace.c.pool == bindparam("its_pool"))
_LOCK_ONE = _ONE.with_for_update()
_FAILED = select(pace.c.failures, pace.c.fault).where(
    pace.c.pool == bindparam("its_pool"), (pace.c.failures > 0) | pace.c.fault.is_not(None)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Where one pace stands.

    Attributes:
        next_at: the next call may not start before.
        fault: why calls rest, in Chinese.
    """

    next_at: datetime
    owner: str
    slow_factor: float
    slowed_at: datetime | None
    failures: int
    resting_until: datetime | None
    fault: str | None

    def rests(self, now: datetime) -> bool:
        """Whether no call may start now."""
        return self.resting_until is not None and self.resting_until > now


def lock_pace(conn: Connection, pool: str, now: datetime) -> Pace:
    """Read a pace and hold it until the transaction ends, so that claims of all workers come one after the other."""
    row = conn.execute(_LOCK_ONE, {"its_pool": pool}).one_or_none()
    if row is None:
        insert_new(conn, pace, [{"pool": pool, "next_at": now}], returning=pace.c.pool)
        row = conn.execute(_LOCK_ONE, {"its_pool": pool}).one()
    return _pace(row)


def pace_of(conn: Connection, pool: str) -> Pace | None:
    """Read a pace without holding it; None when nothing was ever dialled with it."""
    row = conn.execute(_ONE, {"its_pool": pool}).one_or_none()
    return None if row is None else _pace(row)


def next_times(conn: Connection, pools: Sequence[str]) -> dict[str, datetime]:
    """When each of several paces allows the next call."""
    return {
        row.pool: row.next_at for row in conn.execute(select(pace.c.pool, pace.c.next_at).where(pace.c.pool.in_(pools)))
    }


def reserve(conn: Connection, pool: str, *, next_at: datetime, owner: str) -> None:
    """Write down that all slots before `next_at` are given out."""
    done = conn.execute(update(pace).where(pace.c.pool == pool).values(next_at=next_at, owner=owner))
    if done.rowcount == 0:
        insert_new(conn, pace, [{"pool": pool, "next_at": next_at, "owner": owner}], returning=pace.c.pool)


def recover(conn: Connection, pool: str, current: Pace, now: datetime) -> float:
    """Take back half of a slow-down that was not repeated; return the factor that holds now."""
    if current.slow_factor <= 1 or current.slowed_at is None or current.slowed_at + RECOVER_AFTER > now:
        return current.slow_factor
    factor = max(1.0, current.slow_factor / 2)
    conn.execute(update(pace).where(pace.c.pool == pool).values(slow_factor=factor, slowed_at=now))
    return factor


def slow_down(conn: Connection, pool: str, now: datetime) -> None:
    """Halve the pace because the carrier said 429; several within one second count once."""
    current = lock_pace(conn, pool, now)
    if current.slowed_at is not None and current.slowed_at > now - timedelta(seconds=1):
        return
    factor = min(SLOWEST, current.slow_factor * 2)
    next_at = max(current.next_at, now + timedelta(seconds=factor))
    conn.execute(update(pace).where(pace.c.pool == pool).values(slow_factor=factor, slowed_at=now, next_at=next_at))


def count_failure(conn: Connection, pool: str, now: datetime, fault: str) -> bool:
    """Count a failure of the carrier; return whether it begins to rest because of this one."""
    current = lock_pace(conn, pool, now)
    if current.rests(now):
        return False
    failures = current.failures + 1
    values: dict[str, object] = {"failures": failures}
    if failures >= FAILURES_TO_REST:
        values["resting_until"] = now + min(LONGEST_REST, FIRST_REST * 2 ** (failures - FAILURES_TO_REST))
        values["fault"] = fault
    conn.execute(update(pace).where(pace.c.pool == pool).values(values))
    return failures == FAILURES_TO_REST


def rest_account(conn: Connection, pool: str, now: datetime, fault: str) -> bool:
    """Rest because the account cannot place calls; return whether this fault is news."""
    current = lock_pace(conn, pool, now)
    until = now + ACCOUNT_REST
    conn.execute(update(pace).where(pace.c.pool == pool).values(resting_until=until, fault=fault))
    return current.fault != fault


def rest_until(conn: Connection, pool: str, until: datetime, fault: str) -> None:
    """Rest until a moment."""
    conn.execute(update(pace).where(pace.c.pool == pool).values(resting_until=until, fault=fault))


def clear_failures(conn: Connection, pool: str) -> bool:
    """Forget past failures because the carrier works; return whether calls had rested because of them."""
    row = conn.execute(_FAILED, {"its_pool": pool}).one_or_none()
    if row is None:
        return False
    conn.execute(update(pace).where(pace.c.pool == pool).values(failures=0, resting_until=None, fault=None))
    return bool(row.failures >= FAILURES_TO_REST)


def number_pool(number: str) -> str:
    """The name of the pace of one of our numbers."""
    return f"number:{number}"


def campaign_pool(campaign_id: int) -> str:
    """The name of a campaign's own pace."""
    return f"campaign:{campaign_id}"


def write_campaign_paces(conn: Connection, next_times_by_campaign: Mapping[int, datetime], owner: str) -> None:
    """Write down when each campaign with a pace of its own may start its next call."""
    for campaign_id, next_at in next_times_by_campaign.items():
        reserve(conn, campaign_pool(campaign_id), next_at=next_at, owner=owner)


def _pace(row: Row[Any]) -> Pace:
    return Pace(
        next_at=row.next_at,
        owner=row.owner,
        slow_factor=row.slow_factor,
        slowed_at=row.slowed_at,
        failures=row.failures,
        resting_until=row.resting_until,
        fault=row.fault,
    )
