"""Alibaba Cloud by its real SDK against a server that checks its signature and misbehaves in every documented way."""

import json
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import unused_port

from community.clock import MovableClock
from community.errors import Unavailable
from community.model.calls.call import AttemptStatus, Outcome
from tests.harness.aliyun_server import KEY_ID, KEY_SECRET, SECRET, SHOW_NUMBER, AliyunServer, Fault
from voice.carriers.aliyun import answers, codes
from voice.carriers.aliyun.baton import Baton, Next
from voice.carriers.aliyun.carrier import AliyunCarrier
from voice.carriers.aliyun.numbers import international, national
from voice.carriers.base import Acceptance, CarrierRequest, PlaceRequest
from voice.script.steps import CallUrls, Listen, Prompt, Step

NUMBER = "+8613800000002"
URLS = CallUrls("https://shouwang.example.cn", "aliyun", "a" * 32, "b" * 32)
REQUEST = PlaceRequest(to=NUMBER, from_number=SHOW_NUMBER, urls=URLS)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def aliyun() -> AsyncIterator[AliyunServer]:
    async with AliyunServer() as server:
        server.nobody_lives = True
        yield server


def carrier_to(endpoint: str, *, key_secret: str = KEY_SECRET, seconds: float = 10) -> AliyunCarrier:
    return AliyunCarrier(
        KEY_ID, key_secret, [SHOW_NUMBER], callback_secret=SECRET, endpoint=endpoint, request_seconds=seconds
    )


async def test_a_call_is_asked_for_once_and_bears_our_ids(aliyun: AliyunServer) -> None:
    placed = await carrier_to(aliyun.endpoint).place(REQUEST)
    assert placed.placement is Acceptance.ACCEPTED
    assert placed.carrier_id in aliyun.calls
    (post,) = aliyun.posts
    assert (post["CalledNumber"], post["CalledShowNumber"]) == ("13800000002", "057112345678")
    assert (post["OutId"], post["DynamicId"]) == ("a" * 15, f"{'a' * 32}-{'b' * 32}-0")
    assert (post["RecordFlag"], post["EarlyMediaAsr"]) == ("false", "true")


async def test_the_greeting_may_be_a_recording_of_ones_own(aliyun: AliyunServer) -> None:
    carrier = AliyunCarrier(
        KEY_ID, KEY_SECRET, [SHOW_NUMBER], callback_secret=SECRET, endpoint=aliyun.endpoint, greeting_code="2d4c.wav"
    )
    await carrier.place(REQUEST)
    await carrier_to(aliyun.endpoint).place(REQUEST)
    own, spoken = aliyun.posts
    assert (own["VoiceCode"], "VoiceCodeParam" in own) == ("2d4c.wav", False)
    assert (spoken["VoiceCode"], json.loads(spoken["VoiceCodeParam"])) == ("$greeting$", {"greeting": "您好。"})


@pytest.mark.parametrize(
    "fault",
    [*(fault for fault in Fault), (200, "isp.SYSTEM_ERROR"), (503, "ServiceUnavailable")],
)
async def test_what_may_have_been_placed_is_unknown_and_never_repeated(
    aliyun: AliyunServer, fault: Fault | tuple[int, str]
) -> None:
    aliyun.faults.append(fault)
    placed = await carrier_to(aliyun.endpoint, seconds=0.5 if fault is Fault.SLOW else 10).place(REQUEST)
    assert placed.placement is Acceptance.UNKNOWN
    assert len(aliyun.posts) == 1


