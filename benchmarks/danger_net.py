"""Learns the net beside the linear second opinion on danger; `benchmarks.train_danger_opinion` calls it.

Plain gradient steps in numpy, because scikit-learn's net weighs no lines and hides no features. The same rows give the same net.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

_HIDDEN, _SEEDS = 24, 3
_EPOCHS, _BATCH = 12, 128
_RATE, _DECAY = 2e-3, 1e-5
#: This share of what a line has is hidden at each step, so that no single word decides.
_HIDDEN_SHARE = 0.3
#: A feature of fewer written lines is not learned from.
_SEEN = 3
_MEMORY, _MEMORY_OF_SIZE, _TINY = 0.9, 0.99, 1e-6


@dataclass(frozen=True)
class Told:
    """What is learned from: for each line its features, whether somebody is in danger, and how often it is looked at."""

    features: Sequence[Collection[str]]
    real: Any
    weight: Any


def learn_net(told: Told) -> dict[str, Any]:
    """The arrays of `DangerNet`: a few nets that began elsewhere, side by side."""
    places = _places(told)
    rarity = _rarity(told.features, places)
    rows = _matrix(told.features, places, rarity)
    nets = [_Net(len(places), seed) for seed in range(_SEEDS)]
    for net in nets:
        net.learn(rows, told)
    first = np.hstack([net.first for net in nets])
    step = np.maximum(np.abs(first).max(axis=0), _TINY) / 127
    return {
        "names": np.frombuffer("\n".join(places).encode(), dtype=np.uint8),
        "rarity": rarity.astype("f2"),
        "rows": np.round(first / step).astype("i1"),
        "step": step.astype("f4"),
        "start": np.concatenate([net.start for net in nets]).astype("f4"),
        "last": (np.concatenate([net.last for net in nets]) / _SEEDS).astype("f4"),
        "end": np.float32(sum(float(net.end[0]) for net in nets) / _SEEDS),
    }


def _places(told: Told) -> dict[str, int]:
    """The features of lines that count in full: those of everyday lines alone tell of no danger by being unknown."""
    seen = Counter(
        name for row, weight in zip(told.features, told.weight, strict=True) if weight >= 1 for name in set(row)
    )
    return {name: place for place, name in enumerate(sorted(name for name, often in seen.items() if often >= _SEEN))}


def _rarity(features: Sequence[Collection[str]], places: dict[str, int]) -> Any:
    often = np.zeros(len(places))
    for row in features:
        often[[places[name] for name in row if name in places]] += 1
    return np.log((1 + len(features)) / (1 + often)) + 1


def _matrix(features: Sequence[Collection[str]], places: dict[str, int], rarity: Any) -> Any:
    """Line × feature, each line of length 1."""
    ends, at, values = [0], [], []
    for row in features:
        known = sorted(places[name] for name in row if name in places)
        of_row = rarity[known]
        at.append(known)
        values.append(of_row / max(float(np.sqrt(of_row @ of_row)), _TINY))
        ends.append(ends[-1] + len(known))
    flat = np.concatenate([np.array(known, dtype=np.int32) for known in at])
    return csr_matrix((np.concatenate(values).astype("f4"), flat, ends), shape=(len(features), len(places)))


class _Net:
    def __init__(self, features: int, seed: int) -> None:
        self._chance = np.random.default_rng(seed)
        # Small, so that what few lines have says little.
        self.first = self._normal((features, _HIDDEN), 0.01)
        self.start = np.zeros(_HIDDEN, "f4")
        self.last = self._normal((_HIDDEN,), 0.2)
        self.end = np.zeros(1, "f4")
        self._moves = [_Moves(part) for part in (self.first, self.start, self.last, self.end)]

    def learn(self, rows: Any, told: Told) -> None:
        """Look at every line as often as it weighs, in batches, in ever smaller steps."""
        steps = max(1, int(_EPOCHS * told.weight.sum() / _BATCH))
        for number, batch in enumerate(self._batches(told.weight)):
            rate = _RATE * min(1.0, max(0.05, 1.2 * (1 - number / steps)))
            self._step(rows[batch], told.real[batch], rate)

    def _batches(self, weight: Any) -> Iterator[Any]:
        for _ in range(_EPOCHS):
            chosen = np.flatnonzero(self._chance.random(len(weight)) < weight)
            self._chance.shuffle(chosen)
            yield from (chosen[start : start + _BATCH] for start in range(0, len(chosen), _BATCH))

    def _step(self, rows: Any, real: Any, rate: float) -> None:
        rows.data = rows.data * self._left(rows.data.shape)
        hidden = rows @ self.first + self.start
        lit = np.maximum(hidden, 0)
        wrong = ((1 / (1 + np.exp(-(lit @ self.last + self.end))) - real) / len(real)).astype("f4")
        back = np.outer(wrong, self.last) * (hidden > 0)
        first, *others = self._moves
        seen = np.unique(rows.indices)
        first.move(np.asarray((rows.T @ back)[seen]), rate, seen)
        slopes = (back.sum(axis=0), lit.T @ wrong, wrong.sum(keepdims=True))
        for part, slope in zip(others, slopes, strict=True):
            part.move(slope, rate)

    def _left(self, shape: tuple[int, ...]) -> Any:
        return ((self._chance.random(shape) >= _HIDDEN_SHARE) / (1 - _HIDDEN_SHARE)).astype("f4")

    def _normal(self, shape: tuple[int, ...], size: float) -> Any:
        return (self._chance.standard_normal(shape) * size).astype("f4")


class _Moves:
    """Adam's steps of one array, in place; of a row that no line of the batch has, none."""

    def __init__(self, array: Any) -> None:
        self._array, self._mean, self._size = array, np.zeros_like(array), np.zeros_like(array)

    def move(self, slope: Any, rate: float, at: Any = slice(None)) -> None:
        """Move against the slope."""
        slope = slope + _DECAY * self._array[at]
        self._mean[at] = _MEMORY * self._mean[at] + (1 - _MEMORY) * slope
        self._size[at] = _MEMORY_OF_SIZE * self._size[at] + (1 - _MEMORY_OF_SIZE) * slope * slope
        self._array[at] -= (rate * self._mean[at] / (np.sqrt(self._size[at]) + _TINY)).astype("f4")
