"""The net beside the linear second opinion: what words mean reaches it, and the same lines teach it the same."""

from collections.abc import Iterator

import numpy as np
import pytest

from benchmarks import danger_net
from benchmarks.train_danger_opinion import HERE, Line, Rows, learned_from, read, read_rows, vocabulary
from community.files.danger_knowledge import load_word_meanings
from community.model.hazards.danger_net import DangerNet


def alike(one: str, other: str) -> float:
    meanings = load_word_meanings()
    vectors = [meanings.of(text) for text in (one, other)]
    return float(np.dot(*vectors) / np.prod([np.linalg.norm(vector) for vector in vectors]))


@pytest.mark.parametrize(
    ("one", "near", "far"),
    [("晕倒", "昏迷", "快递"), ("着火", "火灾", "开会"), ("奶奶", "外婆", "电梯"), ("流血", "出血", "排队")],
)
def test_words_of_much_the_same_meaning_point_the_same_way(one: str, near: str, far: str) -> None:
    assert alike(one, near) > alike(one, far) + 0.1


def test_a_word_that_nobody_looked_up_is_read_by_its_characters() -> None:
    meanings = load_word_meanings()
    assert "焦胡" not in meanings.places
    assert np.any(meanings.of("焦胡"))


@pytest.mark.parametrize("text", ["", "zzzz", "🙂🙂"])
def test_where_no_word_is_known_nothing_is_meant(text: str) -> None:
    assert not np.any(load_word_meanings().of(text))


@pytest.fixture(scope="module")
def few() -> Rows:
    """A few lines of two files, read as for learning."""
    return read_rows(vocabulary(), learned_from(_few_lines()))


def _few_lines() -> Iterator[Line]:
    for name in ("few_words", "short_ones"):
        yield from read(HERE / f"{name}.yml")


def _told(rows: Rows) -> danger_net.Told:
    heard = [reading.heard for reading in rows.readings]
    return danger_net.Told(heard, np.array([reading.meaning for reading in rows.readings]), rows.real, rows.weight)


def test_the_same_lines_teach_the_same_and_tell_danger_from_the_rest(few: Rows) -> None:
    first, second = danger_net.learn_net(_told(few)), danger_net.learn_net(_told(few))
    assert all(np.array_equal(first[name], second[name]) for name in first)
    net = DangerNet.from_document(first)
    scores = np.array([net.score(reading.heard, reading.meaning) for reading in few.readings])
    written = few.weight == 1
    danger, rest = scores[written & few.real], scores[written & ~few.real]
    assert np.mean(danger[:, None] > rest) > 0.9, (
        "of a danger and another line, the danger scores higher nine times in ten"
    )


def test_a_net_that_learned_nothing_says_nothing_of_any_message(few: Rows) -> None:
    silent = DangerNet.silent(load_word_meanings().vectors.shape[1])
    assert {silent.score(reading.heard, reading.meaning) for reading in few.readings} == {0.0}


def test_the_order_of_what_is_heard_changes_nothing(few: Rows) -> None:
    net = DangerNet.from_document(danger_net.learn_net(_told(few.only(list(range(60))))))
    reading = few.readings[0]
    assert net.score(reading.heard, reading.meaning) == net.score(reading.heard[::-1], reading.meaning)
