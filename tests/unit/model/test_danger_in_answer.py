"""Danger that is told instead of an answer is heard, whatever was asked; an ordinary answer is none."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from community.model.meaning.understand import cries_for_help
from community.model.questionnaires.questionnaire import Question
from community.usecases.recognise_emergency import hears_danger

ANSWERS = Path(__file__).parents[2] / "evaluation" / "answers"


def _ask(say: str, kind: str = "yes_no") -> Question:
    return Question(id="question", kind=kind, say=say)


def _ordinary_answers() -> Iterator[tuple[Question, str]]:
    for path in sorted(ANSWERS.glob("*.yml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8")).get("groups", []):
            question = Question(
                id="question", kind=group["kind"], say=group["question"], options=group.get("options", [])
            )
            yield from ((question, str(words)) for words, *labels in group["answers"] if "distress" not in labels)


@pytest.mark.parametrize(
    "words",
    ["我摔了起不来", "我在厨房地上躺着呢，动不了", "老伴歪在椅子上，嘴斜了", "奶奶叫她不理人，尿了一身"],
)
@pytest.mark.parametrize("question", [_ask("您明天上午方便吗？"), _ask("家里住几口人？", "number")])
def test_danger_is_heard_whatever_was_asked(question: Question, words: str) -> None:
    assert hears_danger(question, words)


def test_more_is_heard_than_by_the_rules_for_answers() -> None:
    question, words = _ask("您身体还好吗？"), "奶奶叫她不理人，尿了一身"
    assert not cries_for_help(question, words)
    assert hears_danger(question, words)


@pytest.mark.parametrize(
    "words", ["火锅吃多了", "热死了", "累死了，刚干完活", "等我关个火", "上个月摔过一跤，好了", "腿疼，老毛病"]
)
def test_strong_words_in_an_ordinary_answer_are_no_danger(words: str) -> None:
    assert not hears_danger(_ask("您身体还好吗？"), words)


def test_ordinary_answers_raise_hardly_an_alarm_more_than_the_rules_do() -> None:
    answers = list(_ordinary_answers())
    more = [
        words for question, words in answers if hears_danger(question, words) and not cries_for_help(question, words)
    ]
    assert len(answers) > 2000
    assert len(more) <= len(answers) / 1000, more
