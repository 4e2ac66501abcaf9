"""Hand a case over (转派) to another member of staff, who has to acknowledge it."""

from datetime import datetime

from sqlalchemy import Connection

from community.errors import InvalidInput, Refused
from community.model.actor import Actor
from community.model.cases.case import Case, CaseStatus
from community.model.cases.case_text import hide_numbers, storable
from community.model.cases.escalation import handed_over_until
from community.model.permissions import Permission, may
from community.model.rulebook import Rulebook
from community.model.staff import ROLE_NAMES, Staff
from community.store import audit, notices
from community.store import cases as store
from community.texts.say import say
from community.usecases.authorise import authorise
from community.usecases.tell_step import mark_rehearsal, tell_robots, text_values


def hand_over_case(
    conn: Connection, case_id: int, to_login: str, reason: str, *, rules: Rulebook, actor: Actor, now: datetime
) -> Case:
    """Give a case to somebody else by name; who has it may, and whoever dispatches cases may.

    If the new person does not acknowledge within the wait of the rung the case stands on, it climbs on.

    Raises:
        InvalidInput: no reason is given, or the person has it already.
        NotFound: no such case or account.
        Refused: the case is closed, or one of the two may not.
    """
    case = store.case_by_id(conn, case_id)
    is_own = case.assignee == actor.name
    giver = authorise(conn, actor.name, Permission.WORK_ON_CASES if is_own else Permission.DISPATCH_CASES)
    taker = _taker(conn, case, to_login)
    if not reason.strip():
        raise InvalidInput("转派要写原因：请说明为什么转给这位同事")
    until = handed_over_until(case, rules=rules, now=now)
    given = store.move_case(
        conn, case, status=CaseStatus.DISPATCHED, assignee=taker.login, acknowledged_at=None, next_step_at=until
    )
    detail = {"from": case.assignee, "to": taker.login, "until": until.isoformat()}
    event = store.add_event(
        conn, case.id, at=now, actor=actor, action="handed_over", text=storable(reason), detail=detail
    )
    audit.append(conn, at=now, actor=actor, action="case.handed_over", subject=f"case:{case.id}", detail=detail)
    text = _text(given, giver, taker, reason, rules)
    notices.add_notice(conn, given, role=taker.role, login=taker.login, text=text, now=now)
    tell_robots(conn, given, text, key=f"case:{case.id}:event:{event}", rules=rules, now=now)
    return given


def _taker(conn: Connection, case: Case, login: str) -> Staff:
    taker = authorise(conn, login, Permission.VIEW)
    if not may(taker.role, Permission.WORK_ON_CASES):
        raise Refused(f"{ROLE_NAMES[taker.role]}不办理工单：请转给别的同事")
    if case.status is CaseStatus.CLOSED:
        raise Refused(f"工单 {case.number} 已销号，不能转派：需要时请先重开")
    if case.assignee == taker.login:
        raise InvalidInput(f"工单 {case.number} 本来就在 {taker.login} 手上：请转给别的同事")
    return taker


def _text(case: Case, giver: Staff, taker: Staff, reason: str, rules: Rulebook) -> str:
    values = text_values(case, rules.timezone)
    whom = f"{ROLE_NAMES[taker.role]}{taker.name}"
    return mark_rehearsal(
        case, say("cases", "handed_over", **values, whom=whom, by=giver.name, reason=hide_numbers(reason))
    )
