"""Twilio by its real SDK against a server that misbehaves in every documented way."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.test_utils import unused_port

from community.errors import Unavailable
from community.model.calls.call import AttemptStatus, Outcome
from tests.harness.twilio_server import ACCOUNT, FROM_NUMBER, TOKEN, Fault, Person, TwilioServer
from voice.carriers.base import Acceptance, CarrierRequest, PlaceRequest
from voice.carriers.twilio import events
from voice.carriers.twilio.carrier import TwilioCarrier
from voice.carriers.twilio.signature import SignatureCheck, sign
from voice.script.steps import CallUrls

NUMBER = "+8613800000002"
URLS = CallUrls("http://127.0.0.1:9", "twilio", "a" * 32, "t" * 16)
REQUEST = PlaceRequest(to=NUMBER, from_number=FROM_NUMBER, urls=URLS)


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioServer]:
    async with TwilioServer() as server:
        server.no_callbacks = True
        server.people[NUMBER] = Person(pickup="no_answer")
        yield server


@pytest.fixture
async def carrier(twilio: TwilioServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TwilioCarrier]:
    monkeypatch.setenv("TWILIO_EDGE", "sydney")
    monkeypatch.setenv("TWILIO_REGION", "au1")
    made = TwilioCarrier(ACCOUNT, TOKEN, [FROM_NUMBER], api_base_url=twilio.base_url, request_seconds=0.5)
    yield made
    await made.close()


async def test_a_call_is_placed_with_our_urls_and_every_status_is_asked_for(
    carrier: TwilioCarrier, twilio: TwilioServer
) -> None:
    placed = await carrier.place(REQUEST)
    assert placed.placement is Acceptance.ACCEPTED
    assert placed.carrier_id in twilio.calls
    (post,) = twilio.posts
    assert post["StatusCallbackEvent"] == ["initiated", "ringing", "answered", "completed"]
    assert post["Url"] == [URLS.step(0)]
    assert post["StatusCallback"] == [URLS.status]
    assert post["AsyncAmdStatusCallback"] == [URLS.amd]


@pytest.mark.parametrize(
    "fault", [Fault.LOST_REPLY, Fault.ERROR_AFTER_PLACING, Fault.ERROR, Fault.UNREADABLE, Fault.SLOW]
)
async def test_what_may_have_been_placed_is_unknown_and_never_repeated(
    carrier: TwilioCarrier, twilio: TwilioServer, fault: Fault
) -> None:
    twilio.faults.append(fault)
    placed = await carrier.place(REQUEST)
    assert placed.placement is Acceptance.UNKNOWN
    assert len(twilio.posts) == 1


@pytest.mark.parametrize(
    ("fault", "outcome", "slow_down", "account_fault", "sentence"),
    [
        (Fault.TOO_MANY, None, True, False, "放慢"),
        (Fault.UNAUTHORISED, None, False, True, "TWILIO_AUTH_TOKEN"),
        (Fault.BAD_NUMBER, Outcome.NOT_IN_SERVICE, False, False, "核对名册"),
    ],
)
async def test_a_refusal_says_who_must_do_what(
    carrier: TwilioCarrier,
    twilio: TwilioServer,
    *,
    fault: Fault,
    outcome: Outcome | None,
    slow_down: bool,
    account_fault: bool,
    sentence: str,
) -> None:
    twilio.faults.append(fault)
    placed = await carrier.place(REQUEST)
    assert placed.placement is Acceptance.REFUSED
    assert (placed.outcome, placed.slow_down, placed.account_fault) == (outcome, slow_down, account_fault)
    assert sentence in (placed.error_text or "")
    assert not twilio.calls


async def test_nobody_listening_means_nobody_was_rung() -> None:
    carrier = TwilioCarrier(ACCOUNT, TOKEN, [FROM_NUMBER], api_base_url=f"http://127.0.0.1:{unused_port()}")
    placed = await carrier.place(REQUEST)
    await carrier.close()
    assert placed.placement is Acceptance.REFUSED
    assert placed.outcome is None
    assert "TWILIO_API_BASE_URL" in (placed.error_text or "")


async def test_a_call_whose_reply_was_lost_is_found_by_its_number(carrier: TwilioCarrier, twilio: TwilioServer) -> None:
    twilio.faults.append(Fault.LOST_REPLY)
    since = datetime.now(UTC)
    await carrier.place(REQUEST)
    (found,) = await carrier.find(to=NUMBER, since=since)
    assert found.carrier_id in twilio.calls
    assert await carrier.find(to="+8613800000099", since=since) == []
    assert await carrier.find(to=NUMBER, since=since + timedelta(hours=1)) == []


async def test_a_call_is_fetched_and_an_unknown_one_is_none(carrier: TwilioCarrier, twilio: TwilioServer) -> None:
    placed = await carrier.place(REQUEST)
    await twilio.quiet()
    found = await carrier.fetch(placed.carrier_id or "")
    assert found is not None
    assert (found.status, found.outcome) == (AttemptStatus.ENDED, Outcome.NO_ANSWER)
    assert await carrier.fetch("CA" + "f" * 32) is None


async def test_a_carrier_that_cannot_be_asked_says_so() -> None:
    carrier = TwilioCarrier(ACCOUNT, "wrong", [FROM_NUMBER], api_base_url=f"http://127.0.0.1:{unused_port()}")
    with pytest.raises(Unavailable):
        await carrier.find(to=NUMBER, since=datetime.now(UTC))
    with pytest.raises(Unavailable):
        await carrier.fetch("CA1234")
    assert await carrier.cancel("CA1234") is False
    await carrier.close()


def _request(path: str, form: dict[str, str], headers: dict[str, str] | None = None) -> CarrierRequest:
    return CarrierRequest(
        method="POST", url=f"https://x.cn/{path}", path=path, headers=headers or {}, form=form, body=b""
    )


@pytest.mark.parametrize(
    ("status", "extra", "outcome"),
    [
        ("completed", {}, Outcome.ANSWERED),
        ("completed", {"AnsweredBy": "machine_start"}, Outcome.VOICEMAIL),
        ("busy", {}, Outcome.BUSY),
        ("busy", {"SipResponseCode": "603"}, Outcome.REJECTED),
        ("no-answer", {}, Outcome.NO_ANSWER),
        ("failed", {"SipResponseCode": "480"}, Outcome.NO_ANSWER),
        ("failed", {"SipResponseCode": "404"}, Outcome.NOT_IN_SERVICE),
        ("failed", {"SipResponseCode": "503"}, Outcome.CARRIER_ERROR),
        ("failed", {"Reason": "您拨打的电话已关机"}, Outcome.SWITCHED_OFF),
        ("failed", {"Reason": "空号"}, Outcome.NOT_IN_SERVICE),
        ("failed", {"ErrorCode": "13224"}, Outcome.NOT_IN_SERVICE),
        ("ringing", {}, None),
    ],
)
def test_how_a_call_ended(status: str, extra: dict[str, str], outcome: Outcome | None) -> None:
    event = events.parse(_request("status", {"CallSid": "CA1", "CallStatus": status, "SequenceNumber": "3", **extra}))
    assert event.outcome is outcome
    assert event.sequence == 3


def test_the_signature_covers_url_query_and_form() -> None:
    check, form = SignatureCheck((TOKEN,)), {"CallSid": "CA1", "SpeechResult": "好的"}
    signed = sign(TOKEN, "https://x.cn/status", form)
    assert check(_request("status", form, signed))
    assert check(_request("status", form, {"x-twilio-signature": signed["X-Twilio-Signature"]}))
    assert not check(_request("status?a=1", form, signed))
    assert not check(_request("status", {**form, "Digits": "1"}, signed))
    assert not check(_request("status", form, {"X-Twilio-Signature": "short"}))
