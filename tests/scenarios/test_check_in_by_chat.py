"""Stories of people who check in by chat: a target that did is not rung, and nobody speaks for anybody else."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.check_in import CheckIns
from bot.rasa_client import RasaClient
from bot.turns import Turns
from community.clock import MovableClock
from community.model.calls.call import AttemptStatus, CallResult
from community.model.calls.campaign import TargetStatus
from community.model.hazards.emergency import Emergency
from community.store.cases import events_of
from community.store.chat_ties import chat_codes, check_ins_of
from community.store.database import Database
from community.store.notices import notices
from community.store.targets import mark_phone
from community.usecases import send_chat_code
from community.usecases.forget_chat_codes import forget_chat_codes
from community.usecases.recognise_emergency import recognise_emergency
from community.usecases.untie_chat import untie_chat
from tests.harness.answer_page import KEY
from tests.harness.check_in import ChatStreet, chat_street
from tests.harness.texting import LINE
from tests.scenarios.test_answering_in_writing import HEAT, Writer

ZHANG, LI = "+8613912340001", "+8613912340002"
TYPHOON = """
name: 台风转移核实
purpose: 台风要来了，核实转移
legal_ground: emergency
priority: emergency
audience: {tags: [独居]}
recording: never
questions:
  - {id: left, kind: yes_no, say: 您已经转移了吗？, yes_means: 转移了}
