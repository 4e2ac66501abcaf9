"""`campaign preview` and `campaign raise`: what a campaign would do, and what it may cost at most."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from community.errors import InvalidInput
from community.files.people_file import read_people_file
from community.model.actor import Actor
from community.model.calls.preview import CampaignPreview, ListCheck
from community.model.questionnaires.questionnaire import LEGAL_GROUND_NAMES, LegalGround
from community.model.residents.people_list import PersonRow
from community.usecases.load_questionnaire import load_questionnaire
from community.usecases.preview_campaign import preview_campaign, preview_source
from community.usecases.raise_ceiling import raise_ceiling
from shouwang.commands.output import as_option, json_option, print_json
from shouwang.wiring import Office, open_office

_ROWS_SHOWN = 50
list_option = click.option(
    "--list",
    "lists",
    multiple=True,
    metavar="名单",
    type=click.Path(path_type=Path),
    help="名单文件（.xlsx、.csv、.txt）；问卷里没写 list 时，就打这份名单里的人。",
)


@click.command("preview", help="批准和启动以前先看：会打给谁、谁不打、要多久、多少钱、多少工单。给编号或问卷文件。")
@click.argument("what", metavar="编号或文件")
@list_option
@json_option
def preview_command(*, what: str, lists: tuple[Path, ...], as_json: bool) -> None:
    """Print what a campaign or a questionnaire would do."""
    with open_office() as office:
        seen = _preview(office, what, lists)
        zone = office.rules.timezone
    if as_json:
        print_json(seen.to_json())
    else:
        print_preview(seen, zone)


@click.command("raise", help="调高任务的上限（通数、分钟数）；自己新建的不能自己调，因上限暂停的会接着打。")
@click.argument("campaign_id", metavar="编号", type=click.IntRange(min=1))
@click.option("--max-calls", type=click.IntRange(min=1, max=1_000_000), metavar="通数", help="一共最多打几通。")
@click.option("--max-minutes", type=click.IntRange(min=1, max=10_000_000), metavar="分钟", help="一共最多通话几分钟。")
@as_option
@json_option
def raise_command(
    *, campaign_id: int, max_calls: int | None, max_minutes: int | None, login: str, as_json: bool
) -> None:
    """Raise a campaign's ceilings."""
    with open_office() as office, office.database.begin() as conn:
        goes_on = raise_ceiling(
            conn,
            campaign_id,
            max_calls=max_calls,
            max_minutes=max_minutes,
            actor=Actor.staff(login),
            now=office.clock.now(),
        )
    if as_json:
        print_json({"id": campaign_id, "goes_on": goes_on})
    else:
        click.echo(f"{campaign_id} 号任务的上限已调高{'，接着打' if goes_on else ''}。")


def read_source(file: Path) -> str:
    """The text of a questionnaire's file.

    Raises:
        InvalidInput: it cannot be read, or is no UTF-8.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{file.name} 不是 UTF-8 文字文件：请用 UTF-8 另存后再试") from error
    except OSError as error:
        raise InvalidInput(f"打不开 {file.name}：请核对文件名和权限") from error


def read_lists(office: Office, file: Path, source: str, given: Sequence[Path]) -> dict[str, list[PersonRow]]:
    """The lists given by name, and those that the questionnaire speaks of and that lie beside it.

    Raises:
        InvalidInput: the questionnaire is wrong, or a list cannot be read.
    """
    wanted = load_questionnaire(source, quiet=office.rules.quiet_hours).audience.lists
    paths = {path.name: path for path in given}
    paths |= {name: file.parent / name for name in wanted - set(paths) if (file.parent / name).is_file()}
    now = office.clock.now()
    return {
        name: read_people_file(name, _bytes(path), settings=office.settings, rules=office.rules, now=now)
        for name, path in paths.items()
    }


def print_lists(lists: Sequence[ListCheck]) -> None:
    """Say of each list how many rows mean somebody, and of each other row why not."""
    for each in lists:
        twice = f"，其中重复 {each.twice} 行" if each.twice else ""
        click.echo(f"名单 {each.name}：{each.rows} 行，对上 {each.matched} 行{twice}。")
        for place, problem in each.problems[:_ROWS_SHOWN]:
            click.echo(f"  {place}：{problem}")
        if len(each.problems) > _ROWS_SHOWN:
            click.echo(f"  ……还有 {len(each.problems) - _ROWS_SHOWN} 行，加 --json 看全部")


def print_preview(seen: CampaignPreview, zone: ZoneInfo) -> None:
    """Print a preview for people."""
    click.echo(f"符合条件 {seen.meant} 人，会打 {seen.called} 人。")
    for reason, count in seen.excluded.items():
        click.echo(f"  不呼叫 {count} 人：{reason}")
    console = Console()
    parts = (("网格", seen.grids), ("标签", seen.tags), ("年龄", seen.ages), ("号码", seen.numbers))
    for title, counts in parts:
        if counts:
            table = Table(title=title, show_header=False, title_justify="left")
            for name, count in counts.items():
                table.add_row(name, f"{count} 人")
            console.print(table)
    if seen.called_lately:
        click.echo(f"其中 {seen.called_lately} 人最近 7 天接到过别的任务的电话。")
    if seen.in_other_campaigns:
        click.echo(f"其中 {seen.in_other_campaigns} 人还在别的任务里等着打；同一个人不会同时接到两个电话。")
    print_lists(seen.lists)
    _print_estimate(seen, zone)
    if seen.names:
        click.echo(f"前 {len(seen.names)} 人：{'、'.join(seen.names)}")
    note = f"（{seen.legal_note}）" if seen.legal_note else ""
    click.echo(f"依据：{LEGAL_GROUND_NAMES[LegalGround(seen.legal_ground)]}{note}")
    for sentence in seen.notes:
        click.echo(f"请看一下：{sentence}")


def _print_estimate(seen: CampaignPreview, zone: ZoneInfo) -> None:
    expected = seen.estimate
    cost = "" if seen.cost is None else f"，约 {seen.cost:.2f} 元"
    based = f"按最近 {expected.experience} 通电话" if expected.experience else "按一般经验"
    texts = f"、短信 {expected.texts} 条" if expected.texts else ""
    click.echo(f"预计拨打 {expected.calls} 通、通话 {expected.minutes} 分钟{texts}{cost}（{based}估算）。")
    if seen.finish_at is not None:
        local = seen.finish_at.astimezone(zone)
        click.echo(
            f"现在启动，预计 {local.month}月{local.day}日 {local:%H:%M} 前后大致打完；拒接的、约了再打的会更晚。"
        )
    elif seen.called:
        click.echo("现在启动，一个月内打不完：请放宽时段或加快速度。")
    click.echo(f"预计开工单 {expected.cases} 张，其中联系不上的 {expected.unreached} 人。")
    ceilings = [f"{seen.max_calls} 通"] if seen.max_calls else []
    ceilings += [f"{seen.max_minutes} 分钟"] if seen.max_minutes else []
    if ceilings:
        click.echo(f"上限：{'、'.join(ceilings)}，到了自动暂停。")


def _preview(office: Office, what: str, lists: Sequence[Path]) -> CampaignPreview:
    now = office.clock.now()
    if what.isdecimal() and not Path(what).exists():
        with office.database.reading() as conn:
            return preview_campaign(conn, int(what), rules=office.rules, now=now)
    file = Path(what)
    source = read_source(file)
    given = read_lists(office, file, source, lists)
    with office.database.reading() as conn:
        return preview_source(conn, source, rules=office.rules, now=now, lists=given)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InvalidInput(f"打不开名单 {path.name}：请核对文件名和权限") from error
