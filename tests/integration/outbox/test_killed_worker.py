"""A worker that is killed with -9 in the middle of a sending: the letter comes again, and says so."""

import asyncio
import signal
import sys
from datetime import UTC, datetime, timedelta

from yarl import URL

from bot.outbox import Outbox
from bot.robots.wecom import WecomRobot
from community.clock import MovableClock
from community.store import outbox as store
from community.store.database import Database
from tests.harness.robot_server import robot_server, says_nothing

_WORKER = """
import asyncio, sys
from bot.outbox import Outbox
from bot.robots.wecom import WecomRobot
from community.clock import SystemClock
from yarl import URL
from community.store.database import Database

async def main(database_url, robot_url):
    clock = SystemClock()
    robot = WecomRobot(URL(robot_url), clock)
    outbox = Outbox(Database(database_url), clock, {"wecom": robot}, "killed")
    while True:
        await outbox.tick()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_killed_while_sending_it_counts_as_unknown(sqlite: Database) -> None:
    clock = MovableClock(datetime.now(UTC))
    with sqlite.begin() as conn:
        payload = {"text": "第1步", "mention_all": False}
        store.put(conn, key="case:1:step:1:wecom", destination="wecom", payload=payload, now=clock.now())
    async with robot_server() as server:
        server.answers = [says_nothing]
        url = f"{server.url}/send?key=1"
        worker = await asyncio.create_subprocess_exec(sys.executable, "-c", _WORKER, str(sqlite.url), url)
        async with asyncio.timeout(60):
            await server.arrived.wait()
        worker.send_signal(signal.SIGKILL)
        await worker.wait()

        robot = WecomRobot(URL(url), clock)
        survivor = Outbox(sqlite, clock, {"wecom": robot}, "survivor")
        assert await survivor.tick() == 0
        for _ in range(3):
            clock.advance(timedelta(minutes=2))
            await survivor.tick()
        await robot.close()
        assert server.texts == ["第1步", "「重发」第1步"]
    with sqlite.reading() as conn:
        assert store.count_by_status(conn) == {"sent": 1}
