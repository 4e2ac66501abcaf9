"""What a text is about, from the meanings of its words: words that mean much the same point in much the same direction."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jieba
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class WordMeanings:
    """The vectors of usual words.

    Attributes:
        places: word → its row.
        vectors: word × direction, in whole steps.
        telling: how much each word tells, 0…1: 的 hardly anything, 晕 nearly 1.
    """

    places: Mapping[str, int]
    vectors: NDArray[np.int8]
    telling: NDArray[np.float32]

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "WordMeanings":
        """Build it from the arrays of its file."""
        words = bytes(document["words"]).decode().split("\n")
        telling = np.asarray(document["telling"], "f4") / 255
        return cls({word: place for place, word in enumerate(words)}, np.asarray(document["vectors"], "i1"), telling)

    def of(self, plain: str) -> NDArray[np.float32]:
        """The mean meaning of a normalised text, each word counting as much as it tells; nothing but zeros where no word is known."""
        known = [(place, share) for word in jieba.cut(plain, HMM=False) for place, share in self._places(word)]
        if not known:
            return np.zeros(self.vectors.shape[1], "f4")
        at = [place for place, _ in known]
        count = self.telling[at] * np.array([share for _, share in known], "f4")
        vectors = self.vectors[at].astype("f4")
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        mean: NDArray[np.float32] = count @ vectors / max(float(count.sum()), 1.0)
        return mean

    def _places(self, word: str) -> list[tuple[int, float]]:
        """Where a word stands; of one that is not known, its characters."""
        parts = [word] if word in self.places else [character for character in word if character in self.places]
        return [(self.places[part], 1 / len(parts)) for part in parts]
