"""政策文件: what may be quoted, bringing new ones in, and trying a question."""

import base64
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from community.errors import InvalidInput, NotFound
from community.model.permissions import Permission
from community.model.policies.policy import Standing, standings
from community.store import policies as store
from community.store.written_answers import count_questions
from community.usecases.answer_policy import answer_policy
from community.usecases.import_policies import PolicyFile, import_policies
from community.usecases.try_policies import try_policies
from console.desk import desk_of, visitor_of
from console.forms import Fields, fields_of, number_in_path
from console.guards import needs
from console.rendering import render

_LONGEST_QUESTION = 500
#: Before the bare name of a file that was tried, in the form that publishes it.
_TRIED = "tried:"
STANDING_NAMES = {
    Standing.IN_FORCE: "现行有效",
    Standing.NOT_YET: "尚未施行",
    Standing.EXPIRED: "已过期",
    Standing.SUPERSEDED: "已被替代",
}
STANDING_TONES = {
    Standing.IN_FORCE: "good",
    Standing.NOT_YET: "going",
    Standing.EXPIRED: "calm",
    Standing.SUPERSEDED: "calm",
}


@needs(Permission.VIEW)
async def list_page(request: web.Request) -> web.Response:
    """The documents with their standing today, and the answer to a question that is tried out."""
    desk = desk_of(request)
    question = request.query.get("q", "").strip()[:_LONGEST_QUESTION]
    today = desk.today

    def look(conn: Connection) -> dict[str, Any]:
        documents = store.list_documents(conn)
        return {
            "documents": documents,
            "standings": standings(documents, today),
            "answer": answer_policy(conn, question, today=today) if question else None,
            "waiting": count_questions(conn),
        }

    return await render(request, "policies.html", _words(await desk.database.read(look)) | {"report": None})


@needs(Permission.VIEW)
async def policy_page(request: web.Request) -> web.Response:
    """One document, clause by clause."""
    desk = desk_of(request)
    document_id = number_in_path(request)
    today = desk.today

    def look(conn: Connection) -> dict[str, Any]:
        document = store.get_document(conn, document_id)
        if document is None:
            raise NotFound("没有这份政策文件：请从列表里重新打开。")
        return {
            "document": document,
            "passages": store.passages_of(conn, [document_id]).get(document_id, []),
            "standing": standings(store.list_documents(conn), today).get(document_id),
        }

    return await render(request, "policy.html", _words(await desk.database.read(look)))


@needs(Permission.IMPORT_POLICIES)
async def try_out(request: web.Request) -> web.Response:
    """发布前试一试: last month's real questions without and with the documents; nothing is brought in yet."""
    desk = desk_of(request)
    files = _files_of(await fields_of(request))
    now, today = desk.clock.now(), desk.today
    trial = await desk.database.read(lambda conn: try_policies(conn, files, today=today, now=now))
    # The files wait in the page itself: the service keeps nothing between the trial and the publication.
    waiting = [(file.name, base64.b64encode(file.content).decode()) for file in files]
    return await render(request, "policy_trial.html", {"trial": trial, "files": waiting})


@needs(Permission.IMPORT_POLICIES)
async def upload(request: web.Request) -> web.Response:
    """Bring documents in; each file says what became of it."""
    desk, visitor = desk_of(request), visitor_of(request)
    files = _files_of(await fields_of(request))
    now = desk.clock.now()
    today = desk.today
    report = await desk.database.write(lambda conn: import_policies(conn, files, actor=visitor.actor, now=now))

    def look(conn: Connection) -> dict[str, Any]:
        documents = store.list_documents(conn)
        return {
            "documents": documents,
            "standings": standings(documents, today),
            "answer": None,
            "waiting": count_questions(conn),
        }

    return await render(request, "policies.html", _words(await desk.database.read(look)) | {"report": report})


def _files_of(fields: Fields) -> list[PolicyFile]:
    """The files of a form: chosen just now, or tried before and sent along by the page."""
    files = [PolicyFile(file.name, file.content) for file in fields.files("files")]
    for name, content in fields.texts.items():
        if not name.startswith(_TRIED):
            continue
        try:
            files.append(PolicyFile(name.removeprefix(_TRIED), base64.b64decode(content, validate=True)))
        except ValueError as error:
            raise InvalidInput("页面里的文件不完整：请重新选文件再试。") from error
    if not files:
        raise InvalidInput("还没有选文件：请选 .md、.txt 或 .docx 的政策文件。")
    return files


def _words(context: dict[str, Any]) -> dict[str, Any]:
    return context | {"standing_names": STANDING_NAMES, "standing_tones": STANDING_TONES}
