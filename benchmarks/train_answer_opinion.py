"""Learn the second opinion on spoken answers: `python -m benchmarks.train_answer_opinion`.

It learns from benchmarks/answer_training and tests/evaluation/answers/{tuned,tuned_more,beside_the_point}.yml, never from the files that
the figures in docs/understanding-answers.md were measured on, and writes community/files/answers/weights.json. `--check` writes nothing:
it learns from four fifths of the questions, reads the answers to the others, and prints how well, five times over.
"""

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import yaml
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from benchmarks.answers_read import Tally, Told, told
from community.files.answer_knowledge import WEIGHTS
from community.model.meaning.options import choice, option_match
from community.model.meaning.reading import Label
from community.model.meaning.second_opinion import ABOUT_THE_CALL, FITS, START, AnswerOpinion, features
from community.model.meaning.speech import plain
from community.model.meaning.yes_no.sides import turned
from community.model.questionnaires.questionnaire import Question, QuestionKind

Weights = Mapping[str, Mapping[str, float]]


class Answer(NamedTuple):
    """What was said to a question, and the labels that are right; the first is learned."""

    question: Question
    said: str
    labels: tuple[str, ...]


ROOT = Path(__file__).parents[1]
LEARNED_FROM = ("tuned.yml", "tuned_more.yml")
BESIDE_THE_POINT = "beside_the_point.yml"
KINDS = (QuestionKind.YES_NO, QuestionKind.NEED_HELP)
_ASIDES = frozenset({Label.REPEAT_REQUEST, Label.WRONG_PERSON, Label.REFUSE, Label.ASK_HUMAN, Label.CALLBACK_LATER})
_NEVER_LEARNED = frozenset({Label.DISTRESS, Label.SILENCE})
#: Weights smaller than this change nothing and only take room.
_LEAST_WEIGHT = 0.05
_REGULARISATION = {QuestionKind.YES_NO: 0.5, QuestionKind.NEED_HELP: 2.0}
_REGULARISATION_OF_THE_CALL, _REGULARISATION_OF_FITS = 8.0, 0.5
_SHARE = 3
#: What was seen once teaches nothing about another question; what was seen of an option seldom, little.
_LEAST_SEEN, _LEAST_SEEN_OF_AN_OPTION = 2, 4
#: The rules are too often right about the older answers to learn from these when to trust them.
_WEIGHT_OF_OLD = 0.6
#: What the rules saw, and how things stand, are worth less than a run of characters: chosen by cross-validation.
_OF_RULES, _OF_STANDING, _OF_A_SORT = 0.5, 0.6, 0.5
#: The same of what counts turned round where a yes is bad news: how things stand, the question's own words, and a run.
_OF_NEWS = {"p": 0.6, "~": 0.5, "": 0.8}
#: What a run counts for that does not turn with the news.
_OF_A_RUN = {QuestionKind.YES_NO: 0.7, QuestionKind.NEED_HELP: 1.0}
_FOLDS = 5
_NO_LABELS = frozenset({"kind", "question", "yes_means", "options"})


def main() -> None:
    """Learn and write the weights, or check by questions that were left out."""
    old = [answer for name in LEARNED_FROM for answer in labelled(name)]
    old += beside_the_point([answer.question for answer in old])
    new = list(written_for_learning())
    if "--check" in sys.argv:
        check(old, new)
        return
    target = ROOT / "community" / "files" / "answers" / WEIGHTS
    target.write_text(
        json.dumps(learn_all(old, new), ensure_ascii=False, sort_keys=True, separators=(",", ":"), indent=0) + "\n",
        encoding="utf-8",
    )
    print(f"{len(old) + len(new)} answers, {target.stat().st_size // 1024} KB")


def learn_all(old: Sequence[Answer], new: Sequence[Answer]) -> dict[str, Weights]:
    """The weights of every model."""
    learned = {kind.value: learn(kind, old, new) for kind in KINDS}
    return learned | {ABOUT_THE_CALL: learn_about_the_call([*old, *new]), FITS: learn_fits(old, new)}


