"""The API's answers about results: figures, lines, the unreached, answers to be heard again, corrections."""

from collections.abc import Callable
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from community.model.permissions import Permission
from community.store import progress, result_lines
from community.store.listening import count_doubtful, list_doubtful
from community.store.result_lines import ResultFilter
from community.store.unreached import count_unreached, list_unreached
from community.usecases.check_answer import check_answer
from community.usecases.correct_answer import correct_answer
from community.usecases.count_results import count_results, results_document
from console.api.answers import PAGE, body_of, campaign_of, json_answer, only
from console.api.documents import evidence_json, result_json, unreached_json
from console.desk import desk_of, visitor_of
from console.evidence import evidence_for
from console.forms import number_in_path
from console.guards import needs
from console.rendering import page_number
from console.result_filters import FILTER_FIELDS, result_filter

_Look = Callable[[Connection, int, ResultFilter, int], dict[str, Any]]


@needs(Permission.VIEW)
async def show_figures(request: web.Request) -> web.Response:
    """What came of a campaign, counted."""
    zone = desk_of(request).rules.timezone

    def look(conn: Connection, campaign_id: int, wanted: ResultFilter, _: int) -> dict[str, Any]:
        results = count_results(conn, campaign_id, zone=zone, wanted=wanted)
        return results_document(campaign_of(conn, campaign_id), results)

    return await _answer(request, look, pages=False)


@needs(Permission.EXPORT)
async def list_results(request: web.Request) -> web.Response:
    """One line a resident."""

    def look(conn: Connection, campaign_id: int, wanted: ResultFilter, offset: int) -> dict[str, Any]:
        lines = result_lines.list_results(conn, campaign_id, wanted, limit=PAGE, offset=offset)
        total = result_lines.count_results(conn, campaign_id, wanted)
        return {"total": total, "results": [result_json(line) for line in lines]}

    return await _answer(request, look)


@needs(Permission.EXPORT)
async def list_the_unreached(request: web.Request) -> web.Response:
    """Those whom nobody has spoken with."""

    def look(conn: Connection, campaign_id: int, wanted: ResultFilter, offset: int) -> dict[str, Any]:
        lines = list_unreached(conn, campaign_id, wanted, limit=PAGE, offset=offset)
        total = count_unreached(conn, campaign_id, wanted)
        return {"total": total, "unreached": [unreached_json(line) for line in lines]}

    return await _answer(request, look)


@needs(Permission.EXPORT)
async def list_doubtful_answers(request: web.Request) -> web.Response:
    """Answers to be heard again, oldest first."""

    def look(conn: Connection, campaign_id: int, wanted: ResultFilter, offset: int) -> dict[str, Any]:
        doubtful = list_doubtful(conn, campaign_id, wanted, limit=PAGE, offset=offset)
        found = evidence_for(conn, progress.campaign_source(conn, campaign_id)[0], doubtful)
        total = count_doubtful(conn, campaign_id, wanted)
        return {"total": total, "answers": [evidence_json(one) for one in found]}

    return await _answer(request, look)


@needs(Permission.WORK_ON_CASES)
async def correct(request: web.Request) -> web.Response:
    """Put staff's correction beside an answer."""
    desk, visitor, now = desk_of(request), visitor_of(request), desk_of(request).clock.now()
    target_id, question_id = number_in_path(request), request.match_info["question"]
    fields = await body_of(request, {"label", "value"})
    correction = await desk.database.write(
        lambda conn: correct_answer(
            conn,
            target_id,
            question_id,
            fields.text("label"),
            fields.text("value"),
            rules=desk.rules,
            actor=visitor.actor,
            now=now,
        )
    )
    return json_answer({"target": target_id, "question": question_id, **correction.to_json()})


@needs(Permission.WORK_ON_CASES)
async def check(request: web.Request) -> web.Response:
    """Say that an answer was heard again and had been understood rightly."""
    desk, visitor, now = desk_of(request), visitor_of(request), desk_of(request).clock.now()
    target_id, question_id = number_in_path(request), request.match_info["question"]
    await body_of(request, set())
    await desk.database.write(lambda conn: check_answer(conn, target_id, question_id, actor=visitor.actor, now=now))
    return json_answer({"target": target_id, "question": question_id, "checked": True})


async def _answer(request: web.Request, look: _Look, *, pages: bool = True) -> web.Response:
    only(request, {*FILTER_FIELDS, "page"} if pages else set(FILTER_FIELDS))
    campaign_id, wanted = number_in_path(request), result_filter(request.query)
    offset = (page_number(request) - 1) * PAGE

    def look_at(conn: Connection) -> dict[str, Any]:
        campaign_of(conn, campaign_id)
        return look(conn, campaign_id, wanted, offset)

    return json_answer(await desk_of(request).database.read(look_at))
