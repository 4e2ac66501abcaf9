"""What somebody in danger is told by text: at any hour, and not for ever to a machine that answers every text."""

from collections.abc import AsyncIterator

import pytest

from community.clock import MovableClock
from community.model.hazards.emergency import Emergency
from community.store.answers import readings_of_target
from community.store.database import Database
from community.store.pace import pace_of
from community.texts.say import say
from community.usecases import text_in_danger
from community.usecases.recognise_emergency import recognise_emergency
from tests.harness.texting import CARE, TextStreet, text_street
from tests.scenarios.test_text_stories import missed
from voice.engine.text_settle import text_pool

ZHANG, STRANGER = "+8613900000001", "+85261234567"
MANY = [f"+86139000001{n:02}" for n in range(8)]


@pytest.fixture
async def street(sqlite: Database, clock: MovableClock) -> AsyncIterator[TextStreet]:
    async with text_street(sqlite, clock) as made:
        yield made


async def test_a_carrier_that_fails_at_night_delays_the_advice_not_until_morning(street: TextStreet) -> None:
    await street.street.pass_time(hours=13, then_tick=False)
    street.twilio.texts.faults.append("error")
    street.twilio.texts.unreachable = True
    assert await street.write(STRANGER, "我家厨房着火了，救命") == ""
    for _ in range(10):
        await street.tick(minutes=2)
    street.twilio.texts.unreachable = False
    for _ in range(5):
        await street.tick(minutes=2)
    (told,) = street.twilio.texts.bodies(STRANGER)
    assert "119" in told


async def test_a_machine_that_answers_what_somebody_in_danger_is_told_is_not_answered_for_ever(
    street: TextStreet,
) -> None:
    street.street.move_in(ZHANG)
    street.street.start(CARE)
    await street.miss_call()
    await street.tick()
    await street.tick(minutes=2)
    await street.write(ZHANG, "1")
    assert "120" in await street.write(ZHANG, "我摔倒了起不来")
    before = len(street.twilio.texts.bodies(ZHANG))
    for _ in range(25):
        await street.write(ZHANG, "我正在开会，稍后回复您")
    assert len(street.twilio.texts.bodies(ZHANG)) - before == 19
    await street.street.pass_time(hours=1, minutes=1, then_tick=False)
    assert "119" in await street.write(ZHANG, "我家厨房着火了，救命")


async def test_whoever_cries_for_help_while_many_are_written_to_is_told_before_them(street: TextStreet) -> None:
    for number in MANY:
        street.street.move_in(number)
    street.street.start(CARE)
    await street.miss_call()
    await street.tick()

    async def cry() -> None:
        await street.twilio.texts.write(street.inbound, STRANGER, "我家厨房着火了，救命")

    street.twilio.texts.meanwhile.append(cry)
    await street.tick(minutes=2)
    assert [post["To"] for post in street.twilio.texts.posts][1] == STRANGER
    assert len(street.twilio.texts.sent) == len(MANY) + 1


@pytest.mark.parametrize("fault", ["unauthorised", 20429])
async def test_whoever_cries_for_help_while_texts_rest_is_told_as_soon_as_the_carrier_can(
    street: TextStreet, fault: str | int
) -> None:
    for number in MANY:
        street.street.move_in(number)
    street.street.start(CARE)
    await street.miss_call()
    await street.tick()
    street.twilio.texts.faults += [fault] * (len(MANY) + 1)
    await street.tick(minutes=2)
    assert street.twilio.texts.sent == {}
    assert await street.write(STRANGER, "我家厨房着火了，救命") == "", "it was tried, and refused like the others"
    assert len(street.twilio.texts.posts) == len(MANY) + 1
    await street.tick(seconds=11)
    assert "119" in street.twilio.texts.bodies(STRANGER)[0]


async def test_five_failures_in_a_row_hold_up_nobody_in_danger(street: TextStreet) -> None:
    for number in MANY[:6]:
        street.street.move_in(number)
    street.street.start(CARE)
    await street.miss_call()
    await street.tick()
    street.twilio.texts.faults += ["error"] * 6
    await street.tick(minutes=2)
    with street.street.database.reading() as conn:
        pace = pace_of(conn, text_pool("twilio"))
    assert pace is not None
    assert pace.rests(street.street.clock.now())
    assert "119" in await street.write(STRANGER, "我家厨房着火了，救命")


