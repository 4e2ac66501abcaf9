"""`doctor` reads at Twilio where incoming calls and texts are brought, and says what to enter where it is not us."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import unused_port

from community.clock import MovableClock
from community.settings import load_settings
from shouwang.doctor import Check, examine
from shouwang.wiring import Office, open_office
from tests.harness.twilio_server import ACCOUNT, FROM_NUMBER, TOKEN, TwilioServer

OURS = "https://shouwang.example.cn"
SERVICE = "MG" + "0" * 32
RIGHT: dict[str, Any] = {
    "phone_number": FROM_NUMBER,
    "voice_url": f"{OURS}/voice/inbound",
    "voice_method": "POST",
    "sms_url": f"{OURS}/sms/inbound",
    "sms_method": "POST",
    "capabilities": {"voice": True, "sms": True},
}


@pytest.fixture
def office(tmp_path: Path, clock: MovableClock) -> Iterator[Office]:
    with open_office(load_settings({"SHOUWANG_DATA_DIR": str(tmp_path)}), clock=clock) as opened:
        yield opened


@pytest.fixture
async def twilio(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[TwilioServer]:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with TwilioServer() as server:
        yield server


async def said(office: Office, base_url: str, **more: str) -> Check:
    settings = {
        "SHOUWANG_DATA_DIR": str(office.settings.data_dir),
        "SHOUWANG_CARRIER": "twilio",
        "SHOUWANG_PUBLIC_URL": OURS,
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_FROM_NUMBER": FROM_NUMBER,
        "TWILIO_API_BASE_URL": base_url,
    }
    made = Office(
        settings=load_settings(settings | more), database=office.database, clock=office.clock, rules=office.rules
    )
    (check,) = [check for check in await examine(made) if check.name == "来电和短信的地址"]
    return check


async def test_the_right_addresses_are_fine(office: Office, twilio: TwilioServer) -> None:
    twilio.numbers = [RIGHT, {**RIGHT, "phone_number": "+85299999999", "voice_url": "https://somebody.else"}]
    check = await said(office, twilio.base_url)
    assert (check.ok, check.fix) == (True, "")


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ({"voice_url": "https://demo.twilio.com/welcome/voice/"}, ["来电", "A call comes in", "/voice/inbound"]),
        ({"sms_url": None}, ["短信", "A message comes in", "/sms/inbound"]),
        ({"sms_method": "GET"}, ["短信", "HTTP POST"]),
        ({"voice_application_sid": "AP" + "0" * 32}, ["来电"]),
        ({"voice_url": "", "sms_url": ""}, ["来电", "短信"]),
    ],
)
async def test_what_is_entered_wrongly_is_named_with_its_place(
    office: Office, twilio: TwilioServer, entered: dict[str, Any], words: list[str]
) -> None:
    twilio.numbers = [RIGHT | entered]
    check = await said(office, twilio.base_url)
    assert not check.ok
    assert all(word in check.fix for word in words)
    assert f"填 {OURS}/" in check.fix
    assert FROM_NUMBER not in check.fix


async def test_a_number_that_cannot_text_needs_no_address_for_texts(office: Office, twilio: TwilioServer) -> None:
    twilio.numbers = [{**RIGHT, "sms_url": "", "capabilities": {"voice": True, "sms": False}}]
    assert (await said(office, twilio.base_url)).ok


@pytest.mark.parametrize(
    ("service", "ok"),
    [
        ({"use_inbound_webhook_on_number": True, "inbound_request_url": None}, True),
        ({"use_inbound_webhook_on_number": False, "inbound_request_url": f"{OURS}/sms/inbound"}, True),
        ({"use_inbound_webhook_on_number": False, "inbound_request_url": "https://somebody.else"}, False),
    ],
)
async def test_a_messaging_service_takes_the_texts_of_its_numbers(
    office: Office, twilio: TwilioServer, *, service: dict[str, Any], ok: bool
) -> None:
    twilio.numbers = [RIGHT]
    twilio.service = {"sid": SERVICE, "inbound_method": "POST", **service}
    check = await said(office, twilio.base_url, TWILIO_MESSAGING_SERVICE_SID=SERVICE)
    assert check.ok is ok
    assert ok or "Integration" in check.fix


async def test_a_number_that_the_account_does_not_have_is_a_reminder(office: Office, twilio: TwilioServer) -> None:
    check = await said(office, twilio.base_url)
    assert (check.ok, "TWILIO_FROM_NUMBER" in check.fix) == (True, True)


async def test_a_carrier_that_cannot_be_asked_is_a_reminder_that_says_so(office: Office, twilio: TwilioServer) -> None:
    unreachable = await said(office, f"http://127.0.0.1:{unused_port()}")
    refused = await said(office, twilio.base_url, TWILIO_AUTH_TOKEN="another")
    for check in (unreachable, refused):
        assert check.ok
        assert "没有查到" in check.detail
        assert check.fix


async def test_without_an_account_nothing_is_asked(office: Office, twilio: TwilioServer) -> None:
    assert (await said(office, twilio.base_url, TWILIO_AUTH_TOKEN="")).detail == "线路还没有设好，没有查"
    assert (await said(office, twilio.base_url, SHOUWANG_CARRIER="simulated")).ok
