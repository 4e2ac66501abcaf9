"""Telephone stories on Alibaba Cloud's line: the real SDK, the real webhooks, callbacks at one address for all calls."""

import json
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import unused_port

from community.clock import MovableClock
from community.store.database import Database
from tests.harness.aliyun_server import KEY_ID, KEY_SECRET, SECRET, SHOW_NUMBER, AliyunServer, Resident
from tests.harness.telephone import TelephoneWorld, sample_rules, telephone_world
from voice.carriers.aliyun.carrier import AliyunCarrier
from voice.carriers.base import Acceptance, PlaceRequest

NUMBER = "+8613800000001"
ASKS_TO_RECORD = """
name: 访视
purpose: 想问问您的近况。
questions: [{id: fan, kind: yes_no, say: 您家有电风扇吗？, yes_means: 有}]
"""


class Story:
    """One call from dialling to the end."""

    def __init__(self, world: TelephoneWorld, aliyun: AliyunServer, carrier: AliyunCarrier) -> None:
        self.world = world
        self.aliyun = aliyun
        self.carrier = carrier

    async def call(self, *says: Any, number: str = NUMBER, **resident: Any) -> "Story":
        questionnaire = {"questionnaire": resident.pop("questionnaire")} if "questionnaire" in resident else {}
        language = resident.pop("language", "mandarin")
        self.person = self.aliyun.people[number] = Resident(list(says), **resident)
        self.written = self.world.write_call(number, carrier="aliyun", language=language, **questionnaire)
        urls = self.written.urls(self.world.public_url)
        placed = await self.carrier.place(PlaceRequest(to=number, from_number=SHOW_NUMBER, urls=urls))
        assert placed.placement is Acceptance.ACCEPTED
        await self.aliyun.quiet()
        return self

    @property
    def heard(self) -> str:
        return "".join(self.person.heard)

    @property
    def attempt(self) -> Any:
        return self.world.attempt(self.written)

    @property
    def placed(self) -> Any:
        return list(self.aliyun.calls.values())[-1]

    @property
    def end(self) -> tuple[object, ...]:
        """Everything that is to be the same, however the carrier's callbacks arrive."""
        target = self.world.target(self.written)
        said = [(u.speaker, u.text, u.digits) for u in self.world.transcript(self.written)]
        facts = (self.attempt.status, self.attempt.outcome, self.attempt.duration, target.status, target.reason)
        return facts, self.attempt.dialogue.get("result"), self.world.labels(self.written), said


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def story(sqlite: Database, clock: MovableClock) -> AsyncIterator[Story]:
    port = unused_port()
    async with AliyunServer(f"http://127.0.0.1:{port}") as aliyun:
        carrier = AliyunCarrier(
            KEY_ID, KEY_SECRET, [SHOW_NUMBER], callback_secret=SECRET, endpoint=aliyun.endpoint, clock=clock
        )
        async with telephone_world(sqlite, clock, {"aliyun": carrier}, port=port) as world:
            yield Story(world, aliyun, carrier)


async def test_granny_wang_answers_everything_by_voice(story: Story) -> None:
    await story.call("舒服着呢", "三十六度五", "对", "没啥要帮的，谢谢")
    assert story.world.labels(story.written) == {"well": "yes", "temperature": 36.5, "help": "none"}
    assert story.attempt.dialogue["result"] == "completed"
    assert story.person.heard[0] == "您好。"
    assert "这里是青禾社区居委会" in story.person.heard[1]
    assert "度，对吗" in story.heard
    assert (story.attempt.status, story.attempt.outcome, story.attempt.duration) == ("ended", "answered", 31)
    assert story.attempt.carrier_id == story.placed.call_id
    assert story.world.target(story.written).status == "completed"
    assert story.placed.hung_up_by_us
    assert not story.world.cases()


async def test_keys_work_as_well_as_words_and_are_gathered_where_many_are_awaited(story: Story) -> None:
    await story.call("1", "365", "1", "2", opening=None)
    assert story.world.labels(story.written) == {"well": "yes", "temperature": 36.5, "help": "none"}
    assert all(answer.decided_by == "keys" for answer in story.world.answers(story.written).values())