"""


@pytest.fixture
async def town(database: Database, clock: MovableClock) -> AsyncIterator[ChatStreet]:
    async with chat_street(database, clock) as made:
        yield made


async def test_whoever_ties_the_chat_and_answers_there_is_not_rung(town: ChatStreet) -> None:
    resident = town.street.move_in(ZHANG, sex="female")
    town.street.start(HEAT)
    await town.street.engine.tick()
    call = town.street.attempts()[0]
    assert call["status"] == AttemptStatus.PLACED
    assert "手机号" in await town.says("你们打电话问的那个我在这儿答")
    assert "要是在社区登记过" in await town.says("139 1234 0001")
    first = await town.says(await town.code(ZHANG))
    assert ("认出来了" in first, "您这两天身体舒服吗？\n[舒服]\n[不舒服]" in first) == (True, True)
    assert "多少度" in await town.says("1")
    assert "“36.8”，对吗？" in await town.says("三十六度八")
    assert "帮忙" in await town.says("对")
    assert "都记下了，谢谢您！" in await town.says("不用，挺好的")
    await town.street.pass_time(seconds=5)
    assert town.street.exchange.cancelled == [call["carrier_id"]]
    await town.street.pass_time(hours=5)
    assert len(town.street.exchange.posts) == 1
    target = town.street.targets()[0]
    assert (target["status"], target["written_by"]) == (TargetStatus.COMPLETED, "chat")
    assert town.labels(target["id"]) == {
        "well": ("yes", "chat"),
        "temperature": ("value", "chat"),
        "help": ("none", "chat"),
    }
    assert [(tie.how, tie.holds) for tie in town.ties(resident)] == [("code", True)]
    assert town.actions(f"resident:{resident}") == ["resident.chat_tied"]
    assert town.audit() == []
    assert town.rasa.turns == []


async def test_a_link_ties_one_chat_and_asks_what_it_is_about(town: ChatStreet) -> None:
    resident = town.street.move_in(ZHANG)
    town.street.start(HEAT)
    token = town.link(town.street.targets()[0]["id"])
    stored = await town.hears(f"https://example.cn/answer/{token}")
    assert token not in stored.text
    assert "身体舒服" in stored.replies[0]["text"]
    assert "不能用了" in await town.says("我来报平安", chat="nephew", link=token)
    assert "手机号" in await town.says("签到", chat="nephew")
    assert [tie.conversation_id for tie in town.ties(resident)] == ["web:wang"]
    assert "身体舒服" in await town.says("我来报平安", link=token)
    assert "不能用了" in await town.says("签到", chat="stranger", link="a" * 24)


async def test_of_two_chats_that_come_with_one_link_at_once_one_is_tied(town: ChatStreet) -> None:
    resident = town.street.move_in(ZHANG)
    town.street.start(HEAT)
    token = town.link(town.street.targets()[0]["id"])
    said = await asyncio.gather(*(town.says("我来报平安", chat=f"chat-{n}", link=token) for n in range(6)))
    assert sorted("身体舒服" in each for each in said) == [False] * 5 + [True]
    assert [tie.holds for tie in town.ties(resident)] == [True]


@pytest.mark.parametrize("words", ["都平安", "我很好，请放心", "没事，别担心"])
async def test_whoever_is_asked_how_they_are_answers_by_the_words_of_a_check_in(town: ChatStreet, words: str) -> None:
    town.street.move_in(ZHANG)
    town.street.start(HEAT)
    assert "身体舒服" in await town.proves(ZHANG)
    assert "多少度" in await town.says(words)
    assert town.labels(town.street.targets()[0]["id"]) == {"well": ("yes", "chat")}
    assert "多少度" in await town.says("都平安"), "no temperature: it is asked again"
    assert "多少度" in await town.says("签到")


async def test_whoever_says_that_it_is_right_confirms_what_was_read_back(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    town.street.start(HEAT)
    await town.proves(ZHANG)
    assert "多少度" in await town.says("1")
    assert "“36.8”，对吗？" in await town.says("36.8")
    assert "帮忙" in await town.says("没错")
    assert "多少度" in await town.says("第二题答错了")
    assert "“38.5”，对吗？" in await town.says("38.5")
    assert "帮忙" in await town.says("没错"), "the new answer is confirmed, not the old one kept"
    assert [case["priority"] for case in town.street.cases()] == ["urgent"]
    assert "多少度" in await town.says("第二题答错了")
    assert "按原来答的记" in await town.says("算了不改了")


async def test_five_wrong_codes_spoil_it_and_the_right_one_comes_too_late(town: ChatStreet) -> None:
    resident = town.street.move_in(ZHANG)
    town.street.start(HEAT)
    await town.says("签到 13912340001")
    right = await town.code(ZHANG)
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    said = [await town.says(wrong) for _ in range(5)]
    assert ["还可以试4次" in said[0], "还可以试1次" in said[3]] == [True, True]
    assert "不能用了" in said[4]
    assert "不能用了" in await town.says(right)
    assert town.ties(resident) == []


async def test_a_code_ends_after_ten_minutes_and_is_good_for_once(town: ChatStreet) -> None:
    resident = town.street.move_in(ZHANG)
    town.street.start(HEAT)
    await town.says("签到 13912340001")
    old = await town.code(ZHANG)
    await town.street.pass_time(minutes=10, then_tick=False)
    await town.says(old)
    assert town.ties(resident) == []
    await town.says("签到 13912340001")
    code = await town.code(ZHANG)
    assert "认出来了" in await town.says(code)
    await town.says(code, chat="thief")
    assert [tie.conversation_id for tie in town.ties(resident)] == ["web:wang"]


async def test_nobody_learns_whether_a_number_is_on_the_list(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    listed, unlisted = await town.says("签到 13912340001"), await town.says("签到 13912349999", chat="asks")
    assert listed == unlisted
    assert await town.code(ZHANG)
    assert await town.code("+8613912349999") == ""
    assert "还可以试4次" in await town.says("123456", chat="asks")


async def test_codes_are_not_sent_without_end(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    said = [await town.says("签到 13912340001", chat=f"chat-{n}") for n in range(4)]
    assert ["次数太多" in each for each in said] == [False, False, False, True]
    assert "次数太多" in await town.says("签到 13912340001", chat="another")
    await town.street.pass_time(minutes=61, then_tick=False)
    assert "次数太多" not in await town.says("签到 13912340001", chat="another")


async def test_whoever_asks_for_many_codes_locks_nobody_else_out_and_staff_are_told(
    town: ChatStreet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(send_chat_code, "MANY_CODES", 3)
    others = [f"+861391234100{n}" for n in range(3)]
    for number in (ZHANG, *others):
        town.street.move_in(number)
    for n, number in enumerate(others):
        await town.says(f"签到 {number}", chat=f"abuser-{n}")
    assert "认出来了" in await town.proves(ZHANG)
    with town.street.database.reading() as conn:
        told = [row.text for row in conn.execute(select(notices)) if "验证码" in row.text]
    assert told == ["一小时里发了3多条聊天验证码，可能有人在乱要：请管理员看看日志，查查短信费用"]


async def test_a_person_with_two_telephones_is_sent_no_more_codes_and_nobody_learns_of_the_second(
    town: ChatStreet,
) -> None:
    town.street.move_in(ZHANG, LI)
    said = [await town.says(f"签到 {number}", chat=f"{number}{n}") for number in (ZHANG, LI) for n in range(3)]
    assert len(set(said)) == 1
    assert [bool(await town.code(number)) for number in (ZHANG, LI)] == [True, True]
    assert len(town.phone.rows()) == 5


async def test_a_number_that_was_typed_is_forgotten_in_a_day_and_the_next_code_is_sent(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    await town.says("签到 13912340001")
    assert await town.code(ZHANG)
    for hours in (23, 2):
        await town.street.pass_time(hours=hours, then_tick=False)
        now = town.street.clock.now()
        await town.street.database.write(lambda conn, now=now: forget_chat_codes(conn, now=now))
    with town.street.database.reading() as conn:
        assert conn.execute(select(chat_codes.c.number)).scalars().all() == []
    assert "认出来了" in await town.proves(ZHANG)
    assert len(town.phone.twilio.texts.bodies(ZHANG)) == 2


async def test_a_code_that_is_spelt_out_is_read(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    await town.says("签到")
    await town.says("我的号码是幺三九，幺二三四，零零零幺")
    spelt = (await town.code(ZHANG)).translate(str.maketrans("0123456789", "零幺二三四五六七八九"))
    assert "认出来了" in await town.says(f"验证码是{spelt[:3]}，{spelt[3:]}")


async def test_our_own_text_that_is_passed_on_is_not_kept_as_their_words(town: ChatStreet) -> None:
    resident = town.street.move_in(ZHANG)
    await town.proves(ZHANG)
    text = "【锦绣社区】张女士您好，给您打过电话没打通，想问您几句话。请回复1，我们用短信一句一句问您。不想收短信请回复T。有事请打057100000000。"
    assert "谢谢您报平安" in await town.says(f"{text}报平安，我挺好")
    with town.street.database.reading() as conn:
        assert check_ins_of(conn, resident)[0].words == "报平安，我挺好"


async def test_the_text_with_the_code_may_be_passed_on_whole(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    await town.says("签到 13912340001")
    assert await town.code(ZHANG)
    assert "认出来了" in await town.says(town.phone.twilio.texts.bodies(ZHANG)[0])


async def test_stop_is_an_answer_where_it_is_offered_and_else_pauses(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    town.street.start(
        """
