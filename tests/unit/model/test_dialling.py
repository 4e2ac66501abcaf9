"""Whom a line may ring, on which number, and how often."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from community.model.calls.dialling import GUARDIAN_POSITION, Callee, capped_until, free_from, next_callee, next_promise
from community.model.calls.line import SIMULATED, Line
from community.model.hours import CallingHours, QuietHours, parse_spans
from community.model.phone import parse_phones
from community.model.rulebook import CallCaps

TEN = datetime(2026, 7, 15, 2, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
ABROAD = Line(name="twilio", rehearsal=False, from_numbers=("+85230000000", "+85230000001"))
ALLOWED = Line(name="twilio", rehearsal=False, from_numbers=("+85230000000",), mainland_allowed_because="本地中继")


@pytest.mark.parametrize(
    ("line", "number", "refused"),
    [
        (ABROAD, "+8613912340001", "大陆号码"),
        (ALLOWED, "+8613912340001", None),
        (ALLOWED, "+8613800000500", "示例居民"),
        (ALLOWED, "+18762345678", "境外"),
        (ALLOWED, "+8616812345", "收费"),
        (ALLOWED, "+8613491234567", "卫星"),
        (ABROAD, "+85291234567", None),
        (SIMULATED, "+8613912340001", None),
    ],
)
def test_whom_a_line_may_ring(line: Line, number: str, refused: str | None) -> None:
    refusal = line.refusal(number, sample=False)
    assert refusal is None if refused is None else refused in (refusal or "")


def test_a_sample_resident_is_never_dialled_by_a_real_carrier_whatever_the_number() -> None:
    assert ALLOWED.refusal("+8613912340001", sample=True) is not None


def test_a_line_abroad_may_call_its_own_country() -> None:
    line = Line(name="twilio", rehearsal=False, from_numbers=("+442071838750",))
    assert line.refusal("+442079460958", sample=False) is None


def test_a_line_calls_the_regions_of_the_settings_and_no_others() -> None:
    line = Line(name="twilio", rehearsal=False, from_numbers=("+85230000000",), regions=("FR",))
    assert line.refusal("+33612345678", sample=False) is None
    assert "境外" in (line.refusal("+6591234567", sample=False) or "")


def test_a_resident_is_always_called_from_the_same_number() -> None:
    assert {ABROAD.from_number(7) for _ in range(5)} == {"+85230000001"}


def test_the_guardian_comes_after_all_phones_of_the_resident() -> None:
    phones = [Callee("+8613912340001", 0), Callee("+8613912340002", 1)]
    assert next_callee(phones, "+8613912349999", 0) == phones[0]
    assert next_callee(phones, "+8613912349999", 1) == phones[1]
    guardian = next_callee(phones, "+8613912349999", 2)
    assert guardian is not None
    assert guardian.is_guardian
    assert next_callee(phones, "+8613912349999", GUARDIAN_POSITION + 1) is None
    assert next_callee([], "", 0) is None


@pytest.mark.parametrize(
    ("hours_ago", "free_in"),
    [((), None), ((0.5,), 0.5), ((1.0,), None), ((1.2, 1.1), None), ((1.9, 1.5, 1.2), 14.0), ((5, 11, 12), None)],
)
def test_one_call_an_hour_and_three_a_day(hours_ago: tuple[float, ...], free_in: float | None) -> None:
    calls = [TEN - timedelta(hours=hours) for hours in hours_ago]
    expected = None if free_in is None else TEN + timedelta(hours=free_in)
    assert capped_until(calls, TEN, CallCaps(), SHANGHAI) == expected


HOURS = CallingHours(zone=SHANGHAI, campaign=parse_spans("09:00-11:30,14:30-20:00"), quiet=QuietHours())


def test_a_person_and_their_telephone_each_wait_out_their_own_calls() -> None:
    half_an_hour_ago, ten_minutes_ago = (TEN - timedelta(minutes=minutes) for minutes in (30, 10))
    rung = ([half_an_hour_ago], [half_an_hour_ago, ten_minutes_ago])
    assert free_from(rung, TEN, caps=CallCaps(), zone=SHANGHAI, hours=HOURS) == ten_minutes_ago + timedelta(hours=1)
    assert free_from(rung, TEN, caps=CallCaps(), zone=SHANGHAI, hours=None) == TEN, "a rehearsal has no caps"


@pytest.mark.parametrize(
    ("wish", "minutes_ago", "promised"),
    [
        (timedelta(minutes=30), (1,), timedelta(hours=1)),
        (timedelta(minutes=72), (1,), timedelta(minutes=75)),
        (timedelta(minutes=88), (1,), timedelta(minutes=270)),
        (timedelta(minutes=30), (1, 65, 125), timedelta(hours=23)),
        (timedelta(hours=24, minutes=1), (1, 65, 125), timedelta(hours=24, minutes=5)),
        (timedelta(hours=48), (), None),
    ],
)
def test_what_is_promised_is_a_full_five_minutes_within_hours_caps_and_the_campaign(
    wish: timedelta, minutes_ago: tuple[int, ...], promised: timedelta | None
) -> None:
    calls = [TEN - timedelta(minutes=minutes) for minutes in minutes_ago]
    moment = next_promise(
        TEN + wish, ((), calls), caps=CallCaps(), zone=SHANGHAI, hours=HOURS, deadline=TEN + timedelta(hours=30)
    )
    assert moment == (None if promised is None else TEN + promised)


@pytest.mark.parametrize(
    ("minutes_ago", "promised_in", "free_in"),
    [
        ((), (), 0),
        ((), (66,), 0),
        ((), (64,), 270),
        ((), (20,), 80),
        ((), (0,), 60),
        ((), (-30,), 30),
        ((40,), (70,), 270),
        ((70, 130), (85,), 0),
        ((70, 130, 190), (85,), 1380),
    ],
)
def test_no_call_takes_the_place_of_a_promised_one(
    minutes_ago: tuple[int, ...], promised_in: tuple[int, ...], free_in: int
) -> None:
    calls = [TEN - timedelta(minutes=minutes) for minutes in minutes_ago]
    kept = [TEN + timedelta(minutes=minutes) for minutes in promised_in]
    caps, moment = CallCaps(per_hour=1, per_day=4), TEN
    for _ in range(5):
        free = free_from(((), calls), moment, caps=caps, zone=SHANGHAI, hours=HOURS, promised=((), kept))
        assert free is not None
        moment = free
    assert (moment - TEN) / timedelta(minutes=1) == free_in


def test_by_default_a_child_abroad_stays_on_the_roster_and_is_not_rung() -> None:
    line = Line(name="twilio", rehearsal=False, from_numbers=("+85230000000",))
    assert "SHOUWANG_CALL_COUNTRIES" in (line.refusal("+6591234567", sample=False) or "")
    assert line.refusal("+85362123456", sample=False) is None
    assert parse_phones("+6591234567") == ["+6591234567"]
