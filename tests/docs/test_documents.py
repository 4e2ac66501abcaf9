"""Documents fail the build when they lag behind the code."""

import re
from pathlib import Path

import pytest

from shouwang.cli import command_names

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
_LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = [link for link in _LINK.findall(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert dead == []


@pytest.mark.parametrize("name", ["README.md", "README.zh.md", "CONTRIBUTING.md", "docs/operations.md"])
def test_every_make_target_named_exists(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z]+)`?", _code(ROOT / name))) <= targets


def test_every_command_named_in_the_documents_exists() -> None:
    known = command_names()
    named = {
        tuple(words.split())
        for page in PAGES
        for words in re.findall(r"\bshouwang ((?:[a-z]+(?:-[a-z]+)* ?){1,2})", _code(page))
    }
    unknown = {" ".join(words) for words in named if words and not _is_known(words, known)}
    assert unknown == set()


def _is_known(words: tuple[str, ...], known: set[tuple[str, ...]]) -> bool:
    return words[:1] in known and (len(words) == 1 or words[:2] in known or not _is_group(words[0], known))


def _is_group(word: str, known: set[tuple[str, ...]]) -> bool:
    return any(len(path) > 1 and path[0] == word for path in known)


def _code(page: Path) -> str:
    """What stands in code spans and blocks of a page."""
    return "\n".join(re.findall(r"```.*?```|`[^`\n]+`", page.read_text(encoding="utf-8"), re.DOTALL))
