"""Whatever order callbacks come in, doubled or not, the call ends the same way and never moves backwards."""

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from community.clock import MovableClock
from community.model.calls.call import AttemptStatus, CallResult, Outcome
from community.model.calls.campaign import TargetStatus
from community.store.attempts import attempts, call_events
from community.store.calls import save_dialogue
from community.store.campaigns import targets
from community.store.cases import case_events, cases
from community.store.database import Database
from community.store.notices import notices
from community.store.schema import metadata
from tests.harness.dialling import Exchange, Street, generous
from voice.carriers.base import CallEvent, EventKind
from voice.engine.apply import apply_event

_RANKS = [
    AttemptStatus.PLACING,
    AttemptStatus.UNKNOWN,
    AttemptStatus.PLACED,
    AttemptStatus.RINGING,
    AttemptStatus.IN_PROGRESS,
    AttemptStatus.ENDED,
]


def status(word: AttemptStatus, sequence: int | None, outcome: Outcome | None = None) -> CallEvent:
    return CallEvent(
        kind=EventKind.STATUS,
        key=f"{word}:{sequence}",
        carrier_id="CA1",
        sequence=sequence,
        status=word,
        outcome=outcome,
        duration=30 if outcome else None,
    )


def story(outcome: Outcome, *, picked_up: bool, machine: bool, recorded: bool, numbered: bool) -> list[CallEvent]:
    """The callbacks of one call, as its carrier sends them."""
    words = [AttemptStatus.PLACED, AttemptStatus.RINGING]
    if picked_up:
        words.append(AttemptStatus.IN_PROGRESS)
    events = [status(word, n if numbered else None) for n, word in enumerate(words)]
    events.append(status(AttemptStatus.ENDED, len(words) if numbered else None, outcome))
    if machine:
        events.append(CallEvent(kind=EventKind.MACHINE, key="amd", carrier_id="CA1", answered_by="machine_start"))
    if recorded:
        recording = {"recording_id": "RE1", "recording_status": "completed", "recording_seconds": 20}
        events.append(CallEvent(kind=EventKind.RECORDING, key="rec", carrier_id="CA1", **recording))
    return events


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[list[CallEvent], list[CallEvent], CallResult | None]:
    answered = draw(st.booleans())
    outcome = Outcome.ANSWERED if answered else draw(st.sampled_from([Outcome.BUSY, Outcome.NO_ANSWER]))
    machine = answered and draw(st.booleans())
    result = draw(st.sampled_from([CallResult.COMPLETED, CallResult.WRONG_PERSON, None])) if answered else None
    events = story(
        outcome,
        picked_up=answered,
        machine=machine,
        recorded=answered and draw(st.booleans()),
        numbered=draw(st.booleans()),
    )
    doubled = events + draw(st.lists(st.sampled_from(events), max_size=4))
    return events, draw(st.permutations(doubled)), result


@pytest.fixture(scope="module")
def placed() -> Iterator[tuple[Street, str]]:
    """One call that the carrier has accepted."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'test.db'}")
        metadata.create_all(database.engine)
        clock = MovableClock(datetime(2026, 7, 15, 2, 0, tzinfo=UTC))
        street = Street(database, clock, generous(), Exchange(clock))
        street.move_in("+8613912340001")
        street.start()
        asyncio.run(street.engine.tick())
        yield street, street.attempts()[0]["id"]
        database.close()


def play(street: Street, attempt_id: str, events: list[CallEvent], result: CallResult | None) -> dict[str, object]:
    """Begin anew, let the callbacks come in this order, and say how everything stands."""
    with street.database.begin() as conn:
        conn.execute(delete(call_events))
        conn.execute(update(targets).values(case_id=None))
        for table in (notices, case_events, cases):
            conn.execute(delete(table))
        fresh = {"outcome": None, "answered_by": None, "recording": None, "sequence": -1, "dialogue": {}}
        fresh |= {"carrier_id": None, "duration": None}
        conn.execute(update(attempts).values(status=AttemptStatus.PLACED, **fresh))
        waiting = {"status": TargetStatus.CALLING, "outcome": None, "outcome_counts": {}, "attempts": 0}
        conn.execute(update(targets).values(next_at=None, phone_position=0, **waiting))
        if result is not None:
            save_dialogue(conn, attempt_id, {"result": result.value})
    rank = 0
    for event in events:
        with street.database.begin() as conn:
            apply_event(conn, attempt_id, event, rules=street.rules, now=street.clock.now())
        stands = _RANKS.index(AttemptStatus(street.attempts()[0]["status"]))
        assert stands >= rank, "a callback moved the call backwards"
        rank = stands
    [attempt], [target] = street.attempts(), street.targets()
    counts = {name: count for name, count in target["outcome_counts"].items() if count}
    facts = ("status", "outcome", "answered_by", "recording", "carrier_id", "duration")
    about = ("status", "next_at", "attempts", "phone_position")
    return {
        **{name: attempt[name] for name in facts},
        **{f"target_{name}": target[name] for name in about},
        "counts": counts,
        "cases": sorted(case["kind"] for case in street.cases()),
    }


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(shuffled())
def test_every_order_of_the_callbacks_ends_the_same_way(
    placed: tuple[Street, str], drawn: tuple[list[CallEvent], list[CallEvent], CallResult | None]
) -> None:
    street, attempt_id = placed
    in_order, shuffled_events, result = drawn
    assert play(street, attempt_id, shuffled_events, result) == play(street, attempt_id, in_order, result)


def test_a_repeated_callback_is_stored_once_and_a_late_one_is_marked(placed: tuple[Street, str]) -> None:
    street, attempt_id = placed
    events = story(Outcome.BUSY, picked_up=False, machine=False, recorded=False, numbered=True)
    play(street, attempt_id, [events[-1], *events, *events], None)
    with street.database.reading() as conn:
        stored = {row.key: row.applied for row in conn.execute(select(call_events))}
    assert stored == {"ended:2": True, "placed:0": False, "ringing:1": False}


async def test_the_retry_clock_starts_when_the_call_ended_not_when_it_was_queued(
    sqlite: Database, clock: MovableClock
) -> None:
    street = Street(sqlite, clock, generous(), Exchange(clock))
    street.move_in("+8613912340001")
    street.start()
    await street.engine.tick()
    street.clock.advance(timedelta(minutes=20))
    street.hang_up(Outcome.NO_ANSWER)
    assert street.targets()[0]["next_at"] == street.clock.now() + timedelta(minutes=30)
