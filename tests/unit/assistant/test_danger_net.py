"""The net beside the linear second opinion: the same lines teach it the same."""

from collections.abc import Iterator

import numpy as np
import pytest

from benchmarks import danger_net
from benchmarks.train_danger_opinion import HERE, Line, Rows, learned_from, read, read_rows, vocabulary
from community.model.hazards.danger_net import DangerNet


@pytest.fixture(scope="module")
def few() -> Rows:
    """A few lines of two files, read as for learning."""
    return read_rows(vocabulary(), learned_from(_few_lines()))


def _few_lines() -> Iterator[Line]:
    for name in ("few_words", "short_ones"):
        yield from read(HERE / f"{name}.yml")


def _told(rows: Rows) -> danger_net.Told:
    return danger_net.Told([reading.heard for reading in rows.readings], rows.real, rows.weight)


def test_the_same_lines_teach_the_same_and_tell_danger_from_the_rest(few: Rows) -> None:
    first, second = danger_net.learn_net(_told(few)), danger_net.learn_net(_told(few))
    assert all(np.array_equal(first[name], second[name]) for name in first)
    net = DangerNet.from_document(first)
    scores = np.array([net.score(reading.heard) for reading in few.readings])
    written = few.weight == 1
    danger, rest = scores[written & few.real], scores[written & ~few.real]
    assert np.mean(danger[:, None] > rest) > 0.9, (
        "of a danger and another line, the danger scores higher nine times in ten"
    )


def test_a_net_that_learned_nothing_says_nothing_of_any_message(few: Rows) -> None:
    silent = DangerNet.silent()
    assert {silent.score(reading.heard) for reading in few.readings} == {0.0}


def test_the_order_of_what_is_heard_changes_nothing(few: Rows) -> None:
    net = DangerNet.from_document(danger_net.learn_net(_told(few.only(list(range(60))))))
    reading = few.readings[0]
    assert net.score(reading.heard) == net.score(reading.heard[::-1])
