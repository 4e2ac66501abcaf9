"""A second opinion beside the rules: a linear model over runs of characters, the build of the question, and what the rules saw.

Its weights are handed in; `python -m benchmarks.train_answer_opinion` learns them, and the same answers give the same weights. A wrong
yes or no costs ten times as much as asking again: it speaks up, and lets the rules speak, only where it is sure enough.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from community.model.meaning import yes_no
from community.model.meaning.facts import SORTS, family_of
from community.model.meaning.reading import UNCLEAR, Label, Reading
from community.model.meaning.sides import form_of, own_words, rule_sides
from community.model.meaning.speech import without_fillers
from community.model.questionnaires.questionnaire import Question, QuestionKind

#: The model of what is said to any question.
ABOUT_THE_CALL = "about_the_call"
#: The starting points in the weights.
START = ""
_LONGEST_NGRAM = 3
_LONGEST_ANSWER = 60
#: 来了又没了, 不凉，不过能吹: a no that is taken back.
_TURNS = re.compile(r"又(?:没|停|断)|不过|但是|可是")
#: How sure it must be to decide alone: a no, or any answer to a yes/no question of a sort nobody foresaw; and anything else.
_VERY_SURE, _SURE = 0.85, 0.75
#: Below this what the rules say of a yes/no question is asked again; where they know its sort, or it begins with a yes or no, they are believed sooner.
_LEAST_AGREED, _LEAST_AGREED_KNOWN = 0.5, 0.1
#: Words that leave little to weigh.
_PLAIN = {Label.YES: ("是的", "对的", "好的"), Label.NO: ("不是", "不用", "不要")}
_ABOUT_THE_CALL = frozenset(
    {Label.REPEAT_REQUEST, Label.WRONG_PERSON, Label.REFUSE, Label.ASK_HUMAN, Label.CALLBACK_LATER, Label.DISTRESS}
)


@dataclass(frozen=True, slots=True)
class AnswerOpinion:
    """What the model learned.

    Attributes:
        weights: kind of question → feature → label → weight; `START` holds where each label begins.
    """

    weights: Mapping[str, Mapping[str, Mapping[str, float]]]

    def decide(self, question: Question, text: str) -> Reading | None:
        """What an answer means that the rules do not decide; None where the model is not sure either.

        Args:
            question: of any kind; of numbers, days and times it only sees what is said about the call.
            text: in the form of `speech.plain`.
        """
        if question.kind is QuestionKind.FREE_TEXT or len(text) > _LONGEST_ANSWER or _speaks_both_ways(question, text):
            return None
        chances = self.chances(question, text)
        label = max(chances, key=lambda name: chances[name])
        sure = chances[label]
        if label == Label.NO and _TURNS.search(text):
            return None
        unknown = question.kind is QuestionKind.YES_NO and family_of(question) is None
        if label == Label.UNCLEAR or sure < (_VERY_SURE if unknown or label == Label.NO else _SURE):
            return None
        if question.kind is not QuestionKind.CHOICE or label in _ABOUT_THE_CALL:
            return Reading(label, None, round(sure * 0.9, 3), "model")
        return Reading(Label.VALUE, label, round(sure * 0.9, 3), "model") if label in question.options else None

    def weigh(self, question: Question, text: str, ruled: Reading) -> Reading:
        """The yes or no of the rules, or `unclear` where the model thinks too little of it."""
        if ruled.label not in {Label.YES, Label.NO} or len(text) > _LONGEST_ANSWER:
            return ruled
        said = yes_no.as_weighed(text)
        if said.startswith(_PLAIN[ruled.label]):
            return ruled
        known = family_of(question) or yes_no.opening(said) == ruled.label
        least = _LEAST_AGREED_KNOWN if known else _LEAST_AGREED
        return ruled if self.chances(question, text)[ruled.label] >= least else UNCLEAR

    def chances(self, question: Question, text: str) -> dict[str, float]:
        """How probable each label is; together 1."""
        weights = self.weights.get(question.kind.value, self.weights[ABOUT_THE_CALL])
        scores = dict(weights[START])
        for feature in features(question, text):
            for label, weight in weights.get(feature, {}).items():
                scores[label] += weight
        single = {label: 1 / (1 + math.exp(-score)) for label, score in scores.items()}
        total = sum(single.values())
        return {label: chance / total for label, chance in single.items()}


def _speaks_both_ways(question: Question, text: str) -> bool:
    """Whether the asked word is both said and denied, or a yes itself denies (不吵): neither was learned."""
    if question.kind is not QuestionKind.YES_NO:
        return False
    denies = (question.yes_means or "").startswith(("不", "没"))
    return denies or yes_no.by_core(question, yes_no.as_weighed(text)) == Label.UNCLEAR


def features(question: Question, text: str) -> set[str]:
    """Runs of one to three characters, alone and together with what was asked; of a yes/no question also its `sides`."""
    marked = f"^{without_fillers(text)[:_LONGEST_ANSWER]}$"
    runs = set(_runs(marked))
    found = runs.copy()
    if about := topic(question):
        found.update(f"{about}|{run}" for run in runs)
    if question.kind is not QuestionKind.YES_NO:
        return found
    form, news = form_of(question)
    found.update(f"{sort}|{run}" for sort in (form + news, news) for run in runs)
    found.add(f"r:{form}{news}")
    found.update(own_words(question, marked, news))
    found.update(rule_sides(question, text))
    return found


def _runs(marked: str) -> Iterator[str]:
    for length in range(1, _LONGEST_NGRAM + 1):
        yield from (marked[start : start + length] for start in range(len(marked) - length + 1))


def topic(question: Question) -> str:
    """What a question is about, as far as its answers depend on it."""
    if question.kind is QuestionKind.CHOICE:
        return "/".join(question.options)
    family = family_of(question) if question.kind is QuestionKind.YES_NO else None
    return str(SORTS.index(family)) if family else ""
