"""Stories of people who answer in writing: nobody who has answered is rung, and nobody is asked twice."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from community.clock import MovableClock
from community.errors import Refused
from community.model.actor import Actor
from community.model.calls.call import AttemptStatus, CallResult, Outcome
from community.model.calls.campaign import TargetStatus
from community.model.calls.line import SIMULATED
from community.model.questionnaires.writing import Stage
from community.store.answers import answers_of_targets
from community.store.cases import events_of
from community.store.database import Database
from community.store.targets import person_of
from community.usecases.answer_in_writing import WrittenTurn, answer_in_writing
from community.usecases.answer_link import make_link
from community.usecases.cancel_campaign import cancel_campaign
from community.usecases.check_integrity import check_integrity
from community.usecases.written_conversation import where_writing_stands
from tests.harness.dialling import Exchange, Street, generous
from tests.harness.telephone import sample_rules
from voice.engine.claim import ClaimLimits, claim_calls

ZHANG, LI = "+8613912340001", "+8613912340002"

HEAT = """
name: 高温关怀
purpose: 天气热，问问您好不好
audience: {tags: [独居]}
recording: never
questions:
  - id: well
    kind: yes_no
    say: 您这两天身体舒服吗？
    yes_means: 舒服
    escalate: [{when: ["no"], priority: urgent, say: 社区医生会联系您。}]
  - id: temperature
    kind: number
    say: 您今天量的体温是多少度？
    confirm: true
    escalate: [{when: [">=38"], priority: urgent}]
  - id: help
    kind: need_help
    say: 有没有需要我们帮忙的？
"""


@pytest.fixture
def street(database: Database, clock: MovableClock) -> Street:
    return Street(database, clock, generous(), Exchange(clock))


class Writer:
    """Somebody who answers one target's questions in writing."""

    def __init__(self, street: Street, channel: str = "link") -> None:
        self.street = street
        self.channel = channel
        self.target: int = street.targets()[0]["id"]

    def writes(self, question: str, text: str = "", *, key: str = "", turn: int | None = None) -> WrittenTurn:
        with self.street.database.begin() as conn:
            return answer_in_writing(
                conn,
                self.target,
                question_id=question,
                text=text,
                digits=key,
                channel=self.channel,
                rules=self.street.rules,
                actor=Actor.resident(f"{self.channel}:{self.target}"),
                now=self.street.clock.now(),
                turn=turn,
            )

    def stands(self) -> WrittenTurn:
        with self.street.database.reading() as conn:
            return where_writing_stands(conn, self.target, channel=self.channel, now=self.street.clock.now())

    def answers_all(self) -> WrittenTurn:
        self.writes("well", key="1")
        self.writes("temperature", "36.8")
        self.writes("temperature", key="1")
        return self.writes("help", key="2")

    def labels(self) -> dict[str, Any]:
        with self.street.database.reading() as conn:
            found = answers_of_targets(conn, [self.target]).get(self.target, {})
        return {question: (answer.label, answer.channel) for question, answer in found.items()}


def nobody_is_forgotten(street: Street) -> bool:
    with street.database.begin() as conn:
        return not check_integrity(conn, now=street.clock.now())


