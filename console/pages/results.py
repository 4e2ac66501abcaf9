"""A campaign's results: one line a resident, and for each their calls word by word, answers and corrections."""

from typing import Any

from aiohttp import web
from multidict import MultiMapping
from sqlalchemy import Connection

from community.errors import NotFound
from community.files.recording_shelf import RecordingShelf
from community.model.calls.call import Outcome
from community.model.calls.campaign import TargetStatus
from community.model.permissions import Permission
from community.model.questionnaires.answer_text import LABEL_NAMES
from community.model.questionnaires.questionnaire import COMMON_LABELS, LABELS_OF_KIND, Question, QuestionKind
from community.store import progress, result_lines
from community.store.staff import all_staff
from community.usecases.correct_answer import correct_answer
from community.usecases.play_recording import play_recording
from console.desk import desk_of, visitor_of
from console.forms import fields_of, number_in_path, see_other
from console.guards import needs
from console.rendering import Paging, page_number, render


@needs(Permission.VIEW)
async def results_page(request: web.Request) -> web.Response:
    """The result lines that the filter in the address leaves."""
    desk = desk_of(request)
    campaign_id, wanted = number_in_path(request), result_filter(request.query)

    def look(conn: Connection) -> dict[str, Any]:
        campaign = progress.campaign_line(conn, campaign_id)
        if campaign is None:
            raise NotFound("没有这个外呼任务：请从列表里重新打开。")
        paging = Paging(number=page_number(request), total=result_lines.count_results(conn, campaign_id, wanted))
        return {
            "campaign": campaign,
            "sheet": progress.campaign_source(conn, campaign_id)[0],
            "paging": paging,
            "lines": result_lines.list_results(conn, campaign_id, wanted, limit=paging.size, offset=paging.offset),
        }

    context = await desk.database.read(look)
    asked = [question for question in context["sheet"].questions if question.id == wanted.question_id]
    return await render(request, "results.html", context | {"labels": label_choices(asked[0]) if asked else {}})


@needs(Permission.VIEW)
async def target_page(request: web.Request) -> web.Response:
    """One resident in one campaign: every call, every word, every answer."""
    target_id = number_in_path(request)

    def look(conn: Connection) -> dict[str, Any]:
        found = result_lines.result_of_target(conn, target_id)
        if found is None:
            raise NotFound("没有这个人的外呼记录：请从结果表里重新打开。")
        campaign_id, line = found
        sheet = progress.campaign_source(conn, campaign_id)[0]
        return {
            "campaign": progress.campaign_line(conn, campaign_id),
            "sheet": sheet,
            "line": line,
            "calls": progress.calls_of_target(conn, target_id),
            "names": {member.login: member.name for member in all_staff(conn)},
            "choices": {question.id: label_choices(question) for question in sheet.questions},
        }

    return await render(request, "target.html", await desk_of(request).database.read(look))


@needs(Permission.WORK_ON_CASES)
async def listen(request: web.Request) -> web.StreamResponse:
    """The sound of a call; that somebody listens is written down."""
    desk, visitor, recording_id = desk_of(request), visitor_of(request), number_in_path(request)
    # A player fetches one sound in parts: only the first of them is a new listening.
    begins = request.headers.get("Range", "bytes=0-").startswith("bytes=0-")
    recording = await desk.database.write(
        lambda conn: play_recording(conn, recording_id, actor=visitor.actor, now=desk.clock.now(), begins=begins)
    )
    path, media_type = RecordingShelf(desk.settings.data_dir).find(recording.file)
    return web.FileResponse(path, headers={"Content-Type": media_type, "Content-Disposition": "inline"})


@needs(Permission.WORK_ON_CASES)
async def correct(request: web.Request) -> web.StreamResponse:
    """Put staff's correction beside an answer."""
    desk, visitor = desk_of(request), visitor_of(request)
    target_id, question_id = number_in_path(request), request.match_info["question"]
    fields = await fields_of(request)
    label, value, now = fields.text("label"), fields.text("value"), desk.clock.now()
    await desk.database.write(
        lambda conn: correct_answer(
            conn, target_id, question_id, label, value, rules=desk.rules, actor=visitor.actor, now=now
        )
    )
    return see_other(f"/console/targets/{target_id}", done="answer_corrected")


def label_choices(question: Question) -> dict[str, str]:
    """What an answer to a question may be, in words."""
    own = question.options if question.kind is QuestionKind.CHOICE else LABELS_OF_KIND[question.kind]
    words = {"value": "填在下面", "keep": "填在下面"}
    return {label: words.get(label) or LABEL_NAMES.get(label, label) for label in (*own, *COMMON_LABELS)}


def result_filter(query: MultiMapping[str]) -> result_lines.ResultFilter:
    """Which result lines an address asks for."""
    status, outcome = query.get("status", ""), query.get("outcome", "")
    return result_lines.ResultFilter(
        status=TargetStatus(status) if status in set(TargetStatus) else None,
        outcome=Outcome(outcome) if outcome in set(Outcome) else None,
        question_id=query.get("question", "")[:60],
        label=query.get("label", "")[:40] if query.get("question") else "",
        name=query.get("name", "")[:80].strip(),
    )
