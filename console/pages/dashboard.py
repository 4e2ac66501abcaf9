"""总览: what needs this person now."""

from dataclasses import dataclass, replace
from datetime import datetime

from aiohttp import web
from sqlalchemy import Connection

from community.model.calls.campaign import CampaignStatus
from community.model.cases.case import Case, Notice, Priority
from community.model.rulebook import Rulebook
from community.model.staff import Staff
from community.store.cases import CaseFilter, count_cases, list_cases
from community.store.notices import notices_for
from community.store.progress import CampaignLine, carrier_rest, list_campaign_lines
from community.store.workers import live_workers
from console.desk import desk_of, visitor_of
from console.pages.cases import people_of
from console.rendering import render

#: From this month on the next year's holidays should be known.
_CALENDAR_MONTH = 12
_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Everything on the first page."""

    mine: list[Case]
    people: dict[int, str]
    unclaimed: list[Case]
    mine_count: int
    unclaimed_count: int
    emergency_count: int
    open_count: int
    campaigns: list[CampaignLine]
    drafts: list[CampaignLine]
    notices: list[Notice]
    carrier_rests_until: datetime | None
    has_worker: bool


async def show_dashboard(request: web.Request) -> web.Response:
    """The first page."""
    desk, visitor = desk_of(request), visitor_of(request)
    now = desk.clock.now()
    overview = await desk.database.read(lambda conn: _overview(conn, visitor.staff, now, desk.carrier))
    context = {"overview": overview, "people": overview.people, "missing_year": _missing_year(desk.rules, now)}
    return await render(request, "dashboard.html", context)


async def show_running_campaigns(request: web.Request) -> web.Response:
    """The running campaigns' bars, asked for again every few seconds."""
    lines = await desk_of(request).database.read(_active_campaigns)
    return await render(request, "_running.html", {"campaigns": lines})


def _overview(conn: Connection, staff: Staff, now: datetime, carrier: str) -> Overview:
    mine = CaseFilter(open=True, assignee=staff.login)
    grid = staff.grid or None
    nobodys = CaseFilter(open=True, grid=grid, unclaimed=True)
    my_cases, nobodys_cases = _most_urgent(conn, mine), _most_urgent(conn, nobodys)
    return Overview(
        mine=my_cases,
        unclaimed=nobodys_cases,
        people=people_of(conn, [*my_cases, *nobodys_cases]),
        mine_count=sum(count_cases(conn, mine).values()),
        unclaimed_count=sum(count_cases(conn, nobodys).values()),
        emergency_count=sum(
            count_cases(conn, CaseFilter(open=True, grid=grid, priorities=(Priority.EMERGENCY,))).values()
        ),
        open_count=sum(count_cases(conn, CaseFilter(open=True, grid=grid)).values()),
        campaigns=_active_campaigns(conn),
        drafts=[
            *list_campaign_lines(conn, status=CampaignStatus.DRAFT, limit=5),
            *list_campaign_lines(conn, status=CampaignStatus.APPROVED, limit=5),
        ],
        notices=notices_for(conn, login=staff.login, role=staff.role, grid=staff.grid, unread_only=True, limit=5),
        carrier_rests_until=carrier_rest(conn, now),
        has_worker=bool(live_workers(conn, now, carrier=carrier)),
    )


def _active_campaigns(conn: Connection) -> list[CampaignLine]:
    running = list_campaign_lines(conn, status=CampaignStatus.RUNNING, limit=_SHOWN)
    return [*running, *list_campaign_lines(conn, status=CampaignStatus.PAUSED, limit=_SHOWN)]


def _most_urgent(conn: Connection, wanted: CaseFilter) -> list[Case]:
    found: list[Case] = []
    for priority in (Priority.EMERGENCY, Priority.URGENT, Priority.NORMAL):
        room = _SHOWN - len(found)
        if room:
            found += list_cases(conn, replace(wanted, priorities=(priority,)), limit=room)
    return found


def _missing_year(rules: Rulebook, now: datetime) -> int | None:
    """The year whose holidays are not known though it has begun or begins within a month."""
    today = now.astimezone(rules.timezone).date()
    years = [today.year, today.year + 1] if today.month >= _CALENDAR_MONTH else [today.year]
    return next((year for year in years if not rules.calendar.knows(year)), None)
