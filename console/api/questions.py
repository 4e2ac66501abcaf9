"""没答上的问题 for programs: what residents asked and no document answers, and what staff do about it."""

from datetime import date

from aiohttp import web

from community.errors import InvalidInput
from community.model.permissions import Permission
from community.usecases.list_open_questions import open_questions_document
from community.usecases.publish_answer import publish_answer
from community.usecases.set_question_aside import set_question_aside
from community.usecases.withdraw_answer import withdraw_answer
from console.api.answers import body_of, json_answer, only
from console.desk import desk_of, visitor_of
from console.forms import Fields, number_in_path
from console.guards import needs
from console.question_changes import reply_to_questions


@needs(Permission.VIEW)
async def list_questions(request: web.Request) -> web.Response:
    """The open questions, like with like, the drafts, and the answers in use."""
    only(request, set())
    return json_answer(await desk_of(request).database.read(open_questions_document))


@needs(Permission.ANSWER_QUESTIONS)
async def reply(request: web.Request) -> web.Response:
    """Write an answer to questions; published at once, unless it is to be a draft."""
    desk, visitor = desk_of(request), visitor_of(request)
    fields = await body_of(request, {"text", "question", "until", "draft", "second_look"}, lists={"ids"})
    ids, second_look = _ids(fields), fields.text("second_look") == "yes"
    draft = second_look or fields.text("draft") == "yes"
    answer_id, told = await reply_to_questions(
        desk, visitor, ids, fields, valid_until=_until(fields), second_look=second_look, publish=not draft
    )
    return json_answer({"answer": answer_id, "published": not draft, "told": told}, status=201)


@needs(Permission.ANSWER_QUESTIONS)
async def set_aside(request: web.Request) -> web.Response:
    """Take questions off the list that need no answer."""
    desk, visitor, now = desk_of(request), visitor_of(request), desk_of(request).clock.now()
    fields = await body_of(request, {"reason"}, lists={"ids"})
    ids = _ids(fields)
    count = await desk.database.write(
        lambda conn: set_question_aside(conn, ids, actor=visitor.actor, now=now, reason=fields.text("reason"))
    )
    return json_answer({"set_aside": count})


@needs(Permission.ANSWER_QUESTIONS)
async def publish(request: web.Request) -> web.Response:
    """Publish a draft."""
    desk, visitor, now = desk_of(request), visitor_of(request), desk_of(request).clock.now()
    answer_id = number_in_path(request)
    await body_of(request, set())
    told = await desk.database.write(
        lambda conn: publish_answer(conn, answer_id, zone=desk.rules.timezone, actor=visitor.actor, now=now)
    )
    return json_answer({"answer": answer_id, "published": True, "told": told})


@needs(Permission.ANSWER_QUESTIONS)
async def withdraw(request: web.Request) -> web.Response:
    """Turn a draft down, or take a published answer out of use."""
    desk, visitor, now = desk_of(request), visitor_of(request), desk_of(request).clock.now()
    answer_id, fields = number_in_path(request), await body_of(request, {"reason"})
    await desk.database.write(
        lambda conn: withdraw_answer(conn, answer_id, actor=visitor.actor, now=now, reason=fields.text("reason"))
    )
    return json_answer({"answer": answer_id, "withdrawn": True})


def _ids(fields: Fields) -> list[int]:
    text = fields.text("ids")
    if not text:
        raise InvalidInput("没有写提问的编号：例如 {“ids”: [3, 5]}，编号见 GET /api/questions。")
    return [int(part) for part in text.split(",")]


def _until(fields: Fields) -> date | None:
    text = fields.text("until")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput("until 看不懂：请写成 2026-12-31，不限期就不写。") from error
