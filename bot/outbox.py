"""The outbox's sending side: what was written down is sent, once where that can be known.

A letter is `sending` under a lease while it is on its way. What came back decides: delivered is never sent again; a refusal,
which certainly delivered nothing, is tried again with growing pauses; after an unknown result (a lost reply, a 5xx, a worker that
died) it is sent at most twice more, and says so (「重发」).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection

from community.clock import Clock
from community.store import notices, outbox
from community.store.database import Database
from community.store.outbox import Letter

log = structlog.get_logger()

#: A worker that has not told the result by then is taken for dead.
_LEASE = timedelta(seconds=60)
#: What must be left of the lease before something is sent: longer than any sender waits.
_MARGIN = timedelta(seconds=30)
#: A robot takes 20 a minute; the window is longer because what is sent may arrive late.
_WINDOW = timedelta(seconds=70)
#: Seconds after which a tick no longer waits for a slow destination.
_PATIENCE = 1.0
#: Letters that one loop sends in a tick at most, and loops for a destination without a limit.
_BATCH = 20
_MOST_SIDE_BY_SIDE = 8
_MOST_UNKNOWNS = 3
#: Longer than the window, so that a letter counts once in it.
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(seconds=75), timedelta(hours=1)
#: A refusal is not tried again when the letter is older than this.
_STALE = timedelta(hours=24)


class DeliveryResult(StrEnum):
    """What became of one sending."""

    #: It arrived: never sent again.
    DELIVERED = "delivered"
    #: It certainly did not arrive.
    REFUSED = "refused"
    #: Nobody knows.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The answer of a sender, as a value.

    Attributes:
        error: what staff can do about it, in Chinese; no address and no secret in it.
        retry_after: the first pause; it doubles with each further try.
        final: trying again is of no use.
    """

    result: DeliveryResult
    error: str = ""
    retry_after: timedelta | None = None
    final: bool = False


class Sender(Protocol):
    """Whoever brings letters to one destination."""

    #: How many it may send in a minute; None for any number.
    per_minute: int | None

    async def send(self, payload: Mapping[str, Any], *, key: str, again: bool) -> Delivery:
        """Send one letter once; gives up within 30 seconds and never raises for what the other side does.

        Args:
            key: unique for this letter, the same when it is sent again.
            again: it may have arrived before.
        """
        ...


