"""The durable inbox: each message once, in order, one turn at a time per person, whatever Rasa and the processes do."""

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from bot.limits import TurnLimits
from bot.rasa_client import RasaClient
from community.store.cases import cases
from community.store.messages import messages


def opens_case(number: str) -> Any:
    def answer(text: str, metadata: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"custom": {"text": f"已登记，工单号{number}", "to": "group", "intent": "report_hazard"}}]

    return answer


async def test_a_message_is_answered_by_rasa_and_goes_out_once(desk):
    message = await desk.talks("路灯不亮")
    assert message.status == "answered"
    assert desk.said() == [("person", "收到：路灯不亮")]
    sender, text, metadata = desk.rasa.turns[0]
    assert (sender, text) == ("feishu:cli_app:oc_wang:ou_wang", "路灯不亮")
    assert metadata == {"message": message.id, "scene": "private", "person": ""}
    assert desk.rasa.tokens == ["secret"]


async def test_the_platform_sends_a_message_four_times_and_it_is_processed_once(desk):
    first = await desk.talks("路灯不亮", message_id="om_same")
    for _ in range(3):
        again = await desk.says("路灯不亮", message_id="om_same")
        assert again.repeated
        assert again.message == first
    assert desk.rasa.texts() == ["路灯不亮"]
    assert len(desk.letters()) == 1


async def test_the_same_message_at_the_same_moment_is_one_message(desk):
    accepted = await asyncio.gather(*(desk.says("路灯不亮", message_id="om_same") for _ in range(8)))
    await desk.turns.idle()
    assert sum(not one.repeated for one in accepted) == 1
    assert desk.rasa.texts() == ["路灯不亮"]


async def test_twenty_messages_at_once_are_answered_in_order_by_three_processes(desk):
    desk.rasa.seconds = 0.002
    processes = [desk.turns, desk.another_process(), desk.another_process()]
    for number in range(20):
        await desk.says(f"第{number}句")
    await asyncio.gather(*(process.tick() for process in processes))
    while await asyncio.gather(*(process.tick() for process in processes)) != [0, 0, 0]:
        continue
    for process in processes:
        await process.idle()
    assert desk.rasa.texts() == [f"第{number}句" for number in range(20)]
    assert desk.rasa.most_at_once == 1
    assert [text for _, text in desk.said()] == [f"收到：第{number}句" for number in range(20)]


async def test_people_do_not_wait_for_each_other(desk):
    desk.rasa.open.clear()
    await asyncio.gather(*(desk.says("你好", person=f"p{number}") for number in range(8)))
    await desk.rasa.until_at_work(8)
    desk.rasa.open.set()
    await desk.turns.idle()
    assert len(desk.letters()) == 8


async def test_when_rasa_is_empty_the_author_is_told_once_and_answered_later(desk):
    desk.rasa.mood = "empty"
    message = await desk.talks("路灯不亮")
    assert (message.status, message.deferred) == ("waiting", True)
    for _ in range(3):
        desk.clock.advance(timedelta(minutes=5))
        await desk.turns.tick()
    assert [key for key, _, _ in desk.letters()] == [f"message:{message.id}:later"]
    desk.rasa.mood = "well"
    desk.clock.advance(timedelta(minutes=5))
    assert await desk.turns.tick() == 1
    assert desk.said()[0][1].startswith("您的话收到了")
    assert desk.said()[1:] == [("person", "收到：路灯不亮")]


async def test_every_way_rasa_fails_keeps_the_message(desk):
    for mood in ("failing", "silent", "not_json"):
        desk.rasa.mood = mood
        message = await desk.talks(f"路灯不亮，{mood}", person=mood)
        assert (message.status, message.deferred) == ("waiting", True)
    unreachable = RasaClient("http://127.0.0.1:9", timeout=0.5)
    lonely = desk.another_process(client=unreachable)
    desk.turns, kept = lonely, desk.turns
    message = await desk.talks("路灯不亮", person="nobody")
    assert (message.status, message.deferred) == ("waiting", True)
    await unreachable.close()
    desk.turns = kept
    desk.rasa.mood = "well"
    desk.clock.advance(timedelta(minutes=1))
    assert await desk.turns.tick() == 4


