"""Whoever wants no calls and no texts is not in danger, and somebody in danger is heard beside it."""

import pytest

from community.model.meaning.call.asides import is_distress, wants_opt_out
from community.model.meaning.call.goodbye import without_goodbye
from community.model.meaning.speech import plain
from community.usecases.recognise_emergency import recognise_emergency


@pytest.mark.parametrize(
    "words", ["请停止拨打我的电话", "不要再拨打我的手机了", "不要打我的电话", "请勿拨打我的号码", "不要打电话给我"]
)
def test_the_word_for_dialling_is_no_blow(words: str) -> None:
    assert not is_distress(plain(words))
    assert wants_opt_out(plain(words))


@pytest.mark.parametrize("words", ["他打我", "我儿子打我，快来人", "有人打我，我手机被抢了"])
def test_a_blow_is_still_one(words: str) -> None:
    assert is_distress(plain(words))


@pytest.mark.parametrize("words", ["不要打电话给我儿子", "不要打电话给我们家老头", "手机号码是新办的"])
def test_what_is_asked_for_somebody_else_is_no_opt_out(words: str) -> None:
    assert not wants_opt_out(plain(words))


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("不要再给我打电话了！", ""),
        ("别再给我发短信了，我在上班", "我在上班"),
        ("烧退了，谢谢", "烧退了，谢谢"),
        ("别打了，救命啊", "救命啊"),
    ],
)
def test_only_the_goodbye_is_left_out(words: str, left: str) -> None:
    assert without_goodbye(words) == left


@pytest.mark.parametrize("words", ["不要再给我打电话了", "别再给我发短信了！", "退订", "请停止拨打我的电话。"])
def test_a_goodbye_is_no_emergency(words: str) -> None:
    assert recognise_emergency(words) is None


@pytest.mark.parametrize("words", ["别再打了，我不想活了", "不要打电话了，家里着火了"])
def test_danger_beside_a_goodbye_is_heard(words: str) -> None:
    found = recognise_emergency(words)
    assert found is not None
    assert not found.suspected
