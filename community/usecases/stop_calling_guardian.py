"""A guardian does not want to be called: their number is left alone, and staff find another contact for the resident."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.cases.case import CaseKind
from community.model.phone import mask
from community.model.rulebook import Rulebook
from community.store import audit
from community.store.calls import RunningCall
from community.store.targets import mark_phone
from community.usecases.case_of_call import case_of_call
from community.usecases.leave_guardian_alone import leave_guardian_alone
from community.usecases.open_case import OpenedCase, open_case


def stop_calling_guardian(
    conn: Connection, call: RunningCall, *, rules: Rulebook, actor: Actor, now: datetime
) -> OpenedCase:
    """Call that guardian no more, for nobody; the resident has not opted out and is called as before.

    Returns:
        The list-check case; the same for the same call.
    """
    assert call.resident_id is not None, "a guardian is somebody's"  # noqa: S101 - the script asked for a resident
    mark_phone(conn, call.resident_id, call.number, "wrong", now)
    subject, detail = f"resident:{call.resident_id}", {"number": mask(call.number)}
    audit.append(conn, at=now, actor=actor, action="guardian.opted_out", subject=subject, detail=detail)
    others = leave_guardian_alone(conn, call, action="guardian.opted_out", actor=actor, now=now)
    new = case_of_call(
        call,
        CaseKind.LIST_CHECK,
        source_key=f"attempt:{call.attempt_id}:guardian_opted_out",
        summary="紧急联系人要求不再来电，请另找联系人",
        description=others,
    )
    return open_case(conn, new, rules=rules, actor=actor, now=now)
