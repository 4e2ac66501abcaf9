"""Telephone stories: who picks up, what they hear, what they say, and what staff see then. The real SDK, the real webhooks."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from community.clock import MovableClock
from community.store.database import Database
from tests.harness.telephone import TelephoneWorld, telephone_world
from tests.harness.twilio_server import ACCOUNT, FROM_NUMBER, TOKEN, Person, TwilioServer
from voice.carriers.base import Acceptance
from voice.carriers.twilio.carrier import TwilioCarrier
from voice.carriers.twilio.twiml import render
from voice.script.dialogue import Dialogue

NUMBER = "+8613800000001"
ELEVEN = datetime(2026, 7, 15, 3, 0, tzinfo=UTC)
ASKS_TO_RECORD = """
name: 访视
purpose: 想问问您的近况。
questions: [{id: well, kind: yes_no, say: 您身体舒服吗？, yes_means: 舒服}]
"""


TWO_FACTS = """
name: 通知
purpose: 想问两件事。
recording: never
questions:
  - {id: fan, kind: yes_no, say: 您家有电风扇吗？, yes_means: 有}
  - {id: notice, kind: yes_no, say: 您收到通知了吗？, yes_means: 收到了}
"""


class Story:
    """One call from dialling to the end."""

    def __init__(self, world: TelephoneWorld, twilio: TwilioServer, carrier: TwilioCarrier) -> None:
        self.world = world
        self.twilio = twilio
        self.carrier = carrier

    async def call(
        self, *says: str | None, pickup: str = "answered", number: str = NUMBER, hang_up: str = "", **call: Any
    ) -> "Story":
        self.person = self.twilio.people[number] = Person(list(says), pickup=pickup, hang_up_at_end=bool(hang_up))
        self.written = self.world.write_call(number, **call)
        placed = await self.world.place(self.carrier, self.written)
        assert placed.placement is Acceptance.ACCEPTED
        await self.twilio.quiet()
        return self

    @property
    def heard(self) -> str:
        return "".join(self.person.heard) + "".join(u.text for u in self.world.transcript(self.written))

    @property
    def result(self) -> str | None:
        result: str | None = self.world.attempt(self.written).dialogue.get("result")
        return result

    @property
    def labels(self) -> dict[str, object]:
        return self.world.labels(self.written)

    @property
    def end(self) -> tuple[object, ...]:
        """Everything that is to be the same, however the carrier's callbacks arrive."""
        attempt, target = self.world.attempt(self.written), self.world.target(self.written)
        opened = [(c.kind, c.priority, c.danger) for c in self.world.cases() if c.attempt_id == self.written.attempt_id]
        said = [(u.speaker, u.text, u.digits) for u in self.world.transcript(self.written)]
        facts = (attempt.status, attempt.outcome, attempt.answered_by, target.status, target.reason)
        return facts, self.result, self.labels, opened, said


@pytest.fixture
async def story(sqlite: Database, clock: MovableClock) -> AsyncIterator[Story]:
    async with TwilioServer() as twilio:
        carrier = TwilioCarrier(ACCOUNT, TOKEN, [FROM_NUMBER], api_base_url=twilio.base_url)
        async with telephone_world(sqlite, clock, {"twilio": carrier}) as world:
            yield Story(world, twilio, carrier)
        await carrier.close()


async def test_granny_wang_answers_everything_by_voice(story: Story) -> None:
    await story.call("舒服着呢", "三十六度五", "对", "没啥要帮的，谢谢")
    assert story.labels == {"well": "yes", "temperature": 36.5, "help": "none"}
    assert story.result == "completed"
    assert "您好，这里是青禾社区居委会" in story.heard
    assert "您说的是36.5度，对吗" in story.heard
    assert story.world.attempt(story.written).outcome == "answered"
    assert story.world.target(story.written).status == "completed"
    assert not story.world.cases()


