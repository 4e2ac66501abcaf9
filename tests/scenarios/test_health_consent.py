"""Questions about health are asked with the resident's own consent, and of nobody else."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from community.clock import MovableClock
from community.store import audit
from community.store.database import Database
from community.store.residents import residents
from tests.harness.telephone import TelephoneWorld, WrittenCall, telephone_world
from tests.harness.twilio_server import ACCOUNT, FROM_NUMBER, TOKEN, Person, TwilioServer
from voice.carriers.twilio.carrier import TwilioCarrier

NUMBER = "+8613800000004"
CARE = """
name: 关怀
purpose: 想问您几句话。
recording: never
{ground}
questions:
  - {{id: home, kind: yes_no, say: 您今天在家吗？, yes_means: 在家}}
  - {{id: well, kind: yes_no, say: 您身体舒服吗？, yes_means: 舒服, about_health: true}}
  - {{id: pills, kind: yes_no, say: 药都按时吃了吗？, yes_means: 吃了, about_health: true}}
  - {{id: fan, kind: yes_no, say: 您家有电风扇吗？, yes_means: 有}}
"""
PLAIN = CARE.format(ground="")
ASKED = "下面想问您的健康情况"


class Call:
    """One call from dialling to the end."""

    def __init__(self, world: TelephoneWorld, twilio: TwilioServer, carrier: TwilioCarrier) -> None:
        self.world, self.twilio, self.carrier = world, twilio, carrier
        self.written: WrittenCall

    async def call(
        self, *says: str | None, consent_on_record: bool = False, withdrawn: bool = False, **call: str
    ) -> None:
        self.person = self.twilio.people[NUMBER] = Person(list(says))
        self.written = self.world.write_call(NUMBER, **{"questionnaire": PLAIN, **call})  # type: ignore[arg-type]
        if consent_on_record:
            with self.world.database.begin() as conn:
                hers = residents.c.id == self.written.resident_id
                given = self.world.clock.now() - timedelta(hours=2)
                taken_back = given + timedelta(hours=1) if withdrawn else None
                values = {"health_consent_at": given, "health_consent_withdrawn_at": taken_back}
                conn.execute(update(residents).where(hers).values(values))
        await self.world.place(self.carrier, self.written)
        await self.twilio.quiet()

    @property
    def heard(self) -> str:
        return "".join(u.text for u in self.world.transcript(self.written) if u.speaker == "service")

    @property
    def labels(self) -> dict[str, object]:
        return self.world.labels(self.written)

    @property
    def result(self) -> str | None:
        result: str | None = self.world.attempt(self.written).dialogue.get("result")
        return result


@pytest.fixture
async def line(sqlite: Database, clock: MovableClock) -> AsyncIterator[Call]:
    async with TwilioServer() as twilio:
        carrier = TwilioCarrier(ACCOUNT, TOKEN, [FROM_NUMBER], api_base_url=twilio.base_url)
        async with telephone_world(sqlite, clock, {"twilio": carrier}) as world:
            yield Call(world, twilio, carrier)
        await carrier.close()


async def test_a_yes_is_asked_for_once_kept_and_every_question_follows(line: Call) -> None:
    await line.call("在家", "可以", "舒服着呢", "吃了", "有")
    assert line.heard.count(ASKED) == 1
    assert line.heard.index("您今天在家吗") < line.heard.index(ASKED) < line.heard.index("您身体舒服吗")
    assert line.labels == {"home": "yes", "well": "yes", "pills": "yes", "fan": "yes"}
    resident = line.world.resident(line.written)
    assert resident.health_consent_at is not None
    assert resident.health_consent_withdrawn_at is None
    with line.world.database.reading() as conn:
        said = [each.action for each in audit.list_lines(conn, subject=f"resident:{resident.id}")]
    assert said == ["resident.health_consent_given"]


@pytest.mark.parametrize("no", ["不可以", "2", "这个不想说", "别问了", "不問"])
async def test_a_no_leaves_out_the_questions_about_health_and_no_others(line: Call, no: str) -> None:
    await line.call("在家", no, "有")
    assert "身体舒服" not in line.heard
    assert "按时吃" not in line.heard
    assert line.labels == {"home": "yes", "well": "not_asked", "pills": "not_asked", "fan": "yes"}
    assert line.result == "completed"
    assert line.world.target(line.written).status == "completed"
    assert line.world.resident(line.written).health_consent_withdrawn_at is not None


async def test_not_understood_is_asked_again_and_then_taken_for_no(line: Call) -> None:
    await line.call("在家", "嗯嘛呢呀", "哇啦哇啦", "咕噜咕噜", "有")
    assert line.heard.count(ASKED) == 3
    assert line.labels["well"] == "not_asked"
    assert line.labels["fan"] == "yes"


async def test_a_question_of_their_own_is_noted_and_consent_asked_for_again(line: Call) -> None:
    await line.call("在家", "那个高龄津贴咋领啊？", "可以", "舒服", "吃了", "有")
    assert line.heard.count(ASKED) == 2
    assert "没听明白" not in line.heard
    assert line.labels["well"] == "yes"


async def test_who_says_the_same_for_ever_is_not_kept_on_the_line_for_ever(line: Call) -> None:
    await line.call("在家", *["不要录音"] * 20, "有")
    assert line.heard.count(ASKED) <= 6
    assert line.labels["well"] == "not_asked"


async def test_whoever_hangs_up_silent_at_that_moment_is_looked_after(line: Call) -> None:
    await line.call("在家", None, None, None)
    assert line.result == "silence"
    assert "身体舒服" not in line.heard


async def test_help_and_wrong_numbers_are_heard_at_that_moment_too(line: Call) -> None:
    await line.call("在家", "你打错了，我不认识这个人")
    assert line.result == "wrong_person"
    assert "身体" not in line.heard


async def test_in_an_emergency_nobody_is_asked_first(line: Call) -> None:
    source = CARE.format(ground="legal_ground: emergency\nlegal_note: 台风红色预警")
    await line.call("在家", "舒服", "吃了", "有", questionnaire=source)
    assert ASKED not in line.heard
    assert line.labels["well"] == "yes"


async def test_consent_on_record_is_enough(line: Call) -> None:
    await line.call("在家", "舒服", "吃了", "有", consent_on_record=True)
    assert ASKED not in line.heard
    assert line.labels["pills"] == "yes"


async def test_the_family_is_not_asked_about_health_without_the_residents_own_consent(line: Call) -> None:
    await line.call("是的", "在家", "有", callee="guardian")
    assert ASKED not in line.heard
    assert "舒服" not in line.heard
    assert line.labels == {"home": "yes", "well": "not_asked", "pills": "not_asked", "fan": "yes"}


async def test_a_consent_that_was_taken_back_is_asked_for_anew(line: Call) -> None:
    line.world.clock.advance(timedelta(days=1))
    await line.call("在家", "可以", "舒服", "吃了", "有", consent_on_record=True, withdrawn=True)
    assert line.heard.count(ASKED) == 1


HEALTH_FIRST = """
name: 关怀
purpose: 想问您几句话。
recording: never
{ground}
questions:
  - {{id: well, kind: yes_no, say: 您身体舒服吗？, yes_means: 舒服, about_health: true}}
