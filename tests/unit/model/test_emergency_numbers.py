"""Whoever is in danger is told the numbers of where they live: 999 in Hong Kong, 119 for an ambulance in Taiwan."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.answer_link.routes import answer_link_routes
from community.clock import MovableClock
from community.errors import SettingError
from community.files.answer_knowledge import load_answer_opinion
from community.model.hazards.distress import DISTRESS_NAMES
from community.model.hazards.emergency import SERVICES, Emergency
from community.model.hazards.emergency_numbers import REGIONS, in_region, services_in
from community.settings import load_settings
from community.store.database import Database
from community.texts.say import say
from community.usecases.raise_emergency import advise
from tests.harness.telephone import sample_rules
from voice.script import emergency
from voice.script.dialogue import Dialogue
from voice.script.inbound import DESK
from voice.script.speaking import Speaker
from voice.script.steps import Heard, Language
from voice.script.turn import Script

MAINLAND_ONLY = re.compile(r"打\s*(?:120|122|12356|96110)|打[^。！]{0,12}[、和或](?:120|122|96110)(?!\d)")
IN_HONG_KONG = re.compile(r"(?<!\d)(?:110|119|120|122|12356|96110)(?!\d)")


def _script(region: str, language: Language) -> Script:
    return Script(
        questionnaire=DESK,
        caller="居委会",
        phone="2345",
        duty_number="",
        name="陈婆婆",
        language=language,
        zone=ZoneInfo("Asia/Hong_Kong"),
        now=datetime(2026, 7, 15, 3, 0, tzinfo=UTC),
        opinion=load_answer_opinion(),
        next_call=lambda wish: wish,
        region=region,
    )


def _told_on_the_phone(words: str, region: str, language: Language) -> str:
    turn = emergency.begin(Speaker(_script(region, language), Dialogue(step=1)), Heard(speech=words))
    return "".join(prompt.text for prompt in turn.step.prompts)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("words", ["我摔倒了起不来", "家里着火了", "煤气漏了", "有人砸门", "不想活了"])
def test_on_the_phone_hong_kong_hears_999_and_the_mainland_its_own(words: str, language: Language) -> None:
    assert not IN_HONG_KONG.search(_told_on_the_phone(words, "HK", language))
    assert IN_HONG_KONG.search(_told_on_the_phone(words, "CN", language))


def test_an_ambulance_in_taiwan_is_119() -> None:
    told = _told_on_the_phone("我摔倒了起不來", "TW", Language.TAIWANESE_MANDARIN)
    assert "打119" in told
    assert "120" not in told


@pytest.mark.parametrize("kind", sorted(SERVICES))
@pytest.mark.parametrize("region", ["HK", "MO", "TW"])
def test_in_chat_every_advice_names_the_numbers_of_the_region(kind: str, region: str) -> None:
    rules = sample_rules(SHOUWANG_EMERGENCY_NUMBERS=region)
    told = advise(Emergency(SERVICES[kind], kind, kind), rules)
    assert not MAINLAND_ONLY.search(told)
    if region != "TW":
        assert not IN_HONG_KONG.search(told.replace(rules.gas_phone, ""))


@pytest.mark.parametrize("place", ["suspected", "over"])
def test_numbers_in_a_row_that_are_the_same_are_named_once(place: str) -> None:
    words = say("emergency", place, number="260715-001")
    assert "打999，" in in_region(words, "HK") or "打999。" in in_region(words, "HK")
    assert "打119或110" in in_region(words, "TW")
    assert in_region(words, "CN") == words


@pytest.mark.parametrize("text", ["每月补贴120元", "工单260715-119", "房号110", "打疫苗120元", "燃气抢修6215-0119"])
def test_what_only_looks_like_a_number_stays(text: str) -> None:
    assert all(in_region(text, region) == text for region in REGIONS)


def test_the_same_text_may_pass_twice() -> None:
    words = "马上打120和122！想找人说话可以打12356。"
    for region in REGIONS:
        once = in_region(words, region)
        assert in_region(once, region) == once


def test_every_region_has_its_buttons() -> None:
    assert services_in("HK") == (("999", "紧急求助"),)
    assert [number for number, _ in services_in("TW")] == ["119", "110"]


def test_nobody_set_anything_and_the_mainland_it_is() -> None:
    assert sample_rules().region == "CN"


def test_a_wrong_region_is_one_clear_line() -> None:
    with pytest.raises(SettingError) as refusal:
        load_settings({"SHOUWANG_EMERGENCY_NUMBERS": "Hongkong"})
    message = str(refusal.value)
    assert "SHOUWANG_EMERGENCY_NUMBERS=Hongkong" in message
    assert "HK" in message
    assert "\n" not in message


def test_every_kind_of_distress_is_told_somewhere() -> None:
    assert set(DISTRESS_NAMES) >= {"medical", "fire", "gas", "police"}


async def test_the_pages_show_the_numbers_of_the_region(sqlite: Database, clock: MovableClock) -> None:
    rules = sample_rules(SHOUWANG_EMERGENCY_NUMBERS="HK")
    app = web.Application()
    app.add_routes(answer_link_routes(database=sqlite, clock=clock, rules=rules, key=b"k" * 32))
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        page = await (await client.get("/answer/unknown")).text()
    assert 'href="tel:999"' in page
    assert 'href="tel:120"' not in page
