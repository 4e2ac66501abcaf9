"""The command line knows every command, and nothing is imported that was not called."""

import importlib
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import click

import shouwang.commands
from shouwang.cli import COMMAND_FILES, command_names


def test_every_command_file_is_listed() -> None:
    listed = {
        (command.name, module.name)
        for module in pkgutil.iter_modules(shouwang.commands.__path__)
        for command in getattr(importlib.import_module(f"shouwang.commands.{module.name}"), "COMMANDS", ())
    }
    assert listed == set(COMMAND_FILES.items())


def test_every_command_says_in_chinese_what_it_does() -> None:
    def silent(command: click.Command, path: str) -> list[str]:
        own = [] if command.help and any("\u4e00" <= letter <= "\u9fff" for letter in command.help) else [path]
        return own + [
            path_below
            for name, below in getattr(command, "commands", {}).items()
            for path_below in silent(below, f"{path} {name}")
        ]

    modules = {importlib.import_module(f"shouwang.commands.{name}") for name in COMMAND_FILES.values()}
    assert [path for module in modules for command in module.COMMANDS for path in silent(command, command.name)] == []


def test_every_promised_command_is_there() -> None:
    wanted = {
        ("serve",),
        ("db", "upgrade"),
        ("doctor",),
        ("audit",),
        ("staff", "add"),
        ("residents", "import"),
        ("policies", "import"),
        ("policies", "ask"),
        *{
            ("campaign", verb)
            for verb in ("create", "approve", "launch", "pause", "resume", "cancel", "show", "export", "rehearse")
        },
        *{("cases", verb) for verb in ("list", "show", "ack", "handover", "close", "reopen")},
    }
    assert wanted <= command_names()


def test_a_data_directory_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    environment = {**os.environ, "SHOUWANG_DATA_DIR": str(tmp_path / "taken" / "data"), "SHOUWANG_DATABASE_URL": ""}
    argv = [sys.executable, "-m", "shouwang", "staff", "list"]
    ended = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stdout == ""
    [line] = ended.stderr.splitlines()
    assert "SHOUWANG_DATA_DIR" in line
