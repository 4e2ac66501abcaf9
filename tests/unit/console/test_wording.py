"""Moments, waits and confidence in the words staff read."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from community.model.duration import span_text
from console.wording import confidence_words, distance_words, moment_words, written_moment_words

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 7, 15, 10, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 7, 15, 15, 5, tzinfo=SHANGHAI), "今天 下午3点05分"),
        (datetime(2026, 7, 15, 0, 30, tzinfo=SHANGHAI), "今天 凌晨0点30分"),
        (datetime(2026, 7, 14, 12, 0, tzinfo=SHANGHAI), "昨天 中午12点"),
        (datetime(2026, 7, 16, 8, 0, tzinfo=SHANGHAI), "明天 早上8点"),
        (datetime(2026, 3, 1, 20, 45, tzinfo=SHANGHAI), "3月1日 晚上8点45分"),
        (datetime(2025, 12, 31, 9, 0, tzinfo=SHANGHAI), "2025年12月31日 上午9点"),
    ],
)
def test_a_moment_is_said_as_people_say_it(moment: datetime, words: str) -> None:
    assert moment_words(moment, NOW, SHANGHAI) == words


def test_no_moment_is_nothing() -> None:
    assert moment_words(None, NOW, SHANGHAI) == ""


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "5秒"), (60, "1分钟"), (3600, "1小时"), (5400, "1小时30分"), (90000, "1天"), (-3, "0秒")],
)
def test_a_span_is_rounded_down_to_what_matters(seconds: int, words: str) -> None:
    assert span_text(timedelta(seconds=seconds)) == words


def test_what_comes_and_what_was() -> None:
    assert distance_words(NOW + timedelta(minutes=20), NOW) == "还有20分钟"
    assert distance_words(NOW - timedelta(seconds=20), NOW) == "刚刚"
    assert distance_words(NOW - timedelta(hours=3), NOW) == "3小时前"


def test_confidence_is_a_percentage_or_nothing() -> None:
    assert confidence_words(0.875) == "88%"
    assert confidence_words(None) == ""


def test_a_moment_that_a_report_writes_is_said_as_all_others() -> None:
    assert written_moment_words("2026-07-15 14:30") == "7月15日 下午2点30分"