async def test_the_star_says_it_again_though_many_keys_are_awaited(story: Story) -> None:
    await story.call("*", "舒服", "*", "366", "对", "不需要")
    assert story.attempt.dialogue["result"] == "completed"
    assert story.heard.count("您今天量的体温是多少度") == 2


async def test_who_answers_while_we_speak_is_listened_to(story: Story) -> None:
    await story.call("舒服", "三十六度五", "对", "不用", talks_over=True)
    assert story.world.labels(story.written) == {"well": "yes", "temperature": 36.5, "help": "none"}
    assert story.placed.hung_up_by_us


async def test_a_cry_for_help_raises_an_emergency_and_nobody_hangs_up_on_it(story: Story) -> None:
    await story.call("救命啊，我摔倒了起不来", "腿疼", None, None, None)
    (case,) = story.world.cases()
    assert (case.priority, case.danger, case.kind) == ("emergency", True, "worrying")
    assert "请马上打幺二零" in story.heard
    assert "我没有挂" in story.heard
    assert story.attempt.dialogue["result"] == "distress"
    assert story.world.target(story.written).status == "case"


async def test_a_cry_for_help_is_heard_though_it_comes_first(story: Story) -> None:
    await story.call("快来", None, None, None, None, opening="救命啊")
    (case,) = story.world.cases()
    assert (case.priority, case.danger) == ("emergency", True)
    assert "请马上打幺二零" in story.person.heard[1]


async def test_a_machine_that_answers_the_greeting_is_told_nothing(story: Story) -> None:
    await story.call(opening="您好，我现在不方便接听电话，请在嘀声后留言")
    assert story.attempt.outcome == "voicemail"
    assert story.person.heard == ["您好。"]
    assert story.world.target(story.written).status == "waiting"


async def test_silence_is_asked_twice_and_then_a_person_looks(story: Story) -> None:
    await story.call(None, None, None, opening=None)
    assert story.attempt.dialogue["result"] == "silence"
    assert "您听得见吗" in story.heard
    assert story.world.target(story.written).status == "case"


async def test_to_a_person_says_so_first_and_connects_then(sqlite: Database, clock: MovableClock, story: Story) -> None:
    rules = replace(sample_rules(), duty_number="+8657187654321")
    port = unused_port()
    async with telephone_world(sqlite, clock, {"aliyun": story.carrier}, port=port, rules=rules) as world:
        story.world, story.aliyun.server_url = world, f"http://127.0.0.1:{port}"
        await story.call("转人工")
    assert story.placed.transferred_to == "057187654321"
    assert "转" in story.person.heard[-1]
    # Nobody tells us whether the duty phone picked up, so that somebody calls back.
    (case,) = story.world.cases()
    assert case.kind == "callback"


@pytest.mark.parametrize(
    ("pickup", "outcome", "target"),
    [
        ("no_answer", "no_answer", "waiting"),
        ("busy", "busy", "waiting"),
        ("rejected", "rejected", "waiting"),
        ("switched_off", "switched_off", "waiting"),
        ("not_in_service", "not_in_service", "case"),
        ("suspended", "not_in_service", "case"),
        ("blocked", "carrier_error", "waiting"),
    ],
)
async def test_why_nobody_answered_is_told_apart(story: Story, pickup: str, outcome: str, target: str) -> None:
    await story.call(pickup=pickup)
    assert (story.attempt.status, story.attempt.outcome) == ("ended", outcome)
    assert story.world.target(story.written).status == target
    # 您拨打的电话已关机 was recognised, and is no turn of the conversation.
    assert story.attempt.dialogue_step == 0
    assert story.attempt.answered_at is None


async def test_callbacks_that_come_twice_or_in_any_order_end_the_same(story: Story) -> None:
    await story.call("舒服", "36.6度", "对", "不用")
    expected = story.end
    story.aliyun.repeat_callbacks = True
    assert (await story.call("舒服", "36.6度", "对", "不用", number="+8613800000002")).end == expected
    story.aliyun.repeat_callbacks = False
    for seed in range(4):
        story.aliyun.shuffle_receipts = random.Random(seed)
        number = f"+861380000001{seed}"
        assert (await story.call("舒服", "36.6度", "对", "不用", number=number)).end == expected


