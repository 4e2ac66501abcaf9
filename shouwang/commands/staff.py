"""`staff`: accounts, one-time passwords, duty."""

from typing import Any

import click
from rich.console import Console
from rich.table import Table

from community.model.actor import Actor
from community.model.moments import iso_text
from community.model.staff import ROLE_NAMES, Role, Staff
from community.store.staff import all_staff
from community.usecases.add_staff import add_staff
from community.usecases.disable_staff import disable_staff
from community.usecases.reset_password import reset_password
from community.usecases.set_duty import set_duty
from shouwang.commands.output import json_option, print_json
from shouwang.wiring import Office, open_office

#: Whoever can run commands on the server is its administrator; with an account named, that account's rights count.
_as_option = click.option("--as", "by", metavar="账号", help="以哪位工作人员的名义操作；不写就是服务器管理员。")
_ROLES = "、".join(f"{role.value} {name}" for role, name in ROLE_NAMES.items())


@click.group("staff", help="工作人员：账号、一次性密码、值班。")
def staff_command() -> None:
    """Group of staff commands."""


@staff_command.command("add", help=f"添加账号，给出一次性密码。角色：{_ROLES}。")
@click.argument("login", metavar="账号")
@click.option("--name", required=True, metavar="姓名", help="工作人员的姓名。")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="角色。")
@click.option("--grid", default="", metavar="网格", help="负责的网格；不写就是整个社区。")
@_as_option
@json_option
def add_command(login: str, name: str, role: str, grid: str, by: str | None, *, as_json: bool) -> None:
    """Add an account and print its one-time password."""
    with open_office() as office:
        _check_grid(office, grid)
        with office.database.begin() as conn:
            new = add_staff(
                conn, login, name=name, role=Role(role), grid=grid, actor=_actor(by), now=office.clock.now()
            )
    _print_password(new.login, new.password, as_json=as_json)


@staff_command.command("list", help="列出账号和值班情况。")
@json_option
def list_command(*, as_json: bool) -> None:
    """Print every account."""
    with open_office() as office, office.database.reading() as conn:
        members = all_staff(conn)
    if as_json:
        print_json([_document(member) for member in members])
    elif not members:
        click.echo("还没有账号：请用 staff add 添加。")
    else:
        Console().print(_table(members))


@staff_command.command("reset-password", help="给一个新的一次性密码，并解除锁定。")
@click.argument("login", metavar="账号")
@_as_option
@json_option
def reset_command(login: str, by: str | None, *, as_json: bool) -> None:
    """Print a new one-time password."""
    with open_office() as office, office.database.begin() as conn:
        password = reset_password(conn, login, actor=_actor(by), now=office.clock.now())
    _print_password(login, password, as_json=as_json)


@staff_command.command("duty", help="上岗或离岗：没有人在岗的一级，工单直接报上一级。")
@click.argument("state", metavar="on|off", type=click.Choice(["on", "off"]))
@click.argument("login", metavar="账号")
@_as_option
@json_option
def duty_command(state: str, login: str, by: str | None, *, as_json: bool) -> None:
    """Put somebody on or off duty."""
    with open_office() as office, office.database.begin() as conn:
        member = set_duty(conn, login, on_duty=state == "on", actor=_actor(by), now=office.clock.now())
    _print_member(member, "已上岗" if member.on_duty else "已离岗", as_json=as_json)


@staff_command.command("disable", help="停用账号；做过的事都保留。")
@click.argument("login", metavar="账号")
@_as_option
@json_option
def disable_command(login: str, by: str | None, *, as_json: bool) -> None:
    """Disable an account."""
    with open_office() as office, office.database.begin() as conn:
        member = disable_staff(conn, login, actor=_actor(by), now=office.clock.now())
    _print_member(member, "已停用", as_json=as_json)


@staff_command.command("enable", help="重新启用账号。")
@click.argument("login", metavar="账号")
@_as_option
@json_option
def enable_command(login: str, by: str | None, *, as_json: bool) -> None:
    """Enable an account again."""
    with open_office() as office, office.database.begin() as conn:
        member = disable_staff(conn, login, disabled=False, actor=_actor(by), now=office.clock.now())
    _print_member(member, "已启用", as_json=as_json)


def _actor(by: str | None) -> Actor:
    return Actor.staff(by) if by else Actor.system("command_line")


def _check_grid(office: Office, grid: str) -> None:
    if grid and grid not in office.rules.grids:
        known = "、".join(office.rules.grids)
        raise click.BadParameter(f"没有“{grid}”这个网格，community.yml 里有：{known}", param_hint="--grid")


def _print_password(login: str, password: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"login": login, "password": password})
    else:
        click.echo(f"账号 {login} 的一次性密码：{password}\n请当面交给本人；第一次登录要换成自己的密码。")


def _print_member(member: Staff, state: str, *, as_json: bool) -> None:
    if as_json:
        print_json(_document(member))
    else:
        click.echo(f"{member.login}：{state}。")


def _document(member: Staff) -> dict[str, Any]:
    return {
        "login": member.login,
        "name": member.name,
        "role": member.role,
        "grid": member.grid,
        "on_duty": member.on_duty,
        "must_change_password": member.must_change_password,
        "locked_until": iso_text(member.locked_until),
        "created_at": iso_text(member.created_at),
        "disabled_at": iso_text(member.disabled_at),
    }


def _table(members: list[Staff]) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in ("账号", "姓名", "角色", "网格", "在岗", "状态"):
        table.add_column(heading)
    for member in members:
        state = "停用" if not member.is_active else "待换密码" if member.must_change_password else ""
        on_duty = "是" if member.on_duty else "否"
        table.add_row(member.login, member.name, ROLE_NAMES[member.role], member.grid, on_duty, state)
    return table


COMMANDS = (staff_command,)
