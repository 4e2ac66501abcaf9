"""Whoever wishes that somebody of the family is called no more is told from whoever wants no calls themselves."""

import pytest

from community.model.meaning.call.for_another import wants_no_calls_for_another
from community.model.meaning.speech import plain
from community.usecases.recognise_emergency import recognise_emergency


@pytest.mark.parametrize(
    "words",
    [
        "不要给我爸打电话了",
        "别再打给我妈了",
        "不要再给我父亲打电话了，他听不见",
        "我妈那边别再打了",
        "我爸的电话不要再打了",
        "别给老人打电话了",
        "不要给他打电话了",
        "不要联系我父母",
        "别给我妈打电话，打给我",
        "请不要再打扰我爷爷",
        "请你们不要再打我奶奶的手机",
        "把我妈的号码删了",
        "你们别老给我婆婆打电话",
        "我外婆耳朵不好，不要再打给她了",
        "甭给俺爹打电话咧",
        "別再打給我媽媽了",
        "麻烦不要再致电我母亲",
        "别再打给我妈了，她耳朵听不见",
    ],
)
def test_it_is_somebody_elses_calls(words: str) -> None:
    assert wants_no_calls_for_another(plain(words))
    assert recognise_emergency(words) is None, "nobody is hit"


def test_danger_is_heard_beside_it() -> None:
    found = recognise_emergency("别再打给我妈了，她晕倒了叫不醒")
    assert found is not None
    assert found.services[0] == "120"


@pytest.mark.parametrize(
    "words",
    [
        "别再打了",
        "不要给我打电话了",
        "不要再打电话给我",
        "别打我妈了",
        "别给我妈打针",
        "不要给我儿子打疫苗",
        "现在别给我爸打电话，他睡了",
        "别打电话了，我妈在睡觉",
        "我爸不在，别打了",
        "没人给我妈打电话",
        "我妈没说不要打电话",
        "不用联系，我都好",
        "孩子上班，不用联系社区",
        "打错了，我不是他",
        "我妈不用你们管",
        "家里不要打扫",
    ],
)
def test_it_is_something_else(words: str) -> None:
    assert not wants_no_calls_for_another(plain(words))
