"""Figures and evidence: the order of places, numbers in a histogram, the passage of a call that an answer stands in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from community.model.calls.campaign import TargetStatus
from community.model.calls.evidence import Passage, passage_of
from community.model.calls.result_sheets import Share, plain, wait_text, why_unreached
from community.model.calls.results import Bin, place_order, quantile, summarise_numbers

BEGAN = datetime(2026, 7, 15, 1, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Said:
    speaker: str
    text: str
    question_id: str | None
    at: datetime


def said(seconds: float, speaker: str, text: str = "", question: str | None = None) -> Said:
    return Said(speaker, text, question, BEGAN + timedelta(seconds=seconds))


def test_places_stand_in_the_order_in_which_people_read_them() -> None:
    wanted = ["第一网格", "第二网格", "第十网格", "第十一网格", "第二十三网格", "锦绣苑3栋", "锦绣苑12栋", "未分网格"]
    by_code = sorted(wanted)
    assert by_code != wanted
    assert sorted(by_code, key=place_order) == wanted


def test_few_numbers_are_shown_one_by_one_and_many_in_bins_of_a_round_width() -> None:
    few = summarise_numbers({36.5: 3, 37: 1, 38: 2}, worrying=2)
    assert few is not None
    assert (few.count, few.minimum, few.median, few.maximum, few.worrying) == (6, 36.5, 36.75, 38, 2)
    assert few.bins == [Bin(36.5, 36.5, 3), Bin(37, 37, 1), Bin(38, 38, 2)]
    many = summarise_numbers({value / 10: 1 for value in range(360, 400)})
    assert many is not None
    assert [(one.low, one.high) for one in many.bins[:2]] == [(36.0, 36.5), (36.5, 37.0)]
    assert sum(one.count for one in many.bins) == 40
    assert summarise_numbers({}) is None


@pytest.mark.parametrize(("share", "wanted"), [(0.5, 5), (0.9, 9), (1.0, 10), (0.01, 1)])
def test_a_quantile_is_a_value_that_was_there(share: float, wanted: int) -> None:
    assert quantile(list(range(1, 11)), share) == wanted
    assert quantile([], share) is None


def test_a_share_of_nothing_is_no_number() -> None:
    assert (str(Share(1, 3)), str(Share(0, 0)), Share(0, 0).value) == ("33%", "—", 0.0)
    assert [wait_text(seconds) for seconds in (None, 45, 720, 12_000, 190_000)] == [
        "—",
        "45秒",
        "12分钟",
        "3小时20分",
        "2天4小时",
    ]
    assert (plain(36.5), plain(40.0)) == ("36.5", "40")


def test_why_somebody_was_not_reached() -> None:
    assert why_unreached(TargetStatus.WAITING, 0, None) == "还没有轮到"
    assert why_unreached(TargetStatus.WAITING, 2, None) == "等下一次拨打"
    assert why_unreached(TargetStatus.CASE, 3, "打了3次，最后一次占线，请人工联系").startswith("打了3次")


def test_of_several_tries_the_one_with_the_words_of_the_answer_counts() -> None:
    call = [
        said(10, "service", "身体还好吗？"),
        said(14, "resident", "啊？", "well"),
        said(15, "service", "我再问一遍，身体还好吗？"),
        said(20, "resident", "还行", "well"),
        said(21, "service", "要帮忙吗？"),
    ]
    # The recording ends with the call and is 30 seconds long: it began 5 seconds after the call.
    ended = BEGAN + timedelta(seconds=35)
    assert passage_of(call, "well", "还行", ended_at=ended, seconds=30) == Passage(2, 3, 9.0, 16.5)
    assert passage_of(call, "well", "啊？", ended_at=ended, seconds=30) == Passage(0, 1, 4.0, 10.5)
    assert passage_of(call, "well", "还行", ended_at=None, seconds=None) == Passage(2, 3)
    assert passage_of(call, "help", "不用", ended_at=ended, seconds=30) is None


def test_what_was_said_before_the_recording_has_no_place_in_it() -> None:
    call = [said(1, "service", "可以录音吗？"), said(3, "resident", "可以", "consent")]
    assert passage_of(call, "consent", "可以", ended_at=BEGAN + timedelta(seconds=60), seconds=20) == Passage(0, 1)