@pytest.mark.parametrize(
    ("answer", "outcome", "slow_down", "account_fault", "sentence"),
    [
        ((400, "Throttling.User"), None, True, False, "放慢"),
        ((404, "InvalidAccessKeyId.NotFound"), None, False, True, "ALIYUN_ACCESS_KEY_ID"),
        ((200, "isp.RAM_PERMISSION_DENY"), None, False, True, "授权"),
        ((200, "isv.AMOUNT_NOT_ENOUGH"), None, False, True, "充值"),
        ((200, "isv.OUT_OF_SERVICE"), None, False, True, "充值"),
        ((200, "isv.DISPLAY_NUMBER_ILLEGAL"), None, False, True, "ALIYUN_CALLED_SHOW_NUMBER"),
        ((200, "isv.MOBILE_NUMBER_ILLEGAL"), Outcome.NOT_IN_SERVICE, False, False, "核对名册"),
        ((200, "isv.BUSINESS_LIMIT_CONTROL"), Outcome.CARRIER_ERROR, False, False, "每小时5次"),
        ((200, "isv.COMPLAINT_REJECT"), Outcome.CARRIER_ERROR, False, False, "上门"),
        ((200, "isv.SOMETHING_NEW"), Outcome.CARRIER_ERROR, False, False, "错误码"),
        ((400, "InvalidParameter"), Outcome.CARRIER_ERROR, False, False, "错误码"),
    ],
)
async def test_a_refusal_says_who_must_do_what(
    aliyun: AliyunServer,
    *,
    answer: tuple[int, str],
    outcome: Outcome | None,
    slow_down: bool,
    account_fault: bool,
    sentence: str,
) -> None:
    aliyun.faults.append(answer)
    placed = await carrier_to(aliyun.endpoint).place(REQUEST)
    assert placed.placement is Acceptance.REFUSED
    assert (placed.outcome, placed.slow_down, placed.account_fault) == (outcome, slow_down, account_fault)
    assert sentence in (placed.error_text or "")
    assert not aliyun.calls


async def test_a_wrong_secret_is_found_out_by_the_signature(aliyun: AliyunServer) -> None:
    placed = await carrier_to(aliyun.endpoint, key_secret="another").place(REQUEST)
    assert (placed.placement, placed.error_code) == (Acceptance.REFUSED, "SignatureDoesNotMatc")
    assert "ALIYUN_ACCESS_KEY_SECRET" in (placed.error_text or "")
    with pytest.raises(Unavailable, match="ALIYUN_ACCESS_KEY_SECRET"):
        await carrier_to(aliyun.endpoint, key_secret="another").fetch("0")


async def test_nobody_listening_means_nobody_was_rung() -> None:
    carrier = carrier_to(f"http://127.0.0.1:{unused_port()}")
    placed = await carrier.place(REQUEST)
    assert (placed.placement, placed.outcome, placed.error_code) == (Acceptance.REFUSED, None, "connect")
    with pytest.raises(Unavailable):
        await carrier.fetch("0")


async def test_a_number_outside_the_mainland_is_never_asked_for(aliyun: AliyunServer) -> None:
    abroad = PlaceRequest(to="+85230000009", from_number=SHOW_NUMBER, urls=URLS)
    placed = await carrier_to(aliyun.endpoint).place(abroad)
    assert (placed.placement, placed.outcome) == (Acceptance.REFUSED, Outcome.CARRIER_ERROR)
    assert "大陆" in (placed.error_text or "")
    assert not aliyun.posts


async def test_how_a_call_ended_can_be_asked_for_once_it_is_written_down(
    aliyun: AliyunServer, clock: MovableClock
) -> None:
    carrier = carrier_to(aliyun.endpoint)
    placed = await carrier.place(REQUEST)
    assert placed.carrier_id is not None
    aliyun.details_known = False
    aliyun.calls[placed.carrier_id].over = True
    assert await carrier.fetch(placed.carrier_id) is None
    aliyun.details_known = True
    aliyun.calls[placed.carrier_id].state = "200010"
    found = await carrier.fetch(placed.carrier_id)
    assert found is not None
    assert (found.to, found.from_number) == (NUMBER, SHOW_NUMBER)
    assert (found.status, found.outcome) == (AttemptStatus.ENDED, Outcome.SWITCHED_OFF)
    assert await carrier.fetch("0") is None


