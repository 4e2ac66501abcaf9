"""Words after the last question that nobody has to answer open no case; what somebody lacks does."""

import pytest

from community.model.calls.text_rules import only_polite


@pytest.mark.parametrize("text", ["谢谢！", "没有了", "没什么事了", "莫得事", "就这些", "不用了", "好的，", ""])
def test_nothing_more_is_said(text: str) -> None:
    assert only_polite(text)


@pytest.mark.parametrize("text", ["没有水", "没电了", "没有人管我", "不用你们管", "就这样停了三天", "没钱买药"])
def test_something_is_lacking(text: str) -> None:
    assert not only_polite(text)
