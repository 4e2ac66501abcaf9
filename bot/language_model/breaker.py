"""Lets an endpoint that fails rest for a while, so that nobody waits for it in vain."""

from datetime import datetime, timedelta

_FAILURES = 3
_REST = timedelta(minutes=1)


class Breaker:
    """Counts failures in a row; after three it rests for a minute, then one question tries again."""

    def __init__(self) -> None:
        self._failures = 0
        self._rests_until: datetime | None = None

    def may_ask(self, now: datetime) -> bool:
        """Whether to ask now; after a rest only the first who comes."""
        if self._rests_until is None:
            return True
        if now < self._rests_until:
            return False
        self._rests_until = now + _REST
        return True

    def worked(self) -> None:
        """It answered."""
        self._failures, self._rests_until = 0, None

    def failed(self, now: datetime) -> bool:
        """It did not; tells whether it rests from now on."""
        self._failures += 1
        if self._failures < _FAILURES:
            return False
        self._rests_until = now + _REST
        return True