async def test_what_it_cannot_do_is_said_and_never_pretended(aliyun: AliyunServer, clock: MovableClock) -> None:
    carrier = carrier_to(aliyun.endpoint)
    assert not carrier.abilities.finds_calls
    assert not carrier.abilities.records
    assert not await carrier.cancel("1^2")
    with pytest.raises(Unavailable):
        await carrier.find(to=NUMBER, since=clock.now())


def test_only_the_secret_address_is_believed() -> None:
    def to(path: str) -> CarrierRequest:
        return CarrierRequest(method="POST", url="", path=path, headers={}, form={}, body=b"[]")

    carrier = carrier_to("http://127.0.0.1:9")
    assert carrier.verify(to(f"{SECRET}/report"))
    assert not carrier.verify(to("another-secret-of-that-length/report"))
    assert not carrier.verify(to("step/0"))
    assert not carrier.verify(to(""))


@pytest.mark.parametrize("number", ["+8613800000002", "+8657188888888", "+861088888888", "+864001234567"])
def test_numbers_are_written_as_they_are_dialled_in_the_mainland(number: str) -> None:
    written = national(number)
    assert written is not None
    assert international(written) == number
    assert written.startswith("0") == (number[3] not in "14" or number == "+861088888888")


@pytest.mark.parametrize("number", ["+85230000000", "13800000002", "nonsense"])
def test_other_numbers_are_none_of_the_mainland(number: str) -> None:
    assert national(number) is None


@pytest.mark.parametrize(
    "baton",
    [
        Baton("a" * 32, "b" * 32, 0),
        Baton("a" * 32, "b" * 32, 17, Next.HANG_UP),
        Baton("a" * 32, "b" * 32, 3, Next.TRANSFER, "057112345678"),
        Baton("a" * 32, "b" * 32, 3, Next.KEEP_OUT),
        Baton("a" * 32, "b" * 32, 4, Next.KEYS, "0", "365"),
    ],
)
def test_what_is_carried_comes_back_the_same(baton: Baton) -> None:
    assert Baton.read(str(baton)) == baton


@pytest.mark.parametrize("text", ["", "x", "a-b-1", f"{'a' * 32}-{'b' * 32}-1-z", f"{'a' * 32}-{'b' * 32}-x"])
def test_what_is_not_ours_is_not_read(text: str) -> None:
    assert Baton.read(text) is None


def test_words_are_written_as_the_platform_takes_them() -> None:
    prompts = (Prompt("请打120"), Prompt("再听一遍请按*"), Prompt('"可以"=1 {x} $y^@¥5:'), Prompt("好吗？"))
    words = answers.speakable(prompts)
    assert words.startswith("请打幺二零。再听一遍请按星号。")
    assert not set('@=:"${}^*¥') & set(words)
    assert words.endswith("好吗？")


def test_a_step_waits_for_as_long_as_the_platform_can() -> None:
    def silence(**step: object) -> int:
        made = Step(number=1, prompts=(Prompt("好"),), **step)  # type: ignore[arg-type]
        return int(json.loads(answers.render(made, URLS, "1^2").body)["data"]["mute_time"])

    assert silence(listen=Listen(timeout=6)) == 6000
    assert silence(listen=Listen(timeout=6), wait=25) == 20000
    assert silence(hang_up=True) == 1000


@pytest.mark.parametrize(
    ("code", "smart", "outcome"),
    [
        ("200000", "", Outcome.ANSWERED),
        ("200002", "", Outcome.BUSY),
        ("200005", "", Outcome.NO_ANSWER),
        ("200005", "POWERED_OFF", Outcome.SWITCHED_OFF),
        ("200005", "OTHER", Outcome.NO_ANSWER),
        ("200000", "INTELLIGENT_ANSWER", Outcome.VOICEMAIL),
        ("200119", "", Outcome.CARRIER_ERROR),
        ("whatever", "", Outcome.CARRIER_ERROR),
    ],
)
def test_the_exact_reason_goes_before_the_operators_code(code: str, smart: str, outcome: Outcome) -> None:
    assert codes.outcome_of(code, smart) is outcome
