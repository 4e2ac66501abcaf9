"""The house keeps its measure: small functions, small files, every sentence in its room."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("actions", "benchmarks", "bot", "community", "console", "shouwang", "voice")
FILES = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "node_modules" not in path.parts]


def functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{path.relative_to(ROOT)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1


def test_no_file_is_longer_than_500_lines() -> None:
    long = [str(path.relative_to(ROOT)) for path in FILES if path.read_text(encoding="utf-8").count("\n") > 500]
    assert long == []


def test_no_function_is_longer_than_80_lines_and_nine_in_ten_are_below_30() -> None:
    sizes = [size for path in FILES for size in functions(path)]
    assert [name for name, lines in sizes if lines > 80] == []
    assert sum(lines >= 30 for _, lines in sizes) <= len(sizes) / 10


@pytest.mark.parametrize("word", ["utils", "common", "helpers", "manager", "misc"])
def test_no_room_is_a_lumber_room(word: str) -> None:
    assert [str(path) for path in FILES if path.stem == word] == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [str(path) for path in FILES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]
    assert silent == []
