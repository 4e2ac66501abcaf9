"""Which of our own numbers a call goes out from: the one the resident knows, else the one least used, within its limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(slots=True)
class OwnNumber:
    """One number of the pool.

    Attributes:
        live: calls of it that are not over.
        next_at: its next call may not start before; where it has no limit, when its last one did.
    """

    number: str
    live: int = 0
    next_at: datetime | None = None


class NumberPool:
    """Hands out our numbers, call by call.

    Args:
        gap: the least time between two calls of one number; None for no limit.
        concurrent: the most calls of one number at a time; None for no limit.
    """

    def __init__(self, numbers: Sequence[OwnNumber], *, gap: timedelta | None, concurrent: int | None) -> None:
        self._numbers = {each.number: each for each in numbers}
        self._order = {each.number: place for place, each in enumerate(numbers)}
        self._gap = gap
        self._concurrent = concurrent

    @property
    def room(self) -> int | None:
        """How many more calls may be live at a time; None without a limit."""
        if self._concurrent is None or not self._numbers:
            return None
        return sum(max(0, self._concurrent - each.live) for each in self._numbers.values())

    @property
    def gap(self) -> timedelta:
        """The least time between two calls of the whole pool, that its numbers set."""
        return self._gap / len(self._numbers) if self._gap and self._numbers else timedelta(0)

    @property
    def used(self) -> dict[str, datetime]:
        """When each number may be used next."""
        return {each.number: each.next_at for each in self._numbers.values() if each.next_at is not None}

    def take(self, at: datetime, familiar: str | None) -> str | None:
        """The number for a call at a moment.

        Args:
            familiar: the number that the resident was called from before, and sees again.

        Returns:
            None where it is not free at that moment; empty where there is no pool.
        """
        if not self._numbers:
            return ""
        known = self._numbers.get(familiar or "")
        choice = [known] if known is not None else list(self._numbers.values())
        free = [each for each in choice if self._is_free(each, at)]
        if not free:
            return None
        chosen = min(
            free,
            key=lambda each: (each.live, each.next_at.timestamp() if each.next_at else 0.0, self._order[each.number]),
        )
        chosen.live += 1
        chosen.next_at = at + (self._gap or timedelta(0))
        return chosen.number

    def _is_free(self, own: OwnNumber, at: datetime) -> bool:
        has_line = self._concurrent is None or own.live < self._concurrent
        return has_line and (self._gap is None or own.next_at is None or own.next_at <= at)
