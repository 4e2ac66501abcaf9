"""What of a resident's words may stand in a list or a group."""

import pytest

from community.model.cases.case_text import hide_numbers, shorten


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("打我电话13800000123", "打我电话138****0123"),
        ("家里座机62150188找我", "家里座机****0188找我"),
        ("家里座机6215-0188", "家里座机****0188"),
        ("021-62150188", "****0188"),
        ("工单260715-003还没人来", "工单260715-003还没人来"),
        ("3-2-501门口，2024-2026年都这样", "3-2-501门口，2024-2026年都这样"),
        ("2026-07-15晚上8点", "2026-07-15晚上8点"),
    ],
)
def test_numbers_that_reach_a_person_are_masked_and_others_stay(written: str, shown: str) -> None:
    assert hide_numbers(written) == shown


def test_a_long_story_becomes_one_line() -> None:
    assert shorten("水\n\n  一直   流", 10) == "水 一直 流"
    assert shorten("一二三四五六", 5) == "一二三四…"
