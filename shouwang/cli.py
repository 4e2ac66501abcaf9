"""The command line: one file a group in shouwang/commands; exit codes and JSON output are the same everywhere."""

import errno
import importlib
import sys
import warnings

import click
from dotenv import load_dotenv

from community.errors import CommunityError, Unavailable
from shouwang.commands.output import fail
from shouwang.logs import set_up_logs

#: {command: its file in shouwang/commands}; a file is imported when its command is called, so that each starts quickly.
COMMAND_FILES = {
    "actions": "assistant",
    "audit": "system",
    "campaign": "campaign",
    "cases": "cases",
    "chat": "chat",
    "db": "system",
    "doctor": "system",
    "policies": "policies",
    "residents": "residents",
    "run": "run",
    "serve": "run",
    "setup": "run",
    "staff": "staff",
    "train": "assistant",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMAND_FILES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMAND_FILES:
            return None
        module = importlib.import_module(f"shouwang.commands.{COMMAND_FILES[cmd_name]}")
        commands: dict[str, click.Command] = {command.name: command for command in module.COMMANDS}
        return commands[cmd_name]


@click.group(cls=_Commands, help="守望：社区服务台。居民问政策、报隐患，社区给居民打电话，没办完的事一级一级往上催。")
@click.version_option(package_name="shouwang", prog_name="shouwang", message="%(prog)s %(version)s")
def shouwang_command() -> None:
    """Root of all commands."""


def command_names() -> set[tuple[str, ...]]:
    """Every command as a path of words, groups included."""
    context = click.Context(shouwang_command)
    names: set[tuple[str, ...]] = set()
    for name in shouwang_command.list_commands(context):
        command = shouwang_command.get_command(context, name)
        names.add((name,))
        names |= {(name, below) for below in getattr(command, "commands", {})}
    return names


def main() -> None:
    """Run the command line; every refusal is one Chinese line and exit code 1."""
    load_dotenv(".env")
    # What a command prints may be read by a program; a service sets its own level.
    set_up_logs("error")
    # Whoever starts the service can do nothing about what jieba imports.
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)
    try:
        # Outside standalone mode click gives back the code of `ctx.exit(code)`, or whatever the command returned.
        code = shouwang_command(standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except CommunityError as error:
        sys.exit(fail(error))
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        sys.exit(fail(Unavailable("磁盘满了：请管理员清理磁盘，再运行一次；已写入的数据没有丢。")))
