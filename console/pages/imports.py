"""Bringing a residents' list in: what it would do, doing it, and the rows that could not be used, to be corrected.

Nothing is kept between the steps: the browser still has the file and sends it again.
"""

import asyncio
from typing import Any
from urllib.parse import quote

from aiohttp import web
from sqlalchemy import Connection

from community.errors import InvalidInput
from community.files.rejected_rows import rejected_rows as write_rejected_rows
from community.files.resident_file import read_resident_file
from community.model.permissions import Permission
from community.model.residents.import_report import RESULT_NAMES, ImportReport, RowResult
from community.model.residents.resident_list import ResidentList
from community.store.roster import recent_imports
from community.usecases.import_residents import import_residents
from console.desk import desk_of, visitor_of
from console.forms import Fields, fields_of
from console.guards import needs
from console.rendering import render

_SHOWN = 200
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(Permission.IMPORT_RESIDENTS)
async def import_page(request: web.Request) -> web.Response:
    """The form, and what was imported lately."""
    recent = await desk_of(request).database.read(recent_imports)
    return await render(request, "import.html", {"recent": recent, "report": None})


@needs(Permission.IMPORT_RESIDENTS)
async def bring_in(request: web.Request) -> web.Response:
    """Say what a list would do; do it when that was confirmed."""
    fields = await fields_of(request)
    _, report = await _read_and_compare(request, fields, dry_run=fields.text("mode") != "import")
    context = _report_context(report)
    if "HX-Request" in request.headers:
        return await render(request, "_import_report.html", context)
    recent = await desk_of(request).database.read(recent_imports)
    return await render(request, "import.html", context | {"recent": recent})


@needs(Permission.IMPORT_RESIDENTS)
async def rejected_rows(request: web.Request) -> web.Response:
    """The rows that cannot be used, with the reason beside each, as a workbook that can be imported again."""
    listed, report = await _read_and_compare(request, await fields_of(request), dry_run=True)
    if not report.count(RowResult.REJECTED):
        raise InvalidInput("这份名单里的行都能导入：不用下载。")
    content = await asyncio.to_thread(write_rejected_rows, listed, report)
    name = quote(f"{listed.file_name.rsplit('.', 1)[0]}-未导入.xlsx")
    disposition = f"attachment; filename=rejected.xlsx; filename*=UTF-8''{name}"
    return web.Response(body=content, headers={"Content-Disposition": disposition, "Content-Type": _SHEET})


async def _read_and_compare(
    request: web.Request, fields: Fields, *, dry_run: bool
) -> tuple[ResidentList, ImportReport]:
    desk, visitor = desk_of(request), visitor_of(request)
    upload = fields.file("file")
    if upload is None:
        raise InvalidInput("还没有选文件：请选一个 .xlsx 或 .csv 名单。")
    now = desk.clock.now()
    listed = await asyncio.to_thread(
        read_resident_file, upload.name, upload.content, settings=desk.settings, rules=desk.rules, now=now
    )

    def work(conn: Connection) -> ImportReport:
        return import_residents(conn, listed, actor=visitor.actor, now=now, dry_run=dry_run)

    # Looking holds up nobody who writes.
    return listed, await (desk.database.read(work) if dry_run else desk.database.write(work))


def _report_context(report: ImportReport) -> dict[str, Any]:
    """Rows with something to say come first: those rejected, then those with a remark."""
    rejected = [row for row in report.rows if row.result is RowResult.REJECTED]
    remarked = [row for row in report.rows if row.reason and row.result is not RowResult.REJECTED]
    told = [*rejected, *remarked]
    return {"report": report, "shown": told[:_SHOWN], "told": len(told), "result_names": RESULT_NAMES}
