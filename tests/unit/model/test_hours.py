"""When a phone may ring, and how working time passes."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from community.model.hours import Calendar, CallingHours, QuietHours, Span, add_working_time, parse_spans

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def hours(campaign: str = "00:00-23:59", **more: object) -> CallingHours:
    return CallingHours(zone=SHANGHAI, campaign=parse_spans(campaign), quiet=QuietHours(), **more)


@pytest.mark.parametrize(
    ("moment", "may"),
    [
        ("2026-07-15 07:59:59", False),
        ("2026-07-15 08:00:00", True),
        ("2026-07-15 11:59:59", True),
        ("2026-07-15 12:00:00", False),
        ("2026-07-15 14:00:00", True),
        ("2026-07-15 20:59:59", True),
        ("2026-07-15 21:00:00", False),
        ("2026-07-16 00:00:00", False),
    ],
)
def test_nobody_is_called_at_night_or_during_the_nap(moment: str, may: bool) -> None:
    assert hours().may_call(at(moment)) is may


def test_the_campaign_and_the_resident_both_narrow_the_hours() -> None:
    both = hours("09:00-18:00", preferred=parse_spans("15:00-19:00"))
    assert not both.may_call(at("2026-07-15 10:00"))
    assert both.may_call(at("2026-07-15 15:00"))
    assert not both.may_call(at("2026-07-15 18:00"))


def test_the_next_opening_skips_the_nap_and_the_night() -> None:
    assert hours("09:00-18:00").next_opening(at("2026-07-15 12:30")) == at("2026-07-15 14:00")
    assert hours("09:00-18:00").next_opening(at("2026-07-15 19:00")) == at("2026-07-16 09:00")


def test_hours_that_never_meet_have_no_opening() -> None:
    assert hours("12:00-14:00").next_opening(at("2026-07-15 10:00")) is None


def test_a_working_saturday_counts_and_a_holiday_does_not() -> None:
    workdays = hours("09:00-18:00", workdays_only=True)
    assert workdays.may_call(at("2026-02-14 10:00")), "调休: this Saturday is a workday"
    assert not workdays.may_call(at("2026-10-01 10:00"))


def test_a_year_without_a_notice_is_told_and_counts_monday_to_friday() -> None:
    calendar = Calendar()
    assert calendar.knows(2026)
    assert not calendar.knows(2099)
    assert calendar.is_workday(date(2099, 1, 5)) is (date(2099, 1, 5).weekday() < 5)


def test_the_communitys_own_exception_wins() -> None:
    assert not Calendar(overrides={date(2026, 7, 15): False}).is_workday(date(2026, 7, 15))


def test_working_time_stands_still_at_noon_at_night_and_over_the_weekend() -> None:
    friday = at("2026-07-17 17:00")
    assert add_working_time(friday, timedelta(hours=1), Calendar(), SHANGHAI) == at("2026-07-20 09:30")
    assert add_working_time(at("2026-07-15 11:30"), timedelta(hours=1), Calendar(), SHANGHAI) == at("2026-07-15 14:30")


def test_a_span_may_cross_midnight() -> None:
    night = Span.parse("21:00-08:00")
    assert time(23) in night
    assert time(7, 59) in night
    assert time(8) not in night


@pytest.mark.parametrize("text", ["00:00-24:00", "00:00-00:00"])
def test_a_span_may_be_the_whole_day(text: str) -> None:
    whole = Span.parse(text)
    assert all(time(hour) in whole for hour in range(24))
    assert time(23, 59, 59) in whole
