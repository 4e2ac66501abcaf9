"""A worker process for kill tests: `python dialling_worker.py JSON`; dials a carrier on a loopback socket until killed."""

import asyncio
import json
import os
import sys
import uuid
from datetime import datetime

import aiohttp
from sqlalchemy import Connection

from community.clock import SystemClock
from community.errors import Unavailable
from community.model.calls.call import AttemptStatus
from community.store import dialling as store
from community.store.database import Database
from community.usecases.close_attempt import close_attempt
from tests.harness.dialling import Exchange
from tests.harness.killing import hurried_timing, night_rules
from voice.carriers.base import Acceptance, FoundCall, PlaceRequest, PlaceResult
from voice.engine.engine import Engine
from voice.engine.reconcile import Questions, Reconciler
from voice.engine.timing import Timing


class SocketLine(Exchange):
    """A carrier that is asked over HTTP."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        super().__init__(clock=SystemClock())
        self._url = url
        self._session = session

    async def place(self, request: PlaceRequest) -> PlaceResult:
        order = {"to": request.to, "attempt": request.urls.attempt_id}
        try:
            async with self._session.post(f"{self._url}/calls", json=order) as response:
                carrier_id = (await response.json())["id"]
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return PlaceResult(placement=Acceptance.UNKNOWN, error_code="lost")
        return PlaceResult(placement=Acceptance.ACCEPTED, carrier_id=carrier_id)

    async def find(self, *, to: str, since: datetime) -> list[FoundCall]:
        try:
            async with self._session.get(f"{self._url}/calls", params={"to": to}) as response:
                calls = await response.json()
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable("没有应答") from error
        return [
            FoundCall(
                carrier_id=call["id"],
                to=to,
                from_number=self.from_numbers[0],
                status=AttemptStatus.PLACED,
                created_at=datetime.fromisoformat(call["created"]),
            )
            for call in calls
        ]

    async def fetch(self, carrier_id: str) -> FoundCall | None:
        return None


class NaiveReconciler(Reconciler):
    """The mistake: what a dead worker or a lost reply left behind was surely not dialled, so it is dialled again."""

    def take(self, conn: Connection, now: datetime) -> Questions:
        store.expire_leases(conn, now)
        for attempt in self._take(conn, (AttemptStatus.UNKNOWN,), now):
            close_attempt(
                conn, attempt, AttemptStatus.CANCELLED, outcome=None, rules=self._rules, now=now, again_at=now
            )
        return Questions()


async def work(arguments: dict[str, object]) -> None:
    """Dial until the process is killed."""
    database = Database(str(arguments["database"]), schema=arguments["schema"] or None)
    timeout = aiohttp.ClientTimeout(total=0.45)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        line = SocketLine(str(arguments["carrier"]), session)
        timing = Timing(**hurried_timing())
        engine = Engine(
            database,
            line,
            SystemClock(),
            night_rules(),
            public_url="http://127.0.0.1:1",
            calls_per_second=float(arguments["calls_per_second"]),
            concurrent_calls=1000,
            worker_id=f"{os.getpid()}-{uuid.uuid4().hex[:6]}",
            mainland_allowed_because="测试：没有真的打出去",
            timing=timing,
        )
        if arguments["naive"]:
            engine._reconciler = NaiveReconciler(database, line, SystemClock(), night_rules(), timing=timing)
        await engine.run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(work(json.loads(sys.argv[1])))
