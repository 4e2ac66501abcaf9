"""Staff try messages before they publish: the command starts its own assistant, tells nobody, and leaves nothing behind."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.rasa

ROOT = Path(__file__).parents[2]
DAY = "2026-07-15"

#: (conversation, person, time, text); names that begin with `g` are groups, @ mentions the assistant.
LINES = [
    ("drain", "p", "10:00", "下水道堵了"),
    ("drain", "p", "10:01", "高龄津贴怎么领"),
    ("drain", "p", "10:02", "哦，在3号楼2单元"),
    ("drain", "p", "10:03", "不对，是5号楼"),
    ("drain", "p", "10:04", "不对不对，3单元"),
    ("drain", "p", "10:05", "别告诉别人是我报的"),
    ("drain", "p", "10:06", "不报了"),
    ("drain", "p", "10:07", "想想还是报吧"),
    ("lamp", "p", "10:00", "路灯坏了"),
    ("lamp", "p", "10:01", "算了"),
    ("lamp", "p", "10:02", "不行，还是得报，2号楼"),
    ("photo", "p", "10:00", "[图片]"),
    ("photo", "p", "10:01", "就这个井盖，9号楼门口"),
    ("two", "p", "10:00", "12栋"),
    ("two", "p", "10:01", "电梯坏了，还有楼道灯也不亮"),
    ("late", "p", "08:00", "电梯晃"),
    ("late", "p", "18:00", "6号楼"),
    ("group", "老王", "10:00", "@社区助手 4号楼停水了"),
    ("group", "小李", "10:01", "@社区助手 我家也是，6号楼"),
    ("group", "小张", "10:02", "@社区助手 同上"),
    ("group", "小张", "10:03", "@社区助手 8号楼"),
    ("group", "小赵", "10:04", "大家晚上吃啥"),
    ("group", "小赵", "10:05", "7号楼着火了快来人"),
    ("pinyin", "p", "10:00", "lu deng 不亮 3 hao lou"),
    ("fine", "p", "10:00", "楼道停电动车要罚几百？四位数，哄人的吧"),
]


def document(conversation: str, person: str, time: str, text: str) -> str:
    group = conversation.startswith("g")
    at = f"{DAY}T{time}:00+08:00"
    fields = {"conversation": conversation, "person": person, "group": group, "mentioned": False, "text": text}
    return json.dumps({**fields, "at": at}, ensure_ascii=False)


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """What came of each conversation; the last two lines of the file are none."""
    home = tmp_path_factory.mktemp("home")
    scratch = tmp_path_factory.mktemp("scratch")
    file = home / "lines.jsonl"
    written = [document(*line) for line in LINES]
    file.write_text("\n".join([*written, "not json", '{"text": 5}']) + "\n", encoding="utf-8")
    environment = {**os.environ, "SHOUWANG_DATA_DIR": str(home / "data"), "TMPDIR": str(scratch)}
    environment.pop("SHOUWANG_DATABASE_URL", None)
    command = [sys.executable, "-m", "shouwang", "chat", "replay", str(file)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    results = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert ["error" in one for one in results] == [False] * len(LINES) + [True, True]
    assert list(scratch.glob("shouwang-replay-*")) == [], "the copy is gone"
    with sqlite3.connect(home / "data" / "shouwang.db") as database:
        kept = [database.execute(f"select count(*) from {table}").fetchone()[0] for table in ("'case'", "message")]
        assert kept == [0, 0], "nothing was written to the community's own database"
    by_conversation: dict[str, list[dict[str, Any]]] = {}
    for (conversation, *_), result in zip(LINES, results, strict=False):
        by_conversation.setdefault(conversation, []).append(result)
    return by_conversation


def test_a_report_is_interrupted_corrected_withdrawn_and_taken_up_again(replayed):
    first, asked, placed, moved, narrowed, private, cancelled, again = replayed["drain"]
    assert (first["asks"], first["case"]["status"], first["case"]["number"]) == ("location", "draft", None)
    assert (asked["intent"], asked["asks"], asked["case"]["category"]) == ("ask_policy", "location", "sewer")
    assert placed["case"]["address"] == {"community": "", "building": "3", "unit": "2", "room": ""}
    assert placed["case"]["number"].startswith("260715-"), "the line's own day"
    assert (moved["case"]["number"], moved["case"]["address"]["building"]) == (placed["case"]["number"], "5")
    assert (narrowed["case"]["address"]["building"], narrowed["case"]["address"]["unit"]) == ("5", "3")
    assert private["intent"] == "ask_privacy"
    assert (cancelled["case"]["status"], cancelled["case"]["number"]) == ("cancelled", placed["case"]["number"])
    assert "别告诉别人" in cancelled["case"]["note"]
    assert (again["case"]["status"], again["case"]["category"]) == ("open", "sewer")
    assert [one["status"] for one in again["cases"]] == ["cancelled", "open"]


def test_a_dropped_report_is_taken_up_with_its_place(replayed):
    _, dropped, again = replayed["lamp"]
    assert (dropped["case"]["status"], dropped["cases"]) == ("cancelled", [])
    assert (again["case"]["category"], again["case"]["address"]["building"]) == ("lighting", "2")


def test_after_a_picture_one_sentence_is_enough(replayed):
    picture, told = replayed["photo"]
    assert (picture["asks"], picture["case"]) == ("detail", None)
    assert (told["case"]["category"], told["case"]["status"]) == ("manhole", "open")


def test_two_hazards_of_one_message_are_two_cases_at_the_place_named_before(replayed):
    [case, other] = replayed["two"][-1]["cases"]
    assert {case["category"], other["category"]} == {"elevator", "lighting"}
    assert {case["address"]["building"], other["address"]["building"]} == {"12"}


def test_an_answer_after_hours_still_belongs_to_its_report(replayed):
    assert (replayed["late"][-1]["case"]["category"], replayed["late"][-1]["case"]["location_text"]) == (
        "elevator",
        "6号楼",
    )


def test_in_a_group_neighbours_join_a_report_and_only_danger_is_answered_unasked(replayed):
    first, joined, same, placed, chatter, fire = replayed["group"]
    assert {one["case"]["category"] for one in (first, joined, same, placed)} == {"water_supply"}
    assert (joined["case"]["address"]["building"], placed["case"]["address"]["building"]) == ("6", "8")
    assert same["asks"] == "location"
    assert (chatter["speaks"], chatter["replies"], chatter["intent"], chatter["case"]) == (False, [], None, None)
    assert (fire["speaks"], fire["emergency"], fire["services"], fire["case"]["priority"]) == (
        True,
        True,
        ["119"],
        "emergency",
    )
    assert len(fire["cases"]) == 4


def test_words_typed_in_pinyin_are_heard(replayed):
    [lamp] = replayed["pinyin"]
    assert (lamp["case"]["category"], lamp["case"]["address"]["building"]) == ("lighting", "3")


def test_a_question_about_a_fine_is_no_report(replayed):
    [fine] = replayed["fine"]
    assert (fine["intent"], fine["cases"]) == ("ask_policy", [])
