"""`policies`: import documents, list them, and try questions against them."""

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, TextIO

import click

from community.errors import InvalidInput, NotFound
from community.files.policy_file import MOST_BYTES, REFUSED_SUFFIXES, SUFFIXES
from community.model.actor import Actor
from community.model.permissions import Permission
from community.model.policies.policy import AnswerStatus, PolicyAnswer, PolicyDocument, Standing, standings
from community.store import policies as store
from community.usecases.answer_policy import answer_policy
from community.usecases.authorise import authorise
from community.usecases.import_policies import PolicyFile, PolicyImport, import_policies
from shouwang.commands.output import DONE, FAILED, as_option, json_option, print_json
from shouwang.commands.policy_replies import VERBS as REPLIES
from shouwang.commands.policy_trial import try_import
from shouwang.wiring import Office, open_office

_RESULTS = {"created": "新增", "updated": "新版本", "unchanged": "没有变化", "rejected": "没有导入"}
_STANDINGS = {
    Standing.IN_FORCE: "有效",
    Standing.NOT_YET: "未施行",
    Standing.EXPIRED: "已过期",
    Standing.SUPERSEDED: "已被替代",
}
_LONGEST_LINE = 100_000


@click.group(help="政策文件：导入、查看、试问。")
def policies() -> None:
    """Group of policy commands."""


@policies.command("import", help="导入政策文件（.md、.txt、.docx）或整个文件夹；同一文号再次导入就是新版本。")
@click.argument("paths", metavar="路径…", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--try", "try_first", is_flag=True, help="不导入，只拿最近一个月的真实提问试一遍，看哪些回答会变。")
@as_option
@json_option
def import_command(paths: tuple[Path, ...], login: str, *, try_first: bool, as_json: bool) -> None:
    """Import files and folders; exit 1 when any file was rejected."""
    files = list(_files(paths))
    if try_first:
        sys.exit(try_import(files, login, as_json=as_json))
    with open_office() as office, office.database.begin() as conn:
        authorise(conn, login, Permission.IMPORT_POLICIES)
        report = import_policies(conn, files, actor=Actor.staff(login), now=office.clock.now())
    _show_import(report, as_json=as_json)
    sys.exit(FAILED if report.count("rejected") else DONE)


@policies.command("list", help="列出政策文件和今天的效力。")
@json_option
def list_command(*, as_json: bool) -> None:
    """List the current versions and how they stand today."""
    with open_office() as office, office.database.reading() as conn:
        documents = store.list_documents(conn)
        standing = standings(documents, _today(office))
    rows = [{**_document(one), **_dates(one), "standing": standing[one.id][0].value} for one in documents]
    if as_json:
        print_json(rows)
        return
    for one, row in zip(documents, rows, strict=True):
        state = _STANDINGS[standing[one.id][0]]
        click.echo(f"{state}\t{one.title}\t{one.document_number}（第 {one.version} 版）\t{row['effective_on'] or '—'}")
    if not documents:
        click.echo("还没有政策文件。用 shouwang policies import 文件 --as 账号 导入。")


@policies.command("ask", help="试问一个问题，或用 --file 逐行试问（每行一个 JSON：question、conversation、at）。")
@click.argument("text", metavar="问题", required=False)
@click.option("--file", "file", type=click.File("rb"), metavar="文件", help="每行一个 JSON；- 表示标准输入。")
@click.option("--at", "at", metavar="日期", help="按哪一天回答，例如 2026-07-15；不写就是今天。")
@json_option
def ask_command(text: str | None, file: Any, at: str | None, *, as_json: bool) -> None:
    """Answer from the documents; nobody is written to and no case is opened."""
    if (text is None) == (file is None):
        raise click.UsageError("请写一个问题，或用 --file 给一个文件（二者选一）。")
    with open_office() as office, office.database.reading() as conn:
        day = _day(at, office) if at else _today(office)
        if file is not None:
            for answer in _answers(file, conn, office, day):
                print_json(answer)
            return
        answered = answer_policy(conn, text or "", today=day)
    if as_json:
        print_json(answer_json(answered))
    else:
        click.echo(answered.text)


def _answers(lines: Iterable[bytes], conn: Any, office: Office, day: date) -> Iterator[dict[str, Any]]:
    """Answer line by line; a conversation's follow-up questions keep its document."""
    before: dict[str, tuple[int, str]] = {}
    for line in lines:
        if not line.strip():
            continue
        try:
            question, conversation, at = _read_line(line)
            on = _day(at, office) if at else day
        except InvalidInput as error:
            yield {"error": {"code": error.code, "message": error.message}}
            continue
        topic, previous = before.get(conversation, (None, "")) if conversation else (None, "")
        answer = answer_policy(conn, question, today=on, topic=topic, before=previous)
        if conversation and answer.document is not None:
            before[conversation] = (answer.document.id, question)
        yield answer_json(answer)


def _read_line(line: bytes) -> tuple[str, str, str]:
    if len(line) > _LONGEST_LINE:
        raise InvalidInput("这一行太长，一个问题不超过 10 万字节")
    try:
        document = json.loads(line.decode("utf-8-sig"))
    except ValueError as error:
        raise InvalidInput('这一行不是 JSON，应写成 {"question": "…"}') from error
    if not isinstance(document, dict):
        raise InvalidInput('这一行应是一个 JSON 对象：{"question": "…"}')
    question, conversation, at = (document.get(key) for key in ("question", "conversation", "at"))
    if not isinstance(question, str) or not question.strip():
        raise InvalidInput("缺少 question，或者它不是文字")
    if not isinstance(conversation, str | int | None) or not isinstance(at, str | None):
        raise InvalidInput("conversation 和 at 应是文字")
    return question, "" if conversation is None else str(conversation), at or ""


def answer_json(answer: PolicyAnswer) -> dict[str, Any]:
    """One answer as integrators read it."""
    return {
        "status": answer.status.value,
        "document": _document(answer.document) if answer.document else None,
        "passage": answer.passage or None,
        "text": answer.text,
        "confidence": answer.confidence,
        "choices": [
            {"title": one.title, "number": one.document_number}
            for one in (answer.choices if answer.status is AnswerStatus.CHOOSE else ())
        ],
    }


def _document(document: PolicyDocument) -> dict[str, Any]:
    return {"file": document.file_name, "title": document.title, "number": document.document_number}


def _dates(document: PolicyDocument) -> dict[str, Any]:
    days = {"issued_on": document.issued_on, "effective_on": document.effective_on, "expires_on": document.expires_on}
    return {
        "id": document.id,
        "version": document.version,
        "issuer": document.issuer,
        "district": document.district,
        "supersedes": list(document.supersedes),
        **{name: day.isoformat() if day else None for name, day in days.items()},
    }


def _today(office: Office) -> date:
    return office.clock.now().astimezone(office.settings.timezone).date()


def _day(text: str, office: Office) -> date:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"日期“{text[:40]}”看不懂，请写成 2026-07-15 或 2026-07-15T09:00:00+08:00") from error
    return (moment.astimezone(office.settings.timezone) if moment.tzinfo else moment).date()