async def test_other_talk_at_a_read_back_changes_no_number(story: Story) -> None:
    await story.call("舒服着呢", "三十六度五", "药吃完了没人去拿", "三十六度八", "对", "没啥要帮的，谢谢")
    assert "您说的是0度" not in story.heard
    assert story.labels["temperature"] == 36.8


async def test_keys_work_as_well_as_words(story: Story) -> None:
    await story.call("1", "365", "1", "2")
    assert story.labels == {"well": "yes", "temperature": 36.5, "help": "none"}
    assert all(answer.decided_by == "keys" for answer in story.world.answers(story.written).values())


async def test_an_answer_that_worries_is_a_case_before_the_call_ends(story: Story) -> None:
    await story.call("不太舒服", "三十八度六", "对", "降压药吃完了")
    first, second = story.world.cases()
    assert first.kind == second.kind == "worrying"
    assert first.priority == "urgent"
    assert first.summary == "答“不太舒服”：您这两天身体舒服吗？"
    assert second.summary == "38.6（“三十八度六”）：您今天量的体温是多少度？"
    assert "原话：不太舒服" in first.description
    assert "我马上告诉社区医生" in story.heard
    assert story.labels["help"] == "needs:medical"


async def test_a_cry_for_help_raises_an_emergency_and_nobody_hangs_up_on_it(story: Story) -> None:
    await story.call("救命啊，我摔倒了起不来", "腿疼", None, None, None)
    (case,) = story.world.cases()
    assert (case.priority, case.danger, case.kind) == ("emergency", True, "worrying")
    assert "请马上打120叫救护车" in story.heard
    assert "我没有挂" in story.heard
    assert story.result == "distress"
    assert story.world.target(story.written).status == "case"
    assert story.world.target(story.written).case_id == case.id


async def test_silence_after_pickup_is_asked_twice_and_then_a_person_looks(story: Story) -> None:
    await story.call(None, None, None)
    assert story.result == "silence"
    assert story.heard.count("您身体舒服吗") == 0
    assert "您听得见吗" in story.heard
    assert "没有听到您的声音" in story.heard
    assert story.world.target(story.written).status == "case"


async def test_again_please_repeats_slower_and_costs_nothing(story: Story) -> None:
    await story.call("听不清，再说一遍", "你慢点说", "*", "舒服", "36.6", "对", "不需要")
    assert story.result == "completed"
    assert story.heard.count("您这两天身体舒服吗？") >= 4


async def test_wrong_number_is_marked_and_the_list_checked(story: Story) -> None:
    await story.call("你打错了，我不认识这个人")
    (case,) = story.world.cases()
    assert case.kind == "list_check"
    assert story.result == "wrong_person"
    assert "我们会改过来" in story.heard


async def test_nobody_rings_again_for_somebody_who_has_died(story: Story) -> None:
    await story.call("他去世了，上个月的事")
    assert "节哀" in story.heard
    assert "过些时候" not in story.heard
    [case] = story.world.cases()
    assert (case.kind, "去世" in case.summary) == ("list_check", True)
    assert story.world.target(story.written).status == "case"


async def test_never_call_again_is_confirmed_once_and_kept(story: Story) -> None:
    await story.call("不要再打电话来了", "是的")
    assert "您是说以后都别打了吗" in story.heard
    assert story.result == "opted_out"
    assert story.world.resident(story.written).opted_out_at is not None
    assert story.world.target(story.written).status == "excluded"


async def test_a_relative_who_wants_no_calls_for_the_resident_is_asked_once_and_staff_look_at_it(story: Story) -> None:
    await story.call("别再打给我妈了，她听不见", "是的")
    assert "给这位家人打电话了吗" in story.heard
    assert "工作人员会来核实" in story.heard
    assert story.world.resident(story.written).opted_out_at is None, "that only the resident may wish"
    (case,) = story.world.cases()
    assert (case.kind, "她听不见" in case.description) == ("list_check", True)
    target = story.world.target(story.written)
    assert (target.status, target.case_id) == ("case", case.id)


