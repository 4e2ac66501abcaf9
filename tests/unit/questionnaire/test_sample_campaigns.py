"""The seven campaigns that staff copy: one thing at a time, in short sentences, spoken to you politely, nothing forgotten."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from community.model.questionnaires.questionnaire import Question, QuestionKind, Questionnaire

CAMPAIGNS = sorted((Path(__file__).parents[3] / "sample" / "campaigns").glob("*.yml"))
LONGEST = 20
#: 吃饭、睡觉，都还正常吗; 要人陪还是要买药; 哪一天到家的，或者要到.
TWO_AT_ONCE = re.compile(
    r"、|或者|以及|[吗呢][，,].*[吗呢？]|(?:缺不缺|要不要|有没有|是不是).*(?:缺不缺|要不要|有没有|是不是)"
)

#: How somebody is; whether they would like a vaccination says nothing of that.
OF_HEALTH = re.compile(r"身体|舒服|吃得|睡得|吃药|血压|体温|病|疼")


def _sheet(path: Path) -> Questionnaire:
    return Questionnaire.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def _spoken(sheet: Questionnaire) -> Iterator[str]:
    """Every sentence that a resident hears."""
    texts = [sheet.purpose, sheet.closing or "", sheet.voicemail.say or ""]
    for question in sheet.questions:
        texts += [question.say, question.say_again or "", *(rule.say or "" for rule in question.escalate)]
    for text in texts:
        yield from (sentence for sentence in re.split(r"[。！？；]", text) if sentence)


def _asked(sheet: Questionnaire) -> Iterator[tuple[Question, str]]:
    for question in sheet.questions:
        yield from ((question, text) for text in (question.say, question.say_again) if text)


def test_there_are_seven() -> None:
    assert len(CAMPAIGNS) == 7


@pytest.mark.parametrize("path", CAMPAIGNS, ids=lambda path: path.stem)
def test_each_question_asks_one_thing(path: Path) -> None:
    # A choice names its options; nothing else names two things.
    wrong = [
        text
        for question, text in _asked(_sheet(path))
        if question.kind is not QuestionKind.CHOICE and (TWO_AT_ONCE.search(text) or text.count("？") > 1)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", CAMPAIGNS, ids=lambda path: path.stem)
def test_nothing_takes_more_than_a_breath(path: Path) -> None:
    assert [text for text in _spoken(_sheet(path)) if len(text) > LONGEST] == []


@pytest.mark.parametrize("path", CAMPAIGNS, ids=lambda path: path.stem)
def test_everybody_is_addressed_alike(path: Path) -> None:
    assert [text for text in _spoken(_sheet(path)) if "你" in text] == []


@pytest.mark.parametrize("path", CAMPAIGNS, ids=lambda path: path.stem)
def test_no_key_is_forgotten(path: Path) -> None:
    sheet = _sheet(path)
    for question in sheet.questions:
        if question.kind is QuestionKind.YES_NO:
            assert question.yes_means, question.id
        if question.kind is QuestionKind.NUMBER:
            assert question.minimum is not None, question.id
            assert question.maximum is not None, question.id
        if question.kind is QuestionKind.NEED_HELP:
            assert {"needs", "needs:medical"} <= {when for rule in question.escalate for when in rule.when}, question.id
        if question.kind is QuestionKind.FREE_TEXT:
            assert question.say_again, question.id
        if OF_HEALTH.search(question.say) and sheet.legal_ground != "emergency":
            assert question.about_health, question.id
    assert sheet.closing
    assert sheet.legal_ground == "consent" or sheet.legal_note


@pytest.mark.parametrize(
    ("text", "two"),
    [
        ("吃饭、睡觉，都还正常吗？", True),
        ("哪一天到家的，或者要到？", True),
        ("您缺不缺东西，要不要人上门？", True),
        ("您身体好吗，吃得下吗？", True),
        ("这两天，您身体还好吗？", False),
        ("一分最低，十分最高，您打几分？", False),
    ],
)
def test_a_double_question_is_seen(text: str, *, two: bool) -> None:
    assert bool(TWO_AT_ONCE.search(text)) is two
