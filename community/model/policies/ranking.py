"""How well a passage answers a question: named features, and weights learnt from training questions."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from community.model.policies.coverage import COVERAGE, coverage_features
from community.model.policies.entries import DocumentEntry, PassageEntry
from community.model.policies.question import AskedQuestion

#: Features of one passage for one question, in the order of `passage_features`.
FEATURES = (
    "bm25",
    "bigrams_passage",
    "bigrams_document",
    "bigrams_title",
    "characters_passage",
    "characters_document",
    "topic_in_title",
    "topic_in_body",
    "topic_missing",
    "things_passage_share",
    "things_passage_sum",
    "things_document_only",
    "things_missing",
    "soft_missing",
    "telling_missing",
    "telling_elsewhere",
    "contexts_passage",
    "words_passage_share",
    "words_passage_sum",
    "nouns_missing",
    "verbs_missing",
    "heading_things",
    "heading_facet",
    "asks_met",
    "asks_unmet",
    "age_met",
    "number_met",
    "kept_topic",
    "formal",
    *COVERAGE,
)
#: What the decision to answer looks at besides the best passage's features.
DECISION_FEATURES = (
    *FEATURES,
    "rank_score",
    "margin_document",
    "explained",
    "nothing_missing",
    "topic_clear",
    "things_met",
)


@dataclass(frozen=True)
class Ranking:
    """Learnt weights.

    Attributes:
        rank: weight of each feature in a passage's score.
        answer: weight of each decision feature; the logistic of their sum is the confidence.
        threshold: least confidence at which an answer is given.
        sure: below this confidence staff look at the answer too.
        choose_margin: two documents whose scores are nearer than this compete.
    """

    rank: Mapping[str, float]
    answer: Mapping[str, float]
    answer_bias: float
    threshold: float
    sure: float
    choose_margin: float

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> "Ranking":
        """Build from the loaded YAML."""
        return cls(
            rank=data["rank"],
            answer=data["answer"],
            answer_bias=data["answer_bias"],
            threshold=data["threshold"],
            sure=data["sure"],
            choose_margin=data["choose_margin"],
        )

    def score(self, features: Mapping[str, float]) -> float:
        """Score one passage; higher is better."""
        return math.fsum([weight * features[name] for name, weight in self._counting])

    @cached_property
    def _counting(self) -> list[tuple[str, float]]:
        return [(name, weight) for name, weight in self.rank.items() if weight]

    def confidence(self, features: Mapping[str, float]) -> float:
        """Say how sure it is that the best passage answers, 0 to 1."""
        total = self.answer_bias + sum(weight * features[name] for name, weight in self.answer.items())
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True)
class Weighting:
    """How much each concept and bigram of a question counts, from how rare it is in the documents."""

    concepts: Mapping[str, float]
    bigrams: Mapping[str, float]
    characters: Mapping[str, float]

    @cached_property
    def _bigrams_total(self) -> float:
        return sum(self.bigrams.values())

    @cached_property
    def _characters_total(self) -> float:
        return sum(self.characters.values())

    def of_concepts(self, names: Iterable[str]) -> float:
        """Sum the weights of concepts."""
        return math.fsum(self.concepts[name] for name in names)

    def bigram_share(self, present: frozenset[str]) -> float:
        """Share of the question's bigrams that are present, rare ones counting more."""
        return _share(self.bigrams, self._bigrams_total, present)

    def character_share(self, present: frozenset[str]) -> float:
        """Share of the question's content characters that are present, rare ones counting more."""
        return _share(self.characters, self._characters_total, present)


def _share(weights: Mapping[str, float], total: float, present: frozenset[str]) -> float:
    return sum(weight for name, weight in weights.items() if name in present) / total if total else 0.0


