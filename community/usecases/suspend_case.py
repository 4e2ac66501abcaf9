"""Put a case off to a day (挂账): it waits for something outside, and comes back by itself."""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from community.errors import InvalidInput, Refused
from community.model.actor import Actor
from community.model.cases.case import CASE_STATUS_NAMES, Case, CaseStatus, Priority
from community.model.cases.case_text import storable
from community.model.cases.escalation import resumes_at
from community.model.permissions import Permission
from community.model.rulebook import Rulebook
from community.store import audit
from community.store import cases as store
from community.usecases.authorise import authorise_actor

_LONGEST = timedelta(days=180)
_NOT_FROM = frozenset({CaseStatus.CLOSED, CaseStatus.SUSPENDED})


def suspend_case(
    conn: Connection, case_id: int, until: date, reason: str, *, rules: Rulebook, actor: Actor, now: datetime
) -> Case:
    """Put a case off; on that day its ladder starts anew.

    Raises:
        InvalidInput: no reason, or a day that is not within the next 180.
        NotFound: no such case or account.
        Refused: somebody is in danger, the case is closed or put off already, or the person may not.
    """
    authorise_actor(conn, actor, Permission.DISPATCH_CASES)
    if not reason.strip():
        raise InvalidInput("挂账要写原因：请说明在等什么")
    today = now.astimezone(rules.timezone).date()
    if not today < until <= today + _LONGEST:
        raise InvalidInput(f"挂账的日期应在明天以后、{_LONGEST.days} 天以内：请改一个日期")
    case = store.case_by_id(conn, case_id)
    if case.priority is Priority.EMERGENCY:
        raise Refused(f"工单 {case.number} 是特急工单，不能挂账：请马上处理")
    if case.status in _NOT_FROM:
        raise Refused(f"工单 {case.number} 已{CASE_STATUS_NAMES[case.status]}，不能挂账")
    back = resumes_at(case.priority, until, rules=rules)
    suspended = store.move_case(conn, case, status=CaseStatus.SUSPENDED, next_step_at=back)
    detail = {"until": until.isoformat(), "back": back.isoformat()}
    store.add_event(conn, case.id, at=now, actor=actor, action="suspended", text=storable(reason), detail=detail)
    audit.append(conn, at=now, actor=actor, action="case.suspended", subject=f"case:{case.id}", detail=detail)
    return suspended
