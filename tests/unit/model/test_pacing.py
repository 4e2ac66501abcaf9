"""Slots: never more calls in a second than allowed, nearly all of them used, shared fairly, urgent ones first."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.model.calls.pacing import Lane, share_slots, spacing

NOON = datetime(2026, 7, 15, 4, 0, tzinfo=UTC)


def lane(campaign_id: int, *, rank: int = 0, waiting: int = 1000, **facts: object) -> Lane:
    return Lane(campaign_id=campaign_id, rank=rank, waiting=waiting, live=facts.pop("live", 0), **facts)


@pytest.mark.parametrize("rate", [1, 2, 7, 30, 100])
def test_no_second_has_a_call_too_many_and_98_in_100_are_used(rate: int) -> None:
    slots = share_slots(
        [lane(1, waiting=rate * 60)],
        start=NOON,
        until=NOON + timedelta(seconds=50),
        gap=spacing(rate),
        capacity=10**6,
    )
    moments = [slot.at for slot in slots]
    for first, behind in zip(moments, moments[rate:], strict=False):
        assert behind - first > timedelta(seconds=1)
    if rate > 1:
        assert len(moments) >= rate * 50 * 0.98


def test_an_emergency_takes_every_slot_it_can_use() -> None:
    slots = share_slots(
        [lane(1), lane(2, rank=2, waiting=3)],
        start=NOON,
        until=NOON + timedelta(seconds=1),
        gap=spacing(10),
        capacity=5,
    )
    assert [slot.campaign_id for slot in slots] == [2, 2, 2, 1, 1]


def test_campaigns_of_one_rank_share_by_the_calls_they_have_running() -> None:
    slots = share_slots(
        [lane(1, live=10), lane(2, live=0)], start=NOON, until=NOON + timedelta(seconds=9), gap=spacing(10), capacity=30
    )
    assert Counter(slot.campaign_id for slot in slots) == {1: 10, 2: 20}


def test_a_campaigns_own_limits_hold() -> None:
    own = timedelta(seconds=2)
    slots = share_slots(
        [lane(1, gap=own, next_at=NOON + timedelta(seconds=1)), lane(2, limit=3)],
        start=NOON,
        until=NOON + timedelta(seconds=9),
        gap=spacing(10),
        capacity=100,
    )
    mine = [slot.at for slot in slots if slot.campaign_id == 1]
    assert len(slots) - len(mine) == 3
    assert len(mine) == 4
    assert mine[0] >= NOON + timedelta(seconds=1)
    assert all(after - before >= own for before, after in pairwise(mine))


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 20), st.integers(0, 5)), max_size=5),
    st.integers(0, 40),
)
def test_nobody_gets_more_slots_than_are_waiting(lanes: list[tuple[int, int, int]], capacity: int) -> None:
    made = [lane(n, rank=rank, waiting=waiting, live=live) for n, (rank, waiting, live) in enumerate(lanes)]
    slots = share_slots(made, start=NOON, until=NOON + timedelta(seconds=10), gap=spacing(10), capacity=capacity)
    counts = Counter(slot.campaign_id for slot in slots)
    assert all(counts[n] <= waiting for n, (_, waiting, _) in enumerate(lanes))
    assert len(slots) == min(capacity, sum(waiting for _, waiting, _ in lanes), 99)
    assert [slot.at for slot in slots] == sorted({slot.at for slot in slots})
