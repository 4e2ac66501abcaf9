"""How much of what a question names a passage speaks of, word by word, and whether one sentence of it holds what is asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from community.model.policies.entries import DocumentEntry, PassageEntry, SentenceEntry
from community.model.policies.question import AskedQuestion, Unit

#: Names of the features that `coverage_features` computes.
COVERAGE = (
    "units_passage",
    "units_elsewhere",
    "units_missing",
    "units_missing_sum",
    "rarest_missing",
    "units_exact",
    "units_title",
    "nouns_elsewhere",
    "verbs_elsewhere",
    "place_missing",
    "sentence_met",
    "sentence_best",
    "focus_met",
    "focus_apart",
    "focus_elsewhere",
    "focus_missing",
    "wants_met",
    "unmet_money",
    "unmet_time",
    "unmet_duration",
    "unmet_place",
    "unmet_phone",
    "unmet_agent",
    "unmet_papers",
    "unmet_penalty",
    "unmet_percent",
    "unmet_count",
    "asks_nothing",
    "asks_opinion",
    "asks_name",
    "asks_yes_no",
    "names_little",
)
#: The kinds of answers that are missed, and the feature that says so.
_UNMET = {
    "money": "unmet_money",
    "paid": "unmet_money",
    "clock": "unmet_time",
    "day": "unmet_time",
    "duration": "unmet_duration",
    "place": "unmet_place",
    "phone": "unmet_phone",
    "agent": "unmet_agent",
    "papers": "unmet_papers",
    "penalty": "unmet_penalty",
    "percent": "unmet_percent",
}
#: Rarity in general Chinese from which a word counts as one, and below which it says next to nothing.
_RARE, _COMMON = 12.0, 4.0
_LEAST = 0.05
#: What a word of the lexicon counts at least, however common, and what one that only names who asks.
_NAMED, _CONTEXT = 0.35, 0.35
#: What is left of a missing word that a document may lack and still answer.
_SOFT = 0.4


def weight_of(unit: Unit, concepts: Mapping[str, float]) -> float:
    """How much it matters that a unit is met: how rare its concept is in the documents, and its word in Chinese."""
    rarity = max(_LEAST, min(1.0, (unit.rarity - _COMMON) / (_RARE - _COMMON)))
    if unit.concepts:
        rarity = max(_NAMED, rarity) * max((concepts.get(name, 1.0) for name in unit.concepts), default=1.0)
    return rarity * (_CONTEXT if unit.is_context else 1.0)


@dataclass(slots=True)
class _Tally:
    """What of a question's units a passage, its title, the rest of its document or nothing meets."""

    here: float = 0.0
    title: float = 0.0
    elsewhere: float = 0.0
    missing: float = 0.0
    rarest: float = 0.0
    exact: float = 0.0
    nouns: float = 0.0
    verbs: float = 0.0

    @property
    def total(self) -> float:
        return self.here + self.title + self.elsewhere + self.missing

    def count(self, unit: Unit, weight: float, passage: PassageEntry, document: DocumentEntry) -> bool:
        """Count a unit where it is met, and say whether the passage itself meets it."""
        literal = unit.word in passage.plain
        if literal or unit.concepts & passage.concepts:
            self.here += weight
            self.exact += weight * literal
            return True
        if unit.word in document.title or unit.concepts & document.title_concepts:
            self.title += weight
            return False
        if unit.word in document.plain or unit.concepts & document.concepts:
            self.elsewhere += weight
        else:
            weight *= (_SOFT if unit.is_soft else 1.0) if unit.concepts else _lacking(unit.word, passage.characters)
            self.missing += weight
            self.rarest = max(self.rarest, weight)
        if unit.is_verb:
            self.verbs += weight
        elif not unit.is_context:
            self.nouns += weight
        return False