async def test_a_relative_who_hangs_up_at_that_has_said_it_all_the_same(story: Story) -> None:
    await story.call("不要给我爸打电话了", hang_up="yes")
    assert [case.kind for case in story.world.cases()] == ["list_check"]


async def test_a_relative_who_did_not_mean_it_goes_on(story: Story) -> None:
    await story.call("不要再给我爸打电话", "不是不是", "舒服", "三十六度五", "对", "不用")
    assert story.result == "completed"
    assert story.labels["well"] == "yes"


async def test_call_me_later_names_the_time(story: Story) -> None:
    await story.call("正做饭呢，半个小时以后再打来")
    assert story.result == "callback_later"
    assert datetime.fromisoformat(story.world.attempt(story.written).dialogue["callback_at"]) == ELEVEN
    assert "今天上午11点再打给您" in story.heard, "one call an hour: not at half past ten"
    target = story.world.target(story.written)
    assert (target.status, target.next_at) == ("waiting", ELEVEN)


@pytest.mark.parametrize(
    ("wish", "said", "next_at"),
    [
        ("下午4点半再打", "今天下午4点半再打给您", "2026-07-15T16:30:00+08:00"),
        ("中午十二点半再打", "今天下午2点半再打给您", "2026-07-15T14:30:00+08:00"),
        ("晚上十点再打", "明天上午9点再打给您", "2026-07-16T09:00:00+08:00"),
    ],
)
async def test_the_time_that_is_promised_is_the_time_of_the_next_call(
    story: Story, wish: str, said: str, next_at: str
) -> None:
    await story.call(f"现在忙，{wish}")
    assert said in story.heard
    assert story.world.target(story.written).next_at == datetime.fromisoformat(next_at)


async def test_no_time_is_promised_that_the_campaign_does_not_live_to_see(story: Story) -> None:
    await story.call("现在忙，明天上午再打", questionnaire=TWO_FACTS + "not_after: 5h\n")
    assert story.heard.endswith("好的，过些时候再打。打扰您了，再见。")
    assert story.world.target(story.written).status == "case"


async def test_no_time_is_promised_once_a_person_is_to_call_back(story: Story) -> None:
    await story.call("现在忙，下午4点半再打", answered_before=1)
    assert "过些时候再打" in story.heard
    assert [case.kind for case in story.world.cases()] == ["callback"]


async def test_recording_begins_only_after_consent(story: Story) -> None:
    await story.call("可以", "舒服", questionnaire=ASKS_TO_RECORD)
    assert len(story.twilio.recordings) == 1
    assert story.labels == {"well": "yes"}


async def test_whoever_does_not_want_to_be_recorded_is_asked_all_the_same(story: Story) -> None:
    await story.call("不要录音", "舒服", questionnaire=ASKS_TO_RECORD)
    assert story.twilio.recordings == []
    assert story.labels == {"well": "yes"}


async def test_a_machine_is_told_nothing_and_counts_as_voicemail(story: Story) -> None:
    await story.call(pickup="voicemail")
    assert story.labels == {}
    assert story.world.attempt(story.written).outcome == "voicemail"
    assert story.world.target(story.written).status == "waiting"


async def test_switched_off_and_not_in_service_are_told_apart(story: Story) -> None:
    await story.call(pickup="switched_off")
    assert story.world.attempt(story.written).outcome == "switched_off"


async def test_hanging_up_in_the_middle_keeps_what_was_said(story: Story) -> None:
    story.twilio.people[NUMBER] = person = Person(["舒服"], hang_up_at_end=True)
    story.written = story.world.write_call(NUMBER)
    await story.world.place(story.carrier, story.written)
    await story.twilio.quiet()
    assert len(person.heard) == 2
    assert story.labels == {"well": "yes"}
    assert story.result is None
    assert story.world.target(story.written).status == "waiting"