async def test_what_rasa_said_before_the_line_broke_is_asked_for_and_not_said_twice(desk):
    desk.rasa.mood = "forgetful"
    message = await desk.talks("路灯不亮")
    assert message.status == "waiting"
    desk.rasa.mood = "well"
    desk.clock.advance(timedelta(minutes=1))
    await desk.turns.tick()
    assert desk.rasa.texts() == ["路灯不亮"], "the turn is not made a second time"
    assert desk.stored(message.id).replies[0]["text"] == "收到：路灯不亮"


async def test_a_later_message_waits_for_an_earlier_one_and_only_one_is_told_to_wait(desk):
    desk.rasa.mood = "failing"
    first = await desk.talks("路灯不亮")
    second = await desk.talks("在3号楼")
    assert second.status == "waiting"
    assert len(desk.letters()) == 1
    desk.rasa.mood = "well"
    desk.clock.advance(timedelta(minutes=1))
    await desk.turns.tick()
    await desk.turns.idle()
    assert desk.rasa.texts() == ["路灯不亮", "在3号楼"]
    assert [desk.stored(row.id).status for row in (first, second)] == ["answered", "answered"]


async def test_a_message_that_only_rasa_cannot_do_goes_to_a_person(desk):
    def choosy(text: str, metadata: dict[str, Any]) -> list[dict[str, Any]]:
        return [] if text == "毒" else [{"text": "好"}]

    desk.rasa.answer = choosy
    poison = await desk.talks("毒")
    for number in range(5):
        await desk.talks("你好", person=f"other{number}")
        desk.clock.advance(timedelta(minutes=6))
        await desk.turns.tick()
    handed = desk.stored(poison.id)
    assert handed.status == "answered"
    assert handed.case_number is not None
    assert handed.case_number in handed.replies[0]["text"]
    await desk.talks("你好")
    assert desk.said()[-1] == ("person", "好"), "the conversation goes on"


async def test_while_the_whole_assistant_is_away_nothing_is_given_up(desk):
    desk.rasa.mood = "empty"
    message = await desk.talks("路灯不亮")
    for _ in range(12):
        desk.clock.advance(timedelta(minutes=6))
        await desk.turns.tick()
    assert desk.stored(message.id).status == "waiting"
    with desk.database.reading() as conn:
        assert conn.execute(select(func.count()).select_from(cases)).scalar_one() == 0


async def test_a_process_that_died_is_replaced_when_its_lease_ends(desk):
    desk.rasa.open.clear()
    accepted = await desk.says("路灯不亮")
    await desk.rasa.until_at_work()
    await desk.turns.close()
    desk.rasa.open.set()
    survivor = desk.another_process()
    assert await survivor.tick() == 0, "the lease still holds"
    desk.clock.advance(timedelta(minutes=2))
    assert await survivor.tick() == 1
    assert desk.stored(accepted.message.id).status == "answered"
    assert [key for key, _, _ in desk.letters()].count(f"message:{accepted.message.id}:reply:1") == 1


async def test_a_process_that_wakes_up_too_late_changes_nothing(desk):
    desk.rasa.open.clear()
    accepted = await desk.says("路灯不亮")
    await desk.rasa.until_at_work()
    desk.clock.advance(timedelta(minutes=2))
    desk.rasa.answer = lambda text, metadata: [{"text": "第二个"}]
    second = asyncio.create_task(desk.another_process().tick())
    await desk.rasa.until_at_work(2)
    desk.rasa.open.set()
    await second
    await desk.turns.idle()
    assert [text for _, text in desk.said() if text == "第二个"] == ["第二个"]
    assert len([key for key, _, _ in desk.letters() if ":reply:" in key]) == 1
    assert desk.stored(accepted.message.id).status == "answered"


async def test_a_process_with_its_hands_full_claims_nothing(desk):
    desk.rasa.mood = "failing"
    put_off = await desk.talks("路灯不亮", person="first")
    desk.rasa.mood = "well"
    desk.rasa.open.clear()
    patient = RasaClient(desk.rasa.url, timeout=30)
    busy = desk.another_process(TurnLimits(at_once=2), client=patient)
    desk.turns = busy
    for number in range(2):
        await desk.says("你好", person=f"p{number}")
    await desk.rasa.until_at_work(2)
    desk.clock.advance(timedelta(minutes=1))
    tick = asyncio.create_task(busy.tick())
    assert not (await asyncio.wait({tick}, timeout=0.3))[0]
    assert desk.stored(put_off.id).status == "waiting", "another process may take it"
    desk.rasa.open.set()
    assert await tick == 1
    assert desk.rasa.texts().count("路灯不亮") == 1
    await patient.close()


