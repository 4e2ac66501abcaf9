"""Stories of one questionnaire on two channels at once: the phone asks only what is still open."""

from collections.abc import AsyncIterator, Callable

import pytest

from community.clock import MovableClock
from community.model.actor import Actor
from community.store.database import Database
from community.usecases.answer_in_writing import WrittenTurn, answer_in_writing
from tests.harness.telephone import TelephoneWorld, WrittenCall, telephone_world
from tests.harness.twilio_server import ACCOUNT, FROM_NUMBER, TOKEN, Person, TwilioServer
from voice.carriers.twilio.carrier import TwilioCarrier

NUMBER = "+8613800000001"


class Says(list[str | None]):
    """What somebody says on the phone, one sentence after the other; what happens right before one may be given."""

    def __init__(self, *says: str | Callable[[], object] | None) -> None:
        super().__init__([each for each in says if not callable(each)])
        self._before: dict[int, Callable[[], object]] = {}
        place = 0
        for each in says:
            if callable(each):
                self._before[place] = each
            else:
                place += 1
        self._said = 0

    def pop(self, index: int = -1, /) -> str | None:  # type: ignore[override]
        if self._said in self._before:
            self._before[self._said]()
        self._said += 1
        return super().pop(index)


class House:
    """One resident who has a telephone and a link."""

    def __init__(self, world: TelephoneWorld, twilio: TwilioServer, carrier: TwilioCarrier) -> None:
        self.world, self.twilio, self.carrier = world, twilio, carrier
        self.call: WrittenCall = world.write_call(NUMBER)

    def link(self, question: str, text: str = "", *, key: str = "") -> WrittenTurn:
        with self.world.database.begin() as conn:
            return answer_in_writing(
                conn,
                self.call.target_id,
                question_id=question,
                text=text,
                digits=key,
                channel="link",
                rules=self.world.rules,
                actor=Actor.resident("link:1"),
                now=self.world.clock.now(),
            )

    def half_by_link(self) -> None:
        self.link("well", key="1")
        self.link("temperature", "36.5")
        self.link("temperature", key="1")

    def everything_by_link(self) -> None:
        self.half_by_link()
        self.link("help", key="2")

    async def rings(self, *says: str | Callable[[], object] | None) -> str:
        person = self.twilio.people[NUMBER] = Person(Says(*says))
        await self.world.place(self.carrier, self.call)
        await self.twilio.quiet()
        return "".join(person.heard)

    @property
    def channels(self) -> dict[str, tuple[object, str]]:
        return {q: (self.world.labels(self.call)[q], a.channel) for q, a in self.world.answers(self.call).items()}


@pytest.fixture
async def house(sqlite: Database, clock: MovableClock) -> AsyncIterator[House]:
    async with TwilioServer() as twilio:
        carrier = TwilioCarrier(ACCOUNT, TOKEN, [FROM_NUMBER], api_base_url=twilio.base_url)
        async with telephone_world(sqlite, clock, {"twilio": carrier}) as world:
            yield House(world, twilio, carrier)
        await carrier.close()


async def test_a_phone_that_rings_all_the_same_asks_only_the_rest(house: House) -> None:
    house.link("well", "舒服")
    heard = await house.rings("三十六度五", "对", "不用")
    assert ("身体舒服吗" in heard, "体温" in heard) == (False, True)
    assert house.channels == {"well": ("yes", "link"), "temperature": (36.5, "phone"), "help": ("none", "phone")}
    assert house.world.target(house.call).status == "completed"


async def test_a_phone_that_rings_when_all_is_answered_only_thanks(house: House) -> None:
    house.everything_by_link()
    heard = await house.rings("喂")
    assert "身体舒服吗" not in heard
    assert house.world.target(house.call).status == "completed"
    assert {channel for _, channel in house.channels.values()} == {"link"}


async def test_what_somebody_else_answers_by_link_during_the_call_is_passed_over(house: House) -> None:
    heard = await house.rings(house.half_by_link, None, "不用")
    assert ("身体舒服吗" in heard, "体温" in heard, "帮忙" in heard) == (True, False, True)
    assert house.channels == {"well": ("yes", "link"), "temperature": (36.5, "link"), "help": ("none", "phone")}
    assert house.world.target(house.call).status == "completed"


async def test_a_call_that_breaks_off_when_all_was_written_is_not_repeated(house: House) -> None:
    heard = await house.rings(house.half_by_link, "舒服")
    assert "体温" not in heard
    house.link("help", key="2")
    assert house.channels["help"] == ("none", "link")
    assert house.world.target(house.call).status == "completed"


async def test_an_answer_that_worries_on_both_channels_is_one_case(house: House) -> None:
    house.link("well", "不舒服")
    await house.rings("三十六度五", "对", "不用")
    assert [case.summary for case in house.world.cases()] == ["答“不舒服”：您这两天身体舒服吗？"]
    assert house.world.target(house.call).case_id == house.world.cases()[0].id
