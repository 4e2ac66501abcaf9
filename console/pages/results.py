"""A campaign's results: figures, one line a resident, who was not reached, and answers to be heard again."""

from collections.abc import Callable
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from community.errors import NotFound
from community.model.calls.result_sheets import why_unreached
from community.model.permissions import Permission
from community.store import progress, result_lines
from community.store.listening import count_doubtful, list_doubtful
from community.store.result_lines import ResultFilter
from community.store.unreached import count_reasons_unreached, count_unreached, list_unreached
from community.usecases.export_campaign import result_sheets
from console.desk import desk_of
from console.evidence import evidence_for
from console.forms import number_in_path
from console.guards import needs
from console.rendering import Paging, page_number, render
from console.result_filters import filter_choices, filter_query, label_choices, result_filter

_HEARD_AT_ONCE = 20
_Look = Callable[[Connection, int, ResultFilter], dict[str, Any]]


@needs(Permission.VIEW)
async def figures_page(request: web.Request) -> web.Response:
    """What came of the campaign, counted; or of the residents that the filter leaves."""
    desk = desk_of(request)
    zone, now = desk.rules.timezone, desk.clock.now()

    def look(conn: Connection, campaign_id: int, wanted: ResultFilter) -> dict[str, Any]:
        sheets = result_sheets(conn, campaign_id, now=now, zone=zone, wanted=wanted)
        return {"sheets": {sheet.name: sheet.tables for sheet in sheets}}

    return await _page(request, "figures.html", "figures", look)


@needs(Permission.VIEW)
async def results_page(request: web.Request) -> web.Response:
    """One line a resident."""

    def look(conn: Connection, campaign_id: int, wanted: ResultFilter) -> dict[str, Any]:
        total = result_lines.count_results(conn, campaign_id, wanted)
        paging = Paging(number=page_number(request), total=total)
        lines = result_lines.list_results(conn, campaign_id, wanted, limit=paging.size, offset=paging.offset)
        return {"paging": paging, "lines": lines}

    return await _page(request, "results.html", "results", look)


@needs(Permission.VIEW)
async def unreached_page(request: web.Request) -> web.Response:
    """Those whom nobody has spoken with, and why."""

    def look(conn: Connection, campaign_id: int, wanted: ResultFilter) -> dict[str, Any]:
        paging = Paging(number=page_number(request), total=count_unreached(conn, campaign_id, wanted))
        return {
            "paging": paging,
            "lines": list_unreached(conn, campaign_id, wanted, limit=paging.size, offset=paging.offset),
            "reasons": count_reasons_unreached(conn, campaign_id, wanted),
            "why_unreached": why_unreached,
        }

    return await _page(request, "unreached.html", "unreached", look)


@needs(Permission.VIEW)
async def listening_page(request: web.Request) -> web.Response:
    """Answers that were understood with little certainty, oldest first, to be heard and corrected."""

    def look(conn: Connection, campaign_id: int, wanted: ResultFilter) -> dict[str, Any]:
        total = count_doubtful(conn, campaign_id, wanted)
        paging = Paging(number=page_number(request), total=total, size=_HEARD_AT_ONCE)
        doubtful = list_doubtful(conn, campaign_id, wanted, limit=paging.size, offset=paging.offset)
        sheet = progress.campaign_source(conn, campaign_id)[0]
        choices = {question.id: label_choices(question) for question in sheet.questions}
        return {"paging": paging, "doubtful": evidence_for(conn, sheet, doubtful), "choices": choices}

    return await _page(request, "listening.html", "listening", look)


async def _page(request: web.Request, template: str, tab: str, look: _Look) -> web.Response:
    """Draw one of the four pages: what they share, and what `look` adds."""
    campaign_id, wanted = number_in_path(request), result_filter(request.query)

    def look_at_all(conn: Connection) -> dict[str, Any]:
        return _shared(conn, campaign_id, wanted) | look(conn, campaign_id, wanted)

    context: dict[str, Any] = await desk_of(request).database.read(look_at_all)
    asked = [question for question in context["sheet"].questions if question.id == wanted.question_id]
    context |= {"tab": tab, "wanted": wanted, "filter_query": filter_query(request.query)}
    context["people_link"] = lambda who: (
        f"/console/campaigns/{campaign_id}/results{filter_query({**request.query, **who})}"
    )
    return await render(request, template, context | {"labels": filter_choices(asked[0]) if asked else {}})


def _shared(conn: Connection, campaign_id: int, wanted: ResultFilter) -> dict[str, Any]:
    campaign = progress.campaign_line(conn, campaign_id)
    if campaign is None:
        raise NotFound("没有这个外呼任务：请从列表里重新打开。")
    grids, buildings = result_lines.places_of(conn, campaign_id)
    return {
        "campaign": campaign,
        "sheet": progress.campaign_source(conn, campaign_id)[0],
        "grids": grids,
        "buildings": buildings,
        "tab_counts": {
            "results": result_lines.count_results(conn, campaign_id, wanted),
            "unreached": count_unreached(conn, campaign_id, wanted),
            "listening": count_doubtful(conn, campaign_id, wanted),
        },
    }
