"""In a group: silent unless spoken to or somebody is in danger; private things stay private."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from community.store.cases import cases
from community.store.messages import messages


def says(*items: dict[str, Any]) -> Any:
    return lambda text, metadata: [{"custom": item} for item in items]


async def test_neighbours_talk_and_the_bot_is_silent_and_keeps_nothing(desk):
    accepted = await desk.says("西红柿炖牛腩，听我的，准没错", group=True, addressed=False)
    assert accepted.message is None
    assert desk.letters() == []
    with desk.database.reading() as conn:
        assert conn.execute(select(func.count()).select_from(messages)).scalar_one() == 0


async def test_a_fire_is_answered_at_once_though_nobody_addressed_the_bot_and_rasa_is_away(desk):
    desk.rasa.mood = "failing"
    accepted = await desk.says("3号楼着火了，楼道全是烟！", group=True, addressed=False)
    assert accepted.message is not None
    assert accepted.message.status == "answered"
    assert desk.rasa.turns == []
    [(to, text)] = desk.said()
    assert to == "group"
    assert "119" in text
    with desk.database.reading() as conn:
        case = conn.execute(select(cases)).one()
    assert (case.priority, case.danger) == ("emergency", True)
    assert accepted.message.case_number == case.number


async def test_an_emergency_sent_twice_is_one_case(desk):
    for _ in range(2):
        await desk.says("我家着火了", group=True, addressed=False, message_id="om_fire")
    with desk.database.reading() as conn:
        assert conn.execute(select(func.count()).select_from(cases)).scalar_one() == 1
    assert len(desk.letters()) == 1


async def test_who_was_asked_where_they_are_need_not_mention_the_bot(desk):
    await desk.says("着火了！！", group=True, addressed=False)
    place = await desk.says("锦绣苑7栋2单元", group=True, addressed=False)
    assert place.message is not None
    assert place.message.status == "answered"
    assert desk.rasa.texts() == [], "somebody in danger waits for nobody"
    chatter = await desk.says("今天吃什么", group=True, addressed=False)
    assert chatter.message is None
    late = await desk.says("锦绣苑7栋", group=True, addressed=False, person="other")
    assert late.message is None


async def test_after_a_quarter_of_an_hour_an_emergency_is_no_licence_to_speak(desk):
    await desk.says("着火了！！", group=True, addressed=False)
    desk.clock.advance(timedelta(minutes=16))
    assert (await desk.says("锦绣苑7栋", group=True, addressed=False)).message is None


async def test_a_public_answer_stays_in_the_group(desk):
    desk.rasa.answer = says({"text": "食堂11点开", "to": "group"})
    await desk.talks("食堂几点开", group=True)
    assert desk.said() == [("group", "食堂11点开")]


async def test_a_private_answer_goes_to_the_person_and_the_group_gets_one_neutral_line(desk):
    desk.rasa.answer = says({"text": "工单260715-003：已派单，锦绣苑7栋", "to": "person", "case": None})
    await desk.talks("查进度", group=True)
    assert sorted(desk.said()) == [("group", "已私信您，请查收。"), ("person", "工单260715-003：已派单，锦绣苑7栋")]


async def test_a_plain_answer_goes_where_the_question_came_from(desk):
    await desk.talks("你好", group=True)
    await desk.talks("你好")
    assert desk.said() == [("group", "收到：你好"), ("person", "收到：你好")]


async def test_nothing_for_the_group_is_said_in_a_private_chat(desk):
    desk.rasa.answer = says({"text": "您好", "to": "group"})
    await desk.talks("你好")
    assert desk.said() == [("person", "您好")]


@pytest.mark.parametrize("number", ["13800000123", "+86 138-0000-0123", "138 0000 0123", "１３８００００0123"])
async def test_a_posted_phone_number_is_not_repeated_and_its_author_is_told(desk, number):
    await desk.talks(f"给我回电{number}", group=True)
    group, private = sorted(desk.said())
    assert group == ("group", "收到：给我回电138****0123")
    assert private[0] == "person"
    assert "手机号" in private[1]


async def test_a_posted_identity_number_is_not_repeated(desk):
    await desk.talks("我的身份证11010119900307781x", group=True)
    group, private = sorted(desk.said())
    assert group[1] == "收到：我的身份证110101********1x"
    assert "身份证号" in private[1]


async def test_the_communitys_own_number_may_be_told_to_all(desk):
    desk.rasa.answer = says({"text": f"请打{desk.rules.phone}", "to": "group"})
    await desk.talks("电话多少", group=True)
    assert desk.said() == [("group", f"请打{desk.rules.phone}")]


async def test_one_person_in_two_chats_has_two_conversations(desk):
    await desk.talks("你好", group=True)
    await desk.talks("你好")
    assert {sender for sender, _, _ in desk.rasa.turns} == {
        "feishu:cli_app:oc_group:ou_wang",
        "feishu:cli_app:oc_wang:ou_wang",
    }
