"""The front-end packages: exactly those of the lock file, or one clear sentence."""

import json
import re
from pathlib import Path

import pytest

from console import build_static

CONSOLE = Path(build_static.__file__).parent


def test_every_version_is_exact_and_locked() -> None:
    wanted = json.loads((CONSOLE / "package.json").read_text())["dependencies"]
    locked = json.loads((CONSOLE / "package-lock.json").read_text())["packages"]
    for name, version in wanted.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
        assert locked[f"node_modules/{name}"]["version"] == version
        assert locked[f"node_modules/{name}"]["integrity"].startswith("sha512-")


def test_every_icon_that_a_template_draws_is_in_the_sprite() -> None:
    drawn = set()
    for template in (CONSOLE / "templates").glob("*.html"):
        text = template.read_text(encoding="utf-8")
        drawn |= set(re.findall(r'icon\("([a-z0-9-]+)"\)', text))
    assert drawn <= set(build_static.ICONS)


def test_a_lock_file_that_changed_asks_for_a_new_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_static, "VENDOR", tmp_path)
    assert not build_static.is_built()


def test_a_machine_without_npm_gets_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(RuntimeError, match="没有找到 npm：请先运行 make setup"):
        build_static.build()


@pytest.mark.parametrize("template", sorted((CONSOLE / "templates").glob("*.html")), ids=lambda path: path.name)
def test_no_template_loads_from_elsewhere_or_writes_code_into_the_page(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    assert "http://" not in text
    assert "https://" not in text
    assert "style=" not in text
    assert not re.search(r"<script(?! src=\"/console/static/)", text)
    assert "|safe" not in text
