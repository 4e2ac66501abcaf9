"""`policies questions` and what staff do about them: reply, publish, withdraw, set aside."""

from datetime import date

import click

from community.errors import InvalidInput
from community.model.actor import Actor
from community.model.permissions import Permission
from community.model.policies.written import AnswerState
from community.store import written_answers as store
from community.usecases.authorise import authorise
from community.usecases.list_open_questions import list_open_questions, open_questions_document
from community.usecases.publish_answer import publish_answer
from community.usecases.set_question_aside import set_question_aside
from community.usecases.withdraw_answer import withdraw_answer
from community.usecases.write_answer import write_answer
from shouwang.commands.output import as_option, json_option, print_json
from shouwang.wiring import open_office

REASONS = {"unknown": "没答上", "doubtful": "没把握", "choose": "让居民选"}


@click.command(
    "questions", help="列出没答上、或没把握的政策提问：问的一样的排在一起，最早的在前；还有草稿和在用的社区答复。"
)
@json_option
def questions_command(*, as_json: bool) -> None:
    """List what waits for staff."""
    with open_office() as office, office.database.reading() as conn:
        if as_json:
            print_json(open_questions_document(conn))
            return
        groups = list_open_questions(conn)
        drafts = store.list_answers(conn, AnswerState.DRAFT)
        published = store.list_answers(conn, AnswerState.PUBLISHED)
    for group in groups:
        for one in group.questions:
            case = f"\t工单 {one.case_number}" if one.case_number else ""
            click.echo(f"{one.id}\t{REASONS.get(one.reason, one.reason)}\t{one.text}{case}")
        click.echo("")
    for answer in drafts:
        click.echo(f"草稿 {answer.id}\t{answer.question}\t{answer.text}\t（{answer.author_name}）")
    click.echo(
        f"等着答复 {sum(len(group.questions) for group in groups)} 句，草稿 {len(drafts)} 条，在用 {len(published)} 条"
    )


@click.command(
    "reply", help="答复提问：发给问过的人，以后再有人问也这样答。编号见 policies questions，可以一次写几个。"
)
@click.argument("ids", metavar="编号…", nargs=-1, required=True, type=int)
@click.option("--text", "text", required=True, metavar="答复", help="居民看到的话，最多 1000 字。")
@click.option("--question", "question", default="", metavar="问题", help="这条答复回答什么；不写就用居民的原话。")
@click.option("--until", "until", metavar="日期", help="用到哪一天，例如 2026-12-31；不写就一直用。")
@click.option("--draft", is_flag=True, help="只存草稿，先不发布。")
@click.option("--second-look", is_flag=True, help="存成草稿，要请另一位同事发布。")
@as_option
@json_option
def reply_command(
    ids: tuple[int, ...],
    text: str,
    question: str,
    until: str | None,
    login: str,
    *,
    draft: bool,
    second_look: bool,
    as_json: bool,
) -> None:
    """Write an answer and publish it at once, unless it is to be a draft."""
    with open_office() as office, office.database.begin() as conn:
        actor, now = Actor.staff(login), office.clock.now()
        answer_id = write_answer(
            conn,
            ids,
            text,
            actor=actor,
            now=now,
            question=question,
            valid_until=_day(until),
            second_look=second_look,
        )
        told = None
        if not (draft or second_look):
            told = publish_answer(conn, answer_id, zone=office.rules.timezone, actor=actor, now=now)
    if as_json:
        print_json({"answer": answer_id, "published": told is not None, "told": told or 0})
    elif told is None:
        click.echo(f"草稿 {answer_id} 已保存。发布：shouwang policies publish {answer_id} --as 账号")
    else:
        click.echo(f"答复 {answer_id} 已发布，发给 {told} 位居民；以后再问，就这样答。")


@click.command("publish", help="发布一条答复草稿。")
@click.argument("answer_id", metavar="答复编号", type=int)
@as_option
def publish_command(answer_id: int, login: str) -> None:
    """Publish a draft."""
    with open_office() as office, office.database.begin() as conn:
        now, zone = office.clock.now(), office.rules.timezone
        told = publish_answer(conn, answer_id, zone=zone, actor=Actor.staff(login), now=now)
    click.echo(f"答复 {answer_id} 已发布，发给 {told} 位居民；以后再问，就这样答。")


@click.command("withdraw", help="撤下一条答复：草稿退回，在用的不再用。")
@click.argument("answer_id", metavar="答复编号", type=int)
@click.option("--reason", default="", metavar="原因")
@as_option
def withdraw_command(answer_id: int, reason: str, login: str) -> None:
    """Withdraw a draft or a published answer."""
    with open_office() as office, office.database.begin() as conn:
        withdraw_answer(conn, answer_id, actor=Actor.staff(login), now=office.clock.now(), reason=reason)
    click.echo(f"答复 {answer_id} 已撤下。")


@click.command("set-aside", help="把不用答复的提问从清单里去掉，工单不受影响。")
@click.argument("ids", metavar="编号…", nargs=-1, required=True, type=int)
@click.option("--reason", default="", metavar="原因")
@as_option
def set_aside_command(ids: tuple[int, ...], reason: str, login: str) -> None:
    """Take questions off the list."""
    with open_office() as office, office.database.begin() as conn:
        authorise(conn, login, Permission.ANSWER_QUESTIONS)
        count = set_question_aside(conn, ids, actor=Actor.staff(login), now=office.clock.now(), reason=reason)
    click.echo(f"去掉了 {count} 句提问。")


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput(f"日期“{(text or '')[:40]}”看不懂，请写成 2026-12-31") from error


VERBS = (questions_command, reply_command, publish_command, withdraw_command, set_aside_command)
