"""How long the engine waits for what; one object, so that tests can make minutes pass in moments."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Waits of the engine.

    Attributes:
        ahead: slots are claimed so far in advance.
        place: the longest that one POST to the carrier may take.
        margin: a lease must outlast the POST by so much when it begins.
        lease: how long a claim holds after its slot.
        first_ask: an attempt of unknown fate is asked about after so long, a callback may come first.
        next_ask: and again after so long, as often as it takes.
        busy: somebody who is being called already is tried again after so long.
        heartbeat: a worker says that it lives so often.
        upkeep: pauses, unknown attempts and silent calls are looked at so often.
        longest_call: a call the carrier knows nothing of is given up after so long.
    """

    ahead: timedelta = timedelta(seconds=0.8)
    place: timedelta = timedelta(seconds=15)
    margin: timedelta = timedelta(seconds=5)
    lease: timedelta = timedelta(seconds=60)
    first_ask: timedelta = timedelta(seconds=10)
    next_ask: timedelta = timedelta(seconds=60)
    busy: timedelta = timedelta(seconds=5)
    heartbeat: timedelta = timedelta(seconds=3)
    upkeep: timedelta = timedelta(seconds=1)
    longest_call: timedelta = timedelta(minutes=30)
