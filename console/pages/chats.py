"""对话: what residents wrote and what the assistant answered; only what was said to the assistant."""

from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from community.errors import NotFound
from community.model.cases.case import CaseKind
from community.model.permissions import Permission
from community.store.cases import CaseFilter, list_cases
from community.store.chats import chat_turns, list_chats
from community.store.messages import find_conversation
from console.desk import desk_of
from console.guards import needs
from console.rendering import PAGE_SIZE, page_number, render

_TURNS = 100
_QUESTIONS = 10


@needs(Permission.VIEW)
async def list_page(request: web.Request) -> web.Response:
    """The latest conversations, and the questions that the documents did not answer."""
    page = page_number(request)

    def look(conn: Connection) -> dict[str, Any]:
        chats = list_chats(conn, limit=PAGE_SIZE + 1, offset=(page - 1) * PAGE_SIZE)
        unanswered = list_cases(conn, CaseFilter(open=True, kinds=(CaseKind.QUESTION,)), limit=_QUESTIONS)
        return {
            "chats": chats[:PAGE_SIZE],
            "has_more": len(chats) > PAGE_SIZE,
            "page": page,
            "unanswered": unanswered,
            "people": {},
        }

    return await render(request, "chats.html", await desk_of(request).database.read(look))


@needs(Permission.VIEW)
async def chat_page(request: web.Request) -> web.Response:
    """One conversation, turn by turn."""
    conversation_id = request.match_info["id"]
    text = request.query.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None

    def look(conn: Connection) -> dict[str, Any]:
        conversation = find_conversation(conn, conversation_id)
        if conversation is None:
            raise NotFound("没有这段对话：请从列表里重新打开。")
        turns = chat_turns(conn, conversation_id, before_id=before, limit=_TURNS)
        more = turns[0].id if len(turns) == _TURNS else None
        return {"conversation": conversation, "turns": turns, "more_before": more}

    return await render(request, "chat.html", await desk_of(request).database.read(look))
