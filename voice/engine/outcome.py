"""How a call ended, by what the carrier says and what was said in it."""

from sqlalchemy import Connection

from community.model.calls.call import Outcome
from community.model.calls.retry import outcome_of_call
from community.store.answers import answered_in
from community.store.dialling import Attempt


def outcome_of(
    conn: Connection, attempt: Attempt, carrier_says: Outcome | None, *, answered_by: str | None = None
) -> Outcome | None:
    """Return the outcome of a call; whoever answered a question is no machine, whatever a detector thinks.

    Args:
        answered_by: what the detector says now, where the attempt does not hold it yet.
    """
    outcome = outcome_of_call(carrier_says, answered_by or attempt.answered_by, attempt.result)
    if outcome is Outcome.VOICEMAIL and answered_in(conn, attempt.id):
        return Outcome.ANSWERED
    return outcome