@pytest.mark.parametrize("words", ["我不行了", "中暑了", "快来救人"])
async def test_a_danger_that_the_answer_rules_hear_is_told_whom_to_call_though_the_rest_only_suspects_it(
    street: TextStreet, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsure = Emergency(("120",), "medical", "medical", suspected=True, decided_by="opinion", sureness=0.3)
    # Whatever the shipped opinion says of them today.
    monkeypatch.setattr(
        text_in_danger, "recognise_emergency", lambda text: unsure if text == words else recognise_emergency(text)
    )
    street.street.move_in(ZHANG)
    street.street.start(CARE)
    await street.miss_call()
    await street.tick()
    await street.tick(minutes=2)
    await street.write(ZHANG, "1")
    said = await street.write(ZHANG, words)
    assert "120" in said or "110" in said
    assert say("emergency", "suspected") not in said
    (case,) = street.street.cases()
    assert (case["danger"], case["priority"]) == (True, "emergency")


@pytest.fixture
def unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is dizzy with the window open is suspected to be in danger, whatever the shipped opinion says today."""

    def recognise(text: str) -> Emergency | None:
        suspected = Emergency(("120",), "medical", "medical", suspected=True)
        return suspected if "开窗" in text else recognise_emergency(text)

    monkeypatch.setattr(text_in_danger, "recognise_emergency", recognise)


@pytest.mark.usefixtures("unsure")
async def test_where_danger_is_only_suspected_it_is_asked_about_and_a_yes_raises_it(street: TextStreet) -> None:
    street.street.move_in(ZHANG)
    await missed(street)
    await street.write(ZHANG, "1")
    asked = await street.write(ZHANG, "我开窗了还是头昏")
    assert "是不是遇到危险" in asked
    assert "降温" not in asked
    # Not well is an answer that worries; danger is more.
    assert [case["priority"] for case in street.street.cases()] == ["urgent"]
    assert "120" in await street.write(ZHANG, "是")
    (case,) = [case for case in street.street.cases() if case["priority"] == "emergency"]
    assert "头昏" in case["description"]


@pytest.mark.usefixtures("unsure")
async def test_1_is_a_yes_to_whether_they_are_in_danger_and_no_answer_to_another_question(street: TextStreet) -> None:
    street.street.move_in(ZHANG)
    await missed(street)
    await street.write(ZHANG, "1")
    await street.write(ZHANG, "我开窗了还是头昏")
    assert "120" in await street.write(ZHANG, "1")
    with street.street.database.reading() as conn:
        assert "cooling" not in readings_of_target(conn, street.street.targets()[0]["id"])


@pytest.mark.usefixtures("unsure")
@pytest.mark.parametrize("no", ["没有，没事", "2"])
async def test_where_there_is_no_danger_the_questions_go_on(street: TextStreet, no: str) -> None:
    street.street.move_in(ZHANG)
    await missed(street)
    await street.write(ZHANG, "1")
    await street.write(ZHANG, "我开窗了还是头昏")
    following = await street.write(ZHANG, no)
    assert following.startswith("没事就好。\n您家用什么降温？")
    assert [case for case in street.street.cases() if case["priority"] == "emergency"] == []
    with street.street.database.reading() as conn:
        answered = readings_of_target(conn, street.street.targets()[0]["id"])
    assert list(answered) == ["fine"], "no danger is no answer to what was asked next"


@pytest.fixture
def opinionated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Swollen legs and sighs are danger to the second opinion, though less surely than it needs on a call."""

    def recognise(text: str) -> Emergency | None:
        doubtful = Emergency(("120",), "medical", "medical", decided_by="opinion", sureness=0.6)
        return doubtful if "腿肿" in text or "哎呀" in text else recognise_emergency(text)

    monkeypatch.setattr(text_in_danger, "recognise_emergency", recognise)


@pytest.mark.usefixtures("opinionated")
async def test_an_answer_that_is_understood_is_one_though_the_second_opinion_takes_it_for_danger(
    street: TextStreet,
) -> None:
    street.street.move_in(ZHANG)
    await missed(street)
    assert "都好吗" in await street.write(ZHANG, "1")
    assert "您家用什么降温？" in await street.write(ZHANG, "不太好，腿肿")
    assert "是不是遇到危险" in await street.write(ZHANG, "哎呀哎呀")
    assert "您家用什么降温？" in await street.write(ZHANG, "不是")
    assert "119" in await street.write(ZHANG, "家里着火了")
    assert [case["priority"] for case in street.street.cases()] == ["urgent", "emergency"]


@pytest.mark.usefixtures("unsure")
async def test_what_may_tell_of_danger_reaches_staff_whatever_is_said_to_it(street: TextStreet) -> None:
    street.street.move_in(ZHANG)
    assert "是不是遇到危险" in await street.write(ZHANG, "我开窗了还是头昏")
    assert "有事请打" in await street.write(ZHANG, "不是，没事")
    (case,) = street.street.cases()
    assert (case["kind"], "头昏" in case["description"]) == ("question", True)
