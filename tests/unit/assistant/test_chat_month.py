"""Two replays of the same messages compared: only what residents or staff would notice counts."""

import json

import pytest

from community.errors import InvalidInput
from shouwang.chat_month import differences, read_replay


def line(text: str, **more: object) -> dict[str, object]:
    case = {"number": "260715-001", "category": "lighting"}
    return {"speaks": True, "replies": [{"text": text, "to": "person"}], "intent": "ask_policy", "case": case} | more


def test_only_lines_that_came_out_otherwise_are_listed() -> None:
    before = [line("150元"), line("好的"), line("好的")]
    other_number = {"number": "260716-009", "category": "lighting"}
    other_kind = {"number": "260715-001", "category": "lift"}
    after = [line("200元"), line("好的", case=other_number), line("好的", case=other_kind)]
    changed = differences(before, after)
    assert [(number, sorted(parts)) for number, parts in changed] == [(1, ["replies"]), (3, ["case"])]
    assert changed[0][1]["replies"][1] == [{"text": "200元", "to": "person"}]


def test_replays_of_other_messages_are_refused() -> None:
    with pytest.raises(InvalidInput, match="行数不同"):
        differences([line("1")], [])
    with pytest.raises(InvalidInput, match="第 2 行"):
        read_replay(f"{json.dumps(line('1'))}\n不是 JSON\n".encode(), "new.jsonl")