def passage_features(
    question: AskedQuestion,
    weighting: Weighting,
    passage: PassageEntry,
    document: DocumentEntry,
    *,
    bm25: float,
    kept_topic: bool,
) -> dict[str, float]:
    """Compute the features of one passage for one question."""
    return {
        "bm25": bm25,
        "bigrams_passage": weighting.bigram_share(passage.bigrams - document.title_bigrams),
        "bigrams_document": weighting.bigram_share(document.bigrams),
        "bigrams_title": weighting.bigram_share(document.title_bigrams),
        "characters_passage": weighting.character_share(passage.characters),
        "characters_document": weighting.character_share(document.characters),
        "formal": float(passage.is_formal),
        "kept_topic": float(kept_topic),
        **_topic_features(question, weighting, passage, document),
        **_thing_features(question, weighting, passage, document),
        **_word_features(question, passage, document),
        **_answer_features(question, passage),
        **coverage_features(question, weighting.concepts, passage, document),
    }


def _topic_features(
    question: AskedQuestion, weighting: Weighting, passage: PassageEntry, document: DocumentEntry
) -> dict[str, float]:
    topics = question.topics
    in_title = topics & document.title_concepts
    in_body = (topics & passage.concepts) - in_title
    missing = topics - passage.concepts - in_title
    return {
        "topic_in_title": float(bool(in_title)),
        "topic_in_body": min(2.0, weighting.of_concepts(in_body)),
        "topic_missing": min(2.0, weighting.of_concepts(missing)),
    }


def _thing_features(
    question: AskedQuestion, weighting: Weighting, passage: PassageEntry, document: DocumentEntry
) -> dict[str, float]:
    in_passage = question.things & passage.concepts
    here = weighting.of_concepts(in_passage)
    elsewhere = weighting.of_concepts((question.things & document.concepts) - in_passage)
    absent = question.things - document.concepts
    telling = question.telling - passage.concepts
    missing = weighting.of_concepts(absent - question.soft - question.telling)
    soft = weighting.of_concepts(absent & question.soft)
    total = here + elsewhere + missing + soft + weighting.of_concepts(absent & question.telling)
    return {
        "things_passage_share": here / total if total else 0.0,
        "things_passage_sum": min(3.0, here),
        "things_document_only": min(3.0, elsewhere),
        "things_missing": min(3.0, missing),
        "soft_missing": min(3.0, soft),
        "telling_missing": min(2.0, float(len(absent & question.telling))),
        "telling_elsewhere": min(2.0, float(len(telling & document.concepts))),
        "contexts_passage": min(2.0, weighting.of_concepts(question.contexts & passage.concepts)),
        "heading_things": min(2.0, weighting.of_concepts(question.things & passage.heading_concepts)),
    }


def _word_features(question: AskedQuestion, passage: PassageEntry, document: DocumentEntry) -> dict[str, float]:
    here = elsewhere = nouns = verbs = 0.0
    for word, rarity in question.words.items():
        if word in document.title:
            elsewhere += rarity
        elif word in passage.plain:
            here += rarity
        elif word in document.plain:
            elsewhere += rarity
        elif word in question.verbs:
            verbs += rarity * _absent_share(word, document)
        else:
            nouns += rarity * _absent_share(word, document)
    total = here + elsewhere + nouns + verbs
    return {
        "words_passage_share": here / total if total else 0.0,
        "words_passage_sum": min(3.0, here / 10.0),
        "nouns_missing": min(4.0, nouns / 10.0),
        "verbs_missing": min(4.0, verbs / 10.0),
    }


def _absent_share(word: str, document: DocumentEntry) -> float:
    """Share of a word's characters that a document lacks: 灶台 is half met by 灶具."""
    return sum(character not in document.characters for character in word) / len(word)


def _answer_features(question: AskedQuestion, passage: PassageEntry) -> dict[str, float]:
    met = bool(question.asks & passage.types)
    age_met = any(span.holds(age) for span in passage.ages for age in question.ages)
    return {
        "heading_facet": float(bool(question.facets & passage.heading_concepts)),
        "asks_met": float(met),
        "asks_unmet": float(bool(question.asks) and not met),
        "age_met": float(age_met),
        "number_met": float(bool(question.numbers & passage.numbers)),
    }
