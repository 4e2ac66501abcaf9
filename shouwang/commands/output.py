"""How commands print: people read tables and sentences, programs read JSON; errors go to stderr."""

import json
import sys
from typing import Any

import click

from community.errors import CommunityError

#: Exit codes: done, refused or failed, wrong usage, `audit` or `doctor` found something.
DONE, FAILED, USAGE, FOUND = 0, 1, 2, 3

json_option = click.option("--json", "as_json", is_flag=True, help="输出 JSON，供程序读取。")
as_option = click.option("--as", "login", required=True, metavar="账号", help="以哪位工作人员的名义操作。")


def print_json(document: Any) -> None:
    """Print one JSON document on one line of stdout."""
    click.echo(json.dumps(document, ensure_ascii=False, default=str))


def fail(error: CommunityError) -> int:
    """Print an error for people on stderr, and as JSON on stdout where `--json` was asked; return the exit code."""
    if "--json" in sys.argv:
        print_json({"error": {"code": error.code, "message": error.message}})
    click.echo(f"出错：{error.message}", err=True)
    return FAILED
