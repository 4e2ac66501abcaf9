"""`campaign invite` and `answer`: links by which residents answer themselves, and answers that staff bring from a visit."""

from typing import Any

import click
from sqlalchemy import Connection

from community.errors import CommunityError, InvalidInput, NotFound
from community.files.secret_key import load_secret_key
from community.model.actor import Actor
from community.model.calls.campaign import TargetStatus
from community.store.result_lines import ResultLine
from community.store.targets import target_of_resident
from community.store.unreached import list_unreached
from community.usecases.answer_for_resident import answer_for_resident
from community.usecases.answer_link import AnswerLink, invite_by_link
from shouwang.commands.output import FAILED, as_option, json_option, print_json
from shouwang.wiring import Office, open_office

_MOST = 1_000_000
_id_argument = click.argument("campaign_id", metavar="编号", type=click.IntRange(min=1))


@click.command("invite", help="生成网页链接，让居民自己点开回答；答过的人不再打电话。")
@_id_argument
@click.option(
    "--resident",
    "residents",
    multiple=True,
    type=click.IntRange(min=1),
    metavar="居民编号",
    help="给这位居民；可以写几次。",
)
@click.option("--unreached", is_flag=True, help="给所有打过电话没有联系上的人。")
@as_option
@json_option
@click.pass_context
def invite_command(
    context: click.Context,
    *,
    campaign_id: int,
    residents: tuple[int, ...],
    unreached: bool,
    login: str,
    as_json: bool,
) -> None:
    """Print a fresh link for each of them; one that fails holds up nobody else."""
    if bool(residents) == unreached:
        raise click.UsageError("请写 --resident 居民编号，或者写 --unreached，两样选一样")
    with open_office() as office:
        with office.database.reading() as conn:
            wanted = _targets(conn, campaign_id, residents)
        failed = [
            resident for resident, target in wanted if not _print_link(office, resident, target, login, as_json=as_json)
        ]
    if failed:
        context.exit(FAILED)


@click.command("answer", help="把上门或当面问到的回答记进去，和电话里的回答一样算数。")
@_id_argument
@click.option("--resident", required=True, type=click.IntRange(min=1), metavar="居民编号", help="是哪位居民。")
@click.option("--question", "question_id", required=True, metavar="题目", help="问卷里这道题的 id。")
@click.option("--text", required=True, metavar="回答", help="居民的原话，或者按键数字。")
@as_option
@json_option
def answer_command(*, campaign_id: int, resident: int, question_id: str, text: str, login: str, as_json: bool) -> None:
    """Keep one answer that a resident gave to a member of staff."""
    with open_office() as office, office.database.begin() as conn:
        turn = answer_for_resident(
            conn,
            _target(conn, campaign_id, resident),
            question_id=question_id,
            text=text,
            rules=office.rules,
            actor=Actor.staff(login),
            now=office.clock.now(),
        )
        if not turn.fresh and not turn.emergency:
            raise InvalidInput("现在要问的不是这一题，或者已经答过：请先用 campaign export 看看答到哪里了")
    following = turn.question.id if turn.question else None
    if as_json:
        reading = {"label": turn.reading.label, "value": turn.reading.value} if turn.reading else None
        print_json(
            {
                "answered": turn.answered,
                "reading": reading,
                "next": following,
                "asks": turn.asks,
                "say": turn.say,
                "completed": turn.completed,
                "case": turn.case_id,
            }
        )
        return
    click.echo(turn.say)
    if turn.question is not None:
        click.echo(f"下一题 {turn.question.id}：{turn.question.say}")


def _targets(conn: Connection, campaign_id: int, residents: tuple[int, ...]) -> list[tuple[int, int | None]]:
    """Residents and their targets; None where somebody is not in the campaign."""
    if residents:
        return [(resident, target_of_resident(conn, campaign_id, resident)) for resident in residents]
    lines = list_unreached(conn, campaign_id, limit=_MOST)
    return [(line.resident_id, line.target_id) for line in lines if _was_tried(line)]


def _was_tried(line: ResultLine) -> bool:
    return line.status is not TargetStatus.COMPLETED and (line.attempts > 0 or line.status is TargetStatus.CASE)


def _target(conn: Connection, campaign_id: int, resident: int) -> int:
    target = target_of_resident(conn, campaign_id, resident)
    if target is None:
        raise NotFound(f"{campaign_id} 号任务的名单里没有编号 {resident} 的居民：请核对编号")
    return target


def _print_link(office: Office, resident: int, target: int | None, login: str, *, as_json: bool) -> bool:
    try:
        if target is None:
            raise NotFound(f"名单里没有编号 {resident} 的居民：请核对编号")
        link = _make(office, target, login)
    except CommunityError as error:
        failure: dict[str, Any] = {"resident": resident, "error": {"code": error.code, "message": error.message}}
        if as_json:
            print_json(failure)
        click.echo(f"居民 {resident}：{error.message}", err=True)
        return False
    if as_json:
        print_json(
            {"resident": resident, "target": target, "link": link.url, "expires_at": link.expires_at.isoformat()}
        )
    else:
        until = link.expires_at.astimezone(office.rules.timezone)
        click.echo(f"居民 {resident}：{link.url}（{until.month}月{until.day}日{until:%H:%M} 前有效）")
    return True


def _make(office: Office, target_id: int, login: str) -> AnswerLink:
    with office.database.begin() as conn:
        return invite_by_link(
            conn,
            target_id,
            key=load_secret_key(office.settings),
            public_url=office.settings.public_url,
            actor=Actor.staff(login),
            now=office.clock.now(),
        )
