"""How much of what a question names a passage speaks of, word by word, and whether one sentence of it holds what is asked."""

from collections.abc import Mapping

from community.model.policies.entries import DocumentEntry, PassageEntry
from community.model.policies.question import AskedQuestion, Unit

#: Names of the features that `coverage_features` computes.
COVERAGE = (
    "units_passage",
    "units_elsewhere",
    "units_missing",
    "units_missing_sum",
    "rarest_missing",
    "units_exact",
    "place_missing",
    "sentence_met",
    "sentence_best",
    "unmet_money",
    "unmet_time",
    "unmet_place",
    "unmet_phone",
    "unmet_papers",
    "unmet_penalty",
    "unmet_count",
    "asks_nothing",
    "names_little",
)
#: Kinds of answers that are asked for, and the answer types any of which would do.
_UNMET = {
    "unmet_money": frozenset({"money", "percent"}),
    "unmet_time": frozenset({"date", "duration"}),
    "unmet_place": frozenset({"place"}),
    "unmet_phone": frozenset({"phone"}),
    "unmet_papers": frozenset({"papers"}),
    "unmet_penalty": frozenset({"penalty"}),
    "unmet_count": frozenset({"count"}),
}
#: Rarity in general Chinese that counts as one.
_RARE = 13.0
#: What a word counts that only names who asks.
_CONTEXT = 0.35


def weight_of(unit: Unit, concepts: Mapping[str, float]) -> float:
    """How much it matters that a unit is met: how rare its concept is in the documents, or its word in Chinese."""
    if not unit.concepts:
        return min(1.0, unit.rarity / _RARE)
    weight = max((concepts.get(name, 1.0) for name in unit.concepts), default=1.0)
    return weight * (_CONTEXT if unit.is_context else 1.0)


def coverage_features(
    question: AskedQuestion, concepts: Mapping[str, float], passage: PassageEntry, document: DocumentEntry
) -> dict[str, float]:
    """Compute the features; `concepts` has the weight of each concept of the question."""
    here = elsewhere = missing = rarest = exact = 0.0
    met: list[tuple[Unit, float]] = []
    for unit in question.units:
        weight = weight_of(unit, concepts)
        literal = unit.word in passage.plain
        if literal or unit.concepts & passage.concepts:
            here += weight
            exact += weight * literal
            met.append((unit, weight))
        elif unit.word in document.plain or unit.concepts & document.concepts:
            elsewhere += weight
        else:
            weight *= 1.0 if unit.concepts else _lacking(unit.word, passage.characters)
            missing += weight
            rarest = max(rarest, weight)
    total = here + elsewhere + missing
    best, answering = _sentences(question, met, passage)
    return {
        "units_passage": here / total if total else 0.0,
        "units_elsewhere": elsewhere / total if total else 0.0,
        "units_missing": missing / total if total else 0.0,
        "units_missing_sum": min(3.0, missing),
        "rarest_missing": rarest,
        "units_exact": exact / total if total else 0.0,
        "place_missing": float(any(place not in document.place_text for place in question.places)),
        "sentence_met": answering / total if total else 0.0,
        "sentence_best": best / total if total else 0.0,
        "asks_nothing": float(not question.asks),
        "names_little": float(total < 1.0),
        **_unmet(question, passage),
    }


def _lacking(word: str, characters: frozenset[str]) -> float:
    return sum(character not in characters for character in word) / len(word)


def _unmet(question: AskedQuestion, passage: PassageEntry) -> dict[str, float]:
    """One for each kind of answer that is asked for, when the passage holds nothing of what is asked for."""
    met = bool(question.asks & passage.types)
    return {name: float(not met and bool(types & question.asks)) for name, types in _UNMET.items()}


def _sentences(question: AskedQuestion, met: list[tuple[Unit, float]], passage: PassageEntry) -> tuple[float, float]:
    """The weight of what the best sentence names, and of the best among those that hold the type of answer asked for."""
    headed = sum(weight for unit, weight in met if unit.concepts & passage.heading_concepts)
    open_units = [(unit, weight) for unit, weight in met if not unit.concepts & passage.heading_concepts]
    best = answering = 0.0
    for sentence in passage.sentences:
        named = headed
        for unit, weight in open_units:
            if not unit.concepts.isdisjoint(sentence.concepts) or unit.word in sentence.plain:
                named += weight
        best = max(best, named)
        if named > answering and (not question.asks or not question.asks.isdisjoint(sentence.types)):
            answering = named
    return best, answering
