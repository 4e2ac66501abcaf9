"""外呼任务: the list, a new one from a questionnaire, one with its live progress, and what may be done with it."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from aiohttp import web
from sqlalchemy import Connection

from community.errors import CommunityError, NotFound
from community.files.people_file import read_people_file
from community.model.calls.campaign import CampaignStatus
from community.model.calls.result_sheets import funnel_table
from community.model.calls.results import Counts
from community.model.permissions import Permission
from community.model.residents.people_list import PersonRow
from community.store import progress
from community.store.campaigns import campaign_by_id
from community.store.kept_rehearsals import KeptRehearsal, count_before, rehearsal_of
from community.store.pace import DAY_POOL, pace_of
from community.store.result_counts import counts_by_place
from community.store.spent import spent_by_campaign
from community.store.staff import all_staff
from community.store.workers import live_workers
from community.usecases.create_campaign import create_campaign
from community.usecases.export_campaign import ExportFormat
from community.usecases.hand_out_results import hand_out_results
from community.usecases.preview_campaign import preview_campaign
from console.campaign_changes import CAMPAIGN_CHANGES
from console.campaign_sheets import NO_CHECK, SheetCheck, check_sheet, sheet_templates, template_source
from console.desk import Desk, desk_of, visitor_of
from console.errands import Errand
from console.forms import Fields, fields_of, number_in_path, see_other
from console.guards import needs
from console.rendering import PAGE_SIZE, page_number, render

_TYPES: Mapping[ExportFormat, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
}


@needs(Permission.VIEW)
async def list_page(request: web.Request) -> web.Response:
    """The campaigns, newest first."""
    page = page_number(request)
    wanted = request.query.get("status", "")
    status = CampaignStatus(wanted) if wanted in set(CampaignStatus) else None

    def look(conn: Connection) -> list[progress.CampaignLine]:
        offset = (page - 1) * PAGE_SIZE
        return progress.list_campaign_lines(conn, status=status, limit=PAGE_SIZE + 1, offset=offset)

    found = await desk_of(request).database.read(look)
    context = {"campaigns": found[:PAGE_SIZE], "page": page, "has_more": len(found) > PAGE_SIZE}
    return await render(request, "campaigns.html", context)


@needs(Permission.CREATE_CAMPAIGNS)
async def new_page(request: web.Request) -> web.Response:
    """The form for a new campaign, filled from a template or empty."""
    desk = desk_of(request)
    chosen = request.query.get("template", "")
    source = template_source(desk.campaign_templates, chosen) if chosen else ""
    context = {"source": source, "chosen": chosen, "error": "", "check": NO_CHECK}
    return await render(request, "campaign_new.html", context | {"templates": sheet_templates(desk.campaign_templates)})


@needs(Permission.CREATE_CAMPAIGNS)
async def check_fragment(request: web.Request) -> web.Response:
    """Say what is wrong with a questionnaire, or whom it would call; changes nothing."""
    desk = desk_of(request)
    fields, now = await fields_of(request), desk.clock.now()
    source = fields.text("source")
    try:
        lists = await _lists(desk, fields, now)
    except CommunityError as error:
        return await render(request, "_check.html", {"check": SheetCheck(error=error.message)})
    check = await desk.database.read(lambda conn: check_sheet(conn, source, rules=desk.rules, now=now, lists=lists))
    return await render(request, "_check.html", {"check": check})


@needs(Permission.CREATE_CAMPAIGNS)
async def create(request: web.Request) -> web.StreamResponse:
    """Save a questionnaire as a draft; what is wrong with it is shown beside it."""
    desk, visitor = desk_of(request), visitor_of(request)
    fields, now = await fields_of(request), desk.clock.now()
    source = fields.text("source")
    try:
        lists = await _lists(desk, fields, now)
        campaign_id = await desk.database.write(
            lambda conn: create_campaign(conn, source, rules=desk.rules, actor=visitor.actor, now=now, lists=lists)
        )
    except CommunityError as error:
        context = {"source": source, "chosen": "", "error": error.message, "check": NO_CHECK}
        context |= {"templates": sheet_templates(desk.campaign_templates)}
        return await render(request, "campaign_new.html", context, status=400)
    return see_other(f"/console/campaigns/{campaign_id}", done="created")


@needs(Permission.VIEW)
async def campaign_page(request: web.Request) -> web.Response:
    """One campaign with its figures, its questionnaire and what may be done with it."""
    return await render(request, "campaign.html", await _campaign_context(request, is_whole=True))


@needs(Permission.VIEW)
async def progress_fragment(request: web.Request) -> web.Response:
    """One campaign's figures, asked for again every two seconds while it runs."""
    context = await _campaign_context(request, is_whole=False)
    response = await render(request, "_progress.html", context)
    before = request.query.get("was", "")
    if before and before != context["campaign"].status:
        response.headers["HX-Refresh"] = "true"
    return response


