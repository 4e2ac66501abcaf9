"""Phone and identity numbers in a text are found whatever people write between their digits; other numbers stay."""

import pytest

from community.model.private_text import PrivateKind, find_private, hide_private


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("打我13800000123", "打我138****0123"),
        ("打我 138-0000-0123 谢谢", "打我 138****0123 谢谢"),
        ("+8613800000123", "138****0123"),
        ("0086 138 0000 0123", "138****0123"),
        ("１３８０００００１２３", "138****0123"),
        ("13800000123/13800000456", "138****0123/138****0456"),
        ("11010119900307781X", "110101********1X"),
        ("110101 19900307 7818", "110101********18"),
    ],
)
def test_private_numbers_are_hidden(text, hidden):
    assert hide_private(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "工单260715-003",
        "请打120或62150100",
        "2026年7月15日13点80",
        "12345678901234567890123",
        "房号1380000012",
        "138000001234",
        "5号楼2单元1301",
    ],
)
def test_other_numbers_stay(text):
    assert hide_private(text) == text
    assert find_private(text) == []


def test_published_numbers_are_no_secret():
    text = "值班电话13800000999，我的13800000123"
    assert hide_private(text, keep=["+8613800000999", ""]) == "值班电话13800000999，我的138****0123"


def test_kinds_are_named_once():
    text = "13800000123 13800000456 110101199003077811"
    assert find_private(text) == [PrivateKind.IDENTITY, PrivateKind.PHONE]
