"""A second opinion beside the rules: linear models over runs of characters, the build of the question, how things stand, and what the rules saw.

Of a choice the model weighs every option by itself, by features that all questions share (`option_match.py`).

Its weights are handed in; `python -m benchmarks.train_answer_opinion` learns them, and the same answers give the same weights. A wrong
yes or no costs ten times as much as asking again: it speaks up, and lets the rules speak, only where it is sure enough.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from community.model.meaning import need_help
from community.model.meaning.options import choice, option_match
from community.model.meaning.reading import UNCLEAR, Label, Reading
from community.model.meaning.speech import without_fillers
from community.model.meaning.words.facts import SORTS
from community.model.meaning.yes_no import verdict
from community.model.meaning.yes_no.families import family_of
from community.model.meaning.yes_no.sides import (
    form_of,
    own_words,
    rule_sides,
    standing,
    standing_where_a_yes_denies,
    turned,
)
from community.model.questionnaires.questionnaire import Question, QuestionKind

#: The model of what is said to any question.
ABOUT_THE_CALL = "about_the_call"
#: The starting points in the weights.
START = ""
_LONGEST_NGRAM = 3
_FEWEST_OPTIONS = 2
#: 自己做也行，食堂也行: two are named.
_EITHER = re.compile(r"也(?:行|可以|成|中|好)[^也]{1,12}也(?:行|可以|成|中|好)")
_LONGEST_ANSWER = 60
#: 来了又没了, 不凉，不过能吹, 好得很就是腿有点痛: a no that is taken back.
_TURNS = re.compile(r"又(?:没|停|断)|不过|但是|可是|(?<=[好行很以错的事,])(?:就是|只是|倒是)(?!说|没有?(?:$|[,.]))")
#: The model of one option: does it fit what was said?
FITS = "fits"
#: How sure it must be to decide alone: where somebody leaves it open, of a yes or a no, and of anything else. Set by cross-validation, so
#: that as few are taken for yes as for no.
_CERTAIN, _SURE = 0.9, 0.7
_SURE_OF = {Label.YES: 0.84, Label.NO: 0.77}
#: Below this what the rules say of a yes/no question is asked again; where they know its sort, or it begins with a yes or no, they are believed sooner.
_LEAST_AGREED, _LEAST_AGREED_KNOWN, _LEAST_AGREED_OPENING = 0.7, 0.1, 0.3
#: By how much an option must fit, and fit better than the next.
_LEAST_FIT, _LEAST_AHEAD = -0.7, 0.6
#: Where the rules chose, the model must think another much better to ask again.
_FAR_BEHIND = -2.5
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

    def decide(self, question: Question, text: str, *, left_open: bool = False) -> Reading | None:
        """What an answer means that the rules do not decide; None where the model is not sure either.

        Args:
            question: of any kind; of numbers, days and times it only sees what is said about the call.
            text: in the form of `speech.plain`.
            left_open: somebody says 看情况 or 忘了: it must be as good as certain.
        """
        if question.kind is QuestionKind.FREE_TEXT or len(text) > _LONGEST_ANSWER or _speaks_both_ways(question, text):
            return None
        chances = self.chances(question, text)
        label = max(chances, key=lambda name: chances[name])
        sure = chances[label]
        if label == Label.NO and _TURNS.search(text):
            return None
        if label == Label.UNCLEAR or sure < _least(label, left_open=left_open):
            return None
        return Reading(label, None, round(sure * 0.9, 3), "model")

    def weigh(self, question: Question, text: str, ruled: Reading) -> Reading:
        """The yes or no of the rules, or `unclear` where the model thinks too little of it."""
        if ruled.label not in {Label.YES, Label.NO} or len(text) > _LONGEST_ANSWER:
            return ruled
        said = verdict.as_weighed(text)
        if said.startswith(_PLAIN[ruled.label]):
            return ruled
        if verdict.settled(question, text) == ruled.label:
            return ruled
        least = _LEAST_AGREED_KNOWN if family_of(question) else _LEAST_AGREED
        if verdict.opening(said) == ruled.label:
            least = _LEAST_AGREED_OPENING
        return ruled if self.chances(question, text)[ruled.label] >= least else UNCLEAR

    def choose(self, question: Question, text: str, ruled: Reading) -> Reading:
        """The option that fits best, where one does; else what the rules say, or `unclear` where another fits far better.

        Args:
            question: a choice.
            text: in the form of `speech.plain`.
            ruled: what the rules say.
        """
        if len(text) > _LONGEST_ANSWER or len(question.options) < _FEWEST_OPTIONS or _EITHER.search(text):
            return ruled
        fits = self.fits(question, text, ruled)
        first, second, *_ = sorted(fits, reverse=True)
        best = question.options[fits.index(first)]
        if ruled.label == Label.VALUE:
            if best == ruled.value:
                return ruled if first >= _LEAST_FIT else UNCLEAR
            return ruled if fits[question.options.index(ruled.value)] - first > _FAR_BEHIND else UNCLEAR
        left_open = choice.leaves_open(text) and best not in text
        if left_open or first < _LEAST_FIT or first - second < _LEAST_AHEAD:
            return ruled
        return Reading(Label.VALUE, best, round(0.9 / (1 + math.exp(-first)), 3), "model")

    def fits(self, question: Question, text: str, ruled: Reading) -> list[float]:
        """How well each option fits what was said: 0 is even odds."""
        weights = self.weights[FITS]
        start = weights[START][FITS]
        return [
            start + sum(weights[name][FITS] * value for name, value in found.items() if name in weights)
            for found in option_match.features(question, text, ruled)
        ]

    def chances(self, question: Question, text: str) -> dict[str, float]:
        """How probable each label is; together 1."""
        weights = self.weights.get(question.kind.value, self.weights[ABOUT_THE_CALL])
        scores = dict(weights[START])
        opposite = question.kind is QuestionKind.YES_NO and turned(question)
        for feature, sign in features(question, text).items():
            for label, weight in weights.get(feature, {}).items():
                scores[label] += sign * weight
        single = {label: 1 / (1 + math.exp(-score)) for label, score in scores.items()}
        if opposite:
            single[Label.YES], single[Label.NO] = single[Label.NO], single[Label.YES]
        total = sum(single.values())
        return {label: chance / total for label, chance in single.items()}


def _least(label: str, *, left_open: bool) -> float:
    """How sure the model must be to say a label alone."""
    return _CERTAIN if left_open else _SURE_OF.get(label, _SURE)


def _speaks_both_ways(question: Question, text: str) -> bool:
    """Whether the asked word is both said and denied."""
    return question.kind is QuestionKind.YES_NO and verdict.by_core(question, verdict.as_weighed(text)) == Label.UNCLEAR


def features(question: Question, text: str) -> dict[str, float]:
    """Runs of one to three characters; of a yes/no question also its `sides`. Each is 1, or -1 where it counts turned round.

    Where a yes denies, they are those of the question whose yes asserts: `chances` turns the answer round again.
    """
    if question.kind is not QuestionKind.YES_NO:
        return dict.fromkeys(_features_of_others(question, text), 1.0)
    opposite = turned(question)
    found = _features_of_yes_no(opposite or question, text)
    if opposite:
        found |= dict.fromkeys(standing_where_a_yes_denies(without_fillers(text)), 1.0)
    return found


def _features_of_others(question: Question, text: str) -> Iterator[str]:
    yield from _runs(f"^{without_fillers(text)[:_LONGEST_ANSWER]}$")
    if question.kind is QuestionKind.NEED_HELP:
        yield f"r:{need_help.read(text).label}"


def _features_of_yes_no(question: Question, text: str) -> dict[str, float]:
    said = without_fillers(text)
    marked = f"^{said[:_LONGEST_ANSWER]}$"
    runs = set(_runs(marked))
    own, stands = set(own_words(question, marked)), set(standing(question, said))
    form, news = form_of(question)
    found = {*runs, *own, *stands, *rule_sides(question, text), f"r:{form}{news}"}
    found.update(f"{news}{run}" for run in own if run.startswith("~"))
    found.update(f"{form}&{run}" for run in runs)
    family = family_of(question)
    if family:
        found.update(f"{SORTS.index(family)}|{run}" for run in runs)
    turned_round = {
        *runs,
        *(run for run in own if run.startswith("~")),
        *(pole for pole in stands if pole.count(":") == 1),
    }
    good = -1.0 if news == "bad" else 1.0
    return dict.fromkeys(found, 1.0) | {f"±{one}": good for one in turned_round}


def _runs(marked: str) -> Iterator[str]:
    for length in range(1, _LONGEST_NGRAM + 1):
        yield from (marked[start : start + length] for start in range(len(marked) - length + 1))
