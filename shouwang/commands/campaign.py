"""`campaign`: from a questionnaire to its results."""

import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from community.errors import Unavailable
from community.model.actor import Actor
from community.model.calls.call import OUTCOME_NAMES
from community.model.calls.campaign import CAMPAIGN_STATUS_NAMES, TARGET_STATUS_NAMES, CampaignStatus, TargetStatus
from community.store.progress import list_campaign_lines
from community.store.workers import live_workers
from community.usecases.approve_campaign import approve_campaign
from community.usecases.cancel_campaign import cancel_campaign
from community.usecases.create_campaign import create_campaign
from community.usecases.launch_campaign import LaunchedCampaign, launch_campaign
from community.usecases.pause_campaign import pause_campaign
from community.usecases.preview_campaign import preview_campaign
from community.usecases.resume_campaign import resume_campaign
from community.usecases.show_campaign import CampaignView, line_to_json, show_campaign
from shouwang.commands.campaign_links import answer_command, invite_command
from shouwang.commands.campaign_plans import (
    list_option,
    preview_command,
    print_lists,
    raise_command,
    read_lists,
    read_source,
)
from shouwang.commands.campaign_results import correct_command, export_command, results_command
from shouwang.commands.output import as_option, json_option, print_json
from shouwang.commands.rehearse import rehearse_command, try_answers_command
from shouwang.wiring import Office, open_office

_F = TypeVar("_F", bound=Callable[..., Any])

_WATCH_SECONDS = 0.5
_id_argument = click.argument("campaign_id", metavar="编号", type=click.IntRange(min=1))
_reason_option = click.option("--reason", default="", metavar="理由", help="为什么，会记录下来。")
_NO_WORKER = "没有正在运行的服务来打电话，任务没有启动：请先运行 make run（或 shouwang serve），再启动任务"


@click.group("campaign", help="外呼任务：新建、批准、启动、暂停、继续、取消、查看、导出、排练。")
def campaign_command() -> None:
    """Group of campaign commands."""


def _changes(command: _F) -> _F:
    """Give a command the campaign's id, who acts, and JSON output."""
    for decorate in (json_option, as_option, _id_argument):
        command = decorate(command)
    return command


@campaign_command.command("create", help="用问卷文件（YAML）新建一个任务草稿。")
@click.argument("file", metavar="文件", type=click.Path(path_type=Path))
@list_option
@as_option
@json_option
def create_command(*, file: Path, lists: tuple[Path, ...], login: str, as_json: bool) -> None:
    """Write a draft and print its id."""
    source = read_source(file)
    with open_office() as office:
        given, now = read_lists(office, file, source, lists), office.clock.now()
        with office.database.begin() as conn:
            actor = Actor.staff(login)
            campaign_id = create_campaign(conn, source, rules=office.rules, actor=actor, now=now, lists=given)
            view = show_campaign(conn, campaign_id, rules=office.rules, now=now)
            seen = preview_campaign(conn, campaign_id, rules=office.rules, now=now)
    if as_json:
        document = {"id": campaign_id, "audience": view.audience, "excluded": dict(view.excluded)}
        print_json(document | {"lists": [asdict(each) for each in seen.lists], "notes": list(seen.notes)})
        return
    click.echo(f"已新建 {campaign_id} 号任务“{view.line.name}”（草稿），名单 {view.audience} 人。")
    _print_excluded(view.excluded)
    print_lists(seen.lists)
    for note in seen.notes:
        click.echo(f"请看一下：{note}")
    click.echo(f"先看一遍：shouwang campaign preview {campaign_id}")
    click.echo(f"下一步：请另一位同事批准，shouwang campaign approve {campaign_id} --as 账号")


@campaign_command.command("approve", help="批准同事新建的任务；自己新建的不能自己批准。")
@_changes
def approve_command(*, campaign_id: int, login: str, as_json: bool) -> None:
    """Approve a draft."""
    with open_office() as office:
        rules = office.rules
    _change(campaign_id, login, approve_campaign, as_json=as_json, said="已批准", rules=rules)


@campaign_command.command("launch", help="启动任务：从现在起开始打电话。重复启动仍是同一次。")
@_changes
@click.option("--rehearsal", is_flag=True, help="演练：名单里有真实居民，而线路是模拟的，谁的电话也不会响。")
@click.option("--override", "override_reason", metavar="理由", help="紧急情况免批准启动（书记），理由会记录下来。")
@click.option("--wait", is_flag=True, help="等到任务完成，显示进度，最后打印结果表。")
def launch_command(
    *, campaign_id: int, login: str, as_json: bool, rehearsal: bool, override_reason: str | None, wait: bool
) -> None:
    """Mark a campaign as running; a running service dials."""
    with open_office() as office:
        _check_somebody_dials(office)
        with office.database.begin() as conn:
            launched = launch_campaign(
                conn,
                campaign_id,
                rules=office.rules,
                actor=Actor.staff(login),
                now=office.clock.now(),
                rehearsal=rehearsal,
                override_reason=override_reason,
            )
        _say_launched(launched, quiet=as_json)
        view = _watch(office, campaign_id) if wait else _look(office, campaign_id)
    if as_json:
        print_json(
            {"new": launched.new, "to_call": launched.to_call, "changed": launched.changed or None, **view.to_json()}
        )
    elif wait:
        _print_view(view, office.rules.timezone)


@campaign_command.command("pause", help="暂停任务：不再打新的电话，正在通话的不打断。")
@_changes
@_reason_option
def pause_command(*, campaign_id: int, login: str, as_json: bool, reason: str) -> None:
    """Hold a running campaign."""
    _change(campaign_id, login, pause_campaign, as_json=as_json, said="已暂停", reason=reason)


