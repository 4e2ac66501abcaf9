"""`campaign export`, `results` and `correct`: what a campaign brought, in files and on the screen."""

import getpass
import sys
from pathlib import Path
from typing import get_args

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from community.errors import InvalidInput, NotFound
from community.model.actor import Actor
from community.model.calls.result_sheets import ResultSheet, ResultTable
from community.model.phone import parse_phones
from community.settings import Settings
from community.store import audit
from community.store.progress import campaign_line
from community.store.result_lines import targets_with_number
from community.usecases.correct_answer import Correction, correct_answer
from community.usecases.count_results import count_results, results_document
from community.usecases.export_campaign import SHEET_NAMES, ExportFormat, export_campaign, result_sheets
from community.usecases.hand_out_results import hand_out_results
from shouwang.commands.output import as_option, json_option, print_json
from shouwang.wiring import Office, open_office

_FORMATS: tuple[ExportFormat, ...] = get_args(ExportFormat)
_id_argument = click.argument("campaign_id", metavar="编号", type=click.IntRange(min=1))


@click.command("export", help="导出结果：xlsx、csv 是汇总、各题、各网格、未联系上和明细；jsonl 一人一行 JSON。")
@_id_argument
@click.option("--format", "file_format", type=click.Choice(_FORMATS), help="不写就看文件名的后缀。")
@click.option("--out", required=True, metavar="文件", type=click.Path(path_type=Path), help="存到哪里；- 是标准输出。")
@click.option("--sheet", type=click.Choice(SHEET_NAMES), default=None, help="只要其中一张表。")
@click.option(
    "--as",
    "login",
    metavar="账号",
    help="以哪位工作人员的名义导出，要有导出的权限；不写就是服务器的管理员，记下系统用户名。",
)
def export_command(
    *, campaign_id: int, file_format: ExportFormat | None, out: Path, sheet: str | None, login: str | None
) -> None:
    """Write a campaign's results to a file."""
    by_suffix: dict[str, ExportFormat] = {f".{name}": name for name in _FORMATS}
    chosen = file_format or by_suffix.get(out.suffix.lower(), "xlsx")
    with open_office() as office, office.database.begin() as conn:
        content = _results(conn, office, campaign_id, chosen, login=login, sheet=sheet or "")
    if str(out) == "-":
        sys.stdout.buffer.write(content)
        return
    try:
        out.write_bytes(content)
    except OSError as error:
        raise InvalidInput(f"写不了文件 {out.name}：请核对目录和写入权限") from error
    click.echo(f"已导出到 {out}", err=True)


@click.command("results", help="看结果：漏斗、每题的回答、各网格和楼栋、多久联系上。")
@_id_argument
@json_option
def results_command(*, campaign_id: int, as_json: bool) -> None:
    """Print a campaign's figures."""
    with open_office() as office, office.database.reading() as conn:
        zone, now = office.rules.timezone, office.clock.now()
        line = campaign_line(conn, campaign_id)
        if line is None:
            raise NotFound(f"没有 {campaign_id} 号外呼任务：请用 campaign list 查看编号")
        if as_json:
            print_json(results_document(line, count_results(conn, campaign_id, zone=zone)))
            return
        sheets = result_sheets(conn, campaign_id, now=now, zone=zone)
    _print_sheets(sheets, mark="（演练）" if line.rehearsal else "")


@click.command("correct", help="更正一条听错的回答；原来的判断也留着。")
@_id_argument
@click.option("--phone", required=True, metavar="号码", help="居民的电话。")
@click.option("--name", default="", metavar="姓名", help="两位居民同一个号码时，写上是哪一位。")
@click.option("--question", "question_id", required=True, metavar="题", help="问卷里这一题的 id。")
@click.option("--label", required=True, metavar="意思", help="真正的意思：yes、no、needs:medical、value……或选项原文。")
@click.option("--value", default="", metavar="内容", help="数字、日期或原话，意思是 value、keep 时要写。")
@as_option
@json_option
def correct_command(
    *,
    campaign_id: int,
    phone: str,
    name: str,
    question_id: str,
    label: str,
    value: str,
    login: str,
    as_json: bool,
) -> None:
    """Put staff's correction beside an answer."""
    with open_office() as office, office.database.begin() as conn:
        target_id = _target(conn, office.settings, campaign_id, phone, name)
        correction = correct_answer(
            conn,
            target_id,
            question_id,
            label,
            value,
            rules=office.rules,
            actor=Actor.staff(login),
            now=office.clock.now(),
        )
    if as_json:
        print_json({"target": target_id, "question": question_id, **correction.to_json()})
        return
    click.echo(f"已更正。{_what_follows(correction)}")


def _results(
    conn: Connection, office: Office, campaign_id: int, file_format: ExportFormat, *, login: str | None, sheet: str
) -> bytes:
    zone, now = office.rules.timezone, office.clock.now()
    if login:
        actor = Actor.staff(login)
        return hand_out_results(conn, campaign_id, file_format, zone=zone, actor=actor, now=now, sheet=sheet).content
    content = export_campaign(conn, campaign_id, file_format, now=now, zone=zone, sheet=sheet)
    detail = {"format": file_format, "bytes": len(content)}
    actor, subject = Actor.system(f"command line:{getpass.getuser()}"[:60]), f"campaign:{campaign_id}"
    audit.append(conn, at=now, actor=actor, action="campaign.exported", subject=subject, detail=detail)
    return content


def _print_sheets(sheets: list[ResultSheet], *, mark: str) -> None:
    console = Console()
    for sheet in sheets:
        console.print(f"[bold]{sheet.name}{mark}[/bold]")
        for table in sheet.tables:
            console.print(_rich_table(table))
            if table.note:
                console.print(table.note, markup=False)
        console.print()


def _rich_table(table: ResultTable) -> Table:
    drawn = Table(title=table.title, title_justify="left", pad_edge=False)
    for place, head in enumerate(table.heads):
        drawn.add_column(head, no_wrap=place == 0)
    for row in table.rows:
        drawn.add_row(*(str(cell) for cell in row.cells))
    return drawn


def _target(conn: Connection, settings: Settings, campaign_id: int, phone: str, name: str) -> int:
    numbers = parse_phones(
        phone, settings.phone_regions[0], area_code=settings.area_code, regions=settings.phone_regions
    )
    if len(numbers) != 1:
        raise InvalidInput("请写一个完整的号码，例如 13800000000。")
    found = targets_with_number(conn, campaign_id, numbers[0], name)
    if not found:
        raise NotFound("这个任务里没有这个号码的居民：请核对任务编号和号码。")
    if len(found) > 1:
        raise InvalidInput("有几位居民用这个号码：请加上 --name 姓名。")
    return found[0].target_id


def _what_follows(correction: Correction) -> str:
    if correction.left_open is not None:
        number = correction.left_open.number
        return f"原来的回答开过工单 {number}，还没有销号：请核实后销号，写明是听错了。"
    if correction.case is not None:
        return f"工单 {correction.case.number} {'已开，会通知网格员' if correction.opened else '里记下了这次更正'}。"
    return ""
