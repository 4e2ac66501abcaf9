"""居民: the roster searched, one resident, their whole numbers on request, and lists brought in."""

from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from community.errors import InvalidInput, NotFound
from community.model.permissions import Permission
from community.model.phone import parse_phones
from community.store import roster
from community.store.cases import CaseFilter, list_cases
from community.store.chat_ties import check_ins_of, ties_of_resident
from community.store.progress import results_of_resident
from community.usecases.reveal_numbers import reveal_numbers
from community.usecases.untie_chat import untie_chat
from console.desk import desk_of, visitor_of
from console.forms import fields_of, number_in_path, see_other
from console.guards import needs
from console.rendering import Paging, page_number, render

_SHOWN, _CHATS = 20, 5


@needs(Permission.VIEW)
async def list_page(request: web.Request) -> web.Response:
    """The residents that the search in the address leaves."""
    text = request.query.get("q", "").strip()[:100]
    wanted = roster.RosterFilter(
        text=text,
        number=_number(text),
        grid=request.query.get("grid", "")[:60],
        tag=request.query.get("tag", "")[:40],
        opted_out=request.query.get("opted_out") == "yes",
    )

    def look(conn: Connection) -> dict[str, Any]:
        paging = Paging(number=page_number(request), total=roster.count_roster(conn, wanted))
        return {
            "paging": paging,
            "lines": roster.list_roster(conn, wanted, limit=paging.size, offset=paging.offset),
            "grids": roster.roster_grids(conn),
            "tags": roster.roster_tags(conn),
        }

    return await render(request, "residents.html", await desk_of(request).database.read(look))


@needs(Permission.VIEW)
async def resident_page(request: web.Request) -> web.Response:
    """One resident: phones, tags, what they were asked and the cases about them."""
    resident_id, now = number_in_path(request), desk_of(request).clock.now()

    def look(conn: Connection) -> dict[str, Any]:
        card = roster.roster_card(conn, resident_id)
        if card is None:
            raise NotFound("没有这位居民：请从名册里重新打开。")
        return {
            "card": card,
            "cases": list_cases(conn, CaseFilter(resident_id=resident_id), limit=_SHOWN),
            "results": results_of_resident(conn, resident_id, limit=_SHOWN),
            "ties": ties_of_resident(conn, resident_id, now=now, limit=_CHATS),
            "check_ins": check_ins_of(conn, resident_id, limit=_CHATS),
        }

    context = await desk_of(request).database.read(look)
    return await render(request, "resident.html", context | {"people": {}, "age": _age(request, context["card"])})


@needs(Permission.WORK_ON_CASES)
async def show_numbers(request: web.Request) -> web.Response:
    """The whole numbers, on this answer only; that they were shown is in the audit trail."""
    desk, visitor = desk_of(request), visitor_of(request)
    resident_id, now = number_in_path(request), desk.clock.now()
    reason = (await fields_of(request)).text("reason")
    card = await desk.database.write(
        lambda conn: reveal_numbers(conn, resident_id, reason, actor=visitor.actor, now=now)
    )
    template = "_numbers.html" if "HX-Request" in request.headers else "numbers.html"
    return await render(request, template, {"card": card})


@needs(Permission.WORK_ON_CASES)
async def end_chat(request: web.Request) -> web.StreamResponse:
    """Let one chat speak for the resident no more."""
    desk, visitor = desk_of(request), visitor_of(request)
    resident_id, tie_id, now = number_in_path(request), number_in_path(request, "tie"), desk.clock.now()
    await desk.database.write(lambda conn: untie_chat(conn, resident_id, tie_id, actor=visitor.actor, now=now))
    return see_other(f"/console/residents/{resident_id}", done="chat_ended")


def _number(text: str) -> str:
    """The number a search means, whole and in E.164; empty when it is none."""
    if not any(character.isdigit() for character in text):
        return ""
    try:
        return next(iter(parse_phones(text)), "")
    except InvalidInput:
        return ""


def _age(request: web.Request, card: roster.RosterCard) -> int | None:
    born = card.line.birth_date
    if born is None:
        return None
    desk = desk_of(request)
    today = desk.today
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))
