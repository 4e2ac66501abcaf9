"""Learn the second opinion on spoken answers: `python -m benchmarks.train_answer_opinion`.

It learns from tests/evaluation/answers/{tuned,tuned_more,beside_the_point}.yml, never from the files that the figures in
docs/understanding-answers.md were measured on, and writes community/model/meaning/second_opinion.json.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from community.model.meaning.reading import Label
from community.model.meaning.second_opinion import ABOUT_THE_CALL, WEIGHTS, features, topic
from community.model.meaning.speech import plain
from community.model.questionnaires.questionnaire import Question, QuestionKind

ROOT = Path(__file__).parents[1]
LEARNED_FROM = ("tuned.yml", "tuned_more.yml")
BESIDE_THE_POINT = "beside_the_point.yml"
KINDS = (QuestionKind.YES_NO, QuestionKind.NEED_HELP, QuestionKind.CHOICE)
_ASIDES = frozenset({Label.REPEAT_REQUEST, Label.WRONG_PERSON, Label.REFUSE, Label.ASK_HUMAN, Label.CALLBACK_LATER})
#: Weights smaller than this change nothing and only take room.
_LEAST_WEIGHT = 0.05
_REGULARISATION = 4.0
_SHARE = 3


def main() -> None:
    """Learn and write the weights."""
    answers = [answer for name in LEARNED_FROM for answer in labelled(name)]
    answers += beside_the_point([question for question, _, _ in answers])
    learned = {kind.value: learn(kind, answers) for kind in KINDS}
    learned[ABOUT_THE_CALL] = learn_about_the_call(answers)
    target = ROOT / "community" / "model" / "meaning" / WEIGHTS
    target.write_text(
        json.dumps(learned, ensure_ascii=False, sort_keys=True, separators=(",", ":"), indent=0) + "\n",
        encoding="utf-8",
    )
    print(f"{len(answers)} answers, {target.stat().st_size // 1024} KB")


def labelled(name: str) -> Iterator[tuple[Question, str, str]]:
    """The question, the words and the first label of every answer in a file."""
    document = yaml.safe_load((ROOT / "tests" / "evaluation" / "answers" / name).read_text(encoding="utf-8"))
    for group in document["groups"]:
        question = Question.model_construct(
            id="question",
            kind=QuestionKind(group["kind"]),
            say=group["question"],
            options=group.get("options", []),
            yes_means=group.get("yes_means"),
        )
        for speech, *labels in group["answers"]:
            yield question, plain(str(speech)), str(next(la for la in labels if not str(la).startswith("@")))


def beside_the_point(questions: list[Question]) -> Iterator[tuple[Question, str, str]]:
    """What answers nothing, with one question of every sort."""
    text = (ROOT / "tests" / "evaluation" / "answers" / BESIDE_THE_POINT).read_text(encoding="utf-8")
    sorts = {(question.kind, topic(question)): question for question in questions if question.kind in KINDS}
    lines = yaml.safe_load(text)["lines"]
    for place, question in enumerate(sorts.values()):
        # A part of them each: all of them would make it doubt what it knows.
        for line in lines[place % _SHARE :: _SHARE]:
            yield question, plain(str(line)), Label.UNCLEAR


def learn(kind: QuestionKind, answers: list[tuple[Question, str, str]]) -> dict[str, dict[str, float]]:
    """Weights of one kind of question: n-gram → label → weight."""
    used = [
        (question, text, label)
        for question, text, label in answers
        if label != Label.DISTRESS and (question.kind is kind or label in _ASIDES)
    ]
    return _fit(used)


def learn_about_the_call(answers: list[tuple[Question, str, str]]) -> dict[str, dict[str, float]]:
    """Weights that tell what is said about the call from what answers; without what was asked."""
    asked = Question.model_construct(id="question", kind=QuestionKind.NUMBER, say="", options=[], yes_means=None)
    return _fit([(asked, text, label if label in _ASIDES else Label.UNCLEAR) for _, text, label in answers])


def _fit(used: list[tuple[Question, str, str]]) -> dict[str, dict[str, float]]:
    rows: list[dict[str, int]] = [dict.fromkeys(features(question, text), 1) for question, text, _ in used]
    vectoriser = DictVectorizer()
    matrix = vectoriser.fit_transform(rows)
    model = LogisticRegression(C=_REGULARISATION, max_iter=1000, random_state=0)
    model.fit(matrix, [label for *_, label in used])
    return _compact(model, vectoriser.get_feature_names_out())


def _compact(model: LogisticRegression, names: Any) -> dict[str, dict[str, float]]:
    weights = {"": {str(label): round(float(b), 3) for label, b in zip(model.classes_, model.intercept_, strict=True)}}
    for index, name in enumerate(names):
        row = {
            str(label): round(float(model.coef_[place, index]), 2)
            for place, label in enumerate(model.classes_)
            if abs(model.coef_[place, index]) >= _LEAST_WEIGHT
        }
        if row:
            weights[str(name)] = row
    return weights


if __name__ == "__main__":
    main()