"""
READY = "您现在方便说话吗"


def of_health(heard: str) -> bool:
    return "健康" in heard or "身体" in heard


@pytest.mark.parametrize("agrees", ["方便", "1", "你说吧", "啥事儿啊", "有空，你讲"])
async def test_where_health_comes_first_they_are_asked_whether_they_may_talk(line: Call, agrees: str) -> None:
    await line.call(agrees, "可以", "舒服着呢", questionnaire=HEALTH_FIRST.format(ground=""))
    assert line.heard.index(READY) < line.heard.index(ASKED)
    assert (line.labels, line.result) == ({"well": "yes"}, "completed")


@pytest.mark.parametrize("consent_on_record", [False, True])
@pytest.mark.parametrize(
    ("says", "result"),
    [
        ("打错了，这里没有这个人", "wrong_person"),
        ("不方便，在开车呢", "callback_later"),
        ("他不在家", "callback_later"),
        ("您好，我现在无法接听您的电话，请在滴声后留言", None),
        (None, "silence"),
    ],
)
async def test_nobody_else_hears_a_word_about_health(
    line: Call, says: str | None, result: str | None, *, consent_on_record: bool
) -> None:
    call = {"questionnaire": HEALTH_FIRST.format(ground="")}
    await line.call(says, None, None, consent_on_record=consent_on_record, **call)
    assert READY in line.heard
    assert not of_health(line.heard)
    assert line.result == result


async def test_in_an_emergency_no_time_is_lost_by_asking(line: Call) -> None:
    await line.call("舒服", questionnaire=HEALTH_FIRST.format(ground="legal_ground: emergency"))
    assert READY not in line.heard
    assert line.labels == {"well": "yes"}
