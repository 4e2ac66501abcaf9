"""What Rasa said becomes what is sent: to the right reader, in one message, with choices that work everywhere."""

import pytest

from bot.channels.base import Reply
from bot.replies import as_documents, chosen, from_document, merge, numbered, protect_group, read_items

BUTTONS = ({"title": "食堂", "payload": "食堂补贴"}, {"title": "津贴", "payload": "高龄津贴"})


def test_plain_text_goes_back_to_where_it_came_from():
    assert read_items([{"text": "您好"}], scene="group").replies == (Reply(text="您好", to="group"),)
    assert read_items([{"text": "您好"}], scene="private").replies == (Reply(text="您好", to="person"),)


def test_what_actions_tell_is_kept():
    items = [
        {"custom": {"text": "登记了", "to": "person", "case": "260715-003", "intent": "report_hazard"}},
        {"custom": {"text": "在哪儿？", "asks": "location", "buttons": [{"title": "这里"}, {"payload": "x"}, "?"]}},
        {"custom": "?"},
        {"text": "  "},
        {"image": "x"},
    ]
    answer = read_items(items, scene="group")
    assert [(reply.text, reply.to) for reply in answer.replies] == [("登记了", "person"), ("在哪儿？", "group")]
    assert answer.replies[1].buttons == ({"title": "这里", "payload": "这里"},)
    assert answer.case_number == "260715-003"
    assert answer.understanding == {"intent": "report_hazard", "asks": "location"}


def test_one_reader_gets_one_message():
    replies = [Reply(text="一", to="group"), Reply(text="私", buttons=BUTTONS), Reply(text="二", to="group")]
    assert merge(replies, to="group") == Reply(text="一\n二", to="group")
    assert merge(replies, to="person") == Reply(text="私", buttons=BUTTONS)
    assert merge(replies[:1], to="person") is None


def test_where_there_are_no_buttons_they_are_numbered():
    assert numbered(Reply(text="哪个？", buttons=BUTTONS)) == "哪个？\n1. 食堂\n2. 津贴\n回复数字就行。"
    assert numbered(Reply(text="好")) == "好"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1", "食堂补贴"),
        ("２", "高龄津贴"),
        (" 1。", "食堂补贴"),
        ("津贴", "高龄津贴"),
        ("3", "3"),
        ("12", "12"),
        ("", ""),
    ],
)
def test_a_bare_number_chooses(text, meant):
    assert chosen(text, as_documents([Reply(text="哪个？", buttons=BUTTONS)])) == meant


def test_without_buttons_a_number_is_a_number():
    assert chosen("1", as_documents([Reply(text="几号楼？")])) == "1"


def test_a_stored_reply_is_the_same_again():
    reply = Reply(text="哪个？", to="group", buttons=BUTTONS)
    assert from_document(as_documents([reply])[0]) == reply


def test_in_private_nothing_is_hidden():
    replies = (Reply(text="您的电话13800000123"),)
    assert protect_group(replies, text="13800000123", scene="private", own_numbers=()) == replies
    assert protect_group((), text="x", scene="group", own_numbers=()) == ()
