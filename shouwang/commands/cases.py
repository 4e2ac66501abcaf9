"""`cases`: what people have to finish, and what they do about it."""

from collections.abc import Callable
from datetime import date, datetime, tzinfo
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.cases.case import (
    CASE_KIND_NAMES,
    CASE_STATUS_NAMES,
    PRIORITY_NAMES,
    Case,
    CaseEvent,
    CaseKind,
    CaseStatus,
)
from community.model.cases.document import case_document, whole_case_document
from community.model.rulebook import Rulebook
from community.store.cases import CaseFilter, case_by_reference, events_of, list_cases
from community.usecases.acknowledge_case import acknowledge_case
from community.usecases.close_case import close_case
from community.usecases.hand_over_case import hand_over_case
from community.usecases.note_case import note_case
from community.usecases.reopen_case import reopen_case
from community.usecases.return_case import return_case
from community.usecases.suspend_case import suspend_case
from shouwang.commands.output import as_option, json_option, print_json
from shouwang.wiring import open_office

_F = TypeVar("_F", bound=Callable[..., Any])
_Verb = Callable[[Connection, Case, Rulebook, datetime], Case]

_ACTION_NAMES = {
    "opened": "上报",
    "step": "派单",
    "acknowledged": "接单",
    "handed_over": "转派",
    "returned": "退单",
    "suspended": "挂账",
    "noted": "备注",
    "changed": "更正",
    "closed": "销号",
    "cancelled": "撤回",
    "reopened": "重开",
}


@click.group("cases", help="工单：查看、接单、转派、退单、挂账、销号、重开、备注。")
def cases_command() -> None:
    """Group of case commands."""


def _changes(command: _F) -> _F:
    """Give a command the case's number, who acts, and JSON output."""
    for decorate in (json_option, as_option, click.argument("reference", metavar="工单号")):
        command = decorate(command)
    return command


@cases_command.command("list", help="列出工单，默认只列没有销号的，新的在前。")
@click.option("--all", "everything", is_flag=True, help="已销号的也列出来。")
@click.option(
    "--status", "statuses", multiple=True, type=click.Choice([s.value for s in CaseStatus]), help="只列这些状态。"
)
@click.option("--kind", "kinds", multiple=True, type=click.Choice([k.value for k in CaseKind]), help="只列这些种类。")
@click.option("--grid", help="只列这个网格的。")
@click.option("--assignee", metavar="账号", help="只列在这位同事手上的。")
@click.option("--search", default="", metavar="文字", help="工单号、内容、地点里有这些字的。")
@click.option("--limit", default=50, type=click.IntRange(1, 10_000), show_default=True, help="最多列多少张。")
@json_option
def list_command(
    *,
    everything: bool,
    statuses: tuple[str, ...],
    kinds: tuple[str, ...],
    grid: str | None,
    assignee: str | None,
    search: str,
    limit: int,
    as_json: bool,
) -> None:
    """Print cases."""
    wanted = CaseFilter(
        open=None if everything or statuses else True,
        statuses=tuple(CaseStatus(status) for status in statuses),
        kinds=tuple(CaseKind(kind) for kind in kinds),
        grid=grid,
        assignee=assignee,
        text=search,
    )
    with open_office() as office, office.database.reading() as conn:
        found = list_cases(conn, wanted, limit=limit)
    if as_json:
        print_json([case_document(case) for case in found])
    elif not found:
        click.echo("没有这样的工单。")
    else:
        Console().print(_table(found, office.rules.timezone))


@cases_command.command("show", help="看一张工单和它的全部经过。")
@click.argument("reference", metavar="工单号")
@json_option
def show_command(reference: str, *, as_json: bool) -> None:
    """Print one case with its history."""
    with open_office() as office, office.database.reading() as conn:
        case = case_by_reference(conn, reference)
        events = events_of(conn, case.id)
    if as_json:
        print_json(whole_case_document(case, events))
        return
    _print_case(case, events, office.rules)


@cases_command.command("ack", help="接单：从现在起由您负责。再接一次表示还在办。")
@_changes
def ack_command(reference: str, login: str, *, as_json: bool) -> None:
    """Acknowledge a case."""
    _act(
        reference,
        lambda conn, case, rules, now: acknowledge_case(conn, case.id, rules=rules, actor=Actor.staff(login), now=now),
        as_json=as_json,
    )


@cases_command.command("handover", help="转派给另一位同事，对方要接单。")
@_changes
@click.option("--to", "to_login", required=True, metavar="账号", help="转给谁。")
@click.option("--reason", required=True, metavar="文字", help="为什么转。")
def handover_command(reference: str, login: str, to_login: str, reason: str, *, as_json: bool) -> None:
    """Hand a case over."""
    _act(
        reference,
        lambda conn, case, rules, now: hand_over_case(
            conn, case.id, to_login, reason, rules=rules, actor=Actor.staff(login), now=now
        ),
        as_json=as_json,
    )