def coverage_features(
    question: AskedQuestion, concepts: Mapping[str, float], passage: PassageEntry, document: DocumentEntry
) -> dict[str, float]:
    """Compute the features; `concepts` has the weight of each concept of the question."""
    tally = _Tally()
    weighted = [(unit, weight_of(unit, concepts)) for unit in question.units]
    met = [(unit, weight) for unit, weight in weighted if tally.count(unit, weight, passage, document)]
    total = tally.total
    best, answering = _sentences(question, met, passage)

    def share(part: float) -> float:
        return part / total if total else 0.0

    return {
        "units_passage": share(tally.here),
        "units_elsewhere": share(tally.elsewhere),
        "units_missing": share(tally.missing),
        "units_missing_sum": min(3.0, tally.missing),
        "rarest_missing": tally.rarest,
        "units_exact": share(tally.exact),
        "units_title": share(tally.title),
        "nouns_elsewhere": min(3.0, tally.nouns),
        "verbs_elsewhere": min(3.0, tally.verbs),
        "place_missing": float(any(place not in document.place_text for place in question.places)),
        "sentence_met": share(answering),
        "sentence_best": share(best),
        **_focus_features(question, passage, document),
        **_unmet(question, passage),
        "asks_nothing": float(not question.asks),
        "asks_opinion": float(not question.manner.isdisjoint(("opinion", "why"))),
        "asks_name": float("name" in question.manner),
        "asks_yes_no": float("yes_no" in question.manner and not question.asks),
        "names_little": float(total < 1.0),
    }


def _lacking(word: str, characters: frozenset[str]) -> float:
    return sum(character not in characters for character in word) / len(word)


def _focus_features(question: AskedQuestion, passage: PassageEntry, document: DocumentEntry) -> dict[str, float]:
    """Whether what it is asked of stands in the sentence that could answer, apart from it, elsewhere, or nowhere."""
    counted = dict.fromkeys(("focus_met", "focus_apart", "focus_elsewhere", "focus_missing"), 0.0)
    for unit in question.focus:
        headed = unit.word in document.title or bool(
            unit.concepts & (passage.heading_concepts | document.title_concepts)
        )
        if headed or any(_speaks_of(unit, one) and _answers(question, one) for one in passage.sentences):
            kind = "focus_met"
        elif unit.word in passage.plain or unit.concepts & passage.concepts:
            kind = "focus_apart"
        elif unit.word in document.plain or unit.concepts & document.concepts:
            kind = "focus_elsewhere"
        else:
            kind = "focus_missing"
        counted[kind] += 1.0
    number = len(question.focus) or 1
    return {name: count / number for name, count in counted.items()}


def _speaks_of(unit: Unit, sentence: SentenceEntry) -> bool:
    return unit.word in sentence.plain or not unit.concepts.isdisjoint(sentence.concepts)


def _answers(question: AskedQuestion, sentence: SentenceEntry) -> bool:
    return not question.asks or not question.asks.isdisjoint(sentence.types)


def _unmet(question: AskedQuestion, passage: PassageEntry) -> dict[str, float]:
    """One for each kind of answer that is asked for and of which the passage holds nothing."""
    missed = question.asks - passage.types
    names = {_UNMET.get(kind, "unmet_count") for kind in missed}
    met = len(question.asks) - len(missed)
    return {
        "wants_met": met / len(question.asks) if question.asks else 0.0,
        **{name: float(name in names) for name in ("unmet_count", *_UNMET.values())},
    }


def _sentences(question: AskedQuestion, met: list[tuple[Unit, float]], passage: PassageEntry) -> tuple[float, float]:
    """The weight of what the best sentence names, and of the best among those that hold the type of answer asked for."""
    headed = sum(weight for unit, weight in met if unit.concepts & passage.heading_concepts)
    open_units = [(unit, weight) for unit, weight in met if not unit.concepts & passage.heading_concepts]
    best = answering = 0.0
    for sentence in passage.sentences:
        named = headed + sum(weight for unit, weight in open_units if _speaks_of(unit, sentence))
        best = max(best, named)
        if named > answering and _answers(question, sentence):
            answering = named
    return best, answering
