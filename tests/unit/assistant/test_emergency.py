"""Somebody in danger is recognised by rule; a near miss is not."""

import json
from pathlib import Path

import pytest

from community.model.hazards.emergency import detect_emergency

LINES = Path(__file__).parents[2] / "evaluation" / "emergencies"


def lines() -> list[dict[str, str | None]]:
    return [
        json.loads(line)
        for path in sorted(LINES.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def test_every_emergency_of_the_evaluation_is_recognised() -> None:
    missed = [line["text"] for line in lines() if line["service"] and detect_emergency(str(line["text"])) is None]
    assert missed == []


def test_the_right_number_is_told() -> None:
    known = [line for line in lines() if line["service"]]
    right = sum(
        found is not None and line["service"] in found.services
        for line in known
        if (found := detect_emergency(str(line["text"])))
    )
    assert right / len(known) >= 0.95


def test_near_misses_raise_no_alarm() -> None:
    near = [line for line in lines() if not line["service"]]
    false = [line["text"] for line in near if detect_emergency(str(line["text"])) is not None]
    assert len(false) / len(near) <= 0.02, false


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("厨房漏煤气了", "gas"),
        ("三号楼着火了", "119"),
        ("我爸晕倒了叫不醒", "120"),
        ("有人拿刀砍人", "110"),
        ("我屋企著火喇", "119"),
    ],
)
def test_the_first_number_is_the_one_to_call_first(text: str, first: str) -> None:
    found = detect_emergency(text)
    assert found is not None
    assert found.services[0] == first


@pytest.mark.parametrize(
    "text",
    [
        "我家住119号楼",
        "打我儿子电话13800000123",
        "老伴瘫在床上，我能走吗",
        "腿断了去年好的",
        "昨天着火了，已经扑灭了",
        "下午消防演习",
        "灭火器怎么用",
        "最近上火了",
        "这灶打不着火",
        "",
        "🙂",
        '[语音 8"]',
    ],
)
def test_what_is_not_danger_now_stays_quiet(text: str) -> None:
    assert detect_emergency(text) is None


def test_what_begins_again_counts_though_it_had_been_over() -> None:
    assert detect_emergency("上午燃气公司修好了，这会儿又闻到煤气味") is not None


def test_who_comes_back_from_elsewhere_is_heard() -> None:
    assert detect_emergency("刚看完电视，我爸突然倒在地上叫不醒") is not None


def test_who_insists_is_believed() -> None:
    assert detect_emergency("不是演习，三楼真着火了") is not None


def test_a_very_long_text_is_read_in_no_time() -> None:
    assert detect_emergency("路灯坏了，" * 400) is None