async def test_whoever_answers_while_waiting_is_never_rung(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(HEAT)
    writer = Writer(street)
    first = writer.writes("well", "挺好的，身体舒服")
    assert (first.answered, first.question and first.question.id) == (True, "temperature")
    read_back = writer.writes("temperature", "36.8")
    assert (read_back.asks, read_back.answered, "36.8" in read_back.say) == (Stage.READ_BACK, False, True)
    assert [choice.text for choice in read_back.choices] == ["对", "不对，重新答"]
    assert writer.writes("temperature", "对").answered
    last = writer.writes("help", "不用，谢谢")
    assert (last.completed, last.question, last.result) == (True, None, CallResult.COMPLETED)
    await street.engine.tick()
    await street.pass_time(hours=2)
    assert street.exchange.posts == []
    assert street.targets()[0]["status"] == TargetStatus.COMPLETED
    assert writer.labels() == {"well": ("yes", "link"), "temperature": ("value", "link"), "help": ("none", "link")}


async def test_whoever_answers_while_the_call_waits_at_the_carrier_is_not_rung(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(HEAT)
    await street.engine.tick()
    attempt = street.attempts()[0]
    assert (attempt["status"], street.targets()[0]["status"]) == (AttemptStatus.PLACED, TargetStatus.CALLING)
    assert Writer(street).answers_all().completed
    await street.pass_time(seconds=5)
    assert street.exchange.cancelled == [attempt["carrier_id"]]
    assert street.targets()[0]["status"] == TargetStatus.COMPLETED
    await street.pass_time(hours=3)
    assert len(street.exchange.posts) == 1
    assert nobody_is_forgotten(street)


async def test_the_check_right_before_dialling_sees_that_it_was_answered(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(HEAT)
    with street.database.begin() as conn:
        limits = ClaimLimits(worker_id="w", calls_per_second=1, concurrent_calls=5, timing=street.timing)
        claimed = claim_calls(conn, limits, line=street.rules.line, rules=street.rules, now=street.clock.now())
    assert len(claimed.calls) == 1
    Writer(street).answers_all()
    dialler = street.engine._dialler
    await dialler.dial(claimed, claimed_at=street.clock.monotonic())
    assert street.exchange.posts == []
    assert street.targets()[0]["status"] == TargetStatus.COMPLETED


@pytest.mark.parametrize("outcome", [Outcome.NO_ANSWER, Outcome.ANSWERED, Outcome.VOICEMAIL, Outcome.NOT_IN_SERVICE])
async def test_a_call_that_rang_meanwhile_is_the_last_one(street: Street, outcome: Outcome) -> None:
    street.move_in(ZHANG)
    street.start(HEAT)
    await street.engine.tick()
    street.tell(street.attempts()[0]["id"], AttemptStatus.RINGING)
    Writer(street).answers_all()
    street.tell(street.attempts()[0]["id"], AttemptStatus.ENDED, outcome)
    target = street.targets()[0]
    assert (target["status"], target["case_id"], target["attempts"]) == (TargetStatus.COMPLETED, None, 1)
    await street.pass_time(days=1)
    assert (len(street.exchange.posts), street.cases()) == (1, [])


async def test_somebody_nobody_reached_answers_and_whoever_looks_for_them_is_told(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(HEAT + "retries: {no_answer: {after: 30m, times: 0}}\n")
    await street.engine.tick()
    street.hang_up(Outcome.NO_ANSWER)
    unreached = street.cases()[0]
    assert (street.targets()[0]["status"], unreached["kind"]) == (TargetStatus.CASE, "unreached")
    Writer(street, "sms").answers_all()
    target = street.targets()[0]
    assert (target["status"], target["case_id"], target["written_by"]) == (
        TargetStatus.COMPLETED,
        unreached["id"],
        "sms",
    )
    with street.database.reading() as conn:
        assert [event.text for event in events_of(conn, unreached["id"])][-1] == "本人已用短信答完这次的问题。"
    assert len(street.cases()) == 1


async def test_an_answer_that_worries_opens_one_case_however_often_the_form_is_sent(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(HEAT)
    writer = Writer(street)
    said = writer.writes("well", "不舒服，头晕", turn=0)
    assert (said.say, said.question and said.question.id) == ("社区医生会联系您。", "temperature")
    again = writer.writes("well", "不舒服，头晕", turn=0)
    assert (again.fresh, again.question and again.question.id) == (False, "temperature")
    writer.writes("temperature", "38.5", turn=1)
    late = writer.writes("temperature", "38.5", turn=1)
    assert (late.fresh, late.asks) == (False, Stage.READ_BACK)
    writer.writes("temperature", key="1", turn=2)
    writer.writes("help", key="2")
    summaries = [case["summary"] for case in street.cases()]
    assert summaries == ["答“不舒服，头晕”：您这两天身体舒服吗？", "答“38.5”：您今天量的体温是多少度？"]
    target = street.targets()[0]
    assert (target["status"], target["case_id"]) == (TargetStatus.COMPLETED, street.cases()[0]["id"])


async def test_two_tabs_answer_one_question_once(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(HEAT)
    writer = Writer(street)
    one, other = writer.writes("well", "", turn=0), writer.writes("well", "", turn=0)
    assert (one.turn, other.turn, one.say) == (0, 0, "请您选一个，或者写几个字。")
    writer.writes("well", key="1", turn=one.turn)
    writer.writes("well", key="2", turn=other.turn)
    assert writer.labels() == {"well": ("yes", "link")}
    assert street.cases() == []


@pytest.mark.parametrize(("first", "last"), [("说不清楚", "说不好"), ("[图片]", "[语音]")])
async def test_what_is_not_understood_is_asked_twice_more_and_then_left_to_a_person(
    street: Street, first: str, last: str
) -> None:
    street.move_in(ZHANG)
    street.start(HEAT)
    writer = Writer(street)
    said = [writer.writes("well", first).say for _ in range(2)]
    assert said == ["没看明白您的意思，请再答一次。", "还是没看明白，麻烦您再答一次。"]
    aside = writer.writes("well", last)
    assert (aside.say, aside.question and aside.question.id) == ("这一条，我们请工作人员来问您。", "temperature")
    writer.writes("temperature", "36.6")
    writer.writes("temperature", "对的")
    end = writer.writes("help", "不需要")
    assert (end.completed, end.result, end.say) == (
        False,
        CallResult.UNCLEAR,
        "没弄明白您的意思，社区会有人联系您。",
    )
    assert street.targets()[0]["status"] == TargetStatus.CASE
    assert street.cases()[0]["summary"] == "高温关怀：书面回答几次都没有看懂，请人工联系"
    await street.pass_time(hours=3)
    assert street.exchange.posts == []


async def test_a_cry_for_help_is_answered_at_once_and_nothing_more_is_asked(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(HEAT)
    writer = Writer(street)
    said = writer.writes("well", "我胸口疼得喘不上气")
    assert (said.emergency, said.question, "120" in said.say) == (True, None, True)
    case = street.cases()[0]
    assert (case["priority"], case["danger"], case["resident_id"]) == (
        "emergency",
        True,
        street.targets()[0]["resident_id"],
    )
    assert writer.writes("well", "救命啊", turn=0).emergency
    assert len(street.cases()) == 1
    assert street.targets()[0]["status"] == TargetStatus.CASE
    await street.pass_time(hours=3)
    assert street.exchange.posts == []


async def test_what_is_written_on_the_page_beside_the_point_becomes_a_case(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(HEAT)
    street.rules = replace(street.rules, hazards=sample_rules().hazards)
    writer = Writer(street)
    said = writer.writes("well", "楼道里的灯坏了好几天了")
    assert (said.say, said.question and said.question.id) == ("您说的事，已经转给社区了。", "well")
    writer.writes("well", key="1")
    said = writer.writes("temperature", "36.8，对了药吃完了没人去拿")
    assert said.asks is Stage.READ_BACK
    assert "36.8" in said.say
    assert [(case["kind"], case["category"]) for case in street.cases()] == [("hazard", "lighting")]
    assert writer.labels() == {"well": ("yes", "link")}


async def test_in_a_chat_it_is_the_assistants(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(HEAT)
    assert "已经转给社区" not in Writer(street, "chat").writes("help", "楼道里的灯坏了好几天了").say
    assert street.cases() == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("家里漏煤气了味道好大", "119"),
        ("不想活了", "110"),
        ("有人在砸我家的门要打我", "110"),
        ("救命，我胸口疼得不行", "马上打120"),
    ],
)
async def test_the_right_number_is_told(street: Street, text: str, words: str) -> None:
    street.move_in(ZHANG)
    street.start(HEAT)
    assert words in Writer(street).writes("help", text).say


async def test_never_again_is_asked_back_before_it_holds(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(HEAT)
    street.start(HEAT)
    writer = Writer(street)
    asked = writer.writes("well", "以后不要再联系我了")
    assert (asked.asks, asked.question and asked.question.id) == (Stage.OPT_OUT, "well")
    assert [choice.key for choice in asked.choices] == ["1", "2", "3"]
    back = writer.writes("well", key="2")
    assert (back.asks, back.say) == (Stage.QUESTION, "好的，再问您一次。")
    writer.writes("well", "别再给我发了，拉黑")
    done = writer.writes("well", "是的")
    assert done.result is CallResult.OPTED_OUT
    assert [target["status"] for target in street.targets()] == [TargetStatus.EXCLUDED] * 2
    await street.pass_time(hours=3)
    assert (street.exchange.posts, street.cases()) == ([], [])


@pytest.mark.parametrize(
    ("text", "result", "kind"),
    [
        ("我要找工作人员", CallResult.HUMAN, "callback"),
        ("你打错了，我不认识她", CallResult.WRONG_PERSON, "list_check"),
        ("凭什么告诉你，不回答", CallResult.REFUSED, "callback"),
    ],
)
async def test_what_only_a_person_can_settle_becomes_one_case(
    street: Street, text: str, result: CallResult, kind: str
) -> None:
    street.move_in(ZHANG)
    street.start(HEAT)
    await street.engine.tick()
    writer = Writer(street)
    assert writer.writes("well", text).result is result
    assert writer.writes("well", text, turn=0).fresh is False
    assert [case["kind"] for case in street.cases()] == [kind]
    street.hang_up(Outcome.NO_ANSWER)
    assert street.targets()[0]["status"] == TargetStatus.CASE
    await street.pass_time(hours=5)
    assert (len(street.exchange.posts), len(street.cases())) == (1, 1)


async def test_a_question_asked_back_is_noted_for_a_person_and_ours_asked_again(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(HEAT)
    turn = Writer(street).writes("well", "高龄津贴怎么申请要带什么材料")
    assert (turn.say, turn.question and turn.question.id) == ("您问的记下了，工作人员会答复您。", "well")
    assert [(case["kind"], case["description"]) for case in street.cases()] == [
        ("question", "高龄津贴怎么申请要带什么材料")
    ]


async def test_whoever_tells_how_they_are_when_asked_whether_it_may_be_asked_is_heard(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(HEALTH)
    writer = Writer(street)
    assert writer.stands().asks is Stage.HEALTH
    assert writer.writes("well", "不咋好，头昏").say.startswith("社区医生会联系您。")
    assert writer.labels()["well"] == ("no", "link")
    assert [case["priority"] for case in street.cases()] == ["urgent"]
    again = writer.stands()
    assert (again.asks, again.question and again.question.id) == (Stage.HEALTH, "temperature"), (
        "they were not asked yet"
    )
    assert "不问了" in writer.writes("temperature", "身体的事不要问").say


HEALTH = HEAT.replace("    yes_means: 舒服\n", "    yes_means: 舒服\n    about_health: true\n", 1).replace(
    "    confirm: true\n", "    about_health: true\n", 1
)


@pytest.mark.parametrize("refusal", [{"key": "2"}, {"text": "不同意"}, {"text": "不可以"}])
async def test_whoever_does_not_agree_is_not_asked_about_their_health(street: Street, refusal: dict[str, str]) -> None:
    street.move_in(ZHANG)
    street.start(HEALTH)
    writer = Writer(street)
    first = writer.stands()
    assert (first.asks, first.say) == (Stage.HEALTH, "下面想问您的健康情况，可以吗？")
    turn = writer.writes("well", **refusal)
    assert (turn.question and turn.question.id, turn.say) == ("help", "好的，健康方面就不问了。")
    assert writer.writes("help", "不用").completed
    assert {question: label for question, (label, _) in writer.labels().items()} == {
        "well": "not_asked",
        "temperature": "not_asked",
        "help": "none",
    }


async def test_whoever_agrees_is_asked_once_for_all(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(HEALTH)
    writer = Writer(street, "sms")
    agreed = writer.writes("well", "可以的")
    assert (agreed.asks, agreed.question and agreed.question.id) == (Stage.QUESTION, "well")
    assert writer.writes("well", "舒服").asks is Stage.QUESTION
    street.start(HEALTH)
    writer.target = street.targets()[1]["id"]
    assert writer.stands().asks is Stage.QUESTION


async def test_nobody_is_rung_in_the_middle_of_a_form_but_whoever_leaves_it_open_is(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(HEAT)
    writer = Writer(street)
    writer.writes("well", key="1")
    await street.pass_time(minutes=20)
    assert street.exchange.posts == []
    await street.pass_time(minutes=11)
    assert len(street.exchange.posts) == 1


async def test_two_who_send_the_same_form_at_the_same_moment_answer_once(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(HEAT)
    writer = Writer(street)
    with ThreadPoolExecutor(4) as people:
        turns = list(people.map(lambda key: writer.writes("well", key=key, turn=0), ["1", "2", "1", "2"]))
    assert [turn.fresh for turn in turns].count(True) == 1
    assert len(street.cases()) == (writer.labels()["well"][0] == "no")
    assert {turn.question.id for turn in turns if turn.question} == {"temperature"}


async def test_a_rehearsal_says_nothing_about_real_people(database: Database, clock: MovableClock) -> None:
    stage = Street(database, clock, generous(line=SIMULATED), Exchange(clock, name="simulated", rehearsal=True))
    stage.move_in(ZHANG)
    stage.start(HEAT, rehearsal=True)
    writer = Writer(stage)
    with stage.database.begin() as conn, pytest.raises(Refused, match="演练"):
        make_link(conn, writer.target, key=b"k" * 32, public_url="", actor=Actor.system("test"), now=stage.clock.now())
    writer.writes("well", "以后不要再联系我了")
    assert writer.writes("well", key="1").result is CallResult.OPTED_OUT
    with stage.database.reading() as conn:
        assert not person_of(conn, stage.targets()[0]["resident_id"]).opted_out


async def test_nothing_is_asked_for_a_campaign_that_was_called_off(street: Street) -> None:
    street.move_in(ZHANG)
    campaign = street.start(HEAT)
    writer = Writer(street)
    writer.writes("well", key="1")
    street.do(cancel_campaign, campaign, reason="台风改道了")
    over = writer.writes("temperature", "36.5")
    assert (over.question, over.fresh, over.say) == (None, False, "这次的问题已经问完了，谢谢您。")
    assert writer.writes("temperature", "家里着火了").emergency
