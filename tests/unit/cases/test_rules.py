"""The community's own files: what is wrong in them is said in one sentence that names file and key."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from community.errors import InvalidInput
from community.files.community_folder import load_rulebook
from community.model.address import Address
from community.model.cases.case import CaseKind, Priority
from community.model.rulebook import Rulebook
from community.model.staff import Role
from community.settings import load_settings

SAMPLE = Path("sample")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sample community's rules, to be spoilt."""
    for name in ("community.yml", "hazards.yml", "ladders.yml"):
        shutil.copy(SAMPLE / name, tmp_path / name)
    return tmp_path


def load(folder: Path) -> Rulebook:
    return load_rulebook(load_settings({"SHOUWANG_COMMUNITY_DIR": str(folder)}))


def spoil(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_sample_community_is_complete() -> None:
    rules = load(SAMPLE)
    assert rules.name == "青禾社区居委会"
    assert len(rules.hazards) == 23
    assert set(rules.ladders) == {(kind, priority) for kind in CaseKind for priority in Priority}


def test_a_category_replaces_the_first_wait_and_no_other() -> None:
    rules = load(SAMPLE)
    ladder = rules.ladder_for(CaseKind.HAZARD, Priority.URGENT, "elevator")
    assert [step.wait for step in ladder[:2]] == [timedelta(minutes=15), timedelta(minutes=30)]
    assert ladder[0].role is Role.GRID_WORKER


def test_danger_never_waits_longer_than_an_emergency_does() -> None:
    ladder = load(SAMPLE).ladder_for(CaseKind.HAZARD, Priority.EMERGENCY, "lighting")
    assert ladder[0].wait == timedelta(minutes=5)


@pytest.mark.parametrize(
    ("address", "grid"),
    [
        (Address("锦绣苑", "3", "2", "501"), "第一网格"),
        (Address("锦绣苑", "12"), "第二网格"),
        (Address("柳巷", "5"), "第三网格"),
        (Address("锦绣苑"), ""),
        (Address("锦绣苑", "99"), ""),
        (Address(), ""),
    ],
)
def test_an_address_tells_its_grid_where_it_can(address: Address, grid: str) -> None:
    assert load(SAMPLE).grid_of(address) == grid


def test_the_communitys_own_holidays_are_read(folder: Path) -> None:
    spoil(folder, "community.yml", "calendar: {}", "calendar: {2026-07-15: false, 2026-07-18: true}")
    calendar = load(folder).calendar
    assert not calendar.is_workday(date(2026, 7, 15))
    assert calendar.is_workday(date(2026, 7, 18))


@pytest.mark.parametrize(
    ("name", "old", "new", "sentence"),
    [
        ("community.yml", "name: 青禾社区居委会", "", r"community\.yml：name 没有写"),
        ("community.yml", "phone: 6215-0100", "phone: 62150100", r"community\.yml：phone 应是文字，数字请加引号"),
        ("community.yml", "working_hours:", "worktime:", r"community\.yml：worktime 不认识这一项"),
        ("community.yml", '"09:00-12:00"', '"9点-12点"', r"community\.yml：working_hours\.0 写法不对"),
        ("community.yml", '"09:00-12:00"', '"12:00-09:00"', r"community\.yml：working_hours 要从早到晚写"),
        ("community.yml", '"09:00-12:00"', '"09:00-15:00"', r"community\.yml：working_hours 要从早到晚写"),
        ("community.yml", "[福荣里]", "[富荣里]", r"community\.yml：grids\.第四网格 里的“富荣里”"),
        ("community.yml", "[锦绣苑-7~30]", "[锦绣苑-6~30]", r"“锦绣苑-6”同时写在"),
        ("community.yml", "星河: 星河湾", "星河: 星湖", r"place_names\.星河 指向的小区"),
        ("community.yml", "grids:", "grids: [", r"community\.yml 第 \d+ 行附近不是正确的 YAML"),
        (
            "hazards.yml",
            "priority: urgent",
            "priority: asap",
            r"hazards\.yml：0\.priority 不是允许的值，只能是 normal、urgent、emergency",
        ),
        (
            "hazards.yml",
            "first_step_minutes: 30",
            "first_step_minutes: 0",
            r"hazards\.yml：0\.first_step_minutes 太小了",
        ),
        (
            "hazards.yml",
            "code: ebike_charging",
            "code: fire_lane_blocked",
            r"hazards\.yml：code fire_lane_blocked 写了两次",
        ),
        ("hazards.yml", "code: other,", "code: rest,", r"hazards\.yml：缺少 code 为 other"),
        ("ladders.yml", "wait: 5m", "wait: 5分钟", r"ladders\.yml：default\.emergency\.0\.wait 时长“5分钟”写法不对"),
        ("ladders.yml", "wait: 5m", "wait: 0m", r"ladders\.yml：default\.emergency\.0\.wait 应大于 0"),
        ("ladders.yml", "role: grid_worker", "role: boss", r"ladders\.yml：default\.emergency\.0\.role 不是允许的值"),
        ("ladders.yml", "  question:", "  questions:", r"ladders\.yml：kinds\.questions 不是允许的值"),
        ("ladders.yml", "default:", "standard:", r"ladders\.yml：default 没有写"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, name: str, old: str, new: str, sentence: str) -> None:
    spoil(folder, name, old, new)
    with pytest.raises(InvalidInput, match=sentence):
        load(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "ladders.yml").unlink()
    with pytest.raises(InvalidInput, match=r"缺少文件 .*ladders\.yml"):
        load(folder)


def test_a_file_in_another_encoding_is_named(folder: Path) -> None:
    (folder / "community.yml").write_bytes("name: 青禾社区".encode("gbk"))
    with pytest.raises(InvalidInput, match="UTF-8"):
        load(folder)
