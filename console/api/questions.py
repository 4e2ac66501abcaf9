"""没答上的问题 for programs: what residents asked and no document answers, and what staff do about it."""

from aiohttp import web

from community.model.permissions import Permission
from community.usecases.list_open_questions import open_questions_document
from console.api.answers import body_of, json_answer, only
from console.desk import desk_of, visitor_of
from console.forms import number_in_path
from console.guards import needs
from console.question_changes import (
    last_day,
    publish_draft,
    put_aside,
    question_ids,
    reply_to_questions,
    take_back,
)

_NO_IDS = "没有写提问的编号：例如 {“ids”: [3, 5]}，编号见 GET /api/questions。"
_NO_DAY = "until 看不懂：请写成 2026-12-31，不限期就不写。"


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
    ids, second_look = question_ids(fields, missing=_NO_IDS), fields.text("second_look") == "yes"
    draft = second_look or fields.text("draft") == "yes"
    answer_id, told = await reply_to_questions(
        desk,
        visitor,
        ids,
        fields,
        valid_until=last_day(fields, wrong=_NO_DAY),
        second_look=second_look,
        publish=not draft,
    )
    return json_answer({"answer": answer_id, "published": not draft, "told": told}, status=201)


@needs(Permission.ANSWER_QUESTIONS)
async def set_aside(request: web.Request) -> web.Response:
    """Take questions off the list that need no answer."""
    fields = await body_of(request, {"reason"}, lists={"ids"})
    ids = question_ids(fields, missing=_NO_IDS)
    count = await put_aside(desk_of(request), visitor_of(request), ids, reason=fields.text("reason"))
    return json_answer({"set_aside": count})


@needs(Permission.ANSWER_QUESTIONS)
async def publish(request: web.Request) -> web.Response:
    """Publish a draft."""
    answer_id = number_in_path(request)
    await body_of(request, set())
    told = await publish_draft(desk_of(request), visitor_of(request), answer_id)
    return json_answer({"answer": answer_id, "published": True, "told": told})


@needs(Permission.ANSWER_QUESTIONS)
async def withdraw(request: web.Request) -> web.Response:
    """Turn a draft down, or take a published answer out of use."""
    answer_id, fields = number_in_path(request), await body_of(request, {"reason"})
    await take_back(desk_of(request), visitor_of(request), answer_id, reason=fields.text("reason"))
    return json_answer({"answer": answer_id, "withdrawn": True})
