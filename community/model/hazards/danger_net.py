"""A small net beside the linear model: it hears what characters say together about danger."""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class DangerNet:
    """What was learned; the hidden units of several nets that learned the same lines stand side by side.

    Attributes:
        places: feature → its row.
        rarity: how much each feature counts, by how few lines have it.
        rows: feature × hidden unit, in steps of `step`.
        step: of each hidden unit.
        start: where each hidden unit begins.
        last: what each hidden unit says.
        end: what is said of a message without words.
    """

    places: Mapping[str, int]
    rarity: NDArray[np.float32]
    rows: NDArray[np.int8]
    step: NDArray[np.float32]
    start: NDArray[np.float32]
    last: NDArray[np.float32]
    end: float

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "DangerNet":
        """Build it from the arrays of its file."""
        names = bytes(document["names"]).decode().split("\n")
        parts = {name: np.asarray(document[name], "f4") for name in ("rarity", "step", "start", "last")}
        return cls(
            {name: place for place, name in enumerate(names)},
            rows=np.asarray(document["rows"], "i1"),
            end=float(document["end"]),
            **parts,
        )

    @classmethod
    def silent(cls) -> "DangerNet":
        """One that has learned nothing and says nothing."""
        nothing = np.zeros(0, "f4")
        return cls({}, nothing, np.zeros((0, 0), "i1"), nothing, nothing, nothing, 0.0)

    def score(self, features: Collection[str]) -> float:
        """For danger above 0, against it below.

        Args:
            features: what is counted of the message.
        """
        # In one order: sums of another differ in the last digit.
        known = np.array(sorted(self.places[one] for one in features if one in self.places), dtype=np.intp)
        rarity = self.rarity[known]
        length = math.sqrt(float(rarity @ rarity)) or 1.0
        heard = (rarity / length) @ self.rows[known].astype("f4") * self.step
        hidden = np.maximum(heard + self.start, 0)
        return float(hidden @ self.last) + self.end
