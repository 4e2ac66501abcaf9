"""The index over all passages: BM25 finds candidates among thousands, features and learnt weights put them in order."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias

import numpy as np

from community.model.policies.entries import DocumentEntry, PassageEntry, bigrams_of
from community.model.policies.question import AskedQuestion
from community.model.policies.ranking import Ranking, Weighting, passage_features

#: Passages that BM25 hands on, and documents of which all passages are looked at.
CANDIDATES = 28
WHOLE_DOCUMENTS = 3
#: Characters without content of their own in a question.
EMPTY_CHARACTERS = frozenset(
    "的了是我你他她它们这那个就都也还又再才只很太真好吧吗呢啊呀哦嘛么什怎哪谁几多少有没不会能可以要想去来到给让把被跟和与在"
    "从向对为请问说一二两三些点下上中里外边头子儿大小老家人得着过啦咯咱俺您嘞诶唉哎噢啥咋"
)
#: Passages of such a document that are looked at, at most.
KEPT = 14


#: One truth for each passage.
Mask: TypeAlias = "np.ndarray[Any, np.dtype[np.bool_]]"


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that may answer, with its features and score."""

    document: DocumentEntry
    passage: PassageEntry
    features: dict[str, float]
    score: float


class PassageIndex:
    """An index over documents; never changed once built, so threads may share it."""

    def __init__(self, documents: Sequence[DocumentEntry], ranking: Ranking) -> None:
        self.documents = {entry.document.id: entry for entry in documents}
        self._ranking = ranking
        self._pairs = [(entry, passage) for entry in documents for passage in entry.passages]
        self._document_ids = [entry.document.id for entry, _ in self._pairs]
        self._places: dict[int, list[int]] = {}
        for place, (entry, _) in enumerate(self._pairs):
            self._places.setdefault(entry.document.id, []).append(place)
        self._frequency = _frequencies(chain.from_iterable(p.bigrams for _, p in self._pairs))
        self._concept_frequency = _frequencies(chain.from_iterable(p.concepts for _, p in self._pairs))
        self._character_frequency = _frequencies(chain.from_iterable(p.characters for _, p in self._pairs))
        self._bm25 = _Bm25([passage.tokens for _, passage in self._pairs]) if self._pairs else None

    def mask(self, allowed: Callable[[int], bool]) -> Mask:
        """Mark the passages of the documents whose id is allowed, for `search`."""
        ids = {document_id for document_id in self.documents if allowed(document_id)}
        return np.fromiter((one in ids for one in self._document_ids), dtype=np.bool_, count=len(self._document_ids))

    def search(
        self,
        question: AskedQuestion,
        *,
        allowed: Mask,
        kept_topic: int | None = None,
        most: int = CANDIDATES,
        whole: int = WHOLE_DOCUMENTS,
    ) -> list[Hit]:
        """Return the candidates among the passages allowed, best first; equal scores keep the order of import.

        Args:
            most: passages that BM25 hands on.
            whole: of its best documents, so many are looked at passage by passage.
        """
        if self._bm25 is None:
            return []
        weighting = self._weighting(question)
        tokens = [*weighting.bigrams, *(f"#{concept}" for concept in sorted(question.concepts))]
        scores = self._bm25.scores(tokens)
        highest = sum(weighting.bigrams.values()) + 2 * len(question.concepts) or 1.0
        hits = []
        for place in self._candidates(scores, allowed, kept_topic, most, whole):
            document, passage = self._pairs[place]
            features = passage_features(
                question,
                weighting,
                passage,
                document,
                bm25=min(1.0, float(scores[place]) / (2.2 * highest)),
                kept_topic=document.document.id == kept_topic,
            )
            hits.append(Hit(document, passage, features, self._ranking.score(features)))
        return sorted(hits, key=lambda hit: -hit.score)

    def _candidates(
        self, scores: "np.ndarray[Any, Any]", allowed: Mask, kept_topic: int | None, most: int, whole: int
    ) -> list[int]:
        chosen = _best(np.where(allowed, scores, 0.0), most)
        documents = list(dict.fromkeys(self._document_ids[place] for place in chosen))[:whole]
        if kept_topic is not None and any(allowed[place] for place in self._places.get(kept_topic, ())):
            documents = list(dict.fromkeys([kept_topic, *documents]))[: max(1, whole)]
        places = dict.fromkeys(chosen)
        for document_id in documents:
            places.update(dict.fromkeys(self._places[document_id][:KEPT]))
        return list(places)

    def _weighting(self, question: AskedQuestion) -> Weighting:
        count = len(self._pairs)
        return Weighting(
            concepts={name: _weight(self._concept_frequency.get(name, 0), count) for name in sorted(question.concepts)},
            bigrams={
                bigram: _weight(self._frequency.get(bigram, 0), count)
                for bigram in dict.fromkeys(bigrams_of(question.text))
            },
            characters={
                one: _weight(self._character_frequency.get(one, 0), count)
                for one in dict.fromkeys(question.uncovered)
                if "\u4e00" <= one <= "\u9fff" and one not in EMPTY_CHARACTERS
            },
        )


def _best(scores: "np.ndarray[Any, Any]", most: int) -> list[int]:
    """Places of the highest scores above 0, ties in order of place, so that the same documents always give the same answer."""
    places = np.flatnonzero(scores > 0)
    if len(places) > most:
        least = np.partition(scores[places], len(places) - most)[len(places) - most]
        places = places[scores[places] >= least]
    order = np.argsort(-scores[places], kind="stable")[:most]
    return [int(place) for place in places[order]]


def _weight(frequency: int, count: int) -> float:
    """Inverse document frequency between 0.15 (everywhere) and 1 (nowhere)."""
    share = math.log((count + 1) / (frequency + 0.5)) / math.log((count + 1) / 0.5)
    return max(0.15, min(1.0, share))


def _frequencies(names: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in names:
        counts[name] = counts.get(name, 0) + 1
    return counts


class _Bm25:
    """BM25 weights computed by bm25s; summed here, because its own summing costs milliseconds a query on this NumPy."""

    def __init__(self, tokens: Sequence[Sequence[str]]) -> None:
        import bm25s  # noqa: PLC0415 - takes a second to load, and most processes never search

        index = bm25s.BM25(method="lucene", k1=1.2, b=0.6)
        index.index([list(some) for some in tokens], show_progress=False)
        self._size = len(tokens)
        self._vocabulary: dict[str, int] = index.vocab_dict
        self._data, self._places, self._starts = (index.scores[key] for key in ("data", "indices", "indptr"))

    def scores(self, tokens: Sequence[str]) -> "np.ndarray[Any, np.dtype[np.float32]]":
        """Return the score of every passage."""
        total = np.zeros(self._size, dtype=np.float32)
        for token in tokens:
            number = self._vocabulary.get(token)
            if number is not None:
                span = slice(self._starts[number], self._starts[number + 1])
                total[self._places[span]] += self._data[span]
        return total
