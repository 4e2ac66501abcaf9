"""Webhooks: nobody is believed without a signature; nothing is applied twice; an error never reaches the caller's ear."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from sqlalchemy import insert, select, update

from community.clock import MovableClock
from community.store.attempts import attempts
from community.store.database import Database
from tests.harness.telephone import TelephoneWorld, WrittenCall, telephone_world
from tests.harness.twilio_server import ACCOUNT, FROM_NUMBER, TOKEN
from voice.carriers.twilio.carrier import TwilioCarrier
from voice.carriers.twilio.signature import sign

ONE = """
name: 访视
purpose: 想问问您的近况。
recording: never
questions: [{id: well, kind: yes_no, say: 您身体舒服吗？, yes_means: 舒服}]
"""
NUMBER, SID = "+8613800000001", "CA" + "a" * 32


class Caller:
    """Sends webhooks as Twilio would, or as a forger would."""

    def __init__(self, world: TelephoneWorld, session: aiohttp.ClientSession) -> None:
        self.world = world
        self.session = session

    async def post(
        self, call: WrittenCall, tail: str, *, token: str | None = TOKEN, url: str = "", **form: str
    ) -> tuple[int, str]:
        url = url or f"{self.world.public_url}/voice/twilio/{call.attempt_id}/{call.token}/{tail}"
        fields = {"CallSid": SID, "CallStatus": "in-progress", **form}
        headers = sign(token, url, fields) if token else {}
        async with self.session.post(url, data=fields, headers=headers) as response:
            return response.status, await response.text()


@pytest.fixture
async def caller(database: Database, clock: MovableClock) -> AsyncIterator[Caller]:
    carrier = TwilioCarrier(ACCOUNT, TOKEN, [FROM_NUMBER], old_auth_token="the-token-before")
    async with telephone_world(database, clock, {"twilio": carrier}) as world, aiohttp.ClientSession() as session:
        yield Caller(world, session)
    await carrier.close()


@pytest.mark.parametrize("token", [None, "", "forged"])
async def test_a_forged_or_missing_signature_is_refused_and_changes_nothing(caller: Caller, token: str | None) -> None:
    call = caller.world.write_call(NUMBER)
    status, _ = await caller.post(call, "step/0", token=token)
    assert status == 403
    assert caller.world.attempt(call).dialogue == {}
    assert caller.world.transcript(call) == []


async def test_the_token_before_the_last_rotation_is_still_believed(caller: Caller) -> None:
    call = caller.world.write_call(NUMBER)
    assert (await caller.post(call, "step/0", token="the-token-before"))[0] == 200


async def test_a_call_that_does_not_exist_and_a_wrong_token_are_not_found(caller: Caller) -> None:
    call = caller.world.write_call(NUMBER)
    base = f"{caller.world.public_url}/voice/twilio"
    assert (await caller.post(call, "", url=f"{base}/{'0' * 32}/{call.token}/step/0"))[0] == 404
    assert (await caller.post(call, "", url=f"{base}/{call.attempt_id}/wrong/status"))[0] == 404
    assert (await caller.post(call, "", url=f"{caller.world.public_url}/voice/nobody/1/2/status"))[0] == 404


async def test_another_calls_words_are_not_taken_for_this_ones(caller: Caller) -> None:
    call = caller.world.write_call(NUMBER)
    await caller.post(call, "step/0")
    stranger = await caller.post(call, "step/1", CallSid="CA" + "b" * 32, SpeechResult="救命", Confidence="0.9")
    assert stranger[0] == 404
    assert (await caller.post(call, "step/1", SpeechResult="舒服", Confidence="0.9"))[0] == 200
    assert caller.world.labels(call) == {"well": "yes"}
    assert caller.world.cases() == []


async def test_a_call_that_belongs_to_another_attempt_is_not_bound_to_a_second(caller: Caller) -> None:
    first, second = caller.world.write_call(NUMBER), caller.world.write_call("+8613800000002")
    assert (await caller.post(first, "step/0"))[0] == 200
    assert (await caller.post(second, "step/0"))[0] == 404
    attempt = caller.world.attempt(second)
    assert (attempt.carrier_id, attempt.status, attempt.dialogue) == (None, "placing", {})


async def test_what_is_no_webhook_of_ours_is_refused(caller: Caller) -> None:
    call = caller.world.write_call(NUMBER)
    assert (await caller.post(call, "step/first"))[0] == 400
    assert (await caller.post(call, "status", CallStatus="exploded"))[0] == 400
    assert (await caller.post(call, "amd"))[0] == 400


@pytest.mark.parametrize("characters", [3_500, 35_000])
async def test_who_talks_and_talks_is_heard_as_far_as_we_read(caller: Caller, characters: int) -> None:
    call = caller.world.write_call(NUMBER)
    await caller.post(call, "step/0")
    words = "舒服," + "今" * characters
    status, twiml = await caller.post(call, "step/1", SpeechResult=words, Confidence="0.9")
    assert status == 200
    assert "Gather" in twiml
    (heard,) = [u.text for u in caller.world.transcript(call) if u.speaker == "resident"]
    assert heard == words[:2000]


async def test_a_huge_body_and_a_hundred_thousand_fields_are_refused(caller: Caller) -> None:
    call = caller.world.write_call(NUMBER)
    assert (await caller.post(call, "step/0", SpeechResult="好" * 60_000))[0] == 413
    assert (await caller.post(call, "status", CallStatus="好" * 10_000))[0] == 413
    url = f"{caller.world.public_url}/voice/twilio/{call.attempt_id}/{call.token}/step/0"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with caller.session.post(url, data="&".join(f"a{i}=1" for i in range(5000)), headers=headers) as response:
        assert response.status == 400


async def test_a_repeated_webhook_says_the_same_again_and_applies_nothing_twice(caller: Caller) -> None:
    call = caller.world.write_call(NUMBER)
    await caller.post(call, "step/0")
    first = await caller.post(call, "step/1", SpeechResult="舒服", Confidence="0.9")
    again = await caller.post(call, "step/1", SpeechResult="舒服", Confidence="0.9")
    assert first == again
    assert caller.world.labels(call) == {"well": "yes"}
    assert sum(u.text == "舒服" for u in caller.world.transcript(call)) == 1


async def test_two_webhooks_for_one_step_at_the_same_moment_take_one_turn(caller: Caller) -> None:
    call = caller.world.write_call(NUMBER)
    await caller.post(call, "step/0")
    answers = await asyncio.gather(
        *(caller.post(call, "step/1", SpeechResult="不舒服", Confidence="0.9") for _ in range(6))
    )
    assert {status for status, _ in answers} == {200}
    assert len({body for _, body in answers}) == 1
    assert caller.world.attempt(call).dialogue_step == 2
    assert len(caller.world.cases()) == 1


async def test_asking_what_to_say_binds_the_carriers_id_and_proves_the_pickup(caller: Caller) -> None:
    call = caller.world.write_call(NUMBER)
    await caller.post(call, "step/0")
    attempt = caller.world.attempt(call)
    assert (attempt.carrier_id, attempt.status) == (SID, "in_progress")


async def test_strange_input_never_ends_a_call_rudely(caller: Caller) -> None:
    call = caller.world.write_call(NUMBER)
    await caller.post(call, "step/0")
    strange: list[dict[str, str]] = [
        {"SpeechResult": "啊" * 3000, "Confidence": "0.9"},
        {"SpeechResult": "\x00\ufffe<Say>&", "Confidence": "NaN"},
        {"Digits": "9#*9"},
        {"SpeechResult": "舒服", "Confidence": "0.0"},
    ]
    for step, form in enumerate(strange, start=1):
        status, body = await caller.post(call, f"step/{step}", **form)
        assert status == 200
        assert "<Response>" in body


async def test_an_internal_error_is_an_apology_in_the_ear_and_no_500(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = caller.world.write_call(NUMBER)

    async def broken(_: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(caller.world.database, "write", broken)
    status, body = await caller.post(call, "step/0")
    assert status == 200
    assert "对不起，线路出了问题" in body
    assert "<Hangup" in body


async def test_questions_already_answered_are_not_asked_again(caller: Caller) -> None:
    call = caller.world.write_call(NUMBER)
    await caller.post(call, "step/0")
    await caller.post(call, "step/1", SpeechResult="舒服", Confidence="0.9")
    with caller.world.database.begin() as conn:
        conn.exec_driver_sql("update attempt set dialogue = '{}', dialogue_step = 0, n = 2")
    _, body = await caller.post(call, "step/0")
    assert "体温" in body
    assert "身体舒服吗" not in body


async def test_a_given_up_call_that_rings_after_all_is_talked_to_by_the_attempt_that_took_it_over(
    caller: Caller,
) -> None:
    first = caller.world.write_call(NUMBER)
    heir = _adopt(caller.world, first)
    status, body = await caller.post(first, "step/0")
    assert (status, "身体舒服吗" in body) == (200, True)
    assert (await caller.post(first, "step/1", SpeechResult="舒服", Confidence="0.9"))[0] == 200
    assert (await caller.post(first, "status", CallStatus="completed", SequenceNumber="3"))[0] == 204
    assert caller.world.attempt(first).dialogue == {}
    after = caller.world.attempt(heir)
    assert (after.status, after.outcome, after.dialogue_step) == ("ended", "answered", 2)
    assert caller.world.labels(first) == {"well": "yes"}
    assert caller.world.target(first).status == "waiting"


def _adopt(world: TelephoneWorld, first: WrittenCall) -> WrittenCall:
    """The call of the first attempt was given up, turned up again, and belongs to the second attempt now."""
    second = replace(first, attempt_id="b" * 32, token="t" * 32)
    with world.database.begin() as conn:
        given_up = {"status": "ended", "outcome": "unknown", "carrier_id": None}
        conn.execute(update(attempts).where(attempts.c.id == first.attempt_id).values(**given_up))
        row = conn.execute(select(attempts).where(attempts.c.id == first.attempt_id)).one()._asdict()
        taken_over = {"id": second.attempt_id, "token": second.token, "n": 2, "status": "placed", "carrier_id": SID}
        conn.execute(insert(attempts).values(**{**row, "outcome": None, **taken_over}))
    return second


async def test_the_machine_detector_may_speak_after_the_call_is_over(caller: Caller) -> None:
    call = caller.world.write_call(NUMBER)
    await caller.post(call, "step/0")
    await caller.post(call, "status", CallStatus="completed", SequenceNumber="3")
    assert caller.world.attempt(call).outcome == "answered"
    assert (await caller.post(call, "amd", AnsweredBy="machine_start"))[0] == 204
    attempt, target = caller.world.attempt(call), caller.world.target(call)
    assert (attempt.status, attempt.outcome) == ("ended", "voicemail")
    assert (target.status, target.outcome_counts) == ("waiting", {"answered": 0, "voicemail": 1})


async def test_the_machine_detector_is_not_believed_against_a_person_who_answered_everything(caller: Caller) -> None:
    call = caller.world.write_call(NUMBER, questionnaire=ONE)
    await caller.post(call, "step/0")
    await caller.post(call, "step/1", SpeechResult="舒服", Confidence="0.9")
    await caller.post(call, "status", CallStatus="completed", SequenceNumber="3")
    await caller.post(call, "amd", AnsweredBy="machine_start")
    assert (caller.world.attempt(call).outcome, caller.world.target(call).status) == ("answered", "completed")


@pytest.mark.parametrize("first", ["amd", "status"], ids=["during the call", "after the call"])
async def test_the_machine_detector_is_not_believed_against_one_answer_either(caller: Caller, first: str) -> None:
    call = caller.world.write_call(NUMBER)
    told = {"amd": {"AnsweredBy": "machine_start"}, "status": {"CallStatus": "completed", "SequenceNumber": "3"}}
    await caller.post(call, "step/0")
    await caller.post(call, "step/1", SpeechResult="舒服", Confidence="0.9")
    for tail in (first, *(told.keys() - {first})):
        await caller.post(call, tail, **told[tail])
    assert (caller.world.attempt(call).outcome, caller.world.labels(call)) == ("answered", {"well": "yes"})


@pytest.mark.parametrize(
    "heard",
    [
        {"SpeechResult": "", "Confidence": "0.0"},
        {"SpeechResult": "   "},
        {"Digits": ""},
        {"SpeechResult": "身上嘛倒是还算舒服的", "Confidence": "0.2"},
        {"SpeechResult": "今天的菜真贵" * 570, "Confidence": "0.9"},
    ],
    ids=["empty", "blank", "no key", "not sure", "ten kilobytes"],
)
async def test_what_cannot_be_understood_is_asked_again_and_ends_politely(
    caller: Caller, heard: dict[str, str]
) -> None:
    call = caller.world.write_call(NUMBER, questionnaire=ONE)
    await caller.post(call, "step/0")
    bodies = [(await caller.post(call, f"step/{step}", **heard))[1] for step in (1, 2, 3)]
    assert "身体舒服吗" in bodies[0]
    assert "身体舒服吗" in bodies[1]
    assert "<Hangup" in bodies[2]
    assert "再见" in bodies[2]
    assert caller.world.labels(call).get("well", "unclear") == "unclear"
    await caller.post(call, "status", CallStatus="completed", SequenceNumber="3")
    assert caller.world.target(call).status == "case"


async def test_a_carrier_that_goes_round_in_circles_is_let_go_politely(caller: Caller) -> None:
    call = caller.world.write_call(NUMBER)
    await caller.post(call, "step/0")
    await caller.post(call, "step/1", SpeechResult="舒服", Confidence="0.9")
    bodies = [(await caller.post(call, "step/1", SpeechResult="舒服", Confidence="0.9"))[1] for _ in range(31)]
    assert len(set(bodies[:30])) == 1
    assert "体温" in bodies[0]
    assert "对不起，线路出了问题" in bodies[30]
    assert "<Hangup" in bodies[30]
    assert caller.world.attempt(call).dialogue_step == 2
    _, body = await caller.post(call, "step/2", SpeechResult="三十六度五", Confidence="0.9")
    assert "36.5度" in body


async def test_two_different_answers_to_one_step_at_the_same_moment_are_one_answer(caller: Caller) -> None:
    call = caller.world.write_call(NUMBER, questionnaire=ONE)
    await caller.post(call, "step/0")
    said = ["舒服", "不舒服"] * 3
    await asyncio.gather(*(caller.post(call, "step/1", SpeechResult=words, Confidence="0.9") for words in said))
    answer = caller.world.answers(call)["well"]
    assert (answer.heard, answer.label) in {("舒服", "yes"), ("不舒服", "no")}
    assert sum(u.speaker == "resident" for u in caller.world.transcript(call)) == 1
