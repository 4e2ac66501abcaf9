"""A second opinion on danger beside the rules: a linear model over characters, sounds, concepts, and what the rules themselves saw.

Concepts (a person, does not wake, electric things, it is over) and which of them stand close to each other let it judge wording that nobody foresaw; so does the small
net beside it, which reads three characters at a time. Words and weights are handed in; `python -m benchmarks.train_danger_opinion` learns them.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from community.model.hazards.danger_net import DangerNet
from community.model.hazards.danger_sounds import sound_features
from community.model.text import normalise

#: What is read of a message; danger is told in the first lines.
_LONGEST = 300
#: Characters between two concepts that are taken together, and between two whose order counts.
_NEAR, _NEXT = 14, 6
_PERSON, _NUMBER = "Ⓟ", "0"
_NUMBERS = re.compile(r"\d+")
_REPEATED = re.compile(f"{_PERSON}+")
#: The starting points in the weights.
START = ""
#: How much the net says beside the linear model.
_OF_THE_NET = 0.5


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message is judged by.

    Attributes:
        heard: what the net counts, each once: what the linear model counts, then three characters at a time.
        of_both: so many of them, from the first, the linear model counts.
    """

    heard: tuple[str, ...]
    of_both: int

    @property
    def counted(self) -> tuple[str, ...]:
        """What the linear model counts."""
        return self.heard[: self.of_both]


@dataclass(frozen=True, slots=True)
class DangerOpinion:
    """What the model learned.

    Attributes:
        persons: words that are read as one and the same person.
        concepts: name → what it is recognised by.
        danger: feature → weight; `START` is where it begins.
        kinds: feature → kind of emergency → weight.
        net: the net beside the linear model.
    """

    persons: re.Pattern[str]
    concepts: Mapping[str, re.Pattern[str]]
    danger: Mapping[str, float]
    kinds: Mapping[str, Mapping[str, float]]
    net: DangerNet

    @classmethod
    def from_documents(cls, words: Mapping[str, Any], weights: Mapping[str, Any], net: DangerNet) -> "DangerOpinion":
        """Build it from the vocabulary and the learned weights, as their files hold them."""
        return cls(
            persons=re.compile("|".join(words["persons"].split())),
            concepts={name: re.compile("|".join(text.split())) for name, text in words["concepts"].items()},
            danger=weights["danger"],
            kinds=weights["kinds"],
            net=net,
        )

    def sureness(self, text: str, ruled_kind: str | None) -> float:
        """How probable it is that somebody is in danger now, 0…1.

        Args:
            text: as it was written.
            ruled_kind: the kind of emergency that the rules assert; None where they are silent.
        """
        read = self.read(text, ruled_kind)
        return float(probability(self._linear(read), self.net.score(read.heard)))

    def sureness_without_net(self, text: str) -> float:
        """How probable the linear model alone holds it, 0…1, where the rules are silent."""
        return 1 / (1 + math.exp(-self._linear(self.read(text, None))))

    def _linear(self, read: Reading) -> float:
        return self.danger[START] + sum(self.danger.get(feature, 0.0) for feature in read.counted)

    def likely_kinds(self, text: str) -> list[tuple[str, float]]:
        """The kinds of emergency with how probable each is if it is one, the likeliest first."""
        scores = dict(self.kinds[START])
        for feature in sorted(set(self.features(text))):
            for kind, weight in self.kinds.get(feature, {}).items():
                scores[kind] += weight
        highest = max(scores.values())
        total = sum(math.exp(score - highest) for score in scores.values())
        return [(kind, math.exp(scores[kind] - highest) / total) for kind in sorted(scores, key=lambda k: -scores[k])]

    def read(self, text: str, ruled_kind: str | None) -> Reading:
        """What both judge a message by; `ruled_kind` as in `sureness`."""
        plain, marked = self._plain(text)
        counted = sorted({*self._features(plain, marked), *rule_features(ruled_kind)})
        triples = dict.fromkeys(marked[place : place + 3] for place in range(len(marked) - 2))
        return Reading((*counted, *triples), len(counted))

    def features(self, text: str) -> Iterator[str]:
        """What is counted: characters and their pairs with persons and numbers made one, sounds, concepts, and concepts together."""
        yield from self._features(*self._plain(text))

    def _plain(self, text: str) -> tuple[str, str]:
        """The normalised text, and the same with persons and numbers made one."""
        plain = normalise(text[:_LONGEST])
        return plain, f"^{_NUMBERS.sub(_NUMBER, _REPEATED.sub(_PERSON, self.persons.sub(_PERSON, plain)))}$"

    def _features(self, plain: str, marked: str) -> Iterator[str]:
        yield from marked
        yield from (marked[place : place + 2] for place in range(len(marked) - 1))
        yield f"len{min(6, len(marked) // 6)}"
        yield from sound_features(plain)
        yield from self._concepts(plain)

    def _concepts(self, plain: str) -> Iterator[str]:
        found = sorted(
            (match.start(), match.end(), name)
            for name, pattern in self.concepts.items()
            for match in pattern.finditer(plain)
        )
        if not found:
            yield "#"
        for place, (_, end, name) in enumerate(found):
            yield f"#{name}"
            for start, _, other in found[place + 1 :]:
                if start - end > _NEAR:
                    break
                if other == name:
                    continue
                if start - end <= _NEXT:
                    yield f"#{name}>{other}"
                yield "#{}&{}".format(*sorted((name, other)))


def rule_features(ruled_kind: str | None) -> tuple[str, ...]:
    """What the rules saw, as features."""
    return () if ruled_kind is None else ("rule", f"rule:{ruled_kind}")


def probability(linear: Any, heard: Any) -> Any:
    """What both scores say together, 0…1; of arrays, an array."""
    return 1 / (1 + np.exp(-(_OF_THE_NET * heard + (1 - _OF_THE_NET) * linear)))
