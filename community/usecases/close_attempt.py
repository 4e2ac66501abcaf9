"""End an attempt and draw the consequences, both or neither."""

from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from community.model.calls.call import AttemptStatus, Outcome
from community.model.rulebook import Rulebook
from community.store.dialling import Attempt, move_attempt
from community.usecases.resolve_attempt import resolve_attempt

_FIELDS = frozenset(field.name for field in fields(Attempt))


def close_attempt(
    conn: Connection,
    attempt: Attempt,
    to: AttemptStatus,
    *,
    outcome: Outcome | None,
    rules: Rulebook,
    now: datetime,
    again_at: datetime | None = None,
    unknowable: bool = False,
    **facts: Any,
) -> bool:
    """Make an attempt final if it still stands as given; return whether it did.

    Args:
        attempt: as it was read, and is held, in this transaction.
        outcome: None where nobody was rung and no attempt is used up.
        again_at: for the latter, when the next attempt may be made.
        unknowable: nobody can be asked whether it rang: it is not dialled again.
        facts: further columns of the attempt.
    """
    changes = {"outcome": outcome, "ended_at": now, "check_at": None, "lease_until": None, **facts}
    moved = move_attempt(conn, attempt, to, **changes)
    if moved:
        known = {name: value for name, value in changes.items() if name in _FIELDS}
        resolve_attempt(
            conn, replace(attempt, status=to, **known), rules=rules, now=now, again_at=again_at, unknowable=unknowable
        )
    return moved
