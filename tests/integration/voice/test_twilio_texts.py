"""Texts by Twilio's real SDK against a server that misbehaves in every documented way, and its signed webhooks."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.test_utils import unused_port

from community.errors import InvalidInput, Unavailable
from community.model.calls.text_message import TextProblem, TextStatus
from tests.harness.twilio_server import ACCOUNT, FROM_NUMBER, TOKEN, TwilioServer
from voice.carriers.base import Acceptance, CarrierRequest
from voice.carriers.simulated.characters import default_cast
from voice.carriers.simulated.texting import reply_to
from voice.carriers.texting import TextRequest, TextUrls
from voice.carriers.twilio import texts
from voice.carriers.twilio.carrier import TwilioCarrier

NUMBER = "+8613900000002"
URLS = TextUrls("http://127.0.0.1:9", "twilio", 7, "t" * 32)
REQUEST = TextRequest(to=NUMBER, from_number=FROM_NUMBER, body="您好，请回复1。", urls=URLS)


@pytest.fixture
async def twilio() -> AsyncIterator[TwilioServer]:
    async with TwilioServer() as server:
        server.texts.no_callbacks = True
        yield server


@pytest.fixture
async def carrier(twilio: TwilioServer) -> AsyncIterator[TwilioCarrier]:
    made = TwilioCarrier(ACCOUNT, TOKEN, [FROM_NUMBER], api_base_url=twilio.base_url, request_seconds=0.5)
    yield made
    await made.close()


async def test_a_text_is_sent_with_our_callback(carrier: TwilioCarrier, twilio: TwilioServer) -> None:
    result = await carrier.send_text(REQUEST)
    assert result.sending is Acceptance.ACCEPTED
    assert list(twilio.texts.sent) == [result.carrier_id]
    (post,) = twilio.texts.posts
    assert post == {"To": NUMBER, "From": FROM_NUMBER, "Body": "您好，请回复1。", "StatusCallback": URLS.status}


async def test_a_text_goes_through_the_messaging_service_from_the_number_that_residents_know(
    twilio: TwilioServer,
) -> None:
    service = "MG" + "0" * 32
    carrier = TwilioCarrier(ACCOUNT, TOKEN, [FROM_NUMBER], api_base_url=twilio.base_url, messaging_service_sid=service)
    assert (await carrier.send_text(REQUEST)).sending is Acceptance.ACCEPTED
    await carrier.close()
    (post,) = twilio.texts.posts
    assert (post["MessagingServiceSid"], post["From"], post["StatusCallback"]) == (service, FROM_NUMBER, URLS.status)


@pytest.mark.parametrize("fault", ["lost_reply", "error_after_placing", "error", "unreadable", "slow"])
async def test_what_may_have_been_sent_is_unknown_and_never_repeated(
    carrier: TwilioCarrier, twilio: TwilioServer, fault: str
) -> None:
    twilio.texts.faults.append(fault)
    assert (await carrier.send_text(REQUEST)).sending is Acceptance.UNKNOWN
    assert len(twilio.texts.posts) == 1


@pytest.mark.parametrize(
    ("code", "problem", "slow_down", "account_fault", "sentence"),
    [
        (21610, TextProblem.UNSUBSCRIBED, False, False, "退订"),
        (21614, TextProblem.LANDLINE, False, False, "收不了短信"),
        (21211, TextProblem.NO_SUCH_NUMBER, False, False, "核对名册"),
        (20429, None, True, False, "放慢"),
        (21606, None, False, True, "TWILIO_FROM_NUMBER"),
        (21408, None, False, True, "短信权限"),
        (21711, None, False, True, "TWILIO_MESSAGING_SERVICE_SID"),
        (29999, TextProblem.CARRIER_ERROR, False, False, "错误码"),
    ],
)
async def test_a_refusal_says_who_must_do_what(
    carrier: TwilioCarrier,
    twilio: TwilioServer,
    *,
    code: int,
    problem: TextProblem | None,
    slow_down: bool,
    account_fault: bool,
    sentence: str,
) -> None:
    twilio.texts.faults.append(code)
    result = await carrier.send_text(REQUEST)
    assert result.sending is Acceptance.REFUSED
    assert (result.problem, result.slow_down, result.account_fault) == (problem, slow_down, account_fault)
    assert sentence in (result.error_text or "")
    assert not twilio.texts.sent


async def test_nobody_listening_means_nothing_was_sent() -> None:
    carrier = TwilioCarrier(ACCOUNT, TOKEN, [FROM_NUMBER], api_base_url=f"http://127.0.0.1:{unused_port()}")
    result = await carrier.send_text(REQUEST)
    assert (result.sending, result.problem) == (Acceptance.REFUSED, None)
    with pytest.raises(Unavailable):
        await carrier.find_texts(to=NUMBER, since=datetime.now(UTC))
    await carrier.close()


async def test_a_text_whose_reply_was_lost_is_found_by_its_number(carrier: TwilioCarrier, twilio: TwilioServer) -> None:
    twilio.texts.faults.append("lost_reply")
    since = datetime.now(UTC)
    await carrier.send_text(REQUEST)
    await twilio.texts.quiet()
    (found,) = await carrier.find_texts(to=NUMBER, since=since)
    assert (found.body, found.status) == (REQUEST.body, TextStatus.DELIVERED)
    assert found.carrier_id in twilio.texts.sent
    assert await carrier.find_texts(to="+8613900000099", since=since) == []
    assert await carrier.find_texts(to=NUMBER, since=since + timedelta(hours=1)) == []


def _request(**form: str) -> CarrierRequest:
    return CarrierRequest(method="POST", url="https://x.cn/sms", path="inbound", headers={}, form=form, body=b"")


@pytest.mark.parametrize(
    ("status", "code", "expected", "problem", "sentence"),
    [
        ("queued", "", TextStatus.SENT, None, ""),
        ("sent", "", TextStatus.SENT, None, ""),
        ("delivered", "", TextStatus.DELIVERED, None, ""),
        ("undelivered", "30003", TextStatus.UNDELIVERED, TextProblem.UNREACHABLE, "关机"),
        ("undelivered", "30004", TextStatus.UNDELIVERED, TextProblem.BLOCKED, "拦截"),
        ("undelivered", "30005", TextStatus.UNDELIVERED, TextProblem.NO_SUCH_NUMBER, "核对名册"),
        ("undelivered", "30006", TextStatus.UNDELIVERED, TextProblem.LANDLINE, "收不了短信"),
        ("failed", "30007", TextStatus.UNDELIVERED, TextProblem.FILTERED, "垃圾短信"),
        ("undelivered", "30017", TextStatus.UNDELIVERED, TextProblem.UNREACHABLE, "太忙"),
        ("undelivered", "30023", TextStatus.UNDELIVERED, TextProblem.FILTERED, "额度"),
        ("undelivered", "30032", TextStatus.UNDELIVERED, TextProblem.CARRIER_ERROR, "登记"),
        ("undelivered", "30034", TextStatus.UNDELIVERED, TextProblem.CARRIER_ERROR, "登记"),
        ("undelivered", "30036", TextStatus.UNDELIVERED, TextProblem.UNREACHABLE, "关机"),
        ("undelivered", "21610", TextStatus.UNDELIVERED, TextProblem.UNSUBSCRIBED, "退订"),
        ("failed", "", TextStatus.UNDELIVERED, TextProblem.CARRIER_ERROR, "错误码"),
    ],
)
def test_what_became_of_a_text(
    *, status: str, code: str, expected: TextStatus, problem: TextProblem | None, sentence: str
) -> None:
    report = texts.parse_report(_request(MessageSid="SM1", MessageStatus=status, ErrorCode=code))
    assert (report.status, report.problem) == (expected, problem)
    assert sentence in (report.error_text or "")


@pytest.mark.parametrize(
    ("code", "account_fault"),
    [("30002", True), ("30023", True), ("30034", True), ("21610", False), ("30003", False), ("30007", False)],
)
async def test_what_no_text_can_pass_is_told_from_what_stops_one(
    carrier: TwilioCarrier, twilio: TwilioServer, *, code: str, account_fault: bool
) -> None:
    report = texts.parse_report(_request(MessageSid="SM1", MessageStatus="undelivered", ErrorCode=code))
    assert report.account_fault is account_fault
    twilio.texts.fates[NUMBER] = int(code)
    since = datetime.now(UTC)
    await carrier.send_text(REQUEST)
    await twilio.texts.quiet()
    (found,) = await carrier.find_texts(to=NUMBER, since=since)
    assert found.account_fault is account_fault


def test_what_is_no_webhook_about_a_text_is_refused() -> None:
    for form in ({}, {"MessageSid": "SM1"}, {"MessageSid": "SM1", "MessageStatus": "exploded"}):
        with pytest.raises(InvalidInput):
            texts.parse_report(_request(**form))
    for form in ({}, {"MessageSid": "SM1"}, {"From": NUMBER}, {"MessageSid": "<script>", "From": NUMBER}):
        with pytest.raises(InvalidInput):
            texts.parse_incoming(_request(**form))


@pytest.mark.parametrize(
    ("form", "unsubscribed"),
    [
        ({"Body": "好的"}, None),
        ({"Body": "STOP"}, True),
        ({"Body": "随便", "OptOutType": "STOP"}, True),
        ({"Body": "start"}, False),
        ({"Body": "yes"}, None),
    ],
)
def test_what_the_carrier_has_obeyed_by_itself_is_known(*, form: dict[str, str], unsubscribed: bool | None) -> None:
    incoming = texts.parse_incoming(_request(MessageSid="SM1", From=NUMBER, To=FROM_NUMBER, NumMedia="2", **form))
    assert (incoming.unsubscribed, incoming.pictures) == (unsubscribed, 2)


def test_simulated_residents_answer_in_character() -> None:
    cast = default_cast()
    question = "您都好吗？\n回1：都好；回2：不好"
    assert reply_to("请回复1，我们问您。", cast.named("willing"), "a") == "1"
    said = reply_to(question, cast.named("willing"), "a")
    assert said in {"1", "2", "都好", "不好"}
    assert said == reply_to(question, cast.named("willing"), "a")
    assert reply_to("都记下了，谢谢您！", cast.named("willing"), "a") is None
    assert reply_to(question, cast.named("declines"), "a") == "T"
    assert reply_to(question, cast.named("switched_off"), "a") is None
    assert "1" not in (reply_to(question, cast.named("voicemail"), "a") or "")
