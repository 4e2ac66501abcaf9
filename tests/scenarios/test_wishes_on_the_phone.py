"""What residents tell of their own on the phone, broken lights and medicine that ran out, becomes a case and not only an answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.rasa_client import RasaClient
from community.clock import MovableClock
from community.model.actor import Actor
from community.model.cases.case import CaseKind
from community.model.hazards.wish import Asked
from community.model.staff import Role
from community.store.database import Database
from community.usecases.add_staff import add_staff
from community.usecases.correct_answer import correct_answer
from shouwang.phone_wishes import phone_wishes
from tests.harness.rasa_server import rasa_server
from tests.harness.telephone import sample_rules, telephone_world
from tests.harness.twilio_server import ACCOUNT, FROM_NUMBER, TOKEN, TwilioServer
from tests.scenarios.test_telephone_stories import Story
from voice.carriers.twilio.carrier import TwilioCarrier
from voice.script.steps import Language
from voice.script.wording import wording
from voice.web.asides import HearWish

VISIT = """
name: 满意度回访
purpose: 想听听您的意见。
recording: never
questions:
  - {id: solved, kind: yes_no, say: 您反映的事，给您办好了吗？, yes_means: 办好了,
     escalate: [{when: ["no"], priority: normal, kind: callback}]}
  - {id: fan, kind: yes_no, say: 您家有电风扇吗？, yes_means: 有}
  - {id: anything, kind: free_text, say: 您对社区，还有什么建议？}
