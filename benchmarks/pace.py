"""How exactly the pace is kept: the most calls in any second, and how much of the limit is used.

    python -m benchmarks.pace [--calls-per-second 50] [--seconds 20] [--workers 2]

Workers share one database; a carrier in this process notes when it was asked. On SQLite, and on PostgreSQL where
SHOUWANG_TEST_POSTGRES_URL is set.
"""

import argparse
import asyncio
from collections import deque
from collections.abc import Sequence

from benchmarks.kills import databases
from community.clock import SystemClock
from community.store.database import Database
from tests.harness.dialling import Exchange
from tests.harness.killing import call_everybody, night_rules
from voice.carriers.base import PlaceRequest, PlaceResult
from voice.engine.engine import Engine


class Watch(Exchange):
    """A carrier that notes by the loop's clock when it was asked."""

    def __init__(self) -> None:
        super().__init__(clock=SystemClock())
        self.moments: list[float] = []

    async def place(self, request: PlaceRequest) -> PlaceResult:
        """Note the moment, and answer like a carrier some milliseconds away."""
        self.moments.append(asyncio.get_running_loop().time())
        await asyncio.sleep(0.01)
        return await super().place(request)


async def measure(database: Database, *, rate: float, seconds: float, workers: int) -> tuple[int, float]:
    """Dial for a while; return the most calls in any second, and the share of the limit that was used."""
    call_everybody(database, int(rate * (seconds + 5)), night_rules())
    watch, stop = Watch(), asyncio.Event()
    engines = [
        Engine(
            database,
            watch,
            SystemClock(),
            night_rules(),
            public_url="http://127.0.0.1:1",
            calls_per_second=rate,
            concurrent_calls=1_000_000,
            worker_id=f"worker-{n}",
            mainland_allowed_because="测试：没有真的打出去",
        )
        for n in range(workers)
    ]
    running = [asyncio.create_task(engine.run(stop)) for engine in engines]
    await asyncio.sleep(seconds)
    stop.set()
    await asyncio.gather(*running)
    return most_in_a_second(watch.moments), used(watch.moments, rate)


def most_in_a_second(moments: Sequence[float]) -> int:
    """The most moments that any second held."""
    window: deque[float] = deque()
    most = 0
    for moment in moments:
        window.append(moment)
        while window[0] <= moment - 1.0:
            window.popleft()
        most = max(most, len(window))
    return most


def used(moments: Sequence[float], rate: float) -> float:
    """The share of the limit that was used between the first and the last call."""
    return (len(moments) - 1) / ((moments[-1] - moments[0]) * rate)


def main() -> None:
    """Print one line for each backend."""
    reading = argparse.ArgumentParser()
    reading.add_argument("--calls-per-second", type=float, default=50.0)
    reading.add_argument("--seconds", type=float, default=20.0)
    reading.add_argument("--workers", type=int, default=2)
    wanted = reading.parse_args()
    with databases() as opened:
        for name, database in opened:
            most, share = asyncio.run(
                measure(database, rate=wanted.calls_per_second, seconds=wanted.seconds, workers=wanted.workers)
            )
            print(
                f"{name}, {wanted.workers} workers: limit {wanted.calls_per_second:g}/s,"
                f" most in any second {most}, used {share:.1%} of the limit"
            )


if __name__ == "__main__":
    main()
