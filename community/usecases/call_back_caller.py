"""Have somebody call back who rang us, wanted to speak with a person, and reached nobody."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.calls.call import CallResult
from community.model.cases.case import CaseKind, NewCase, Priority
from community.model.rulebook import Rulebook
from community.store import calls
from community.store.dialling import Attempt
from community.usecases.open_case import open_case
from community.usecases.take_message import whose_phone

_ENGINE = Actor.system("engine")


def call_back_caller(conn: Connection, attempt: Attempt, *, rules: Rulebook, now: datetime) -> int | None:
    """Open the case where one is needed, for a call that is over and was about nothing we ask; return its id."""
    call = calls.running_call(conn, attempt.id)
    if call is None or attempt.result is not CallResult.HUMAN or attempt.transferred:
        return None
    new = NewCase(
        kind=CaseKind.CALLBACK,
        source_key=f"attempt:{attempt.id}:human",
        summary="居民打来电话，要和工作人员说，请回电",
        description="\n".join(whose_phone(call)),
        priority=Priority.URGENT,
        address=call.address,
        grid=call.grid or None,
        resident_id=call.resident_id,
        attempt_id=attempt.id,
        rehearsal=attempt.rehearsal,
    )
    return open_case(conn, new, rules=rules, actor=_ENGINE, now=now).id
