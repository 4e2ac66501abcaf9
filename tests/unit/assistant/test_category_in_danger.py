"""The case of somebody in danger belongs to those whose hazard it is, though Rasa has not read the message."""

import json

import pytest

from benchmarks.train_category_opinion import TARGET, fingerprint
from community.files.hazard_knowledge import load_category_opinion
from community.model.hazards.emergency import SERVICES, Emergency
from community.model.hazards.hazard_report import categorise_emergency


def category_of(text: str, kind: str, *, decided_by: str = "opinion") -> str:
    emergency = Emergency(SERVICES[kind], kind, kind, decided_by=decided_by)
    return categorise_emergency(text, emergency, load_category_opinion().guesses(text))


@pytest.mark.parametrize(
    ("text", "kind", "category"),
    [
        ("楼道感应灯坏了三天，我妈下楼摸黑差点摔了", "medical", "lighting"),
        ("外墙瓷砖哗啦掉了一大片，就落在我脚边", "medical", "falling_object"),
        ("一排人在架空层拉接线板给电瓶车充电，线都软了", "violence", "ebike_charging"),
        ("电梯在两层中间停住了，门扒不开", "poison", "elevator"),
    ],
)
def test_an_alarm_that_only_the_opinion_raised_keeps_the_hazard_that_is_told(
    text: str, kind: str, category: str
) -> None:
    assert category_of(text, kind) == category


@pytest.mark.parametrize(
    ("text", "kind", "category"),
    [
        ("厨房阀门嘶嘶响，肥皂水一抹直冒泡", "gas", "gas_leak"),
        ("我爸胸口疼，脸发白，眼前一阵阵黑", "medical", "welfare_check"),
        ("楼上有人打她，惨叫声好大", "violence", "public_security"),
        ("四楼窗户往外冒黑烟", "fire", "other"),
    ],
)
def test_what_a_rule_saw_decides_where_no_hazard_of_the_list_is_told(text: str, kind: str, category: str) -> None:
    assert category_of(text, kind, decided_by="rule") == category


def test_somebody_in_danger_never_has_a_report_without_a_category() -> None:
    assert category_of("出事了快来", "trapped") != "unspecified"


def test_the_shipped_weights_are_those_of_the_training_lines() -> None:
    learned_from = json.loads(TARGET.read_text(encoding="utf-8"))["learned_from"]
    assert learned_from == fingerprint(), "run python -m benchmarks.train_category_opinion"
