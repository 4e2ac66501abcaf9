"""A hazard's category where Rasa is not asked: a linear model over characters and sounds, for what somebody in danger wrote.

An emergency is raised before Rasa reads the message; its case belongs to the right people all the same. Weights are handed in;
`python -m benchmarks.train_category_opinion` learns them from nlu_data/nlu/hazards.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from community.model.hazards.danger_sounds import sound_features
from community.model.text import normalise

#: What is read of a message; what happened is told in the first lines.
_LONGEST = 300
#: How quickly distance from the border becomes certainty; as in the trained reader of chat.
_SHARPNESS = 4.0


@dataclass(frozen=True, slots=True)
class CategoryOpinion:
    """What the model learned.

    Attributes:
        starts: category → where its score begins.
        weights: feature → category → weight; a feature that is not there counts for nothing.
    """

    starts: Mapping[str, float]
    weights: Mapping[str, Mapping[str, float]]

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "CategoryOpinion":
        """Build it from the learned weights, as their file holds them."""
        codes = document["codes"]
        return cls(
            starts=dict(zip(codes, document["starts"], strict=True)),
            weights={
                feature: {codes[int(place)]: weight for place, weight in row.items()}
                for feature, row in document["weights"].items()
            },
        )

    def guesses(self, text: str) -> dict[str, float]:
        """Every category with its probability, 0…1, adding up to one.

        Args:
            text: as it was written.
        """
        known = [row for feature in set(category_features(text)) if (row := self.weights.get(feature)) is not None]
        share = 1 / math.sqrt(len(known)) if known else 0.0
        scores = dict(self.starts)
        for row in known:
            for code, weight in row.items():
                scores[code] += share * weight
        highest = max(scores.values())
        powers = {code: math.exp(_SHARPNESS * (score - highest)) for code, score in scores.items()}
        total = sum(powers.values())
        return {code: power / total for code, power in powers.items()}


def category_features(text: str) -> Iterator[str]:
    """What is counted: characters, their pairs, and the sounds of both."""
    plain = normalise(text[:_LONGEST])
    marked = f"^{plain}$"
    yield from marked
    yield from (marked[place : place + 2] for place in range(len(marked) - 1))
    yield from sound_features(plain)
