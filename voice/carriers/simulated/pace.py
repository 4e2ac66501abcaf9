"""How time passes for simulated residents: at some speed, or virtually, as fast as the machine can."""

import asyncio
import heapq
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from typing import Protocol

from community.clock import MovableClock


class Pace(Protocol):
    """Lets a call take its time."""

    async def sleep(self, seconds: float) -> None:
        """Wait for seconds of the residents' life."""
        ...

    def working(self) -> AbstractContextManager[None]:
        """A context in which one call lives."""
        ...


class ScaledPace:
    """Real time, faster.

    Args:
        speed: how many seconds of the residents' life pass in a second; 0 for no waiting at all.
    """

    def __init__(self, speed: float) -> None:
        self._speed = speed

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds / self._speed if self._speed else 0)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Nothing to keep track of."""
        yield


class VirtualTime:
    """Time that jumps to the next thing that happens, on a clock that others read too.

    Args:
        clock: is moved.
    """

    def __init__(self, clock: MovableClock) -> None:
        self._clock = clock
        self._sleepers: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._count = 0
        self._busy = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def sleep(self, seconds: float) -> None:
        """Wait until the clock has been moved that far."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self._clock.now() + timedelta(seconds=seconds), self._count, future))
        self._leave()
        await future

    @contextmanager
    def working(self) -> Iterator[None]:
        """One call lives in it: time does not move while it does something."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    async def settle(self) -> None:
        """Wait until every call sleeps or is over."""
        await self._idle.wait()

    @property
    def next_moment(self) -> datetime | None:
        """When the next sleeper wakes."""
        return self._sleepers[0][0] if self._sleepers else None

    def move_to(self, moment: datetime) -> None:
        """Move the clock, never backwards, and wake whoever slept until then."""
        ahead = moment - self._clock.now()
        if ahead > timedelta(0):
            self._clock.advance(ahead)
        while self._sleepers and self._sleepers[0][0] <= self._clock.now():
            _, _, future = heapq.heappop(self._sleepers)
            if not future.done():
                self._enter()
                future.set_result(None)

    def _enter(self) -> None:
        self._busy += 1
        self._idle.clear()

    def _leave(self) -> None:
        self._busy -= 1
        if self._busy <= 0:
            self._idle.set()
