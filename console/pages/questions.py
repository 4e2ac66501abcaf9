"""没答上的问题: what residents asked and no document answers, and the answers that staff write."""

from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from community.model.permissions import Permission
from community.model.policies.written import AnswerState
from community.store import written_answers as store
from community.usecases.list_open_questions import list_open_questions
from community.usecases.write_answer import LONGEST_ANSWER
from console.desk import desk_of, visitor_of
from console.forms import fields_of, number_in_path, see_other
from console.guards import needs
from console.question_changes import (
    last_day,
    publish_draft,
    put_aside,
    question_ids,
    reply_to_questions,
    take_back,
)
from console.rendering import render

HOME = "/console/questions"
_NO_IDS = "没有选中提问：请刷新页面再操作一次。"
_NO_DAY = "有效期看不懂：请在日历里选一天，或者留空。"
REASON_NAMES = {"unknown": "没答上", "doubtful": "没把握", "choose": "让居民选"}
REASON_TONES = {"unknown": "wait", "doubtful": "calm", "choose": "calm"}


@needs(Permission.VIEW)
async def list_page(request: web.Request) -> web.Response:
    """The open questions, like with like, the drafts, and the answers in use."""
    desk = desk_of(request)

    def look(conn: Connection) -> dict[str, Any]:
        return {
            "groups": list_open_questions(conn),
            "drafts": store.list_answers(conn, AnswerState.DRAFT),
            "published": store.list_answers(conn, AnswerState.PUBLISHED)[::-1],
        }

    names = {"reason_names": REASON_NAMES, "reason_tones": REASON_TONES, "longest": LONGEST_ANSWER, "today": desk.today}
    return await render(request, "questions.html", await desk.database.read(look) | names)


@needs(Permission.ANSWER_QUESTIONS)
async def reply(request: web.Request) -> web.Response:
    """Write an answer to a group of questions; published at once, or kept as a draft."""
    desk, visitor = desk_of(request), visitor_of(request)
    fields = await fields_of(request)
    publish = fields.text("then") == "publish"
    await reply_to_questions(
        desk,
        visitor,
        question_ids(fields, missing=_NO_IDS),
        fields,
        valid_until=last_day(fields, wrong=_NO_DAY),
        second_look=fields.text("then") == "second-look",
        publish=publish,
    )
    return see_other(HOME, done="answer_published" if publish else "answer_drafted")


@needs(Permission.ANSWER_QUESTIONS)
async def set_aside(request: web.Request) -> web.Response:
    """Take questions off the list that need no answer."""
    fields = await fields_of(request)
    ids = question_ids(fields, missing=_NO_IDS)
    await put_aside(desk_of(request), visitor_of(request), ids, reason=fields.text("reason"))
    return see_other(HOME, done="question_set_aside")


@needs(Permission.ANSWER_QUESTIONS)
async def publish(request: web.Request) -> web.Response:
    """Publish a draft."""
    await publish_draft(desk_of(request), visitor_of(request), number_in_path(request))
    return see_other(HOME, done="answer_published")


@needs(Permission.ANSWER_QUESTIONS)
async def withdraw(request: web.Request) -> web.Response:
    """Turn a draft down, or take a published answer out of use."""
    reason = (await fields_of(request)).text("reason")
    await take_back(desk_of(request), visitor_of(request), number_in_path(request), reason=reason)
    return see_other(HOME, done="answer_withdrawn")
