"""Where `now` comes from: the edges ask a clock once and pass the value on; model and SQL never read one."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time to the edges of the program."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never jump; for leases."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never jump; for leases."""
        return time.monotonic()


class MovableClock:
    """A clock that stands still until it is moved; for tests and rehearsals."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._monotonic = 0.0

    def now(self) -> datetime:
        """Return the moment the clock was last moved to."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds this clock has been moved by."""
        return self._monotonic

    def advance(self, by: timedelta) -> datetime:
        """Move the clock forward and return the new moment."""
        self._now += by
        self._monotonic += by.total_seconds()
        return self._now