async def test_a_claim_that_grew_old_in_the_queue_is_not_worked_on_twice(desk):
    patient = RasaClient(desk.rasa.url, timeout=30)
    desk.rasa.open.clear()
    desk.rasa.answer = lambda text, metadata: desk.rasa.open.clear() or [{"text": f"收到：{text}"}]
    queueing = desk.another_process(TurnLimits(at_once=1), client=patient)
    other = desk.another_process(client=patient)
    desk.turns = queueing
    for text, person in (("一", "wang"), ("二", "wang"), ("三", "li")):
        await desk.says(text, person=person)
    await desk.rasa.until_at_work()
    desk.rasa.open.set()
    await desk.rasa.until_at_work_for("feishu:cli_app:oc_li:ou_li")
    desk.clock.advance(timedelta(minutes=5))
    tick = asyncio.create_task(other.tick())
    await desk.rasa.until_at_work_for("feishu:cli_app:oc_wang:ou_wang")
    desk.rasa.answer = lambda text, metadata: [{"text": f"收到：{text}"}]
    desk.rasa.open.set()
    await asyncio.gather(tick, queueing.idle())
    assert desk.rasa.texts().count("二") == 1
    await patient.close()


async def test_a_message_nobody_took_up_in_time_is_told_to_wait(desk):
    desk.rasa.open.clear()
    await desk.says("路灯不亮")
    desk.clock.advance(timedelta(seconds=9))
    await desk.another_process().tick()
    assert [text[:6] for _, text in desk.said()] == ["您的话收到了"]
    desk.rasa.open.set()
    await desk.turns.idle()
    assert desk.said()[-1] == ("person", "收到：路灯不亮")


async def test_a_flood_gets_one_notice_and_disturbs_nobody(desk):
    desk.rasa.open.clear()
    patient = RasaClient(desk.rasa.url, timeout=30)
    desk.turns = desk.another_process(client=patient)
    flooded = [await desk.says(f"刷屏{number}", person="spam") for number in range(100)]
    assert sum(one.flooded for one in flooded) == 69
    desk.rasa.open.set()
    calm = await desk.talks("路灯不亮", person="calm")
    assert calm.status == "answered"
    assert len([text for _, text in desk.said() if text.startswith("您发得太快")]) == 1
    assert len(desk.rasa.texts()) == 31
    await patient.close()


async def test_one_group_cannot_be_made_to_spam(desk):
    desk.turns = desk.another_process(limits=TurnLimits(group_per_minute=5))
    for number in range(12):
        await desk.says("在吗", person=f"p{number}", group=True)
    await desk.turns.idle()
    assert len([text for _, text in desk.said() if text.startswith("收到")]) == 5
    assert len([text for _, text in desk.said() if text.startswith("群里问的人多")]) == 1


async def test_a_number_answers_the_buttons_of_the_last_reply(desk):
    desk.rasa.answer = lambda text, metadata: [
        {
            "custom": {
                "text": "您问的是哪一个？",
                "buttons": [{"title": "食堂", "payload": "食堂补贴"}, {"title": "津贴"}],
            }
        }
    ]
    await desk.talks("补贴")
    await desk.talks("1")
    await desk.talks("２")
    await desk.talks("3")
    assert desk.rasa.texts() == ["补贴", "食堂补贴", "津贴", "3"]


async def test_a_text_is_cleaned_and_a_long_one_politely_refused(desk):
    message = await desk.talks("/report_hazard\x00 \u202e路灯\ud800不亮👨‍👩‍👧")
    assert message.text == "/report_hazard 路灯不亮👨‍👩‍👧"
    assert desk.rasa.texts() == ["report_hazard 路灯不亮👨‍👩‍👧"], "a resident chooses no intent"
    long = await desk.talks("啊" * 600_000)
    assert len(long.text) == 2000
    assert "2000" in long.replies[0]["text"]
    assert len(desk.rasa.texts()) == 1


async def test_the_inbox_holds_one_row_a_message(desk):
    await desk.talks("你好", message_id="om_1")
    await desk.says("你好", message_id="om_1")
    with desk.database.reading() as conn:
        assert conn.execute(select(func.count()).select_from(messages)).scalar_one() == 1