"""
NOTHING_SAID = ("办好了", "有")
TOLD = "您说的事，已经转给社区了"


@asynccontextmanager
async def telling(database: Database, clock: MovableClock, hear_wish: HearWish) -> AsyncIterator[Story]:
    async with TwilioServer() as twilio:
        carrier = TwilioCarrier(ACCOUNT, TOKEN, [FROM_NUMBER], api_base_url=twilio.base_url)
        async with telephone_world(database, clock, {"twilio": carrier}, hear_wish=hear_wish) as world:
            yield Story(world, twilio, carrier)
        await carrier.close()


@pytest.fixture
async def story(sqlite: Database, clock: MovableClock) -> AsyncIterator[Story]:
    """The assistant is down: plain words count all the same."""
    async with telling(sqlite, clock, phone_wishes(sample_rules(), None)) as story:
        yield story


async def test_a_broken_light_told_at_the_end_is_a_hazard_case_linked_to_the_answer(story: Story) -> None:
    await story.call(*NOTHING_SAID, "楼道里的灯坏了好几天了", questionnaire=VISIT)
    story.world.end(story.written)
    (case,) = story.world.cases()
    assert (case.kind, case.category, case.priority) == (CaseKind.HAZARD, "lighting", "normal")
    assert "楼道里的灯坏了" in case.summary
    assert (case.community, case.building, case.grid) == ("锦绣苑", "3", "第一网格")
    assert story.labels["anything"] == "keep"
    assert story.world.target(story.written).case_id == case.id
    assert TOLD in story.heard
    assert story.result == "completed"


async def test_a_need_without_a_category_is_a_call_back(story: Story) -> None:
    await story.call(*NOTHING_SAID, "降压药吃完了，没人去拿", questionnaire=VISIT)
    (case,) = story.world.cases()
    assert (case.kind, case.category) == (CaseKind.CALLBACK, None)
    assert "降压药吃完了，没人去拿" in case.description
    assert TOLD in story.heard


@pytest.mark.parametrize(
    "said",
    [
        "没有",
        "没什么意见，都挺好",
        "谢谢你们惦记",
        "小区里最好多放几把椅子",
        "昨天楼道灯坏了，后来物业修好了",
        "要是楼道灯坏了怎么跟你们说啊",
    ],
)
async def test_who_wants_nothing_opens_no_case(story: Story, said: str) -> None:
    await story.call(*NOTHING_SAID, said, questionnaire=VISIT)
    assert story.world.cases() == []
    assert TOLD not in story.heard


async def test_what_is_told_instead_of_an_answer_is_passed_on_and_the_question_asked_again(story: Story) -> None:
    await story.call("办好了", "楼下的下水道堵了没人管", "有", "没有", questionnaire=VISIT)
    (case,) = story.world.cases()
    assert (case.kind, case.category) == (CaseKind.HAZARD, "sewer")
    assert story.labels == {"solved": "yes", "fan": "yes", "anything": "keep"}
    assert story.heard.count("您家有电风扇吗") >= 2
    assert TOLD in story.heard


async def test_what_is_told_beside_an_answer_is_passed_on_too(story: Story) -> None:
    await story.call("办好了", "有，不过楼道灯坏了", "没有", questionnaire=VISIT)
    (case,) = story.world.cases()
    assert case.category == "lighting"
    assert story.labels["fan"] == "yes"


async def test_a_rule_of_the_question_opens_the_only_case(story: Story) -> None:
    """没有，还漏水 answers whether it was mended: staff get the case that the questionnaire asks for, and no other."""
    await story.call("没办好，水管还在漏水", "有", "没有", questionnaire=VISIT)
    (case,) = story.world.cases()
    assert (case.kind, case.category) == (CaseKind.CALLBACK, None)
    assert TOLD not in story.heard


async def test_another_place_is_not_taken_for_the_residents_home(story: Story) -> None:
    await story.call(*NOTHING_SAID, "锦绣苑7号楼的路灯坏了", questionnaire=VISIT)
    (case,) = story.world.cases()
    assert (case.building, case.category) == ("7", "lighting")


async def test_the_same_turn_told_twice_is_one_case(sqlite: Database, clock: MovableClock) -> None:
    """A carrier repeats a webhook; one that was answered already changes nothing."""
    async with telling(sqlite, clock, phone_wishes(sample_rules(), None)) as story:
        story.twilio.repeat_callbacks = True
        await story.call(*NOTHING_SAID, "楼道里的灯坏了好几天了", questionnaire=VISIT)
        assert len(story.world.cases()) == 1


async def test_staff_correct_the_answer_and_the_case_says_so(story: Story, sqlite: Database) -> None:
    await story.call(*NOTHING_SAID, "楼道里的灯坏了好几天了", questionnaire=VISIT)
    story.world.end(story.written)
    now = story.world.clock.now()
    with sqlite.begin() as conn:
        add_staff(conn, "li", name="李姐", role=Role.COMMUNITY_STAFF, actor=Actor.system("test"), now=now)
        correction = correct_answer(
            conn,
            story.written.target_id,
            "anything",
            "keep",
            "楼道里的灯修好了",
            rules=story.world.rules,
            actor=Actor.staff("li"),
            now=now,
        )
    assert correction.left_open is not None
    assert correction.left_open.id == story.world.cases()[0].id


async def test_the_assistants_understanding_finds_what_plain_words_do_not(
    sqlite: Database, clock: MovableClock
) -> None:
    async with rasa_server() as rasa:
        client = RasaClient(rasa.url)
        rasa.understood = {
            "intent": {"name": "report_hazard", "confidence": 0.87},
            "hazard": {"sanitation": 0.95, "sewer": 0.01},
        }
        async with telling(sqlite, clock, phone_wishes(sample_rules(), client)) as story:
            await story.call(*NOTHING_SAID, "垃圾桶都满了也没人收拾", questionnaire=VISIT)
            (case,) = story.world.cases()
            assert (case.kind, case.category) == (CaseKind.HAZARD, "sanitation")
        await client.close()


@pytest.mark.parametrize("mood", ["failing", "not_json", "silent"])
async def test_where_the_assistant_is_down_plain_words_count(
    sqlite: Database, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, *, mood: str
) -> None:
    monkeypatch.setattr("shouwang.phone_wishes.PARSE_SECONDS", 0.05)
    async with rasa_server() as rasa:
        rasa.mood = mood
        client = RasaClient(rasa.url)
        async with telling(sqlite, clock, phone_wishes(sample_rules(), client)) as story:
            await story.call(*NOTHING_SAID, "楼道里的灯坏了好几天了", questionnaire=VISIT)
            assert story.world.cases()[0].category == "lighting"
        await client.close()


async def test_a_category_that_the_community_does_not_have_is_a_call_back() -> None:
    rules = sample_rules()
    without = {code: hazard for code, hazard in rules.hazards.items() if code != "lighting"}
    wish = await phone_wishes(replace(rules, hazards=without), None)(
        "楼道里的灯坏了", Asked(question="还有什么建议？", free=True, answered=True)
    )
    assert wish is not None
    assert (wish.kind, wish.category) == (CaseKind.CALLBACK, None)


@pytest.mark.parametrize("language", list(Language))
def test_it_is_told_in_every_language_in_one_breath(language: Language) -> None:
    (prompt,) = wording(language).prompts("wish_passed_on")
    assert len(prompt.text) <= 20