@campaign_command.command("resume", help="继续暂停的任务。")
@_changes
def resume_command(*, campaign_id: int, login: str, as_json: bool) -> None:
    """Let a paused campaign go on."""
    _change(campaign_id, login, resume_campaign, as_json=as_json, said="已继续")


@campaign_command.command("cancel", help="取消任务：还没打的不再打，正在通话的不打断。")
@_changes
@_reason_option
def cancel_command(*, campaign_id: int, login: str, as_json: bool, reason: str) -> None:
    """Give a campaign up."""
    _change(campaign_id, login, cancel_campaign, as_json=as_json, said="已取消", reason=reason)


@campaign_command.command("show", help="查看一个任务此刻的进展。")
@_id_argument
@json_option
def show_command(*, campaign_id: int, as_json: bool) -> None:
    """Print a campaign's live figures."""
    with open_office() as office:
        view = _look(office, campaign_id)
        zone = office.rules.timezone
    if as_json:
        print_json(view.to_json())
    else:
        _print_view(view, zone)


@campaign_command.command("list", help="列出任务，新的在前。")
@click.option("--limit", default=50, type=click.IntRange(1, 1000), show_default=True, help="最多列多少个。")
@json_option
def list_command(*, limit: int, as_json: bool) -> None:
    """Print campaigns."""
    with open_office() as office, office.database.reading() as conn:
        lines = list_campaign_lines(conn, limit=limit)
    if as_json:
        print_json({"campaigns": [line_to_json(line) for line in lines]})
        return
    table = Table("编号", "名称", "状态", "进度", "新建人")
    for line in lines:
        mark = "（演练）" if line.rehearsal else ""
        progress = f"{line.resolved}/{line.total}"
        table.add_row(str(line.id), f"{line.name}{mark}", CAMPAIGN_STATUS_NAMES[line.status], progress, line.created_by)
    Console().print(table)


def _change(campaign_id: int, login: str, verb: Callable[..., object], *, as_json: bool, said: str, **how: Any) -> None:
    with open_office() as office:
        with office.database.begin() as conn:
            verb(conn, campaign_id, actor=Actor.staff(login), now=office.clock.now(), **how)
        view = _look(office, campaign_id)
    if as_json:
        print_json(view.to_json())
    else:
        click.echo(f"{campaign_id} 号任务“{view.line.name}”{said}。")


def _check_somebody_dials(office: Office) -> None:
    with office.database.reading() as conn:
        if not live_workers(conn, office.clock.now(), carrier=office.settings.carrier):
            raise Unavailable(_NO_WORKER, code="no_worker")


def _say_launched(launched: LaunchedCampaign, *, quiet: bool) -> None:
    if quiet:
        return
    mark = "（演练，谁的电话也不会响）" if launched.rehearsal else ""
    began = "已启动" if launched.new else "已经在进行，仍是同一次"
    click.echo(f"{launched.id} 号任务{began}{mark}：呼叫 {launched.to_call} 人。")
    if launched.changed:
        click.echo(f"请注意：{launched.changed}")
    _print_excluded(launched.excluded)


def _look(office: Office, campaign_id: int) -> CampaignView:
    with office.database.reading() as conn:
        return show_campaign(conn, campaign_id, rules=office.rules, now=office.clock.now())


def _watch(office: Office, campaign_id: int) -> CampaignView:
    """Show progress until the campaign is over."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    over = {CampaignStatus.FINISHED, CampaignStatus.CANCELLED}
    with Progress(*columns, console=Console(stderr=True)) as progress:
        bar = progress.add_task("呼叫中", total=None)
        while True:
            view = _look(office, campaign_id)
            words = f"{CAMPAIGN_STATUS_NAMES[view.line.status]} · 通话中 {view.figures.live_calls}"
            progress.update(bar, completed=view.line.resolved, total=view.line.total, description=words)
            if view.line.status in over:
                return view
            time.sleep(_WATCH_SECONDS)


def _print_view(view: CampaignView, zone: Any) -> None:
    line, figures, console = view.line, view.figures, Console()
    mark = "（演练）" if line.rehearsal else ""
    console.print(f"[bold]{line.id} 号任务 {line.name}{mark}[/bold]　{CAMPAIGN_STATUS_NAMES[line.status]}")
    table = Table("人数", "", show_header=True)
    for status in TargetStatus:
        table.add_row(TARGET_STATUS_NAMES[status], str(line.targets.get(status, 0)))
    console.print(table)
    calls = Table("呼叫结果", "次数")
    for outcome, count in figures.outcomes.items():
        calls.add_row(OUTCOME_NAMES[outcome], str(count))
    console.print(calls)
    console.print(
        f"名单 {line.total} 人 → 拨打过 {figures.dialled} 人 → 接听 {figures.reached} 人 → "
        f"答完 {line.targets.get(TargetStatus.COMPLETED, 0)} 人；工单 {view.cases} 张"
    )
    if figures.unknown_calls:
        console.print(f"有 {figures.unknown_calls} 个电话结果不明，正在向线路方核对，核对前不会重拨")
    if view.fault:
        console.print(f"[red]{view.fault}[/red]")
    if figures.next_at:
        console.print(f"下一次呼叫：{_moment(figures.next_at, zone)}")
    _print_excluded(view.excluded)


def _print_excluded(excluded: Any) -> None:
    for reason, count in excluded.items():
        click.echo(f"  不呼叫 {count} 人：{reason}")


def _moment(at: datetime, zone: Any) -> str:
    local = at.astimezone(zone)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


for command in (export_command, results_command, correct_command, invite_command, answer_command):
    campaign_command.add_command(command)
campaign_command.add_command(preview_command)
campaign_command.add_command(raise_command)
campaign_command.add_command(rehearse_command)
campaign_command.add_command(try_answers_command)

COMMANDS = [campaign_command]
