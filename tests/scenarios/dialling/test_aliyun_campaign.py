"""A campaign on Alibaba Cloud's line, dialled by the real engine through the real SDK and told of by the real webhooks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp.test_utils import unused_port

from community.clock import MovableClock
from community.model.calls.line import Line
from community.store.database import Database
from tests.harness.aliyun_server import KEY_ID, KEY_SECRET, SECRET, SHOW_NUMBER, AliyunServer, Fault, Resident
from tests.harness.dialling import Street, rulebook
from tests.harness.telephone import telephone_world
from voice.carriers.aliyun.carrier import AliyunCarrier

NUMBER, ANOTHER, THIRD = "+8613912345671", "+8613912345672", "+8657187654321"
LINE = Line(
    name="aliyun", rehearsal=False, from_numbers=(SHOW_NUMBER,), mainland_allowed_because="境内线路", regions=("CN",)
)
THREE_QUESTIONS = """
name: 走访
purpose: 问问您好不好
recording: never
audience: {tags: [独居]}
questions:
  - {id: fan, kind: yes_no, say: 您家有电风扇吗？, yes_means: 有}
  - {id: people, kind: number, say: 您家有几口人？}
  - {id: water, kind: yes_no, say: 您家停水了吗？, yes_means: 停了}
"""


@dataclass
class Town:
    """A street whose calls go through Alibaba Cloud."""

    street: Street
    aliyun: AliyunServer

    async def dial(self) -> None:
        await self.street.engine.tick()
        await self.aliyun.quiet()

    def outcome(self, number: str = NUMBER) -> tuple[str, str | None]:
        (attempt,) = [each for each in self.street.attempts() if each["number"] == number]
        return attempt["status"], attempt["outcome"]

    @property
    def target(self) -> str:
        (target,) = self.street.targets()
        return str(target["status"])


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@asynccontextmanager
async def a_town(database: Database, clock: MovableClock) -> AsyncIterator[Town]:
    port, rules = unused_port(), rulebook(line=LINE)
    async with AliyunServer(f"http://127.0.0.1:{port}") as aliyun:
        carrier = AliyunCarrier(
            KEY_ID, KEY_SECRET, [SHOW_NUMBER], callback_secret=SECRET, endpoint=aliyun.endpoint, clock=clock
        )
        async with telephone_world(database, clock, {"aliyun": carrier}, rules=rules, port=port):
            yield Town(Street(database, clock, rules, carrier), aliyun)  # type: ignore[arg-type]


@pytest.fixture
async def town(database: Database, clock: MovableClock) -> AsyncIterator[Town]:
    async with a_town(database, clock) as made:
        yield made


async def test_a_campaign_ends_with_answers_a_retry_and_a_case(town: Town) -> None:
    for number in (NUMBER, ANOTHER, THIRD):
        town.street.move_in(number)
    town.street.move_in("+85291234567")
    town.aliyun.people[NUMBER] = Resident(["有", "三口人", "没停"])
    town.aliyun.people[ANOTHER] = Resident(pickup="busy")
    town.aliyun.people[THIRD] = Resident(pickup="not_in_service")
    town.street.start(THREE_QUESTIONS)
    await town.dial()
    assert town.outcome(NUMBER) == ("ended", "answered")
    assert town.outcome(ANOTHER) == ("ended", "busy")
    assert town.outcome(THIRD) == ("ended", "not_in_service")
    statuses = [target["status"] for target in town.street.targets()]
    assert sorted(statuses)[:2] == ["case", "completed"]
    assert "waiting" in statuses
    assert all(town.aliyun.rings(number) == 1 for number in (NUMBER, ANOTHER, THIRD))
    assert {post["CalledNumber"] for post in town.aliyun.posts} == {"13912345671", "13912345672", "057187654321"}


@pytest.mark.parametrize("fault", [Fault.LOST_REPLY, Fault.ERROR_AFTER_PLACING, Fault.UNREADABLE])
async def test_a_call_whose_reply_was_lost_is_known_by_the_id_it_carries(town: Town, fault: Fault) -> None:
    town.street.move_in(NUMBER)
    town.aliyun.people[NUMBER] = Resident(["有", "三口人", "没停"])
    town.aliyun.faults.append(fault)
    town.street.start(THREE_QUESTIONS)
    await town.dial()
    assert town.outcome() == ("ended", "answered")
    assert town.target == "completed"
    await town.street.pass_time(hours=3)
    assert town.aliyun.rings(NUMBER) == 1


async def test_receipts_alone_tell_of_a_call_that_nobody_answered(town: Town) -> None:
    town.street.move_in(NUMBER)
    town.aliyun.people[NUMBER] = Resident(pickup="no_answer")
    town.aliyun.faults.append(Fault.LOST_REPLY)
    town.street.start(THREE_QUESTIONS)
    await town.dial()
    assert town.outcome() == ("ended", "no_answer")
    assert town.target == "waiting"


@pytest.mark.parametrize(("fault", "rings"), [(Fault.LOST_REPLY, 1), (Fault.LOST_REQUEST, 0)])
async def test_a_call_that_nobody_can_tell_of_is_handed_to_staff_and_never_dialled_again(
    town: Town, fault: Fault, rings: int
) -> None:
    town.street.move_in(NUMBER)
    town.aliyun.no_receipts = True
    town.aliyun.faults.append(fault)
    town.street.start(THREE_QUESTIONS)
    await town.dial()
    assert town.outcome() == ("unknown", None)
    for _ in range(35):
        await town.street.pass_time(minutes=1)
    assert town.outcome() == ("ended", "unknown")
    assert town.target == "case"
    (case,) = town.street.cases()
    assert "没有再打" in case["summary"] + case["description"]
    await town.street.pass_time(hours=4)
    assert len(town.aliyun.posts) == 1
    assert town.aliyun.rings(NUMBER) == rings


async def test_without_receipts_a_call_is_asked_about(town: Town) -> None:
    town.street.move_in(NUMBER)
    town.aliyun.people[NUMBER] = Resident(pickup="switched_off")
    town.aliyun.no_receipts = True
    town.aliyun.details_known = False
    town.street.start(THREE_QUESTIONS)
    await town.dial()
    assert town.outcome() == ("placed", None)
    await town.street.pass_time(minutes=2)
    await town.street.engine.tick()
    assert town.outcome() == ("placed", None)
    town.aliyun.details_known = True
    await town.street.pass_time(minutes=2)
    await town.street.engine.tick()
    assert town.outcome() == ("ended", "switched_off")
    assert town.aliyun.queries


async def test_an_empty_account_uses_up_nobodys_attempt(town: Town) -> None:
    town.street.move_in(NUMBER)
    town.aliyun.people[NUMBER] = Resident(["有", "三口人", "没停"])
    town.aliyun.faults.append((200, "isv.AMOUNT_NOT_ENOUGH"))
    town.street.start(THREE_QUESTIONS)
    await town.dial()
    assert town.outcome() == ("not_placed", None)
    assert town.target == "waiting"
    await town.street.pass_time(minutes=2, then_tick=False)
    await town.dial()
    assert town.target == "completed"
    assert town.aliyun.rings(NUMBER) == 1


async def test_a_number_that_the_platform_refuses_is_checked_by_staff(town: Town) -> None:
    town.street.move_in(NUMBER)
    town.aliyun.faults.append((200, "isv.MOBILE_NUMBER_ILLEGAL"))
    town.street.start(THREE_QUESTIONS)
    await town.dial()
    assert town.outcome() == ("not_placed", "not_in_service")
    assert town.target == "case"
    assert town.aliyun.rings(NUMBER) == 0
