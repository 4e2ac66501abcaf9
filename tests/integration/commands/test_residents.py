"""`residents` as it is typed: what it prints, what it leaves behind, with which exit code it ends."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from community.errors import CommunityError, InvalidInput, NotFound, Refused
from community.model.actor import Actor
from community.model.staff import Role
from community.store.residents import health_consented, residents
from community.usecases.add_staff import add_staff
from shouwang.commands.residents import residents_command
from shouwang.wiring import open_office

ROOT = Path(__file__).parents[3]
Run = Callable[..., Result]

LIST = """\
青禾社区老人名单,,,,
户主,电话1,电话2,楼栋+单元+室,备注
张三,13800000001,13800000002,3#-2-501,独居
李四,138000000,,,
张三,13800000001,,,
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Type a command into a fresh community."""
    monkeypatch.setenv("SHOUWANG_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SHOUWANG_COMMUNITY_DIR", str(ROOT / "sample"))

    def typed(*words: str | Path) -> Result:
        result = CliRunner().invoke(residents_command, [str(word) for word in words], standalone_mode=False)
        if isinstance(result.exception, CommunityError):
            raise result.exception
        return result

    return typed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "老人.csv"
    path.write_bytes(LIST.encode("gbk"))
    return path


def printed(result: Result) -> Any:
    assert result.exception is None, result.output
    assert result.exit_code == 0
    return json.loads(result.stdout)


def test_an_import_reports_every_row_and_leaves_the_rejected_ones_in_a_file(run: Run, file: Path) -> None:
    report = printed(run("import", file, "--json"))

    assert {name: report[name] for name in ("created", "updated", "unchanged", "rejected")} == {
        "created": 1,
        "updated": 0,
        "unchanged": 1,
        "rejected": 1,
    }
    assert [(row["row"], row["result"]) for row in report["rows"]] == [
        (3, "created"),
        (4, "rejected"),
        (5, "unchanged"),
    ]
    rejected = Path(report["rejected_file"])
    assert rejected == file.with_name("老人-未导入.csv")
    assert stat.S_IMODE(rejected.stat().st_mode) == 0o600
    assert rejected.read_text(encoding="utf-8-sig").splitlines()[0] == "户主,电话1,电话2,楼栋+单元+室,备注,原因"


def test_the_corrected_file_is_imported_as_it_is(run: Run, file: Path) -> None:
    rejected = Path(printed(run("import", file, "--json"))["rejected_file"])
    rejected.write_text(
        rejected.read_text(encoding="utf-8-sig").replace("138000000,", "13800000003,"), encoding="utf-8"
    )

    again = printed(run("import", rejected, "--json"))

    assert (again["created"], again["rejected"], again["rejected_file"]) == (1, 0, None)


def test_a_trial_run_leaves_nothing_behind(run: Run, file: Path) -> None:
    report = printed(run("import", file, "--dry-run", "--json"))

    assert (report["created"], report["rejected"], report["rejected_file"], report["dry_run"]) == (1, 1, None, True)
    assert printed(run("list", "--json")) == []
    assert list(file.parent.glob("*未导入*")) == []


def test_people_read_a_summary_with_masked_numbers(run: Run, file: Path) -> None:
    result = run("import", file)

    assert "共 3 行：新增 1，更新 0，没有变化 1，未导入 1" in result.stdout
    assert "138****0000" in result.stdout
    assert "138000000" not in result.stdout


def test_the_roster_is_listed_masked_and_one_resident_in_full(run: Run, file: Path) -> None:
    run("import", file)

    (line,) = printed(run("list", "--json"))
    card = printed(run("show", str(line["id"]), "--json"))

    assert line["phones"] == ["138****0001", "138****0002"]
    assert (line["address"], line["tags"], line["sample"]) == ("3栋2单元501室", ["独居"], True)
    assert [phone["number"] for phone in card["phones"]] == ["+8613800000001", "+8613800000002"]
    with pytest.raises(NotFound, match="99"):
        run("show", "99")


def test_nobody_imports_in_the_name_of_a_stranger(run: Run, file: Path) -> None:
    with pytest.raises(NotFound, match="stranger"):
        run("import", file, "--as", "stranger")


def test_what_is_no_list_changes_nothing(run: Run, file: Path) -> None:
    file.write_text("您好！这是一封信。", encoding="utf-8")

    with pytest.raises(InvalidInput, match="没有找到表头"):
        run("import", file)


def test_the_sample_community_comes_in_whole_and_in_its_grids(run: Run) -> None:
    report = printed(run("import", ROOT / "sample" / "residents.csv", "--json"))

    assert (report["rejected"], report["created"], [row["reason"] for row in report["rows"] if row["reason"]]) == (
        0,
        78,
        [],
    )
    people = printed(run("list", "--limit", "200", "--json"))
    assert all(person["sample"] and person["grid"] for person in people)


def test_the_key_of_the_hashes_is_made_once_and_only_its_owner_reads_it(run: Run, file: Path) -> None:
    run("import", file)
    key = file.parent / "data" / "secret.key"
    first = key.read_bytes()
    run("import", file)

    assert key.read_bytes() == first
    assert len(first) == 64
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_consent_to_health_questions_is_noted_and_taken_back_by_staff_who_may(run: Run, file: Path) -> None:
    run("import", file)
    with open_office() as office, office.database.begin() as conn:
        for login, role in (("lin", Role.COMMUNITY_STAFF), ("grid", Role.GRID_WORKER)):
            add_staff(conn, login, name=login, role=role, actor=Actor.system("test"), now=office.clock.now())
    with pytest.raises(Refused, match="不能"):
        run("health-consent", "1", "--yes", "--how", "书面", "--as", "grid")
    with pytest.raises(NotFound, match="没有 999 号居民"):
        run("health-consent", "999", "--yes", "--how", "书面", "--as", "lin")

    def holds() -> bool:
        with open_office() as office, office.database.reading() as conn:
            return bool(conn.execute(select(health_consented()).where(residents.c.id == 1)).scalar_one())

    assert not holds()
    assert "同意问健康情况" in run("health-consent", "1", "--yes", "--how", "书面", "--as", "lin").output
    assert holds()
    run("health-consent", "1", "--no", "--how", "上门", "--as", "lin")
    assert not holds()
