"""While a resident is on the line because they rang us, nobody dials them; it counts as a call, and against no cap."""

import pytest

from community.clock import MovableClock
from community.model.calls.call import AttemptStatus, CallResult, Outcome
from community.store.calls import save_dialogue
from community.store.database import Database
from community.usecases.check_integrity import check_integrity
from community.usecases.receive_call import receive_call
from tests.harness.dialling import Exchange, Street, rulebook

ZHANG, LI = "+8613900000001", "+8613900000002"


@pytest.fixture
async def street(database: Database, clock: MovableClock) -> Street:
    return Street(database, clock, rulebook(), Exchange(clock))


def rings_us(street: Street, number: str = ZHANG, sid: str = "CAin") -> str:
    """Somebody rings the community's number."""
    with street.database.begin() as conn:
        return receive_call(
            conn,
            carrier="test",
            carrier_id=sid,
            caller=number,
            called="+85230000000",
            rehearsal=False,
            now=street.clock.now(),
        )


def hangs_up(street: Street, attempt: str, result: CallResult | None = None) -> None:
    if result is not None:
        with street.database.begin() as conn:
            save_dialogue(conn, attempt, {"result": result.value})
    street.tell(attempt, AttemptStatus.ENDED, Outcome.ANSWERED)


async def test_who_is_on_the_line_is_not_dialled_and_afterwards_neither(street: Street) -> None:
    street.move_in(ZHANG)
    street.start()
    call = rings_us(street)
    await street.pass_time(minutes=1)
    assert street.exchange.numbers == []
    hangs_up(street, call, CallResult.COMPLETED)
    await street.pass_time(minutes=30)
    assert street.exchange.numbers == []
    assert street.targets()[0]["status"] == "completed"


async def test_it_counts_against_no_cap(street: Street) -> None:
    street.move_in(ZHANG)
    street.start()
    for sid in ("CA1", "CA2", "CA3", "CA4"):
        hangs_up(street, rings_us(street, sid=sid))
    await street.pass_time(minutes=16)
    assert street.exchange.numbers == [ZHANG]
    assert street.targets()[0]["attempts"] == 0


async def test_it_counts_as_a_running_call(street: Street) -> None:
    street.engine = street.another_engine("one-line", concurrent_calls=1)
    street.move_in(LI)
    street.start()
    call = rings_us(street, ZHANG)
    await street.engine.tick()
    assert street.exchange.numbers == []
    hangs_up(street, call)
    await street.pass_time(seconds=5)
    assert street.exchange.numbers == [LI]


async def test_our_call_that_waits_at_the_carrier_is_taken_back(street: Street) -> None:
    street.move_in(ZHANG)
    street.start()
    await street.engine.tick()
    [ours] = street.exchange.calls
    call = rings_us(street)
    await street.engine.tick()
    assert street.exchange.cancelled == [ours]
    before, _ = street.attempts()
    assert (before["status"], street.targets()[0]["status"]) == ("cancelled", "calling")
    with street.database.reading() as conn:
        assert check_integrity(conn, street.clock.now()) == []
    hangs_up(street, call, CallResult.COMPLETED)
    assert street.targets()[0]["status"] == "completed"


async def test_who_rings_in_the_moment_before_we_dial_is_not_dialled(street: Street) -> None:
    street.move_in(ZHANG)
    street.start()
    claimed = await street.engine._claim()
    call = rings_us(street)
    await street.engine._dialler.dial(claimed, claimed_at=street.clock.monotonic())
    assert street.exchange.numbers == []
    before, _ = street.attempts()
    assert before["error_code"] == "calls_us"
    hangs_up(street, call)
    assert street.targets()[0]["status"] == "waiting"


async def test_a_call_of_ours_that_is_picked_up_meanwhile_still_settles_its_target(street: Street) -> None:
    street.move_in(ZHANG)
    street.start()
    await street.engine.tick()
    [ours] = [row["id"] for row in street.attempts()]
    street.tell(ours, AttemptStatus.RINGING)
    hangs_up(street, rings_us(street))
    assert street.targets()[0]["status"] == "waiting"
    street.tell(ours, AttemptStatus.IN_PROGRESS)
    hangs_up(street, ours, CallResult.COMPLETED)
    assert street.targets()[0]["status"] == "completed"


async def test_a_call_whose_end_nobody_tells_is_asked_about(street: Street) -> None:
    street.move_in(ZHANG)
    street.start()
    rings_us(street)
    await street.pass_time(minutes=2)
    assert "CAin" in street.exchange.asked
    await street.pass_time(minutes=40)
    await street.pass_time(minutes=1)
    assert [row["status"] for row in street.attempts() if row["direction"] == "inbound"] == ["ended"]


async def test_a_campaign_that_is_not_running_asks_nobody_who_rings(street: Street) -> None:
    street.move_in(ZHANG)
    campaign = street.create()
    street.approve(campaign)
    rings_us(street)
    [call] = street.attempts()
    assert (call["target_id"], call["resident_id"]) == (None, 1)
