"""What residents write who check in, and what a chat takes for a telephone, a code, or a link."""

import pytest

from bot.emergencies import recognise
from community.model.residents.check_in import (
    Change,
    beside_check_in,
    code_in,
    keeps_answer,
    number_in,
    one_time_code,
    own_words,
    says_no_danger,
    take_link_out,
    tries_a_number,
    wants_change,
    wants_check_in,
    wants_pause,
    wants_to_untie,
)


@pytest.mark.parametrize(
    "text",
    [
        "我来报平安",
        "签到",
        "來簽到",
        "你们打电话问的那个我在这儿答",
        "报平安，我挺好的",
        "俺来报平安叻",
        "给社区报个平安，家里都好",
        "刚才没接到你们电话，我在这里回答",
        "喂 你们刚才打俺电话没接着 在这说行不",
        "社区打我电话没接到，我在这儿答",
        "我很好 勿念",
        "平安",
        "接着答",
    ],
)
def test_somebody_checks_in(text: str) -> None:
    assert wants_check_in(text)
    assert recognise(text, addressed=True) is None, "checking in is no emergency"


@pytest.mark.parametrize(
    "text",
    [
        "儿子还没给我报平安",
        "我妈没报平安联系不上",
        "让我妈报个平安",
        "帮我妈签到",
        "老年大学签到在哪里",
        "快递签到了吗",
        "台风天大家都平安吗",
        "平安银行的人来推销",
        "给你们打电话没接",
        "路灯坏了",
    ],
)
def test_somebody_speaks_of_something_else(text: str) -> None:
    assert not wants_check_in(text)


@pytest.mark.parametrize(
    "text", ["报平安，我妈晕倒了叫不醒", "签到，家里漏煤气了", "报平安 就是胸口闷得慌", "签到，不过我妈喘不上气"]
)
def test_danger_is_heard_beside_it(text: str) -> None:
    found = recognise(text, addressed=True)
    assert found is not None
    assert not found.suspected


def test_what_is_said_beside_it_is_read_alone() -> None:
    assert beside_check_in("报平安，就是家里没米了") == "就是家里没米"
    assert beside_check_in("我来报平安啦！") == ""


def test_an_answer_is_to_be_changed() -> None:
    assert wants_change("改答案") == wants_change("我刚才说错了") == Change()
    assert wants_change("第二题答错了") == Change(2)
    assert wants_change("按错键了") == wants_change("选错了，想改") == Change()
    for other in ("不舒服", "我点错了菜", "刚才点错了菜", "我按错了门铃", "选错了人"):
        assert wants_change(other) is None
    assert keeps_answer("算了不改了")


def test_words_that_stop_untie_or_deny_are_the_whole_message() -> None:
    assert [wants_pause(text) for text in ("停", "先停一下", "以后再答", "停水了", "停车费怎么收")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert not wants_pause("停", "您家电梯停了吗？")
    assert not wants_pause("停", "电梯现在怎么样？", ["开着", "停"])
    assert wants_pause("先停一下", "您家电梯停了吗？")
    assert [wants_to_untie(text) for text in ("解除绑定", "解绑", "绑定医保卡")] == [True, True, False]
    denied = ("没有", "不是的", "没有，没事", "不是。谢谢！")
    assert {says_no_danger(text) for text in denied} == {True}
    assert {says_no_danger(text) for text in ("没米了", "不是没有危险", "没有，但是头晕")} == {False}


def test_of_a_text_of_ours_that_is_passed_on_only_what_is_beside_it_is_theirs() -> None:
    invitation = (
        "【演练】【锦绣社区】王先生您好，给您打过电话没打通，想问您几句话。请点 https://x.cn/answer/… 回答，或者请回复1。"
        "不想收短信请回复T。有事请打0571-000。"
    )
    code = "【锦绣社区】验证码123456，请发到聊天里，10分钟内有效。不是您要的就不用管，谁打电话来问都别说。"
    assert [own_words(text) for text in (invitation, code, invitation[:60])] == ["", "", ""]
    assert own_words(f"签到 {code}家里没米了") == "签到 家里没米了"
    assert own_words("【语音】我挺好的") == "【语音】我挺好的"


def test_a_telephone_is_read_however_it_is_written() -> None:
    written = ["13912340001", "我手机 139 1234 0001", "１３９１２３４０００１", "139-1234-ooo1", "+86 139 1234 0001"]
    assert {number_in(text) for text in written} == {"+8613912340001"}
    assert number_in("+85291234567") == "+85291234567"
    assert (number_in("12345678901"), tries_a_number("12345678901"), number_in("36.8")) == (None, True, None)


def test_a_code_is_six_figures_and_no_others() -> None:
    assert {code_in(text) for text in ("123456", "１２３ ４５６", "验证马 123456", "码是:123456。")} == {"123456"}
    assert {code_in(text) for text in ("1234567", "36.8", "7月15日 123456", "好")} == {None}


def test_a_code_is_that_of_its_request_and_key_alone() -> None:
    codes = {one_time_code(b"k" * 32, n, f"nonce-{n}") for n in range(200)}
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(codes) > 190
    assert one_time_code(b"k" * 32, 1, "nonce-1") != one_time_code(b"l" * 32, 1, "nonce-1")


def test_the_token_of_a_link_is_taken_out() -> None:
    text, token = take_link_out("我来答 https://example.cn/answer/abcDEF_-1234567890abcdef 谢谢")
    assert (text, token) == ("我来答 https://example.cn/answer/… 谢谢", "abcDEF_-1234567890abcdef")
    assert take_link_out("路灯坏了") == ("路灯坏了", "")
