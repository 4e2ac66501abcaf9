"""`residents`: bring lists in, look people up."""

import os
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from community.errors import InvalidInput, NotFound
from community.files.rejected_rows import rejected_rows
from community.files.resident_file import read_resident_file
from community.files.tables import MOST_BYTES
from community.model.actor import Actor
from community.model.permissions import Permission
from community.model.phone import mask
from community.model.residents.identity import SEX_NAMES
from community.model.residents.import_report import RESULT_NAMES, ImportReport, RowResult
from community.model.residents.resident_list import ResidentList
from community.store.roster import RosterCard, RosterFilter, RosterLine, count_roster, list_roster, roster_card
from community.usecases.authorise import authorise
from community.usecases.import_residents import import_residents
from community.usecases.record_health_consent import record_health_consent
from shouwang.commands.output import as_option, json_option, print_json
from shouwang.wiring import Office, open_office

_PHONE_STATUSES = {"ok": "", "wrong": "（不是本人）", "not_in_service": "（空号或停机）"}
_SHOWN_REASONS = 20


@click.group("residents", help="居民名册：导入名单、查找、查看。")
def residents_command() -> None:
    """Group of resident commands."""


@residents_command.command(
    "import", help="导入居民名单（.xlsx、.xls 或 .csv）。坏行不影响好行，另存为可改正后再导入的文件。"
)
@click.argument("path", metavar="文件", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="只看结果，什么都不写。")
@click.option("--as", "login", metavar="账号", help="以哪位工作人员的名义导入。")
@json_option
def import_command(path: Path, login: str | None, *, dry_run: bool, as_json: bool) -> None:
    """Import a list; exit 0 even though rows were rejected."""
    if path.stat().st_size > MOST_BYTES:
        raise InvalidInput(f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请分成几个文件再导入", code="file")
    with open_office() as office:
        if login:
            with office.database.reading() as conn:
                authorise(conn, login, Permission.IMPORT_RESIDENTS)
        now = office.clock.now()
        listed = read_resident_file(path.name, path.read_bytes(), settings=office.settings, rules=office.rules, now=now)
        actor = Actor.staff(login) if login else Actor.system("cli")
        opened = office.database.reading() if dry_run else office.database.begin()
        with opened as conn:
            report = import_residents(conn, listed, actor=actor, now=now, dry_run=dry_run)
    rejected_file = None if dry_run else _write_rejected(office, path, listed, report)
    if as_json:
        print_json(report.to_json(str(rejected_file) if rejected_file else None))
    else:
        _show_report(report, rejected_file)


def _write_rejected(office: Office, path: Path, listed: ResidentList, report: ImportReport) -> Path | None:
    if not report.count(RowResult.REJECTED):
        return None
    as_csv = path.suffix.lower() in {".csv", ".txt", ".tsv"}
    content = rejected_rows(listed, report, as_csv=as_csv)
    name = f"{path.stem.removesuffix('-未导入')}-未导入{'.csv' if as_csv else '.xlsx'}"
    beside = path.absolute().with_name(name)
    if beside == path.absolute():
        beside = beside.with_stem(f"{beside.stem}-2")
    for target in (beside, office.settings.data_dir / "rejected" / beside.name):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _write_private(target, content)
        except OSError:
            continue
        return target
    raise InvalidInput(
        "名单已导入，但未导入的行写不了文件：请检查磁盘空间和目录权限，再导入一次即可", code="rejected_file"
    )


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads: it holds whole rows of the list."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _show_report(report: ImportReport, rejected_file: Path | None) -> None:
    counted = "，".join(f"{RESULT_NAMES[result]} {report.count(result)}" for result in RowResult)
    click.echo(f"{'试导入，没有写入：' if report.dry_run else ''}共 {len(report.rows)} 行：{counted}")
    told = [row for row in report.rows if row.reason]
    # What is wrong comes before what is merely worth knowing.
    told.sort(key=lambda row: row.result is not RowResult.REJECTED)
    for row in told[:_SHOWN_REASONS]:
        sheet = f"{row.sheet} " if row.sheet else ""
        click.echo(f"  {sheet}第 {row.number} 行 {RESULT_NAMES[row.result]}：{row.reason}")
    if len(told) > _SHOWN_REASONS:
        click.echo(f"  ……还有 {len(told) - _SHOWN_REASONS} 行，用 --json 看全部")
    for name in report.skipped_sheets:
        click.echo(f"工作表“{name}”里没有找到表头，没有读", err=True)
    if rejected_file:
        click.echo(f"未导入的行在 {rejected_file}：改正后再导入这个文件即可")


@residents_command.command("list", help="列出居民，电话遮住中间几位。")
@click.option("--search", default="", metavar="文字", help="姓名或住址里有这些字的。")
@click.option("--grid", default="", help="只列这个网格的。")
@click.option("--tag", default="", help="只列有这个标签的。")
@click.option("--limit", default=50, type=click.IntRange(1, 10_000), show_default=True, help="最多列多少人。")
@json_option
def list_command(*, search: str, grid: str, tag: str, limit: int, as_json: bool) -> None:
    """Print residents in the order of their addresses."""
    wanted = RosterFilter(text=search, grid=grid, tag=tag)
    with open_office() as office, office.database.reading() as conn:
        total = count_roster(conn, wanted)
        lines = list_roster(conn, wanted, limit=limit)
    if as_json:
        print_json([_line_document(line) for line in lines])
        return
    table = Table("编号", "姓名", "住址", "网格", "电话", "标签", box=None)
    for line in lines:
        numbers = "、".join(mask(phone.number) for phone in line.phones)
        table.add_row(str(line.id), line.name, line.address, line.grid, numbers, "、".join(line.tags))
    Console(file=sys.stdout).print(table)
    click.echo(f"共 {total} 人" + (f"，这里列了 {len(lines)} 人" if total > len(lines) else ""))


@residents_command.command(
    "health-consent", help="记下居民本人同不同意电话里问健康情况（书面、上门、电话说的都可以）。"
)
@click.argument("resident_id", metavar="编号", type=int)
@click.option("--yes/--no", "given", required=True, default=None, help="--yes 同意，--no 不同意或者收回。")
@click.option("--how", required=True, metavar="怎么说的", help="例如：书面、上门。")
@as_option
def health_consent_command(*, resident_id: int, given: bool, how: str, login: str) -> None:
    """Keep a resident's own word on questions about health."""
    with open_office() as office, office.database.begin() as conn:
        if roster_card(conn, resident_id) is None:
            raise NotFound(f"没有 {resident_id} 号居民：请用 residents list 查看编号")
        actor, now = Actor.staff(login), office.clock.now()
        record_health_consent(conn, resident_id, given=given, how=how, actor=actor, now=now)
    click.echo(f"已记下：{resident_id} 号居民{'同意' if given else '不同意'}问健康情况。")


@residents_command.command("show", help="查看一位居民的全部登记内容。")
@click.argument("resident_id", metavar="编号", type=int)
@json_option
def show_command(resident_id: int, *, as_json: bool) -> None:
    """Print everything that is known of one resident."""
    with open_office() as office, office.database.reading() as conn:
        card = roster_card(conn, resident_id)
    if card is None:
        raise NotFound(f"没有编号为 {resident_id} 的居民：用 residents list 查编号")
    if as_json:
        print_json(_card_document(card))
        return
    for title, text in _card_lines(card):
        if text:
            click.echo(f"{title}：{text}")


def _line_document(line: RosterLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "name": line.name,
        "address": line.address,
        "grid": line.grid,
        "tags": list(line.tags),
        "phones": [mask(phone.number) for phone in line.phones],
        "sample": line.sample,
        "opted_out": line.opted_out_at is not None,
    }


def _card_document(card: RosterCard) -> dict[str, Any]:
    return _line_document(card.line) | {
        "phones": [{"number": phone.number, "status": phone.status} for phone in card.line.phones],
        "sex": card.line.sex,
        "birth_date": card.line.birth_date,
        "language": card.language,
        "preferred_hours": card.preferred_hours,
        "guardian": {"name": card.guardian_name, "relation": card.guardian_relation, "phone": card.guardian_phone},
        "note": card.note,
    }


def _card_lines(card: RosterCard) -> list[tuple[str, str]]:
    line = card.line
    guardian = " ".join(part for part in (card.guardian_name, card.guardian_relation, card.guardian_phone) if part)
    return [
        ("姓名", line.name),
        ("性别", SEX_NAMES.get(line.sex, "")),
        ("出生日期", str(line.birth_date or "")),
        ("住址", line.address),
        ("网格", line.grid),
        ("电话", "、".join(phone.number + _PHONE_STATUSES.get(phone.status, "") for phone in line.phones)),
        ("紧急联系人", guardian),
        ("方便时间", card.preferred_hours),
        ("标签", "、".join(line.tags)),
        ("备注", card.note),
        ("外呼", "本人要求不再拨打" if line.opted_out_at else ""),
        ("示例", "示例社区的居民，真实线路不会拨打" if line.sample else ""),
    ]


COMMANDS = (residents_command,)
