"""`db upgrade`, `doctor`, `audit`: looking after the system."""

import asyncio
import sys
from dataclasses import asdict

import click

from shouwang.commands.output import FOUND, json_option, print_json
from shouwang.wiring import open_office


@click.group("db", help="数据库。")
def db_command() -> None:
    """Commands about the database."""


@db_command.command("upgrade", help="建立或升级数据库的表。")
def upgrade_command() -> None:
    """Create or upgrade the tables; opening the office does it."""
    with open_office():
        click.echo("数据库已是最新。")


@click.command("doctor", help="检查设置、数据库、线路、节假日和值班人员；有问题时退出码为 3。")
@json_option
def doctor_command(*, as_json: bool) -> None:
    """Print every check and what to do about those that fail."""
    from shouwang.doctor import examine

    with open_office() as office:
        checks = asyncio.run(examine(office))
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        for check in checks:
            word = "有问题" if not check.ok else "提醒" if check.fix else "正常"
            click.echo(f"{word}  {check.name}：{check.detail}")
            if check.fix:
                click.echo(f"        {check.fix}")
    sys.exit(0 if all(check.ok for check in checks) else FOUND)


@click.command(
    "audit", help="查有没有被落下的人和事：每个对象、工单、通知都有着落，审计记录没有被改动；查出问题时退出码为 3。"
)
@json_option
def audit_command(*, as_json: bool) -> None:
    """Print what has been forgotten or tampered with."""
    from community.usecases.check_integrity import check_integrity

    with open_office() as office, office.database.reading() as conn:
        findings = check_integrity(conn, now=office.clock.now())
    if as_json:
        print_json([asdict(finding) for finding in findings])
    elif not findings:
        click.echo("都有着落：没有被落下的人和事，审计记录完整。")
    else:
        for finding in findings:
            click.echo(f"{finding.subject}：{finding.message}")
    sys.exit(FOUND if findings else 0)


COMMANDS = (db_command, doctor_command, audit_command)
