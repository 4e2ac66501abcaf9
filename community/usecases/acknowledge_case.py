"""Acknowledge a case (接单): a named person has it from now on, until it is done or forgotten."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import Conflict, Refused
from community.model.actor import Actor
from community.model.cases.case import Case, CaseStatus
from community.model.cases.escalation import acknowledgement_expires
from community.model.permissions import Permission
from community.model.rulebook import Rulebook
from community.store import audit
from community.store import cases as store
from community.usecases.authorise import authorise


def acknowledge_case(conn: Connection, case_id: int, *, rules: Rulebook, actor: Actor, now: datetime) -> Case:
    """Take a case, also one that was put off; taking one's own again says that it is still being worked on, and starts its clock anew.

    Args:
        actor: the member of staff who takes it.

    Raises:
        NotFound: no such case or account.
        Refused: the case is closed, or the person may not work on cases.
        Conflict: somebody else has it.
    """
    person = authorise(conn, actor.name, Permission.WORK_ON_CASES)
    case = store.case_by_id(conn, case_id)
    if case.status is CaseStatus.CLOSED:
        raise Refused(f"工单 {case.number} 已销号，不能接单：需要时请先重开")
    if case.status is CaseStatus.ACKNOWLEDGED and case.assignee != person.login:
        raise Conflict(f"工单 {case.number} 已由 {case.assignee} 接单：要换人请用转派", code="already_acknowledged")
    until = acknowledgement_expires(case.priority, rules=rules, now=now)
    taken = store.move_case(
        conn,
        case,
        status=CaseStatus.ACKNOWLEDGED,
        assignee=person.login,
        acknowledged_at=now,
        next_step_at=until,
    )
    store.add_event(conn, case.id, at=now, actor=actor, action="acknowledged", detail={"until": until.isoformat()})
    audit.append(conn, at=now, actor=actor, action="case.acknowledged", subject=f"case:{case.id}")
    return taken