name: 电梯
purpose: 问问电梯
audience: {tags: [独居]}
recording: never
questions:
  - {id: lift, kind: choice, say: 您家电梯现在是开着还是停着？, options: [开着, 停]}
  - {id: more, kind: yes_no, say: 方便来看看吗？, yes_means: 方便}
"""
    )
    await town.proves(ZHANG)
    assert "方便来看看吗" in await town.says("停")
    assert "先停在这里" in await town.says("停")
    assert town.labels(town.street.targets()[0]["id"]) == {"lift": ("value", "chat")}


async def test_a_name_or_a_number_that_is_only_claimed_shows_nothing(town: ChatStreet) -> None:
    resident = town.street.move_in(ZHANG)
    town.street.start(HEAT)
    said = await town.says("报平安，我是张桂兰，身体舒服，36.8度，锦绣苑3栋501")
    assert ("先认一下" in said, "张" in said, "锦绣苑" in said) == (True, False, False)
    await town.says("舒服")
    assert (town.ties(resident), town.labels(town.street.targets()[0]["id"])) == ([], {})


async def test_in_a_group_it_is_only_said_how_to_do_it_in_private(town: ChatStreet) -> None:
    resident = town.street.move_in(ZHANG)
    town.street.start(HEAT)
    token = town.link(town.street.targets()[0]["id"])
    stored = await town.hears("我来报平安 13912340001", group=True, chat="group-wang")
    assert (stored.replies[0]["to"], "私信" in stored.replies[0]["text"]) == ("group", True)
    assert await town.code(ZHANG) == ""
    stored = await town.hears(f"https://example.cn/answer/{token}", group=True, chat="group-wang")
    assert ("撤回" in stored.replies[0]["text"], token in stored.text) == (True, False)
    await town.proves(ZHANG)
    assert all(tie.conversation_id == "web:wang" for tie in town.ties(resident))
    # What is tied in private means nothing in the group.
    stored = await town.hears("舒服", group=True, chat="group-wang")
    assert stored.replies[0]["text"] == "收到：舒服"


async def test_a_typed_number_is_taken_although_something_came_between(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    town.street.start(HEAT)
    await town.says("签到")
    assert await town.says("等一下我找找手机") == "收到：等一下我找找手机"
    assert "11位" in await town.says("1391234000")
    assert "要是在社区登记过" in await town.says("139-1234-ooo1")
    assert "身体舒服" in await town.says(f"验证马 {await town.code(ZHANG)}")


async def test_a_message_that_comes_again_answers_nothing_twice(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    town.street.start(HEAT)
    await town.proves(ZHANG)
    target = town.street.targets()[0]["id"]
    first = await town.says("不舒服", message_id="same")
    assert await town.says("不舒服", message_id="same") == first
    assert list(town.labels(target)) == ["well"]
    assert (len(town.street.cases()), town.actions(f"target:{target}").count("answer.recorded")) == (1, 1)


async def test_two_people_on_one_telephone_are_told_apart(town: ChatStreet) -> None:
    wife = town.street.move_in(ZHANG, name="张桂兰", sex="female")
    husband = town.street.move_in(ZHANG, name="王建国", sex="male")
    town.street.start(HEAT)
    assert "您是哪一位？\n[张女士]\n[王先生]" in await town.proves(ZHANG)
    assert "王先生：您这两天身体舒服吗？" in await town.says("2")
    await town.says("舒服")
    await town.says("36.8")
    await town.says("对")
    assert "还有几句要问张女士" in await town.says("不用")
    by_resident = {target["resident_id"]: target for target in town.street.targets()}
    assert by_resident[husband]["status"] == TargetStatus.COMPLETED
    assert (by_resident[wife]["written_result"], town.labels(by_resident[wife]["id"])) == (None, {})
    assert "张女士：您这两天身体舒服吗？" in await town.says("签到")


async def test_the_most_urgent_questionnaire_comes_first(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    town.street.start(HEAT)
    town.street.start(TYPHOON)
    assert "您已经转移了吗？" in await town.proves(ZHANG)
    said = await town.says("转移了")
    assert ("还有几句要问您" in said, "身体舒服" in said) == (True, True)
    await town.street.pass_time(minutes=20)
    assert town.street.exchange.posts == [], "nobody is rung while the next one is asked here"


async def test_a_question_of_ones_own_is_answered_and_then_it_goes_on(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    town.street.start(HEAT)
    await town.proves(ZHANG)
    said = await town.says("楼下路灯不亮了")
    assert said.startswith("收到：楼下路灯不亮了\n我们接着刚才的问题：\n您这两天身体舒服吗？")
    await town.says("舒服")
    said = await town.says("高龄津贴怎么领？")
    assert said.startswith("收到：高龄津贴怎么领？\n我们接着刚才的问题：\n您今天量的体温是多少度？")
    town.rasa.answer = lambda text, _: [
        {"custom": {"text": "路灯坏了，在哪儿？", "intent": "report_hazard", "asks": "location"}}
    ]
    assert await town.says("楼道灯坏了") == "路灯坏了，在哪儿？"
    town.rasa.answer = lambda text, _: [{"custom": {"text": "已登记。", "intent": "report_hazard"}}]
    assert "已登记。\n我们接着刚才的问题" in await town.says("3号楼")
    await town.says("36.8")
    assert "帮忙" in await town.says("对")


async def test_an_answer_can_be_changed_also_after_the_last_one(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    town.street.start(HEAT)
    target = town.street.targets()[0]["id"]
    await town.proves(ZHANG)
    await town.says("不舒服")
    assert "身体舒服" in await town.says("刚才答错了")
    assert "多少度" in await town.says("舒服")
    assert town.labels(target)["well"] == ("yes", "chat")
    with town.street.database.reading() as conn:
        notes = [event.text for event in events_of(conn, town.street.cases()[0]["id"])]
    assert any("现在答" in note for note in notes)
    await town.says("36.8")
    await town.says("对")
    await town.says("没有")
    assert "身体舒服" in await town.says("改答案，第一题")
    said = await town.says("还是不舒服")
    assert ("社区医生会联系您" in said, town.labels(target)["well"]) == (True, ("no", "chat"))
    assert town.street.targets()[0]["status"] == TargetStatus.COMPLETED
    assert town.audit() == []


async def test_whoever_stops_is_asked_no_more_until_they_come_back(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    town.street.start(HEAT)
    await town.proves(ZHANG)
    await town.says("舒服")
    assert "先停在这里" in await town.says("停")
    assert await town.says("今天天气不错") == "收到：今天天气不错"
    assert "多少度" in await town.says("签到")
    await town.says("不想答了")
    assert town.street.targets()[0]["written_result"] == CallResult.REFUSED
    assert town.audit() == []
    await town.street.pass_time(hours=5)
    assert town.street.exchange.posts == []


async def test_what_another_channel_answered_is_not_asked_again(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    town.street.start(HEAT)
    await town.proves(ZHANG)

    link = Writer(town.street)
    link.writes("well", key="1")
    said = await town.says("不舒服")
    assert ("刚才在别处答过了" in said, "多少度" in said) == (True, True)
    assert town.labels(link.target)["well"] == ("yes", "link")
    await town.says("36.8")
    await town.says("对")
    assert link.stands().question.id == "help"  # type: ignore[union-attr]


async def test_danger_is_told_first_and_help_goes_to_the_home_of_the_tied(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    town.street.start(HEAT)
    await town.proves(ZHANG)
    assert "119" in await town.says("家里着火了")
    case = town.street.cases()[0]
    assert (case["priority"], case["danger"], case["building"], case["room"]) == ("emergency", True, "3", "501")
    # Whoever is not at home says so, and help goes there.
    assert "在哪里" not in await town.says("在锦绣苑7栋2单元")
    case = town.street.cases()[0]
    assert (case["building"], case["unit"], case["room"], len(town.street.cases())) == ("7", "2", "", 1)


@pytest.fixture
def suspicious(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has numb hands is suspected to be in danger, whatever the shipped opinion says today."""

    def heard(text: str, *, asked: bool = True) -> Emergency | None:
        suspected = Emergency(("120",), "medical", "medical", suspected=True)
        return suspected if "手发麻" in text else recognise_emergency(text, asked=asked)

    monkeypatch.setattr("bot.emergencies.recognise_emergency", heard)


