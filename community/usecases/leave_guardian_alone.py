"""A guardian's number is of no use: it is dialled for nobody any more, whoever has it as their guardian's on the list."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.phone import mask
from community.store import audit
from community.store.calls import RunningCall
from community.store.targets import mark_guardian_number


def leave_guardian_alone(conn: Connection, call: RunningCall, *, action: str, actor: Actor, now: datetime) -> str:
    """Mark the number that a call reached a guardian on; another number in the list is called again.

    Args:
        action: the audit's name of what was said, written down for each resident.

    Returns:
        One Chinese line for the case that says how many others it concerns; empty where it is nobody.
    """
    others = [
        resident_id
        for resident_id in mark_guardian_number(conn, call.number, sample=call.sample)
        if resident_id != call.resident_id
    ]
    detail = {"number": mask(call.number), "attempt": call.attempt_id, "because": "同一个紧急联系人电话"}
    for resident_id in others:
        audit.append(conn, at=now, actor=actor, action=action, subject=f"resident:{resident_id}", detail=detail)
    if not others:
        return ""
    return f"另有{len(others)}位居民登记的紧急联系人也是这个号码，都不再拨打，请一并核对"
