"""Words that tell of nothing raise no alarm and no question, and words of danger are never among them."""

import pytest

from benchmarks.train_danger_opinion import written
from community.model.hazards.small_talk import tells_nothing
from community.usecases.recognise_emergency import recognise_emergency


@pytest.mark.parametrize(
    "text",
    [
        "再见",
        "好的，再见了",
        "四栋，不是十栋！",
        "不对，是5号楼",
        "说错了，7栋2单元501",
        "三号楼",
        "我那个现在咋样了",
        "修好了吗？",
        "快点呀",
        "麻烦了",
        "登记吧",
    ],
)
def test_it_is_let_be(text: str) -> None:
    assert tells_nothing(text)
    assert recognise_emergency(text) is None


def test_no_line_that_was_written_as_a_danger_is_taken_for_small_talk() -> None:
    assert [line.text for line in written() if line.kind and tells_nothing(line.text)] == []
