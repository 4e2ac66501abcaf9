"""Apply what a carrier tells of many calls at once, each by itself."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from community.model.rulebook import Rulebook
from community.store.attempt_ids import attempt_beginning_with
from voice.carriers.base import CallEvent
from voice.engine.apply import apply_event

log = structlog.get_logger(__name__)


def apply_receipts(
    conn: Connection, receipts: Sequence[tuple[str, CallEvent]], *, carrier: str, rules: Rulebook, now: datetime
) -> None:
    """Apply receipts; one that fails, or that is of nobody's call, is logged and holds up no other.

    Args:
        receipts: what the attempt's id begins with, and what happened to its call.

    Raises:
        OperationalError: the database itself failed; the carrier sends them again.
    """
    found = [(attempt_beginning_with(conn, beginning, carrier), event) for beginning, event in receipts]
    unknown = sum(attempt_id is None for attempt_id, _ in found)
    if unknown:
        log.warning("receipts_of_nobody", carrier=carrier, count=unknown)
    # In one order everywhere, so that two batches never wait for each other.
    for attempt_id, event in sorted(((a, e) for a, e in found if a is not None), key=lambda each: each[0]):
        try:
            with conn.begin_nested():
                apply_event(conn, attempt_id, event, rules=rules, now=now)
        except OperationalError:
            raise
        except Exception:
            log.exception("receipt_not_applied", attempt=attempt_id, status=event.status)