@needs(Permission.VIEW)
async def rehearsal_fragment(request: web.Request) -> web.Response:
    """How far a campaign's rehearsal is, asked for again until it is over; then the page is drawn anew."""
    campaign_id = number_in_path(request)
    desk = desk_of(request)
    now = desk.clock.now()
    context = await desk.database.read(lambda conn: _rehearsal(conn, desk, campaign_id, now))
    kept: KeptRehearsal | None = context["last_rehearsal"]
    if kept is None or not kept.is_open:
        return web.Response(headers={"HX-Refresh": "true"})
    return await render(request, "_rehearsing.html", context)


async def change(request: web.Request) -> web.StreamResponse:
    """Do what the address says with one campaign, then show it."""
    desk, visitor = desk_of(request), visitor_of(request)
    campaign_id = number_in_path(request)
    do, done = CAMPAIGN_CHANGES[request.match_info["verb"]]
    fields = await fields_of(request)
    now = desk.clock.now()
    await desk.database.write(
        lambda conn: do(Errand(conn=conn, id=campaign_id, fields=fields, desk=desk, visitor=visitor, now=now))
    )
    return see_other(f"/console/campaigns/{campaign_id}", done=done)


@needs(Permission.EXPORT)
async def export(request: web.Request) -> web.Response:
    """The results as a file; that they left the house is written down."""
    desk, visitor = desk_of(request), visitor_of(request)
    campaign_id = number_in_path(request)
    fields = await fields_of(request)
    format_ = next((name for name in _TYPES if name == fields.text("format")), None)
    if format_ is None:
        raise NotFound("没有这种导出格式：请选 Excel、CSV 或 JSONL。")
    now = desk.clock.now()
    results = await desk.database.write(
        lambda conn: hand_out_results(
            conn,
            campaign_id,
            format_,
            zone=desk.rules.timezone,
            actor=visitor.actor,
            now=now,
            sheet=fields.text("sheet"),
        )
    )
    disposition = f"attachment; filename=results.{format_}; filename*=UTF-8''{quote(results.name)}"
    headers = {"Content-Disposition": disposition, "Content-Type": _TYPES[format_]}
    return web.Response(body=results.content, headers=headers)


async def _lists(desk: Desk, fields: Fields, now: datetime) -> dict[str, list[PersonRow]]:
    """The lists of people that came with a form, read away from the event loop."""
    read = {"settings": desk.settings, "rules": desk.rules, "now": now}
    return {
        upload.name: await asyncio.to_thread(read_people_file, upload.name, upload.content, **read)  # type: ignore[arg-type]
        for upload in fields.files("lists")
    }


def _plans(conn: Connection, desk: Desk, campaign_id: int, now: datetime) -> dict[str, Any]:
    """What a campaign would do, or what it has used up of what it may."""
    stands = campaign_by_id(conn, campaign_id)
    is_open = stands.status in {CampaignStatus.DRAFT, CampaignStatus.APPROVED}
    spent = spent_by_campaign(conn, campaign_id)
    day = pace_of(conn, DAY_POOL)
    return _rehearsal(conn, desk, campaign_id, now) | {
        "stands": stands,
        "spent": spent,
        "is_at_ceiling": spent.is_at(calls=stands.max_calls, minutes=stands.max_minutes),
        "day_rests_until": day.resting_until if day is not None and day.rests(now) else None,
        "preview": preview_campaign(conn, campaign_id, rules=desk.rules, now=now) if is_open else None,
    }


def _rehearsal(conn: Connection, desk: Desk, campaign_id: int, now: datetime) -> dict[str, Any]:
    """A campaign's last rehearsal, how many come before it while it waits, and whether anybody plays it."""
    kept = rehearsal_of(conn, campaign_id)
    return {
        "campaign_id": campaign_id,
        "last_rehearsal": kept,
        "rehearsals_before": count_before(conn, kept) if kept is not None and kept.is_open else 0,
        "has_worker": bool(live_workers(conn, now, carrier=desk.carrier)),
    }


async def _campaign_context(request: web.Request, *, is_whole: bool) -> dict[str, Any]:
    desk = desk_of(request)
    campaign_id, now = number_in_path(request), desk.clock.now()

    def look(conn: Connection) -> dict[str, Any]:
        campaign = progress.campaign_line(conn, campaign_id)
        if campaign is None:
            raise NotFound("没有这个外呼任务：请从列表里重新打开。")
        sheet, source = progress.campaign_source(conn, campaign_id)
        context: dict[str, Any] = {"campaign": campaign, "sheet": sheet, "source": source}
        context["figures"] = progress.campaign_figures(conn, campaign_id)
        counts = sum((place.counts for place in counts_by_place(conn, campaign_id)), Counts())
        context["funnel"] = funnel_table(counts)
        if is_whole:
            context["names"] = {member.login: member.name for member in all_staff(conn)}
            context["carrier_rests_until"] = progress.carrier_rest(conn, now)
            context |= _plans(conn, desk, campaign_id, now)
        return context

    return await desk.database.read(look)
