"""`campaign rehearse` and `campaign try-answers`: see what a questionnaire does before anybody is rung."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import click
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from rich.console import Console
from rich.table import Table

from community.errors import CommunityError, InvalidInput
from community.files.answer_knowledge import load_answer_opinion
from community.model.calls.rehearsal import Rehearsal
from community.model.meaning import understand
from community.model.questionnaires.questionnaire import Question, QuestionKind
from shouwang.commands.campaign_plans import list_option, read_lists, read_source
from shouwang.commands.output import json_option, print_json
from shouwang.rehearsal import rehearse, rehearse_campaign
from shouwang.wiring import Office, open_office

_LONGEST_LINE = 100_000


@click.command(
    "rehearse",
    help="整个任务排练一遍：模拟居民接听、回短信、点链接，不拨任何人的电话，不发短信，也不通知任何人。给编号或问卷文件。",
)
@click.argument("what", metavar="编号或文件")
@list_option
@click.option("--seed", type=int, default=0, show_default=True, help="换一个数，居民就换一批性格。")
@json_option
def rehearse_command(*, what: str, lists: tuple[Path, ...], seed: int, as_json: bool) -> None:
    """Run a whole campaign against simulated residents on a copy of the roster."""
    with open_office() as office:
        result = _rehearse(office, what, lists, seed)
    if as_json:
        print_json(result.to_json())
    else:
        _print_rehearsal(result)


def _rehearse(office: Office, what: str, lists: tuple[Path, ...], seed: int) -> Rehearsal:
    file = Path(what)
    if what.isdecimal() and not file.exists():
        return asyncio.run(rehearse_campaign(office, int(what), seed=seed))
    source = read_source(file)
    return asyncio.run(rehearse(office, source, seed=seed, lists=read_lists(office, file, source, lists)))


@click.command("try-answers", help="逐行读入居民的回答（JSON），打印系统会怎样理解；不需要服务在运行。")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--file", "other", type=click.Path(path_type=Path), help="同上：回答所在的文件。")
def try_answers_command(file: Path | None, other: Path | None) -> None:
    """Read answers from a file of JSON lines and print how each is understood, in order."""
    path = file or other
    if path is None:
        raise click.UsageError("请给出文件：campaign try-answers 文件")
    for result in try_answers(_read(path).splitlines()):
        print_json(result)


def try_answers(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Understand answers, one JSON object a line.

    Args:
        lines: {kind, question, options, yes_means, today, digits, speech, confidence}.

    Yields:
        {label, value, confidence, decided_by}, or {error: {code, message}} for a line that cannot be read.
    """
    for line in lines:
        try:
            yield _understood(_answer_line(line))
        except CommunityError as error:
            yield {"error": {"code": error.code, "message": error.message}}


class _AnswerLine(BaseModel):
    model_config = ConfigDict(extra="ignore")

    kind: QuestionKind
    question: str = ""
    options: list[str] | None = None
    yes_means: str | None = None
    today: date | None = None
    digits: str | None = None
    speech: str | None = None
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    minimum: float | None = None
    maximum: float | None = None


def _answer_line(line: str) -> _AnswerLine:
    if len(line) > _LONGEST_LINE:
        raise InvalidInput("这一行太长，应是一条回答的 JSON", code="too_long")
    try:
        document = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InvalidInput('这一行不是 JSON，应写成 {"kind": "yes_no", "speech": "好的"} 这样') from error
    try:
        return _AnswerLine.model_validate(document)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "整行"
        raise InvalidInput(f"这一行的 {where} 不对：请按 docs/channels/telephone.md 里的字段填写") from error


def _understood(answer: _AnswerLine) -> dict[str, Any]:
    question = Question.model_construct(
        id="question",
        kind=answer.kind,
        say=answer.question,
        options=[option for option in answer.options or [] if option],
        yes_means=answer.yes_means or None,
        minimum=answer.minimum,
        maximum=answer.maximum,
    )
    today = answer.today or date.today()  # noqa: DTZ011 - the reader's own day, where the line names none
    reading = understand(
        question, answer.speech or "", answer.digits or "", answer.confidence, today, opinion=load_answer_opinion()
    )
    return {
        "label": reading.label,
        "value": reading.value,
        "confidence": round(reading.confidence, 3),
        "decided_by": reading.decided_by,
    }


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InvalidInput(f"打不开文件 {path.name}：请核对文件名和读取权限", code="no_file") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"文件 {path.name} 不是 UTF-8 编码：请另存为 UTF-8 再试", code="encoding") from error


def _print_rehearsal(result: Rehearsal) -> None:
    console = Console()
    console.print(f"[bold]排练：{result.name}[/bold]（没有拨打任何人的电话，也没有发短信）")
    tables = (
        ("结果", result.targets),
        ("怎样联系上的", result.reached),
        ("呼叫", result.outcomes),
        ("会开的工单", result.cases),
    )
    for title, counts in tables:
        table = Table(title=title, show_header=False)
        for name, count in counts.items():
            table.add_row(name, str(count))
        console.print(table)
    rung = f"，居民打来 {result.calls_in} 次" if result.calls_in else ""
    console.print(
        f"拨打 {result.calls} 次{rung}，通话共 {result.talk_minutes} 分钟，计费 {result.billed_minutes} 分钟。"
    )
    if result.texts:
        console.print(f"发短信 {result.texts} 条，计费 {result.billed_texts} 条；居民来短信 {result.texts_in} 条。")
    if result.texting:
        console.print(f"注意：{result.texting}。")
    if result.cost is not None:
        console.print(f"费用约 {result.cost:.2f} 元。")
    kinds = "、".join(f"{kind} {count}" for kind, count in result.cases_by_kind.items())
    console.print(f"工作人员要跟进 {result.staff_cases} 张工单{f'：{kinds}' if kinds else ''}。")
    if result.stopped:
        console.print(f"没有打完：{result.stopped}，还剩 {result.unresolved} 人。")
    console.print(
        f"若 {result.started} 启动，预计 {result.finished or ('不能' if result.stopped else '一个月内不能')} 完成（历时 {result.duration}）。"
    )
    for reason, count in result.excluded.items():
        console.print(f"不呼叫 {count} 人：{reason}")
