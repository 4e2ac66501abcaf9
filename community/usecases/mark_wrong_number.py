"""Mark a number as somebody else's: it is not dialled for this resident again, and staff correct the list."""

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

_OWN = "登记的电话不是本人的，请核对名册"
_GUARDIANS = "登记的紧急联系人电话不对，请核对名册"


def mark_wrong_number(
    conn: Connection,
    call: RunningCall,
    *,
    said: str,
    rules: Rulebook,
    actor: Actor,
    now: datetime,
) -> OpenedCase:
    """Mark the number that a call dialled, a guardian's for everybody who has it, and have the list checked.

    Args:
        said: what the person who picked up said.

    Returns:
        The list-check case; the same for the same call.
    """
    assert call.resident_id is not None, "a wrong number is somebody's"  # noqa: S101 - the script asked for a resident
    mark_phone(conn, call.resident_id, call.number, "wrong", now)
    detail = {"number": mask(call.number)}
    audit.append(conn, at=now, actor=actor, action="phone.wrong", subject=f"resident:{call.resident_id}", detail=detail)
    others = leave_guardian_alone(conn, call, action="phone.wrong", actor=actor, now=now) if call.is_guardians else ""
    new = case_of_call(
        call,
        CaseKind.LIST_CHECK,
        source_key=f"attempt:{call.attempt_id}:wrong_number",
        summary=_GUARDIANS if call.is_guardians else _OWN,
        description="\n".join(filter(None, [f"接电话的人说：{said}", others])),
    )
    return open_case(conn, new, rules=rules, actor=actor, now=now)
