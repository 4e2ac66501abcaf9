"""Numbers to dial are read digit by digit, amounts and years are not."""

import pytest

from voice.script.steps import DIGITWISE


@pytest.mark.parametrize(
    ("told", "digitwise"),
    [
        ("请马上打120", ["120"]),
        ("有事请打6215-0100", ["6215-0100"]),
        ("打12345热线", ["12345"]),
        ("每人补110元", []),
        ("一次补贴12000元", []),
        ("100周岁以上", []),
        ("到2026年7月", []),
    ],
)
def test_only_what_is_dialled_is_spelt(told: str, digitwise: list[str]) -> None:
    assert DIGITWISE.findall(told) == digitwise
