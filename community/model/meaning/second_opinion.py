"""A second opinion where the rules do not decide: a linear model over pairs and triples of characters.

Its weights are learned from the labelled answers by `python -m benchmarks.train_answer_opinion`; the same answers give
the same weights. It decides only where it is sure: a wrong no costs more than asking again.
"""

import json
import math
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from community.model.meaning.facts import SORTS, family_of
from community.model.meaning.reading import Label, Reading
from community.model.meaning.speech import without_fillers
from community.model.questionnaires.questionnaire import Question, QuestionKind

#: The model of what is said to any question.
ABOUT_THE_CALL = "about_the_call"
WEIGHTS = "second_opinion.json"
_LONGEST_NGRAM = 3
_LONGEST_ANSWER = 60
#: 来了又没了, 不凉，不过能吹: a no that is taken back.
_TURNS = re.compile(r"又(?:没|停|断)|不过|但是|可是")
#: How sure it must be: to say no, to say anything else.
_SURE_OF_NO, _SURE = 0.8, 0.75


def opinion(question: Question, text: str) -> Reading | None:
    """What the model takes an answer to mean; None where it is not sure or never learned such a question.

    Args:
        question: of any kind; of numbers, days and times it only sees what is said about the call.
        text: in the form of `speech.plain`.
    """
    weights = _weights().get(question.kind.value, _weights()[ABOUT_THE_CALL])
    if question.kind is QuestionKind.FREE_TEXT or len(text) > _LONGEST_ANSWER:
        return None
    label, sure = _best(weights, list(features(question, text)))
    if label == Label.NO and _TURNS.search(text):
        return None
    if label == Label.UNCLEAR or sure < (_SURE_OF_NO if label == Label.NO else _SURE):
        return None
    if question.kind is not QuestionKind.CHOICE or label in _ABOUT_THE_CALL:
        return Reading(label, None, round(sure * 0.9, 3), "model")
    return Reading(Label.VALUE, label, round(sure * 0.9, 3), "model") if label in question.options else None


def features(question: Question, text: str) -> Iterator[str]:
    """Runs of one to three characters, alone and together with what was asked."""
    about = topic(question)
    marked = f"^{without_fillers(text)}$"
    for length in range(1, _LONGEST_NGRAM + 1):
        for start in range(len(marked) - length + 1):
            run = marked[start : start + length]
            yield run
            if about:
                yield f"{about}|{run}"


def topic(question: Question) -> str:
    """What a question is about, as far as its answers depend on it."""
    if question.kind is QuestionKind.CHOICE:
        return "/".join(question.options)
    family = family_of(question) if question.kind is QuestionKind.YES_NO else None
    return str(SORTS.index(family)) if family else ""


_ABOUT_THE_CALL = frozenset(
    {Label.REPEAT_REQUEST, Label.WRONG_PERSON, Label.REFUSE, Label.ASK_HUMAN, Label.CALLBACK_LATER, Label.DISTRESS}
)


@lru_cache(maxsize=1)
def _weights() -> dict[str, dict[str, dict[str, float]]]:
    """Kind → n-gram → label → weight; an empty n-gram holds the labels' starting points."""
    text = files("community.model.meaning").joinpath(WEIGHTS).read_text(encoding="utf-8")
    loaded: dict[str, dict[str, dict[str, float]]] = json.loads(text)
    return loaded


def _best(weights: dict[str, dict[str, float]], found: list[str]) -> tuple[str, float]:
    scores = dict(weights[""])
    for feature in set(found):
        for label, weight in weights.get(feature, {}).items():
            scores[label] += weight
    highest = max(scores.values())
    total = sum(math.exp(score - highest) for score in scores.values())
    label = max(scores, key=lambda name: scores[name])
    return label, 1 / total
