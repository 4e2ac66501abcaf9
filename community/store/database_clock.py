"""The clock of several machines that work on one database: each is set to the database's own."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from community.clock import Clock

#: An answer that took longer says too little of the moment at which it was given.
_TOO_SLOW = timedelta(seconds=0.5)


class DatabaseClock:
    """A machine's own clock, put right by the database's; on PostgreSQL, whose clock is read by all workers.

    Between two looks it runs with the machine's, so that a machine that slept still sees how late it is.

    Args:
        own: the machine's clock.
    """

    def __init__(self, own: Clock) -> None:
        self._own = own
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        """Return the present moment by the database, aware, in UTC."""
        return self._own.now() + self._ahead

    def monotonic(self) -> float:
        """Return seconds that never jump; for leases."""
        return self._own.monotonic()

    def set(self, conn: Connection) -> timedelta:
        """Ask the database for the time; return how far it is ahead of this machine's clock.

        An answer that took long changes nothing.
        """
        asked = self._own.now()
        theirs: datetime = conn.execute(_ITS_TIME).scalar_one()
        took = self._own.now() - asked
        if timedelta(0) <= took <= _TOO_SLOW:
            self._ahead = theirs - (asked + took / 2)
        return self._ahead


_ITS_TIME = select(func.clock_timestamp())