class Outbox:
    """Sends what is due.

    Args:
        senders: by destination: `wecom`, `channel:feishu`…
        worker_id: unique for this process.
    """

    def __init__(self, database: Database, clock: Clock, senders: Mapping[str, Sender], worker_id: str) -> None:
        self._database = database
        self._clock = clock
        self._senders = senders
        self._worker_id = worker_id
        self._serving: dict[str, asyncio.Task[int]] = {}

    async def tick(self) -> int:
        """Send what is due, destinations side by side; one that is slow goes on beside the next ticks.

        Returns:
            How many letters were sent off, counted as their destination is through.
        """
        now = self._clock.now()
        destinations = await self._database.write(lambda conn: _take_stock(conn, now))
        for name in destinations:
            if name in self._senders and name not in self._serving:
                self._serving[name] = asyncio.create_task(self._serve(name, self._senders[name]))
        for name in set(destinations) - self._senders.keys():
            log.warning("outbox_without_sender", destination=name)
            await self._database.write(partial(_set_aside, destination=name, owner=self._worker_id, now=now))
        if self._serving:
            await asyncio.wait(self._serving.values(), timeout=_PATIENCE)
        return self._collect()

    async def close(self) -> None:
        """Let what is on its way arrive; what takes too long is given up and counts as unknown."""
        if self._serving:
            _, late = await asyncio.wait(self._serving.values(), timeout=_MARGIN.total_seconds() / 2)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._serving.clear()

    def _collect(self) -> int:
        done = {name: task for name, task in self._serving.items() if task.done()}
        for name in done:
            del self._serving[name]
        return sum(task.result() for task in done.values())

    async def _serve(self, destination: str, sender: Sender) -> int:
        loops = 1 if sender.per_minute is not None else _MOST_SIDE_BY_SIDE
        return sum(await asyncio.gather(*(self._send_some(destination, sender) for _ in range(loops))))

    async def _send_some(self, destination: str, sender: Sender) -> int:
        for sent in range(_BATCH):
            claimed_at, now = self._clock.monotonic(), self._clock.now()
            claim = partial(
                outbox.claim,
                destination=destination,
                owner=self._worker_id,
                now=now,
                lease=_LEASE,
                at_most=sender.per_minute,
                window=_WINDOW,
            )
            letter = await self._database.write(claim)
            if letter is None:
                return sent
            await self._send(letter, sender, claimed_at)
        return _BATCH

    async def _send(self, letter: Letter, sender: Sender, claimed_at: float) -> None:
        left = _LEASE.total_seconds() - (self._clock.monotonic() - claimed_at)
        if left < _MARGIN.total_seconds():
            await self._database.write(lambda conn: outbox.release(conn, letter))
            return
        delivery = await self._deliver(letter, sender)
        now = self._clock.now()
        await self._database.write(lambda conn: _record(conn, letter, delivery, now))
        log.info("letter_sent", key=letter.key, destination=letter.destination, result=delivery.result)

    async def _deliver(self, letter: Letter, sender: Sender) -> Delivery:
        try:
            async with asyncio.timeout(_MARGIN.total_seconds()):
                return await sender.send(letter.payload, key=letter.key, again=letter.unknowns > 0)
        except Exception as error:  # whatever a sender breaks on, the letter is kept and the others go on
            log.exception("sender_failed", destination=letter.destination, error=type(error).__name__)
            return Delivery(result=DeliveryResult.UNKNOWN, error="发送程序出错：请管理员查看日志")


def _take_stock(conn: Connection, now: datetime) -> list[str]:
    for letter in outbox.abandoned(conn, now):
        lost = Delivery(result=DeliveryResult.UNKNOWN, error="发送途中程序停了，不知道对方收到没有")
        _record(conn, letter, lost, now)
    return outbox.due_destinations(conn, now)


def _set_aside(conn: Connection, *, destination: str, owner: str, now: datetime) -> None:
    error = f"没有配置 {destination} 的发送方式：请管理员检查设置"
    while (letter := outbox.claim(conn, destination, owner=owner, now=now, lease=_LEASE)) is not None:
        _record(conn, letter, Delivery(result=DeliveryResult.REFUSED, error=error), now)


def _record(conn: Connection, letter: Letter, delivery: Delivery, now: datetime) -> None:
    if delivery.result is DeliveryResult.DELIVERED:
        outbox.mark_sent(conn, letter, now)
        return
    refused = delivery.result is DeliveryResult.REFUSED
    counts = {"refused": refused, "unknown": not refused}
    if _is_over(letter, delivery, now):
        if outbox.give_up(conn, letter, error=delivery.error, **counts):
            notices.add_alarm(conn, f"{letter.destination} 有一条通知没有发出去：{delivery.error}", now=now)
        return
    pause = _pause(letter.refusals if refused else letter.unknowns, delivery)
    outbox.try_again(conn, letter, next_at=now + pause, error=delivery.error, **counts)


def _is_over(letter: Letter, delivery: Delivery, now: datetime) -> bool:
    if delivery.final:
        return True
    if delivery.result is DeliveryResult.UNKNOWN:
        return letter.unknowns + 1 >= _MOST_UNKNOWNS
    return now - letter.created_at > _STALE


def _pause(times_before: int, delivery: Delivery) -> timedelta:
    first = delivery.retry_after or _FIRST_PAUSE
    return min(first * (1 << min(times_before, 10)), max(first, _LONGEST_PAUSE))