@cases_command.command("return", help="退单：不归本级办，马上告诉上一级。")
@_changes
@click.option("--reason", required=True, metavar="文字", help="为什么退。")
def return_command(reference: str, login: str, reason: str, *, as_json: bool) -> None:
    """Return a case."""
    _act(
        reference,
        lambda conn, case, rules, now: return_case(
            conn, case.id, reason, rules=rules, actor=Actor.staff(login), now=now
        ),
        as_json=as_json,
    )


@cases_command.command("suspend", help="挂账：放到某一天，到时自动回来。")
@_changes
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), metavar="日期", help="例如 2026-08-01。")
@click.option("--reason", required=True, metavar="文字", help="在等什么。")
def suspend_command(reference: str, login: str, until: datetime, reason: str, *, as_json: bool) -> None:
    """Put a case off."""
    day: date = until.date()
    _act(
        reference,
        lambda conn, case, rules, now: suspend_case(
            conn, case.id, day, reason, rules=rules, actor=Actor.staff(login), now=now
        ),
        as_json=as_json,
    )


@cases_command.command("close", help="销号：写明办理结果，上报的居民会收到。")
@_changes
@click.option("--result", required=True, metavar="文字", help="做了什么，现在怎么样。")
def close_command(reference: str, login: str, result: str, *, as_json: bool) -> None:
    """Close a case."""
    _act(
        reference,
        lambda conn, case, _rules, now: close_case(conn, case.id, result, actor=Actor.staff(login), now=now),
        as_json=as_json,
    )


@cases_command.command("reopen", help="重开：没有办好，从第一级重新派。")
@_changes
@click.option("--reason", required=True, metavar="文字", help="哪里没有办好。")
def reopen_command(reference: str, login: str, reason: str, *, as_json: bool) -> None:
    """Reopen a case."""
    _act(
        reference,
        lambda conn, case, rules, now: reopen_case(
            conn, case.id, reason, rules=rules, actor=Actor.staff(login), now=now
        ),
        as_json=as_json,
    )


@cases_command.command("note", help="加一条备注。")
@_changes
@click.argument("text", metavar="文字")
def note_command(reference: str, login: str, text: str, *, as_json: bool) -> None:
    """Add a note."""
    _act(
        reference,
        lambda conn, case, _rules, now: note_case(conn, case.id, text, actor=Actor.staff(login), now=now),
        as_json=as_json,
    )


def _act(reference: str, verb: _Verb, *, as_json: bool) -> None:
    with open_office() as office:
        with office.database.begin() as conn:
            case = verb(conn, case_by_reference(conn, reference), office.rules, office.clock.now())
        zone = office.rules.timezone
    if as_json:
        print_json(case_document(case))
        return
    clock = f"，{_moment(case.next_step_at, zone)}前没有进展会再往上报" if case.next_step_at else ""
    holder = f"，承办 {case.assignee}" if case.assignee and case.status is not CaseStatus.CLOSED else ""
    click.echo(f"工单 {case.number}：{CASE_STATUS_NAMES[case.status]}{holder}{clock}。")


def _table(cases: list[Case], zone: tzinfo) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("工单号", "紧急", "种类", "状态", "承办", "网格", "下次催办", "内容", "地点"):
        table.add_column(heading)
    for case in cases:
        table.add_row(
            case.number,
            PRIORITY_NAMES[case.priority],
            CASE_KIND_NAMES[case.kind],
            CASE_STATUS_NAMES[case.status],
            case.assignee or "",
            case.grid,
            _moment(case.next_step_at, zone),
            f"【演练】{case.summary}" if case.rehearsal else case.summary,
            case.place,
        )
    return table


def _print_case(case: Case, events: list[CaseEvent], rules: Rulebook) -> None:
    zone = rules.timezone
    hazard = rules.hazards.get(case.category or "")
    click.echo(f"工单 {case.number}　{PRIORITY_NAMES[case.priority]}　{CASE_STATUS_NAMES[case.status]}")
    lines = {
        "演练": "是" if case.rehearsal else "",
        "种类": CASE_KIND_NAMES[case.kind] + (f"（{hazard.name}）" if hazard else ""),
        "内容": case.summary,
        "地点": case.place,
        "网格": case.grid,
        "承办": case.assignee or "",
        "下次催办": _moment(case.next_step_at, zone),
        "结果": case.result or "",
    }
    for name, value in lines.items():
        if value:
            click.echo(f"{name}：{value}")
    click.echo("经过：")
    for event in events:
        name = _ACTION_NAMES.get(event.action, event.action)
        text = " ".join(event.text.split())
        click.echo(f"  {_moment(event.at, zone)}　{name}　{event.actor.partition(':')[2]}　{text}")


def _moment(at: datetime | None, zone: tzinfo) -> str:
    return at.astimezone(zone).strftime("%m-%d %H:%M") if at else ""


COMMANDS = (cases_command,)