async def test_a_cantonese_speaker_is_spoken_to_in_cantonese(story: Story) -> None:
    await story.call("舒服", "三十六度五", "啱", "唔使啦，多謝", language="cantonese")
    assert "呢度係青禾社區居委會" in story.heard
    assert story.labels == {"well": "yes", "temperature": 36.5, "help": "none"}


async def test_the_keys_are_said_at_length_once_and_in_few_words_afterwards(story: Story) -> None:
    await story.call("有", "啊呀", "哎呦喂", "没有", questionnaire=TWO_FACTS)
    first, second, third, fourth = story.person.heard
    assert "有请按1，没有请按2，直接说也行。要重听请按星号，找工作人员请按0。" in first
    assert second.endswith("收到通知了吗？收到了按1，没收到按2。")
    assert "直接说也行" in third
    assert "星号" not in third
    assert "请您按键" in fourth
    assert "直接说" not in fourth
    assert "找工作人员请按0" in fourth


async def test_a_number_said_in_an_answer_is_masked_in_the_cases_line(story: Story) -> None:
    await story.call("不太舒服，我儿子的电话是13800000999", "三十六度五", "对", "没有")
    (case,) = story.world.cases()
    assert "13800000999" not in case.summary
    assert case.summary.startswith("答“不太舒服，我儿子的电话是138****0999")


async def test_staff_read_every_word_in_the_transcript(story: Story) -> None:
    await story.call("舒服", "三十六度五", "对", "没有")
    speakers = [(u.speaker, u.text) for u in story.world.transcript(story.written)]
    assert speakers[0][0] == "service"
    assert ("resident", "三十六度五") in speakers
    assert speakers[-1] == ("service", "好的。问完了，谢谢您。有事请打6215-0100。祝您平安，再见。")


_STORIES: dict[str, tuple[tuple[str | None, ...], dict[str, str]]] = {
    "answers": (("舒服着呢", "三十六度五", "对", "没啥要帮的"), {}),
    "worries": (("不太舒服", "三十八度六", "对", "降压药吃完了"), {}),
    "cries for help": (("救命啊，我摔倒了起不来", None, None, None, None), {}),
    "stays silent": ((None, None, None), {}),
    "wrong number": (("你打错了，我不认识这个人",), {}),
    "records": (("可以", "舒服"), {"questionnaire": ASKS_TO_RECORD}),
    "voicemail": ((), {"pickup": "voicemail"}),
    "busy": ((), {"pickup": "busy"}),
    "switched off": ((), {"pickup": "switched_off"}),
}


@pytest.mark.parametrize("name", _STORIES)
async def test_repeated_reordered_and_late_callbacks_change_nothing(story: Story, name: str) -> None:
    says, how = _STORIES[name]
    await story.call(*says, **how)
    expected = story.end
    story.twilio.repeat_callbacks = True
    await story.call(*says, number="+8613800000002", **how)
    assert story.end == expected
    for seed in range(3):
        story.twilio.shuffle_callbacks = random.Random(seed)
        await story.call(*says, number=f"+861380000001{seed}", **how)
        assert story.end == expected


@pytest.mark.parametrize("hum", ["嗯", "啊", "喂", "咳咳"])
async def test_a_cough_while_we_speak_does_not_end_the_question(story: Story, hum: str) -> None:
    await story.call("有", hum, "收到了", questionnaire=TWO_FACTS)
    _, asked, again = story.person.heard
    assert "您收到通知了吗" in asked
    assert "您收到通知了吗" in again
    assert "没听明白" not in again
    assert story.labels == {"fan": "yes", "notice": "yes"}


async def test_a_hum_that_comes_again_is_kept_only_after_it_was_read_back(story: Story) -> None:
    await story.call("有", "嗯", "嗯", "没收到", questionnaire=TWO_FACTS)
    assert "您说的是收到了，对吗" in story.person.heard[3]
    assert story.labels["fan"] == "yes"
    assert story.labels.get("notice") != "yes"


