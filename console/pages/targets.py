"""One resident in one campaign: their calls word by word, answers with their evidence, corrections."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from community.errors import NotFound
from community.files.recording_shelf import RecordingShelf
from community.model.calls.text_message import TEXT_PROBLEM_NAMES, TEXT_STATUS_NAMES
from community.model.cases.case import Case, CaseStatus
from community.model.permissions import Permission
from community.model.questionnaires.questionnaire import Questionnaire
from community.store import progress, result_lines
from community.store.answer_cases import newest_case_about
from community.store.result_lines import ResultLine
from community.store.staff import all_staff
from community.store.texts import LINK_PLACE, texts_of_target
from community.usecases.check_answer import check_answer
from community.usecases.correct_answer import correct_answer
from community.usecases.play_recording import play_recording
from console.desk import desk_of, visitor_of
from console.evidence import evidence_by_question
from console.forms import fields_of, local_address, number_in_path, see_other
from console.guards import needs
from console.rendering import render
from console.result_filters import label_choices


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
        calls = progress.calls_of_target(conn, target_id)
        return {
            "campaign": progress.campaign_line(conn, campaign_id),
            "sheet": sheet,
            "line": line,
            "calls": calls,
            "evidence": evidence_by_question(sheet, line, calls),
            "left_open": _cases_left_open(conn, sheet, line),
            "names": {member.login: member.name for member in all_staff(conn)},
            "texts": texts_of_target(conn, target_id),
            "text_link": LINK_PLACE,
            "text_status_names": TEXT_STATUS_NAMES,
            "text_problem_names": TEXT_PROBLEM_NAMES,
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
    """Put staff's correction beside an answer; where a case is touched, the resident's page says what to do with it."""
    desk, visitor = desk_of(request), visitor_of(request)
    target_id, question_id = number_in_path(request), request.match_info["question"]
    fields = await fields_of(request)
    label, value, now = fields.text("label"), fields.text("value"), desk.clock.now()
    correction = await desk.database.write(
        lambda conn: correct_answer(
            conn, target_id, question_id, label, value, rules=desk.rules, actor=visitor.actor, now=now
        )
    )
    own_page = f"/console/targets/{target_id}"
    if correction.left_open is not None:
        return see_other(own_page, done="answer_case_left")
    if correction.case is not None:
        return see_other(own_page, done="answer_case_opened" if correction.opened else "answer_case_told")
    return see_other(_next(fields.text("next"), own_page), done="answer_corrected")


@needs(Permission.WORK_ON_CASES)
async def check(request: web.Request) -> web.StreamResponse:
    """Say that an answer was heard again and had been understood rightly."""
    desk, visitor = desk_of(request), visitor_of(request)
    target_id, question_id = number_in_path(request), request.match_info["question"]
    next_page = (await fields_of(request)).text("next")
    now = desk.clock.now()
    await desk.database.write(lambda conn: check_answer(conn, target_id, question_id, actor=visitor.actor, now=now))
    return see_other(_next(next_page, f"/console/targets/{target_id}"), done="answer_checked")


def _next(wanted: str, usual: str) -> str:
    return local_address(wanted).split("?")[0] if wanted else usual


def _cases_left_open(conn: Connection, sheet: Questionnaire, line: ResultLine) -> Mapping[str, Case]:
    """Open cases of answers that worry nobody any more since they were corrected, by question."""
    found: dict[str, Case] = {}
    for question in sheet.questions:
        answer = line.answers.get(question.id)
        if answer is None or answer.corrected_label is None or question.escalation_for(*answer.meaning):
            continue
        case = newest_case_about(conn, line.target_id, question.id)
        if case is not None and case.status is not CaseStatus.CLOSED:
            found[question.id] = case
    return found
