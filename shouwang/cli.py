"""The command line: one file a group in shouwang/commands; exit codes and JSON output are the same everywhere."""

import importlib
import pkgutil
import sys

import click
from dotenv import load_dotenv

import shouwang.commands
from community.errors import CommunityError
from shouwang.commands.output import fail


@click.group(help="守望：社区服务台。居民问政策、报隐患，社区给居民打电话，没办完的事一级一级往上催。")
@click.version_option(package_name="shouwang", prog_name="shouwang", message="%(prog)s %(version)s")
def shouwang_command() -> None:
    """Root of all commands."""


def _collect() -> None:
    for module in pkgutil.iter_modules(shouwang.commands.__path__):
        loaded = importlib.import_module(f"shouwang.commands.{module.name}")
        for command in getattr(loaded, "COMMANDS", ()):
            shouwang_command.add_command(command)


def command_names() -> set[tuple[str, ...]]:
    """Every command as a path of words, groups included."""
    _collect()
    names: set[tuple[str, ...]] = set()
    for name, command in shouwang_command.commands.items():
        names.add((name,))
        names |= {(name, sub) for sub in getattr(command, "commands", {})}
    return names


def main() -> None:
    """Run the command line; every refusal is one Chinese line and exit code 1."""
    load_dotenv(".env")
    _collect()
    try:
        shouwang_command(standalone_mode=False)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        sys.exit(130)
    except CommunityError as error:
        sys.exit(fail(error))