def _files(paths: Iterable[Path]) -> Iterator[PolicyFile]:
    for path in paths:
        if path.is_dir():
            inside = sorted(one for one in path.rglob("*") if one.is_file() and not one.name.startswith((".", "~$")))
            yield from (_file(one) for one in inside if one.suffix.lower() in (*SUFFIXES, *REFUSED_SUFFIXES))
        elif path.is_file():
            yield _file(path)
        else:
            raise NotFound(f"没有这个文件或文件夹：{path}，请核对路径")


def _file(path: Path) -> PolicyFile:
    try:
        with path.open("rb") as opened:
            # One byte more than allowed is enough to see that it is too large.
            return PolicyFile(path.name, opened.read(MOST_BYTES + 1))
    except OSError as error:
        raise InvalidInput(f"{path.name} 打不开：请检查文件权限") from error


def _show_import(report: PolicyImport, *, as_json: bool) -> None:
    counts = {result: report.count(result) for result in _RESULTS}
    if as_json:
        print_json({**counts, "files": [_file_report(one) for one in report.files]})
        return
    for one in report.files:
        note = one.reason or f"《{one.title}》{one.document_number}，第 {one.version} 版，{one.passages} 条"
        click.echo(f"{_RESULTS[one.result]}\t{one.file}\t{note}")
        for warning in one.warnings:
            _note(f"  注意（{one.file}）：{warning}")
    click.echo("，".join(f"{name} {counts[result]} 份" for result, name in _RESULTS.items()))


def _file_report(one: Any) -> dict[str, Any]:
    return {
        "file": one.file,
        "result": one.result,
        "reason": one.reason,
        "title": one.title,
        "number": one.document_number,
        "version": one.version,
        "passages": one.passages,
        "warnings": list(one.warnings),
    }


def _note(sentence: str, stream: TextIO | None = None) -> None:
    click.echo(sentence, file=stream or sys.stderr)


for _command in REPLIES:
    policies.add_command(_command)

COMMANDS = (policies,)