async def test_nobody_is_asked_to_agree_to_a_recording_that_cannot_be(story: Story) -> None:
    await story.call("有", questionnaire=ASKS_TO_RECORD)
    assert "录音" not in story.heard
    assert story.world.labels(story.written) == {"fan": "yes"}


async def test_who_speaks_cantonese_is_spoken_to_in_mandarin(story: Story) -> None:
    await story.call("舒服", "三十六度五", "对", "不用", language="cantonese")
    assert "这里是青禾社区居委会" in story.heard
    assert story.attempt.dialogue["result"] == "completed"


async def post(story: Story, tail: str, secret: str = SECRET, **what: Any) -> tuple[int, str]:
    url = f"{story.world.public_url}/voice/aliyun/callbacks/{secret}/{tail}"
    async with aiohttp.ClientSession() as session, session.post(url, **what) as response:
        return response.status, await response.text()


async def test_a_batch_is_taken_though_some_of_it_is_nobodys(story: Story) -> None:
    story.aliyun.nobody_lives = True
    await story.call()
    one = {"status_code": "200010", "call_id": story.placed.call_id, "out_id": story.written.attempt_id[:15]}
    batch = [
        {"status_code": "200000", "call_id": "9^9", "out_id": "0" * 15},
        {"status_code": "200000", "call_id": "9^8", "out_id": "another application"},
        {**one, "voice_type": "smart_transfer", "status_code": "200000"},
        "nonsense",
        one,
    ]
    assert await story.aliyun.push("report", batch) == 200  # type: ignore[arg-type]
    assert (story.attempt.status, story.attempt.outcome) == ("ended", "switched_off")
    assert story.aliyun.refused_pushes == 0


async def test_words_of_one_call_never_reach_another(story: Story) -> None:
    await story.call("舒服", "36.6度", "对", "不用")
    baton = f"{story.written.attempt_id}-{story.written.token}-0"
    content = json.dumps({"words": "喂", "dynamic_id": baton})
    fields = {"call_id": "1^another", "timestamp": "1", "content_type": "normal", "content": content}
    assert (await post(story, "talk", data=fields))[0] == 404
    wrong = fields | {"call_id": story.placed.call_id, "content": content.replace(story.written.token, "f" * 32)}
    assert (await post(story, "talk", data=wrong))[0] == 404


@pytest.mark.parametrize(
    ("tail", "body", "status"),
    [
        ("talk", "call_id=1&content_type=normal&content={", 400),
        ("talk", "call_id=1&content_type=normal&content=[]", 400),
        ("talk", 'call_id=1&content_type=normal&content={"words":"喂"}', 400),
        ("talk", "call_id=" + "1" * 100 + '&content_type=normal&content={"words":"喂","dynamic_id":"x"}', 400),
        ("report", "{}", 400),
        ("report", "[" * 100000, 413),
        ("report", "[" * 5000, 400),
        ("nothing", "[]", 400),
    ],
)
async def test_what_is_no_callback_is_refused(story: Story, tail: str, body: str, status: int) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded" if tail == "talk" else "application/json"}
    assert (await post(story, tail, data=body.encode(), headers=headers))[0] == status


@pytest.mark.parametrize("words", [None, "\ud800\x00", 7, ["喂"]])
async def test_words_that_are_none_disturb_nobody(story: Story, words: Any) -> None:
    story.aliyun.nobody_lives = True
    await story.call()
    baton = f"{story.written.attempt_id}-{story.written.token}-0"
    content = json.dumps({"words": words, "dynamic_id": baton})
    fields = {"call_id": story.placed.call_id, "content_type": "normal", "content": content}
    status, body = await post(story, "talk", data=fields)
    assert status == 200
    assert "这里是青禾社区居委会" in json.loads(json.loads(body)["data"]["action_code_param"])["tts"]


async def test_a_stranger_is_not_heard(story: Story) -> None:
    assert (await post(story, "report", secret="not-the-secret-of-the-tests", data=b"[]"))[0] == 403
    assert (await post(story, "talk", secret=SECRET + "x", data={"call_id": "1"}))[0] == 403
