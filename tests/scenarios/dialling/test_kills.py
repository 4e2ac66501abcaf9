"""Workers are killed and put to sleep in the middle of a campaign: nobody is lost, nobody is rung twice.

A zero proves something only beside a count that is not zero: the last test breaks the protocol on purpose.
"""

import pytest

from community.store.database import Database
from tests.harness.killing import KillPlan, run_kills


async def test_thirty_kills_lose_nobody_and_ring_nobody_twice(database: Database) -> None:
    result = await run_kills(database, KillPlan(people=200, kills=30, calls_per_second=15))
    assert (result.lost, result.twice, result.findings) == (0, 0, ())
    assert result.kills >= 10


async def test_workers_paused_past_their_leases_ring_nobody_twice(database: Database) -> None:
    result = await run_kills(database, KillPlan(people=120, pauses=4, kills=2, calls_per_second=8, seed=2))
    assert (result.lost, result.twice, result.findings) == (0, 0, ())
    assert result.pauses >= 2


@pytest.mark.parametrize("seed", [3])
async def test_the_control_a_blind_redial_after_a_kill_does_ring_people_twice(sqlite: Database, seed: int) -> None:
    result = await run_kills(sqlite, KillPlan(people=200, kills=20, calls_per_second=15, naive=True, seed=seed))
    assert result.twice > 0
