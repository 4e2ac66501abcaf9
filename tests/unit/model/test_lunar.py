"""Lunar days: checked against the holidays that the State Council announced, and against dates anybody can look up."""

from datetime import date

import chinese_calendar
import pytest

from community.model.meaning.times.day import read
from community.model.meaning.times.lunar import lunar_day
from community.model.questionnaires.questionnaire import Question, QuestionKind

ARRIVES = Question(id="arrives", kind=QuestionKind.DATE, say="他们哪一天到家？")
NOVEMBER = date(2026, 11, 23)


@pytest.mark.parametrize("year", range(2020, 2027))
def test_festivals_fall_on_the_announced_holidays(year: int) -> None:
    for month, day, name in ((1, 1, "Spring Festival"), (5, 5, "Dragon Boat Festival"), (8, 15, "Mid-autumn Festival")):
        found = lunar_day(year, month, day)
        assert found is not None
        _, holiday = chinese_calendar.get_holiday_detail(found)
        # In 2020 the fifteenth of the eighth month was the National Day as well.
        assert holiday in {name, "National Day"}, (found, holiday)


@pytest.mark.parametrize(
    ("lunar", "day"),
    [
        ((2027, 1, 1), date(2027, 2, 6)),
        ((2028, 1, 1), date(2028, 1, 26)),
        ((2030, 1, 1), date(2030, 2, 3)),
        ((2033, 8, 15), date(2033, 9, 8)),
        ((2049, 1, 1), date(2049, 2, 2)),
        ((2050, 1, 1), None),
    ],
)
def test_later_years_and_leap_months(lunar: tuple[int, int, int], day: date | None) -> None:
    assert lunar_day(*lunar) == day


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("腊月二十八到家吧", "2027-02-04"),
        ("腊月廿八", "2027-02-04"),
        ("他们正月初六走，机票都买好了", "2027-02-11"),
        ("大年三十", "2027-02-05"),
        ("除夕回来", "2027-02-05"),
        ("大年初一", "2027-02-06"),
        ("正月十五", "2027-02-20"),
        ("农历十一月初八", "2026-12-16"),
        ("二十八号", "2026-11-28"),
    ],
)
def test_the_days_people_come_home_for_the_new_year(said: str, day: str) -> None:
    assert read(ARRIVES, said, NOVEMBER).value == day


@pytest.mark.parametrize("said", ["过完年就走", "中秋以后", "初六", "过年那几天", "我刚才不是说了吗"])
def test_what_names_no_day_is_asked_again(said: str) -> None:
    assert not read(ARRIVES, said, NOVEMBER).is_answer


def test_who_plans_plans_for_days_to_come() -> None:
    leaves = Question(id="leaves", kind=QuestionKind.DATE, say="他们打算哪一天走？")
    assert read(leaves, "国庆节走", NOVEMBER).value == "2027-10-01"
