"""How often one link may be used, and how often links that do not exist may be tried: a brake, not a lock.

Kept in each process by itself: nothing depends on it, and it is forgotten with the process.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

_MOST_KEYS = 5_000


class Throttle:
    """Counts by key in windows of a fixed length.

    Args:
        most: so many in one window.
        window: its length.
    """

    def __init__(self, most: int, window: timedelta) -> None:
        self._most = most
        self._window = window
        self._counts: OrderedDict[str, tuple[datetime, int]] = OrderedDict()

    def lets(self, key: str, now: datetime) -> bool:
        """Count one more; whether it is still within the limit."""
        began, count = self._counts.pop(key, (now, 0))
        if now - began >= self._window:
            began, count = now, 0
        self._counts[key] = began, count + 1
        while len(self._counts) > _MOST_KEYS:
            self._counts.popitem(last=False)
        return count < self._most