def check(old: Sequence[Answer], new: Sequence[Answer]) -> None:
    """Print how well answers are read to questions that nothing was learned from."""
    asked = sorted({_group(answer.question) for answer in new})
    random.Random(1).shuffle(asked)
    fold = {question: place % _FOLDS for place, question in enumerate(asked)}
    tally = Tally()
    for left_out in range(_FOLDS):
        learned = learn_all(old, [answer for answer in new if fold[_group(answer.question)] != left_out])
        opinion = AnswerOpinion(learned)
        for answer in new:
            if fold[_group(answer.question)] == left_out:
                tally.add(
                    Told(answer.question, answer.said, answer.labels, told(answer.question, answer.said, opinion))
                )
    tally.print("没学过的问题（轮流留出五分之一）")


def _group(question: Question) -> str:
    """What is left out together: questions with the same words, or with the same options."""
    return "/".join(question.options) or question.say


def labelled(name: str) -> Iterator[Answer]:
    """Every answer of a file for evaluation."""
    document = yaml.safe_load((ROOT / "tests" / "evaluation" / "answers" / name).read_text(encoding="utf-8"))
    for group in document["groups"]:
        question = _question(group)
        for speech, *labels in group["answers"]:
            right = tuple(str(label) for label in labels if not str(label).startswith("@"))
            yield Answer(question, plain(str(speech)), right)


def beside_the_point(questions: list[Question]) -> Iterator[Answer]:
    """What answers nothing, with one question of every wording."""
    text = (ROOT / "tests" / "evaluation" / "answers" / BESIDE_THE_POINT).read_text(encoding="utf-8")
    sorts = {(question.kind, question.yes_means): question for question in questions if question.kind in KINDS}
    lines = yaml.safe_load(text)["lines"]
    for place, question in enumerate(list(sorts.values())[::_SHARE]):
        # A part of them each: all of them would make it doubt what it knows.
        for line in lines[place % _SHARE :: _SHARE]:
            yield Answer(question, plain(str(line)), (Label.UNCLEAR,))


