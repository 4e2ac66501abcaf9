"""A second opinion on danger beside the rules: a linear model over characters, sounds, concepts, and what the rules themselves saw.

Concepts (a person, does not wake, electric things, it is over) and which of them stand close to each other let it judge wording that nobody foresaw. Words and weights
are handed in; `python -m benchmarks.train_danger_opinion` learns the weights.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True, slots=True)
class DangerOpinion:
    """What the model learned.

    Attributes:
        persons: words that are read as one and the same person.
        concepts: name → what it is recognised by.
        danger: feature → weight; `START` is where it begins.
        kinds: feature → kind of emergency → weight.
    """

    persons: re.Pattern[str]
    concepts: Mapping[str, re.Pattern[str]]
    danger: Mapping[str, float]
    kinds: Mapping[str, Mapping[str, float]]

    @classmethod
    def from_documents(cls, words: Mapping[str, Any], weights: Mapping[str, Any]) -> "DangerOpinion":
        """Build it from the vocabulary and the learned weights, as their files hold them."""
        return cls(
            persons=re.compile("|".join(words["persons"].split())),
            concepts={name: re.compile("|".join(text.split())) for name, text in words["concepts"].items()},
            danger=weights["danger"],
            kinds=weights["kinds"],
        )

    def sureness(self, text: str, ruled_kind: str | None) -> float:
        """How probable it is that somebody is in danger now, 0…1.

        Args:
            text: as it was written.
            ruled_kind: the kind of emergency that the rules assert; None where they are silent.
        """
        found = set(self.features(text))
        score = self.danger[START] + sum(self.danger.get(feature, 0.0) for feature in found)
        score += sum(self.danger.get(feature, 0.0) for feature in rule_features(ruled_kind))
        return 1 / (1 + math.exp(-score))

    def likely_kinds(self, text: str) -> list[tuple[str, float]]:
        """The kinds of emergency with how probable each is if it is one, the likeliest first."""
        scores = dict(self.kinds[START])
        for feature in set(self.features(text)):
            for kind, weight in self.kinds.get(feature, {}).items():
                scores[kind] += weight
        highest = max(scores.values())
        total = sum(math.exp(score - highest) for score in scores.values())
        return [(kind, math.exp(scores[kind] - highest) / total) for kind in sorted(scores, key=lambda k: -scores[k])]

    def features(self, text: str) -> Iterator[str]:
        """What is counted: characters and their pairs with persons and numbers made one, sounds, concepts, and concepts together."""
        plain = normalise(text[:_LONGEST])
        marked = f"^{_NUMBERS.sub(_NUMBER, _REPEATED.sub(_PERSON, self.persons.sub(_PERSON, plain)))}$"
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