async def test_after_a_hum_words_no_longer_interrupt_but_keys_do(story: Story) -> None:
    await story.call("有", "嗯", questionnaire=TWO_FACTS, hang_up="yes")
    step = Dialogue.from_json(dict(story.world.attempt(story.written).dialogue)).last_step
    assert step is not None
    twiml = render(step, story.written.urls(story.world.public_url))
    assert 'bargeIn="false"' in twiml
    assert 'input="dtmf speech"' in twiml


async def test_who_takes_us_for_cheats_learns_who_we_are_and_may_hang_up(story: Story) -> None:
    await story.call("你是骗子吧", "哦，有的", "收到了", questionnaire=TWO_FACTS)
    assert "不问密码，也不要钱。不放心，您可以先挂断，打6215-0100问一问" in story.person.heard[1]
    assert story.labels == {"fan": "yes", "notice": "yes"}
    assert story.world.resident(story.written).opted_out_at is None


async def test_who_stays_in_doubt_is_let_go_and_a_person_follows_up(story: Story) -> None:
    await story.call(*["你是骗子吧"] * 3, questionnaire=TWO_FACTS)
    assert story.result == "refused"
    assert "不勉强您" in story.heard
    assert story.world.resident(story.written).opted_out_at is None


async def test_not_wanting_to_answer_opts_nobody_out(story: Story) -> None:
    await story.call("关你们什么事，不说", questionnaire=TWO_FACTS)
    assert story.result == "refused"
    assert "以后都别打了吗" not in story.heard
    assert story.world.resident(story.written).opted_out_at is None


async def test_who_takes_back_never_again_is_asked_on(story: Story) -> None:
    await story.call("有", "以后别打了", "不是，你问吧", "收到了", questionnaire=TWO_FACTS)
    assert story.result == "completed"
    assert story.labels == {"fan": "yes", "notice": "yes"}


@pytest.mark.parametrize("cry", ["屋里全是烟", "血止不住了", "老伴昏过去了，叫不应", "奶奶叫她不理人，尿了一身"])
async def test_danger_that_only_the_rules_for_emergencies_know_is_an_emergency(story: Story, cry: str) -> None:
    await story.call("舒服", cry, None, None, None, None)
    (case,) = story.world.cases()
    assert (case.priority, case.danger) == ("emergency", True)
    assert story.result == "distress"


async def test_greetings_are_no_consent(story: Story) -> None:
    await story.call("哎，是我，你说", "不要录", "舒服", questionnaire=ASKS_TO_RECORD)
    assert story.twilio.recordings == []
    assert "这里是青禾社区居委会" in story.person.heard[1]
    assert story.labels == {"well": "yes"}


async def test_a_rule_for_refusal_is_set_off(story: Story) -> None:
    moves = """
name: 转移
purpose: 台风要来了。
legal_ground: emergency
recording: never
questions:
  - {id: go, kind: yes_no, say: 您愿意去安置点吗？, yes_means: 愿意,
     escalate: [{when: [refuse, unclear], priority: emergency, say: 网格员马上来跟您说。}]}
"""
    await story.call("不想跟你们说", questionnaire=moves)
    (case,) = story.world.cases()
    assert case.priority == "emergency"
    assert "网格员马上来跟您说" in story.heard


async def test_a_question_of_their_own_about_something_else_is_no_answer(story: Story) -> None:
    await story.call("有", "食堂几点开门啊", "收到了", questionnaire=TWO_FACTS)
    assert "这个我不清楚，记下了" in story.person.heard[2]
    assert "您收到通知了吗" in story.person.heard[2]
    assert story.labels == {"fan": "yes", "notice": "yes"}
    (case,) = story.world.cases()
    assert case.kind == "question"
