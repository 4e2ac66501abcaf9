"""The worker's loops: each runs one tick again and again, and a tick that fails is logged and tried again."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

log = structlog.get_logger(__name__)

Tick = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Loop:
    """One tick and how long to rest after it, in seconds."""

    name: str
    tick: Tick
    rest: float


async def run_loop(loop: Loop, stop: asyncio.Event) -> None:
    """Tick until `stop` is set; after a failure rest longer, up to a minute."""
    failures = 0
    while not stop.is_set():
        try:
            await loop.tick()
            failures = 0
        except Exception:
            failures += 1
            log.exception("tick_failed", loop=loop.name, failures=failures)
        await rest(stop, min(60.0, loop.rest * 2**failures))


async def rest(stop: asyncio.Event, seconds: float) -> None:
    """Wait that long, or until `stop` is set."""
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
