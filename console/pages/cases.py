"""工单: the list with its filters, one case with its history, and what can be done with it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from community.model.cases.case import Case, CaseKind, Priority
from community.model.permissions import Permission, may
from community.model.staff import Staff
from community.store.cases import CaseFilter, case_by_id, count_cases, events_of, list_cases
from community.store.notices import read_notices_of_case
from community.store.progress import calls_by_id
from community.store.roster import names_of, roster_card
from community.store.staff import all_staff
from console.case_changes import CASE_CHANGES
from console.desk import desk_of, visitor_of
from console.errands import Errand
from console.forms import fields_of, number_in_path, see_other
from console.guards import needs
from console.rendering import PAGE_SIZE, render


@needs(Permission.VIEW)
async def list_page(request: web.Request) -> web.Response:
    """The cases that the filter in the address leaves, newest first."""
    desk, staff = desk_of(request), visitor_of(request).staff
    wanted = case_filter(request.query, staff)
    before = request.query.get("before", "")
    before_id = int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None

    def look(conn: Connection) -> dict[str, Any]:
        found = list_cases(conn, wanted, before_id=before_id, limit=PAGE_SIZE + 1)
        return {
            "cases": found[:PAGE_SIZE],
            "more_before": found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None,
            "total": sum(count_cases(conn, wanted).values()),
            "kinds": {kind: sum(count_cases(conn, replace(wanted, kinds=(kind,))).values()) for kind in CaseKind},
            "people": people_of(conn, found),
        }

    return await render(request, "cases.html", await desk.database.read(look))


@needs(Permission.VIEW)
async def case_page(request: web.Request) -> web.Response:
    """One case; opening it counts as having read its notices."""
    desk, visitor = desk_of(request), visitor_of(request)
    case_id = number_in_path(request)

    def look(conn: Connection) -> dict[str, Any]:
        case = case_by_id(conn, case_id)
        people = all_staff(conn)
        return {
            "case": case,
            "events": list(reversed(events_of(conn, case_id))),
            "resident": None if case.resident_id is None else roster_card(conn, case.resident_id),
            "call": calls_by_id(conn, [case.attempt_id]).get(case.attempt_id) if case.attempt_id else None,
            "names": {member.login: member.name for member in people},
            "helpers": [one for one in people if one.is_active and may(one.role, Permission.WORK_ON_CASES)],
        }

    context = await desk.database.read(look)
    case = context["case"]
    may_work = visitor.may(Permission.WORK_ON_CASES)
    context |= {
        "is_mine": case.assignee == visitor.staff.login,
        "may_work": may_work,
        "may_dispatch": visitor.may(Permission.DISPATCH_CASES),
        "hazards": desk.rules.hazards,
    }
    return await render(request, "case.html", context)


async def change(request: web.Request) -> web.StreamResponse:
    """Do what the address says with one case, then show it."""
    desk, visitor = desk_of(request), visitor_of(request)
    case_id, verb = number_in_path(request), request.match_info["verb"]
    do, done = CASE_CHANGES[verb]
    fields = await fields_of(request)
    now = desk.clock.now()

    def work(conn: Connection) -> None:
        do(Errand(conn=conn, id=case_id, fields=fields, desk=desk, visitor=visitor, now=now))
        read_notices_of_case(conn, case_id, login=visitor.staff.login, role=visitor.staff.role, now=now)

    await desk.database.write(work)
    return see_other(f"/console/cases/{case_id}", done=done)


def people_of(conn: Connection, cases: Iterable[Case]) -> dict[int, str]:
    """The names of the residents whom cases are about, by id."""
    return names_of(conn, {case.resident_id for case in cases if case.resident_id is not None})


def case_filter(query: Mapping[str, str], staff: Staff) -> CaseFilter:
    """Which cases an address asks for; a grid worker sees their own grid unless they ask for all."""
    whose, state = query.get("whose", ""), query.get("state", "open")
    kind, priority = query.get("kind", ""), query.get("priority", "")
    return CaseFilter(
        open={"open": True, "closed": False}.get(state),
        kinds=(CaseKind(kind),) if kind in set(CaseKind) else (),
        priorities=(Priority(priority),) if priority in set(Priority) else (),
        assignee=staff.login if whose == "mine" else None,
        unclaimed=whose == "nobody",
        grid=staff.grid or None if query.get("grid", "mine") == "mine" else None,
        escalated=query.get("late") == "yes",
        text=query.get("q", "")[:100],
    )
