"""`chat replay`: what the assistant would say to recorded messages, before a change is published."""

import asyncio
from typing import BinaryIO

import click

from community.settings import load_settings
from shouwang.commands.chat_month import VERBS as MONTH
from shouwang.commands.output import print_json
from shouwang.logs import set_up_logs
from shouwang.wiring import open_office


@click.group("chat", help="聊天助手：先试后发布。")
def chat_command() -> None:
    """Group of chat commands."""


@chat_command.command(
    "replay",
    help=(
        "把一批消息（每行一个 JSON：conversation、person、group、mentioned、text、at）放一遍，逐行打印助手会怎么答。"
        "在数据库的副本上做：不通知任何人，不需要服务在运行。"
    ),
)
@click.argument("file", metavar="文件", type=click.File("rb"))
def replay_command(file: BinaryIO) -> None:
    """Replay messages and print one JSON object a line, in their order."""
    from shouwang.chat_replay import replay
    from shouwang.training import train_if_changed

    settings = load_settings()
    set_up_logs("error")
    if train_if_changed():
        click.echo("模型的材料变了，已重新训练。", err=True)

    async def print_all() -> None:
        with open_office(settings) as office:
            async for document in replay(office, file):
                print_json(document)

    asyncio.run(print_all())


for _command in MONTH:
    chat_command.add_command(_command)

COMMANDS = (chat_command,)