@pytest.mark.usefixtures("suspicious")
async def test_a_suspected_danger_is_asked_alone_and_a_no_is_no_answer(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    town.street.start(HEAT)
    await town.proves(ZHANG)
    stored = await town.hears("不舒服，手发麻")
    assert (stored.understanding.get("suspected"), len(stored.replies)) == ("medical", 1)
    assert "多少度" in await town.says("没有")
    # What was written is an answer too; the no is none.
    assert town.labels(town.street.targets()[0]["id"]) == {"well": ("no", "chat")}


@pytest.mark.usefixtures("suspicious")
async def test_a_suspicion_that_is_confirmed_goes_to_the_home_of_the_tied(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    town.street.start(HEAT)
    await town.proves(ZHANG)
    await town.says("不舒服，手发麻")
    assert "120" in await town.says("是")
    assert [(case["danger"], case["room"]) for case in town.street.cases()] == [(False, "501"), (True, "501")]


async def test_an_answer_that_only_the_opinion_takes_for_danger_is_an_answer(
    town: ChatStreet, monkeypatch: pytest.MonkeyPatch
) -> None:
    def afraid(text: str, *, asked: bool = True) -> Emergency | None:
        found = recognise_emergency(text, asked=asked)
        return found or Emergency(("120",), "medical", "medical", decided_by="opinion", sureness=0.6)

    town.street.move_in(ZHANG)
    town.street.start(HEAT)
    target = town.street.targets()[0]["id"]
    await town.proves(ZHANG)
    monkeypatch.setattr("bot.emergencies.recognise_emergency", afraid)
    assert "多少度" in await town.says("不舒服")
    assert "身体舒服" in await town.says("不对，刚才答错了")
    assert [case["danger"] for case in town.street.cases()] == [False]
    # What is no answer either is asked about; the rules decide alone as ever.
    stored = await town.hears("哎呀哎呀")
    assert (stored.understanding["suspected"], len(stored.replies)) == ("medical", 1)
    await town.says("没有")
    assert "119" in await town.says("家里着火了")
    assert town.labels(target)["well"] == ("no", "chat")


async def test_a_cry_for_help_in_an_answer_ends_the_questions(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    town.street.start(HEAT)
    await town.proves(ZHANG)
    assert "120" in await town.says("不舒服，胸口疼得厉害")
    assert all(case["danger"] for case in town.street.cases())
    assert town.street.cases() != []


async def test_nothing_is_asked_and_it_is_kept_that_somebody_is_well(town: ChatStreet) -> None:
    resident = town.street.move_in(ZHANG)
    assert "记下了，谢谢您报平安" in await town.proves(ZHANG)
    assert "记下了，谢谢您报平安" in await town.says("报平安，我挺好的")
    said = await town.says("报平安，就是家里没米了，能不能送点来")
    assert "工单号" in said
    with town.street.database.reading() as conn:
        kept = [line.words for line in check_ins_of(conn, resident)]
    assert kept == ["报平安，就是家里没米了，能不能送点来", "报平安，我挺好的", "我来报平安"]
    assert [(case["kind"], case["resident_id"]) for case in town.street.cases()] == [("worrying", resident)]


async def test_staff_undo_a_tie_and_a_wrong_number_ends_it_by_itself(town: ChatStreet) -> None:
    resident = town.street.move_in(ZHANG, LI)
    town.street.start(HEAT)
    await town.proves(ZHANG)
    town.street.do(untie_chat, resident, town.ties(resident)[0].id)
    assert "先认一下" in await town.says("签到")
    await town.proves(LI)
    assert "身体舒服" in await town.says("签到")

    with town.street.database.begin() as conn:
        mark_phone(conn, resident, LI, "wrong", town.street.clock.now())
    assert "先认一下" in await town.says("签到")
    assert [tie.holds for tie in town.ties(resident)] == [False, False]


async def test_whoever_proves_anew_speaks_for_those_of_the_new_proof_only(town: ChatStreet) -> None:
    zhang, li = town.street.move_in(ZHANG), town.street.move_in(LI, name="李秀英", sex="female")
    await town.proves(ZHANG)
    await town.says("换个人签到")
    await town.says("解除绑定")
    assert [tie.holds for tie in town.ties(zhang)] == [False]
    await town.proves(LI)
    assert [tie.holds for tie in town.ties(li)] == [True]


async def test_a_guardian_is_not_the_resident(town: ChatStreet) -> None:
    town.street.move_in(ZHANG, guardian_name="张强", guardian_phone=LI)
    town.street.start(HEAT)
    await town.says("签到 13912340002")
    assert await town.code(LI) == ""


async def test_elsewhere_the_numbers_to_call_are_those_of_the_region(town: ChatStreet) -> None:
    town.street.move_in(ZHANG)
    rules = replace(town.street.rules, region="HK")
    check_ins = CheckIns(rules, KEY, LINE)
    client = RasaClient(town.rasa.url, "secret", timeout=0.5)
    turns = Turns(town.street.database, town.street.clock, client, {}, rules=rules, worker_id="hk", check_ins=check_ins)
    town.turns, before = turns, town.turns
    await town.proves(ZHANG)
    said = await town.says("报平安，就是家里没米了，能不能送点来")
    await turns.close()
    await client.close()
    town.turns = before
    assert ("急病打999" in said, "120" in said) == (True, False)
