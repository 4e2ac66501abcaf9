"""Calls to the family: asked for help, never told a word about the matter before we know that it is the family."""

from collections.abc import AsyncIterator

import pytest

from community.clock import MovableClock
from community.store.database import Database
from tests.harness.telephone import TelephoneWorld, WrittenCall, telephone_world
from tests.harness.twilio_server import ACCOUNT, FROM_NUMBER, TOKEN, Person, TwilioServer
from voice.carriers.twilio.carrier import TwilioCarrier

NUMBER = "+8613800000003"
#: What a stranger must never hear: what the call is about, and any question.
PRIVATE = ("天热了", "身体", "体温", "帮忙")


class Family:
    """One call to a guardian's phone."""

    def __init__(self, world: TelephoneWorld, twilio: TwilioServer, carrier: TwilioCarrier) -> None:
        self.world = world
        self.twilio = twilio
        self.carrier = carrier
        self.written: WrittenCall

    async def call(self, *says: str | None, **call: str) -> None:
        self.person = self.twilio.people[NUMBER] = Person(list(says))
        self.written = self.world.write_call(NUMBER, callee="guardian", **call)  # type: ignore[arg-type]
        await self.world.place(self.carrier, self.written)
        await self.twilio.quiet()

    @property
    def heard(self) -> str:
        return "".join(u.text for u in self.world.transcript(self.written) if u.speaker == "service")

    @property
    def result(self) -> str | None:
        result: str | None = self.world.attempt(self.written).dialogue.get("result")
        return result


@pytest.fixture
async def family(sqlite: Database, clock: MovableClock) -> AsyncIterator[Family]:
    async with TwilioServer() as twilio:
        carrier = TwilioCarrier(ACCOUNT, TOKEN, [FROM_NUMBER], api_base_url=twilio.base_url)
        async with telephone_world(sqlite, clock, {"twilio": carrier}) as world:
            yield Family(world, twilio, carrier)
        await carrier.close()


@pytest.mark.parametrize("yes", ["是的", "1", "我是她闺女", "她是我妈", "我是邻居，平时照看她"])
async def test_the_daughter_is_asked_for_help_and_answers_for_her_mother(family: Family, yes: str) -> None:
    await family.call(yes, "舒服着呢", "三十六度五", "对", "没啥要帮的")
    first = family.person.heard[0]
    assert "想找王桂英的家人" in first
    assert "您是王桂英的家人吗？" in first
    assert "下面几句，请您替王桂英回答" in family.heard
    assert family.world.labels(family.written) == {"well": "yes", "temperature": 36.5, "help": "none"}
    assert family.world.target(family.written).status == "completed"


async def test_a_neighbour_on_the_list_is_asked_for_as_a_neighbour(family: Family) -> None:
    await family.call("不是", guardian_relation="邻居")
    assert "您是王桂英的邻居吗？" in family.person.heard[0]


@pytest.mark.parametrize("no", ["不是", "2", "打错了，不认识", "我不是她家人"])
async def test_a_stranger_hears_nothing_and_the_list_is_checked(family: Family, no: str) -> None:
    await family.call(no)
    assert not [word for word in PRIVATE if word in family.heard]
    assert family.result == "wrong_person"
    (case,) = family.world.cases()
    assert (case.kind, case.summary) == ("list_check", "登记的紧急联系人电话不对，请核对名册")
    assert family.world.resident(family.written).guardian_bad_number == NUMBER


@pytest.mark.parametrize(
    ("says", "result"), [((None, None, None), "silence"), (("今天天气不错", "嗯哼哼", "啦啦啦"), "unclear")]
)
async def test_who_says_neither_yes_nor_no_is_told_nothing(
    family: Family, says: tuple[str | None, ...], result: str
) -> None:
    await family.call(*says)
    assert not [word for word in PRIVATE if word in family.heard]
    assert family.result == result
    assert family.world.target(family.written).status == "case"


async def test_a_guardian_who_wants_no_calls_does_not_opt_the_resident_out(family: Family) -> None:
    await family.call("不要再打电话来了", "是的")
    assert family.result == "refused"
    resident = family.world.resident(family.written)
    assert (resident.opted_out_at, resident.guardian_bad_number) == (None, NUMBER)
    assert "紧急联系人要求不再来电，请另找联系人" in [case.summary for case in family.world.cases()]
    assert family.world.target(family.written).status == "case"


async def test_consent_is_asked_after_we_know_who_listens(family: Family) -> None:
    await family.call("是", "再说一遍", "可以", "舒服", questionnaire=_RECORDED)
    assert "录音" not in family.person.heard[0]
    assert family.world.labels(family.written) == {"well": "yes"}
    assert len(family.twilio.recordings) == 1


async def test_a_cantonese_family_is_asked_in_cantonese(family: Family) -> None:
    await family.call("係呀", "舒服", "三十六度五", "啱", "唔使啦", language="cantonese")
    assert "屋企人" in family.heard
    assert family.result == "completed"


_RECORDED = """
name: 访视
purpose: 想问问近况。
questions: [{id: well, kind: yes_no, say: 您身体舒服吗？, yes_means: 舒服}]
"""
