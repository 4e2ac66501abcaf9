"""Amounts in the unit that was asked, none and sums, and options that are ranges or are named in other words."""

from datetime import date
from typing import Any

import pytest

from community.files.answer_knowledge import load_answer_opinion
from community.model.meaning import understand
from community.model.questionnaires.questionnaire import Question, QuestionKind

TODAY = date(2026, 7, 15)


def _value(kind: QuestionKind, say: str, speech: str, options: list[str] | None = None) -> Any:
    question = Question(id="question", kind=kind, say=say, options=options or [])
    reading = understand(question, speech, "", 0.9, TODAY, opinion=load_answer_opinion())
    return reading.value if reading.is_answer else reading.label


@pytest.mark.parametrize(
    ("say", "speech", "number"),
    [
        ("电影票多少钱一张？", "七块半", 7.5),
        ("家里的面还有几斤？", "两斤半", 2.5),
        ("家里的面还有几斤？", "三公斤", 6),
        ("您家到医院有多少米？", "一里半地", 750),
        ("您身高多少厘米？", "一米六八", 168),
        ("坐车要几分钟？", "三刻钟", 45),
        ("您养了几只鸟？", "一只都没得", 0),
        ("您家来几位？", "大人两个，小孩三个", 5),
        ("您家来几位？", "三个，不对，四个", 4),
        ("您家里住着几口人？", "我们老两口，儿子两口，还有个孙女", 5),
        ("您家里住着几口人？", "一个人一条狗", 1),
        ("一共回来几个人？", "三个，俩大的一个小的", 3),
        ("您有几个孙子孙女？", "三个孙子两个孙女", 5),
        ("您今年多大岁数了？", "八十三，老伴八十一", 83),
        ("您打算住几晚？", "一个礼拜", 7),
        ("您今天的高压是多少？", "一百二十八十", 120),
    ],
)
def test_a_number_is_told_in_the_unit_that_was_asked(say: str, speech: str, number: float) -> None:
    assert _value(QuestionKind.NUMBER, say, speech) == number


@pytest.mark.parametrize(
    ("options", "speech", "chosen"),
    [
        (["30岁以下", "30-40岁", "40岁以上"], "三十来岁", "30-40岁"),
        (["半年内", "半年到一年", "一年以上"], "八个月吧", "半年到一年"),
        (["自己取", "子女代取", "送上门"], "让我闺女去拿", "子女代取"),
        (["东门", "西门", "南门"], "最后那个", "南门"),
        (["经常", "偶尔", "从不"], "难得一回", "偶尔"),
        (["自己做", "子女送", "社区食堂"], "自己做也行，食堂也行", "unclear"),
        (["0-3岁", "4-6岁", "7-12岁"], "老大八岁老二两岁", "unclear"),
    ],
)
def test_an_option_is_found_that_was_named_in_other_words(options: list[str], speech: str, chosen: str) -> None:
    assert _value(QuestionKind.CHOICE, "您选哪一个？", speech, options) == chosen
