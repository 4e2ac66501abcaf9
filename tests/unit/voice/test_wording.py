"""What the telephone says: short enough to be understood, complete in every language, numbers read rightly."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from community.model.questionnaires.choices import deny
from community.model.questionnaires.questionnaire import Question, QuestionKind
from voice.carriers.twilio.twiml import render
from voice.script.asking import Keys, ask
from voice.script.steps import CallUrls, Language, Listen, Prompt, Step
from voice.script.wording import LONGEST_BREATH, Wording, as_written, breaths, sentences, wording

#: What stands for a name or number in the count: as long as they usually are.
FILLED = {
    "caller": "青禾社区居委会",
    "name": "欧阳建国",
    "kin": "屋企人",
    "phone": "6215-0100",
    "yes": "愿意转移",
    "no": "不愿意转移",
    "option": "青禾小学体育馆",
    "key": "1",
    "value": "三十六度八",
    "time": "明天下午3点半",
    "when": "7月14日星期二上午",
    "who": "是欧阳女士的家人",
}


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, f"{path}.{index}")
    else:
        yield path, str(value)


@pytest.mark.parametrize("language", list(Language))
def test_no_breath_is_longer_than_twenty_characters(language: Language) -> None:
    for path, text in _leaves(Wording(language)._texts):
        if path.startswith(".time"):
            continue
        for breath in breaths(text.format(**FILLED)):
            assert len(breath) <= LONGEST_BREATH, (path, breath)


@pytest.mark.parametrize("language", [Language.CANTONESE, Language.TAIWANESE_MANDARIN])
def test_every_language_says_everything(language: Language) -> None:
    def places(which: Language) -> set[str]:
        return {path.rstrip("0123456789") for path, _ in _leaves(Wording(which)._texts)}

    assert places(language) == places(Language.MANDARIN)


def test_the_keys_come_last_and_the_options_in_order() -> None:
    question = Question(id="q", kind=QuestionKind.CHOICE, say="您平时在哪吃饭？", options=["自己做", "食堂"])
    said = [prompt.text for prompt in ask(wording(Language.MANDARIN), question, slow=False, again=False)]
    assert said == ["您平时在哪吃饭？", "自己做请按1，", "食堂请按2，", "直接说也行。"]


def test_who_has_answered_before_hears_the_keys_in_few_words() -> None:
    question = Question(id="q", kind=QuestionKind.YES_NO, say="您收到通知了吗？", yes_means="收到了")
    speech = wording(Language.MANDARIN)
    brief = [p.text for p in ask(speech, question, slow=False, again=False, announced=Keys.BRIEF)]
    assert brief == ["您收到通知了吗？", "收到了按1，没收到按2。"]
    pressed = [p.text for p in ask(speech, question, slow=False, again=True, announced=Keys.PRESS)]
    assert pressed == ["您收到通知了吗？", "收到了请按1，", "没收到请按2，"]


@pytest.mark.parametrize(
    ("fact", "denied"),
    [
        ("身体还好", "身体不好"),
        ("身体都好", "身体不好"),
        ("都正常", "不正常"),
        ("方便", "不方便"),
        ("收到了", "没收到"),
        ("有人照顾", "没有人照顾"),
        ("有", "没有"),
        ("愿意打", "不愿意打"),
        ("知道了", "不知道"),
        ("吃得好", "吃得不好"),
        ("睡得着", "睡不着"),
        ("张三", "不是"),
    ],
)
def test_a_fact_is_denied_as_people_deny_it(fact: str, denied: str) -> None:
    assert deny(fact) == denied


def test_days_and_times_are_spoken_as_people_speak_them() -> None:
    mandarin, today = wording(Language.MANDARIN), date(2026, 7, 15)
    zone = ZoneInfo("Asia/Shanghai")
    assert mandarin.day(date(2026, 7, 16), today) == "明天"
    assert mandarin.day(date(2026, 7, 20), today) == "7月20日星期一"
    assert mandarin.moment(datetime(2026, 7, 15, 15, 30, tzinfo=zone), today) == "今天下午3点半"
    assert mandarin.period({"part": "afternoon", "from": "15:00", "to": "17:30"}) == "下午3点到5点半"


def test_a_long_text_is_cut_where_one_breathes() -> None:
    text = "高龄津贴八十周岁以上的老人都可以领，带上身份证和银行卡，到社区服务站一楼窗口办理，当月就能发。"
    assert all(len(breath) <= LONGEST_BREATH for sentence in sentences(text) for breath in breaths(sentence))
    assert "".join(sentences(text)) == text


def test_emergency_numbers_are_read_digit_by_digit_and_markup_is_escaped() -> None:
    urls = CallUrls("https://x.cn", "twilio", "a", "b")
    step = Step(number=3, prompts=(Prompt("请打120，或6215-0100。"), Prompt("<你>&我", slow=True)), listen=Listen())
    xml = render(step, urls)
    assert '<say-as interpret-as="telephone">120</say-as>' in xml
    assert '<say-as interpret-as="telephone">6215-0100</say-as>' in xml
    assert "&lt;你&gt;&amp;我" in xml
    assert 'actionOnEmptyResult="true"' in xml
    assert xml.index("</Gather>") < xml.index("<Redirect")


@pytest.mark.parametrize(
    ("language", "say", "hear"),
    [
        (Language.MANDARIN, "cmn-CN", "cmn-Hans-CN"),
        (Language.CANTONESE, "yue-HK", "yue-Hant-HK"),
        (Language.TAIWANESE_MANDARIN, "cmn-TW", "cmn-Hant-TW"),
    ],
)
def test_the_residents_language_is_spoken_and_heard(language: Language, say: str, hear: str) -> None:
    step = Step(number=1, prompts=(Prompt("好"),), language=language, listen=Listen())
    xml = render(step, CallUrls("https://x.cn", "twilio", "a", "b"))
    assert f'<Say language="{say}"' in xml
    assert f'language="{hear}"' in xml


def test_a_transcript_reads_in_full_sentences() -> None:
    said = ["您好，这里是青禾社区居委会。", "天热，问问您的情况", "我们想录音，方便核对。", "要重听请按星号，"]
    assert as_written(said) == "您好，这里是青禾社区居委会。天热，问问您的情况。我们想录音，方便核对。要重听请按星号。"
    assert as_written(["您今天身体还好吗", "是请按1，"]) == "您今天身体还好吗？是请按1。"
    assert as_written([]) == ""