def written_for_learning() -> Iterator[Answer]:
    """What was written only to be learned from; in a label a stroke stands between two that are right."""
    for path in sorted((ROOT / "benchmarks" / "answer_training").glob("*.yml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            question = _question(group)
            for label, said in group.items():
                if label not in _NO_LABELS:
                    yield from (Answer(question, plain(str(words)), tuple(str(label).split("|"))) for words in said)


def _question(group: Mapping[str, object]) -> Question:
    options = group.get("options")
    return Question.model_construct(
        id="question",
        kind=QuestionKind(str(group["kind"])),
        say=str(group["question"]),
        options=[str(option) for option in options] if isinstance(options, list) else [],
        yes_means=str(group["yes_means"]) if "yes_means" in group else None,
    )


def learn(kind: QuestionKind, old: Sequence[Answer], new: Sequence[Answer]) -> Weights:
    """Weights of one kind of question: feature → label → weight."""
    old, new = ([answer for answer in answers if _teaches(kind, answer)] for answers in (old, new))
    rows = [features(answer.question, answer.said) for answer in old + new]
    # Every other of the older answers is learned without what the rules saw in it: they were made with these.
    for row in rows[: len(old) : 2]:
        for one in [one for one in row if one.startswith("r:")]:
            del row[one]
    labels = [_as_asked(answer) for answer in old + new]
    return fit(rows, labels, [_WEIGHT_OF_OLD] * len(old) + [1.0] * len(new), _REGULARISATION[kind], _OF_A_RUN[kind])


def _as_asked(answer: Answer) -> str:
    """The label; where a yes denies, that of the question whose yes asserts."""
    label = answer.labels[0]
    if answer.question.kind is not QuestionKind.YES_NO or turned(answer.question) is None:
        return label
    return {Label.YES: Label.NO, Label.NO: Label.YES}.get(label, label)


def _teaches(kind: QuestionKind, answer: Answer) -> bool:
    return answer.question.kind is kind and answer.labels[0] not in _NEVER_LEARNED


def learn_about_the_call(answers: list[Answer]) -> Weights:
    """Weights that tell what is said about the call from what answers; without what was asked."""
    asked = Question.model_construct(id="question", kind=QuestionKind.NUMBER, say="", options=[], yes_means=None)
    taught = [answer for answer in answers if answer.labels[0] not in _NEVER_LEARNED]
    rows = [features(asked, answer.said) for answer in taught]
    labels = [answer.labels[0] if answer.labels[0] in _ASIDES else Label.UNCLEAR for answer in taught]
    return fit(rows, labels, [1.0] * len(rows), _REGULARISATION_OF_THE_CALL)


def learn_fits(old: Sequence[Answer], new: Sequence[Answer]) -> Weights:
    """Weights that tell an option that fits from one that does not."""
    rows: list[dict[str, float]] = []
    fit_: list[bool] = []
    worth: list[float] = []
    for place, answer in enumerate([*old, *new]):
        if answer.question.kind is not QuestionKind.CHOICE or answer.labels[0] in _NEVER_LEARNED:
            continue
        ruled = choice.read(answer.question, answer.said)
        rows.extend(option_match.features(answer.question, answer.said, ruled))
        fit_.extend(option == answer.labels[0] for option in answer.question.options)
        worth.extend([_WEIGHT_OF_OLD if place < len(old) else 1.0] * len(answer.question.options))
    seen = Counter(name for row in rows for name in row)
    vectoriser = DictVectorizer()
    matrix = vectoriser.fit_transform(
        [{name: row[name] for name in sorted(row) if seen[name] >= _LEAST_SEEN_OF_AN_OPTION} for row in rows]
    )
    model = LogisticRegression(C=_REGULARISATION_OF_FITS, solver="liblinear", tol=0.01, random_state=0)
    model.fit(matrix, fit_, sample_weight=worth)
    weights: dict[str, dict[str, float]] = {START: {FITS: round(float(model.intercept_[0]), 3)}}
    for name, weight in zip(vectoriser.get_feature_names_out(), model.coef_[0], strict=True):
        if abs(weight) >= _LEAST_WEIGHT:
            weights[str(name)] = {FITS: round(float(weight), 3)}
    return weights


def fit(
    rows: list[dict[str, float]],
    labels: list[str],
    worth: list[float],
    regularisation: float,
    of_a_run: float = 1.0,
) -> Weights:
    """One model for each label against the others; `of_a_run` is what a bare run of characters counts for."""
    seen = Counter(feature for row in rows for feature in row)
    vectoriser = DictVectorizer()
    valued = [{one: row[one] * value(one, of_a_run) for one in sorted(row) if seen[one] >= _LEAST_SEEN} for row in rows]
    matrix = vectoriser.fit_transform(valued)
    names = vectoriser.get_feature_names_out()
    weights: dict[str, dict[str, float]] = {START: {}}
    for label in sorted(set(labels)):
        model = LogisticRegression(C=regularisation, solver="liblinear", tol=0.01, random_state=0)
        model.fit(matrix, [one == label for one in labels], sample_weight=worth)
        weights[START][label] = round(float(model.intercept_[0]), 3)
        for name, learned in zip(names, model.coef_[0], strict=True):
            if abs(weight := learned * value(str(name), of_a_run)) >= _LEAST_WEIGHT:
                weights.setdefault(str(name), {})[label] = round(float(weight), 2)
    return weights


def value(feature: str, of_a_run: float = 1.0) -> float:
    """What a feature counts for while it is learned."""
    if feature.startswith("r:"):
        return _OF_RULES
    if feature.startswith("±"):
        return _OF_NEWS.get(feature[1:2], _OF_NEWS[""])
    if "|" in feature or "&" in feature:
        return _OF_A_SORT
    if feature.startswith(("p:", "p1:", "p9:")):
        return _OF_STANDING
    return 1.0 if feature.startswith(("~", "%", "ok~", "bad~")) else of_a_run


if __name__ == "__main__":
    main()
