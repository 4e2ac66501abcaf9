"""`chat export` and `chat compare`: last month's messages, replayed before and after a change, and what changed."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from community.model.permissions import Permission
from community.usecases.authorise import authorise
from shouwang.chat_month import differences, month_lines, read_replay
from shouwang.commands.output import as_option, json_option, print_json
from shouwang.wiring import open_office

_NAMES = {
    "speaks": "答不答",
    "replies": "回答",
    "intent": "理解成",
    "emergency": "紧急",
    "services": "该打的电话",
    "asks": "追问",
    "case": "工单",
}


@click.command("export", help="导出最近的真实消息（姓名换成编号、号码打码），逐行 JSON，就是 chat replay 的输入。")
@click.option("--days", default=31, show_default=True, type=click.IntRange(1, 366), metavar="天数")
@click.option(
    "--most", default=5000, show_default=True, type=click.IntRange(1, 100_000), metavar="条数", help="最多几条。"
)
@as_option
def export_command(days: int, most: int, login: str) -> None:
    """Print the messages of the last days as lines of a replay."""
    with open_office() as office, office.database.reading() as conn:
        authorise(conn, login, Permission.EXPORT)
        since = office.clock.now() - timedelta(days=days)
        for line in month_lines(conn, since=since, zone=office.rules.timezone, most=most):
            print_json(line)


@click.command("compare", help="比较 chat replay 的两份输出（改动前、改动后），只列出不一样的行；一样就什么都不列。")
@click.argument("before", metavar="改动前", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("after", metavar="改动后", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--messages",
    "said",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="消息",
    help="放进去的那份消息，有它就把居民的原话也列出来。",
)
@json_option
def compare_command(before: Path, after: Path, said: Path | None, *, as_json: bool) -> None:
    """Show what came out otherwise."""
    old, new = read_replay(before.read_bytes(), before.name), read_replay(after.read_bytes(), after.name)
    texts = [str(line.get("text", "")) for line in read_replay(said.read_bytes(), said.name)] if said else []
    changed = differences(old, new)
    if as_json:
        for number, parts in changed:
            print_json({"line": number, "text": _text(texts, number) or None, "changed": _parts(parts)})
        return
    for number, parts in changed:
        click.echo(f"第 {number} 行　{_text(texts, number)}")
        for name, (was, now) in parts.items():
            click.echo(f"  {_NAMES[name]}：{_short(was)} → {_short(now)}")
    click.echo(f"{len(new)} 行里有 {len(changed)} 行不一样。")


def _text(texts: list[str], number: int) -> str:
    return texts[number - 1] if number <= len(texts) else ""


def _parts(parts: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
    return {name: {"before": was, "after": now} for name, (was, now) in parts.items()}


def _short(value: Any) -> str:
    if isinstance(value, list):
        return "；".join(_short(one) for one in value) or "—"
    if isinstance(value, dict):
        return str(value.get("text") or "，".join(f"{name}={one}" for name, one in value.items() if one))
    return "—" if value is None else str(value)


VERBS = (export_command, compare_command)
