"""A replay's file: what may stand in a line, and what a line becomes."""

import json
from typing import Any

import pytest

from community.errors import InvalidInput
from shouwang.replay_lines import as_message, read_line


def line(**fields: Any) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def test_a_mention_in_the_text_counts_and_is_not_read_as_words() -> None:
    read = read_line(line(conversation=7, person="老王", group=True, text="@社区助手 3号楼停水了"))
    message = as_message(read, read.conversation, 1)
    assert (message.addressed, message.text, message.scene) == (True, "3号楼停水了", "group")


def test_in_a_group_nobody_is_addressed_by_default_and_in_private_always() -> None:
    group, private = read_line(line(group=True, text="吃了吗")), read_line(line(text="吃了吗"))
    assert [as_message(one, "a", 1).addressed for one in (group, private)] == [False, True]


def test_a_picture_is_an_attachment_and_its_words_stay() -> None:
    message = as_message(read_line(line(text="[图片] 9号楼的井盖")), "a", 1)
    assert (message.attachment, message.text) == ("image", "9号楼的井盖")


def test_two_people_of_one_group_have_conversations_of_their_own() -> None:
    lines = [read_line(line(conversation="g", person=one, group=True, text="在吗")) for one in ("甲", "乙")]
    assert len({as_message(one, "g", 1).conversation_id for one in lines}) == 2


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (b"not json", "不是 JSON"),
        (b"[1]", "JSON 对象"),
        (line(person="甲"), "text"),
        (line(text=5), "text"),
        (line(text="在吗", group="yes"), "group"),
        (line(text="在吗", at="2026-07-15T10:00:00"), "at"),
        (line(text="在吗", at="昨天"), "at"),
        (b"\xff\xfe", "不是 JSON"),
        (line(text="长" * 100_000), "太长"),
    ],
)
def test_a_bad_line_says_what_is_wrong(wrong: bytes, says: str) -> None:
    with pytest.raises(InvalidInput, match=says):
        read_line(wrong)
