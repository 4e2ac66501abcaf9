"""Learn the second opinion on spoken answers: `python -m benchmarks.train_answer_opinion`.

It learns from benchmarks/answer_training and tests/evaluation/answers/{tuned,tuned_more,beside_the_point}.yml, never from the files that
the figures in docs/understanding-answers.md were measured on, and writes community/files/answers/weights.json.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from community.files.answer_knowledge import WEIGHTS
from community.model.meaning.reading import Label
from community.model.meaning.second_opinion import ABOUT_THE_CALL, START, features, topic
from community.model.meaning.speech import plain
from community.model.questionnaires.questionnaire import Question, QuestionKind

Answer = tuple[Question, str, str]
Weights = Mapping[str, Mapping[str, float]]

ROOT = Path(__file__).parents[1]
LEARNED_FROM = ("tuned.yml", "tuned_more.yml")
BESIDE_THE_POINT = "beside_the_point.yml"
KINDS = (QuestionKind.YES_NO, QuestionKind.NEED_HELP, QuestionKind.CHOICE)
_ASIDES = frozenset({Label.REPEAT_REQUEST, Label.WRONG_PERSON, Label.REFUSE, Label.ASK_HUMAN, Label.CALLBACK_LATER})
#: Weights smaller than this change nothing and only take room.
_LEAST_WEIGHT = 0.08
_REGULARISATION_OF_YES_NO, _REGULARISATION = 1.0, 8.0
_SHARE = 3
#: What was seen once teaches nothing about another question.
_LEAST_SEEN = 2
#: The rules are too often right about the older answers to learn from these when to trust them.
_WEIGHT_OF_OLD = 0.3
#: What the rules saw is worth more than a run of characters, a run together with the question less: chosen by cross-validation.
_OF_RULES, _WITH_QUESTION = 2.0, 0.5
_NO_LABELS = frozenset({"kind", "question", "yes_means", "options"})


def main() -> None:
    """Learn and write the weights."""
    old = [answer for name in LEARNED_FROM for answer in labelled(name)]
    old += beside_the_point([question for question, _, _ in old])
    new = list(written_for_learning())
    learned = {kind.value: learn(kind, old, new) for kind in KINDS}
    learned[ABOUT_THE_CALL] = learn_about_the_call(old + new)
    target = ROOT / "community" / "files" / "answers" / WEIGHTS
    target.write_text(
        json.dumps(learned, ensure_ascii=False, sort_keys=True, separators=(",", ":"), indent=0) + "\n",
        encoding="utf-8",
    )
    print(f"{len(old) + len(new)} answers, {target.stat().st_size // 1024} KB")


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


def written_for_learning() -> Iterator[Answer]:
    """What was written only to be learned from."""
    for path in sorted((ROOT / "benchmarks" / "answer_training").glob("*.yml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            question = Question.model_construct(
                id="question",
                kind=QuestionKind(group["kind"]),
                say=group["question"],
                options=group.get("options", []),
                yes_means=group.get("yes_means"),
            )
            for label, said in group.items():
                yield from ((question, plain(str(words)), label) for words in said if label not in _NO_LABELS)


def learn(kind: QuestionKind, old: list[Answer], new: list[Answer]) -> Weights:
    """Weights of one kind of question: feature → label → weight."""
    old, new = ([answer for answer in answers if _teaches(kind, answer)] for answers in (old, new))
    rows = [features(question, text) for question, text, _ in old + new]
    # Every other of the older answers is learned without what the rules saw in it: they were made with these.
    for row in rows[: len(old) : 2]:
        row.difference_update([one for one in row if one.startswith("r:")])
    labels = [label for *_, label in old + new]
    if kind is not QuestionKind.YES_NO:
        return fit(rows, labels, [1.0] * len(rows), _REGULARISATION)
    return fit(rows, labels, [_WEIGHT_OF_OLD] * len(old) + [1.0] * len(new), _REGULARISATION_OF_YES_NO)


def _teaches(kind: QuestionKind, answer: Answer) -> bool:
    question, _, label = answer
    return label not in {Label.DISTRESS, Label.SILENCE} and (question.kind is kind or label in _ASIDES)


def learn_about_the_call(answers: list[Answer]) -> Weights:
    """Weights that tell what is said about the call from what answers; without what was asked."""
    asked = Question.model_construct(id="question", kind=QuestionKind.NUMBER, say="", options=[], yes_means=None)
    rows = [features(asked, text) for _, text, _ in answers]
    labels = [label if label in _ASIDES else Label.UNCLEAR for *_, label in answers]
    return fit(rows, labels, [1.0] * len(rows), _REGULARISATION)


def fit(rows: list[set[str]], labels: list[str], worth: list[float], regularisation: float) -> Weights:
    """One model for each label against the others."""
    seen = Counter(feature for row in rows for feature in row)
    vectoriser = DictVectorizer()
    valued = [{one: value(one) for one in sorted(row) if seen[one] >= _LEAST_SEEN} for row in rows]
    matrix = vectoriser.fit_transform(valued)
    names = vectoriser.get_feature_names_out()
    weights: dict[str, dict[str, float]] = {START: {}}
    for label in sorted(set(labels)):
        model = LogisticRegression(C=regularisation, solver="liblinear", tol=0.01, random_state=0)
        model.fit(matrix, [one == label for one in labels], sample_weight=worth)
        weights[START][label] = round(float(model.intercept_[0]), 3)
        for name, learned in zip(names, model.coef_[0], strict=True):
            if abs(weight := learned * value(name)) >= _LEAST_WEIGHT:
                weights.setdefault(str(name), {})[label] = round(float(weight), 2)
    return weights


def value(feature: str) -> float:
    """What a feature counts for while it is learned."""
    if feature.startswith("r:"):
        return _OF_RULES
    return _WITH_QUESTION if re.match(r"[a-z0-9一-鿿/]+\|", feature) else 1.0


if __name__ == "__main__":
    main()
