"""Answers without a call: a link for the resident to answer by, and what was answered at the door."""

from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from community.errors import NotFound
from community.files.secret_key import load_secret_key
from community.model.permissions import Permission
from community.store import progress, result_lines
from community.usecases.answer_for_resident import CHANNEL, answer_for_resident
from community.usecases.answer_link import invite_by_link
from community.usecases.written_conversation import WrittenTurn, where_writing_stands
from console.desk import desk_of, visitor_of
from console.forms import fields_of, number_in_path
from console.guards import needs
from console.rendering import render


@needs(Permission.WORK_ON_CASES)
async def invite(request: web.Request) -> web.StreamResponse:
    """A fresh link, shown once: it is kept nowhere."""
    desk, visitor, target_id = desk_of(request), visitor_of(request), number_in_path(request)
    key, public_url, now = load_secret_key(desk.settings), desk.settings.public_url, desk.clock.now()
    about = await desk.database.read(lambda conn: _about(conn, target_id))
    link = await desk.database.write(
        lambda conn: invite_by_link(conn, target_id, key=key, public_url=public_url, actor=visitor.actor, now=now)
    )
    response = await render(request, "invitation.html", about | {"link_made": link})
    response.headers["Cache-Control"] = "no-store"
    return response


@needs(Permission.WORK_ON_CASES)
async def visit_page(request: web.Request) -> web.StreamResponse:
    """The question that is open, for whoever stands at the resident's door."""
    desk, target_id = desk_of(request), number_in_path(request)

    def look(conn: Connection) -> dict[str, Any]:
        stands = where_writing_stands(conn, target_id, channel=CHANNEL, now=desk.clock.now())
        return _about(conn, target_id) | {"turn": stands}

    return await _visit(request, await desk.database.read(look))


@needs(Permission.WORK_ON_CASES)
async def answer(request: web.Request) -> web.StreamResponse:
    """Keep an answer, and show the next question."""
    desk, visitor, target_id = desk_of(request), visitor_of(request), number_in_path(request)
    fields = await fields_of(request)
    turn, now = fields.text("turn"), desk.clock.now()

    def take(conn: Connection) -> dict[str, Any]:
        about = _about(conn, target_id)
        taken: WrittenTurn = answer_for_resident(
            conn,
            target_id,
            question_id=fields.text("question"),
            text=fields.text("text")[:500],
            digits=fields.text("key")[:1],
            rules=desk.rules,
            actor=visitor.actor,
            now=now,
            turn=int(turn) if turn.isascii() and turn.isdigit() and len(turn) < 6 else -1,
        )
        return about | {"turn": taken}

    return await _visit(request, await desk.database.write(take))


async def _visit(request: web.Request, context: dict[str, Any]) -> web.Response:
    return await render(request, "visit.html", context)


def _about(conn: Connection, target_id: int) -> dict[str, Any]:
    found = result_lines.result_of_target(conn, target_id)
    if found is None:
        raise NotFound("没有这个人的外呼记录：请从结果表里重新打开。")
    campaign_id, line = found
    return {"line": line, "campaign": progress.campaign_line(conn, campaign_id)}
