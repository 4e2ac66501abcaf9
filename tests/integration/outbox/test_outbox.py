"""The outbox: nothing is lost, nothing that arrived is sent again, and a doubtful sending says 「重发」."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from yarl import URL

from bot.outbox import Delivery, DeliveryResult, Outbox
from bot.robots.wecom import WecomRobot
from community.clock import MovableClock
from community.store import outbox as store
from community.store.database import Database
from community.store.notices import notices
from tests.harness.robot_server import RobotServer, hangs_up, robot_server, says, says_nothing


@pytest.fixture
async def server() -> AsyncIterator[RobotServer]:
    async with robot_server() as running:
        yield running


class Post:
    """The outbox of one worker with one 企业微信 robot."""

    def __init__(self, database: Database, clock: MovableClock, url: str) -> None:
        self.database = database
        self.clock = clock
        self.robot = WecomRobot(URL(f"{url}/send?key=1"), clock)
        self.outbox = Outbox(database, clock, {"wecom": self.robot}, "worker-1")

    def put(self, text: str = "第1步", *, key: str = "case:1:step:1:wecom", rank: int = 0) -> None:
        with self.database.begin() as conn:
            payload = {"text": text, "mention_all": False}
            store.put(conn, key=key, destination="wecom", payload=payload, now=self.clock.now(), rank=rank)

    async def ticks(self, *, minutes: int, every: int = 1) -> None:
        """Let that many minutes pass, with a tick every so many."""
        for _ in range(0, minutes, every):
            await self.outbox.tick()
            self.clock.advance(timedelta(minutes=every))

    def row(self) -> Any:
        with self.database.reading() as conn:
            return conn.execute(select(store.outbox)).one()

    def alarms(self) -> list[str]:
        with self.database.reading() as conn:
            return list(conn.scalars(select(notices.c.text)))


@pytest.fixture
async def post(database: Database, clock: MovableClock, server: RobotServer) -> AsyncIterator[Post]:
    office = Post(database, clock, server.url)
    yield office
    await office.robot.close()


async def test_what_arrived_is_never_sent_again(post: Post, server: RobotServer) -> None:
    post.put()
    post.put()
    await post.ticks(minutes=30)
    assert server.texts == ["第1步"]
    assert post.row().status == "sent"


async def test_an_unknown_result_is_followed_by_two_more_that_say_so(post: Post, server: RobotServer) -> None:
    server.otherwise = hangs_up
    post.put("第1步")
    await post.ticks(minutes=600, every=10)
    assert server.texts == ["第1步", "「重发」第1步", "「重发」第1步"]
    assert (post.row().status, post.row().unknowns) == ("failed", 3)
    assert len(post.alarms()) == 1


async def test_after_an_unknown_result_the_first_success_is_the_last_sending(post: Post, server: RobotServer) -> None:
    server.answers = [says({}, status=500)]
    post.put("第1步")
    await post.ticks(minutes=60)
    assert server.texts == ["第1步", "「重发」第1步"]
    assert post.row().status == "sent"


async def test_a_refusal_is_tried_again_as_if_it_were_the_first(post: Post, server: RobotServer) -> None:
    server.answers = [says({"errcode": 93000}), says({}, status=429), says({"errcode": 45009})]
    post.put("第1步")
    await post.ticks(minutes=30)
    assert server.texts == ["第1步"] * 4
    row = post.row()
    assert (row.status, row.refusals, row.unknowns) == ("sent", 3, 0)


async def test_refusals_pause_longer_and_longer_and_end_after_a_day(post: Post, server: RobotServer) -> None:
    server.otherwise = says({"errcode": 93000})
    post.put()
    await post.ticks(minutes=60)
    assert len(server.posts) == 6
    await post.ticks(minutes=26 * 60, every=30)
    assert len(server.posts) < 40
    assert post.row().status == "failed"
    assert "重新复制机器人地址" in post.alarms()[0]


async def test_a_robot_gets_at_most_twenty_a_minute_and_emergencies_first(post: Post, server: RobotServer) -> None:
    for n in range(45):
        post.put(f"一般{n}", key=f"case:{n}:step:1:wecom")
    post.put("特急", key="case:99:step:1:wecom", rank=2)
    await post.outbox.tick()
    await post.outbox.tick()
    assert len(server.texts) == 20
    assert server.texts[0] == "特急"
    post.clock.advance(timedelta(seconds=59))
    await post.outbox.tick()
    assert len(server.texts) == 20
    post.clock.advance(timedelta(seconds=30))
    await post.outbox.tick()
    assert len(server.texts) == 40
    assert server.texts[1:40] == [f"一般{n}" for n in range(39)]


async def test_a_worker_that_died_while_sending_leaves_an_unknown_result(post: Post, server: RobotServer) -> None:
    post.put("第1步")
    with post.database.begin() as conn:
        dead = store.claim(conn, "wecom", owner="dead", now=post.clock.now(), lease=timedelta(seconds=60))
    assert dead is not None
    await post.ticks(minutes=1)
    assert server.texts == []
    await post.ticks(minutes=5)
    assert server.texts == ["「重发」第1步"]
    with post.database.begin() as conn:
        assert not store.try_again(conn, dead, next_at=post.clock.now(), error="", unknown=True)
    assert post.row().status == "sent"


async def test_a_worker_that_dies_three_times_does_not_send_a_fourth(post: Post, server: RobotServer) -> None:
    post.put("第1步")
    for _ in range(3):
        with post.database.begin() as conn:
            store.claim(conn, "wecom", owner="dead", now=post.clock.now(), lease=timedelta(seconds=60))
        post.clock.advance(timedelta(hours=1))
        with post.database.begin() as conn:
            [lost] = store.abandoned(conn, post.clock.now())
            if lost.unknowns < 2:
                store.try_again(conn, lost, next_at=post.clock.now(), error="", unknown=True)
    await post.ticks(minutes=10)
    assert server.texts == []
    assert post.row().status == "failed"


async def test_two_workers_send_a_letter_once(
    post: Post, server: RobotServer, database: Database, clock: MovableClock
) -> None:
    for n in range(12):
        post.put(f"{n}", key=f"case:{n}:step:1:wecom")
    others = [Outbox(database, clock, {"wecom": post.robot}, f"worker-{n}") for n in range(2, 5)]
    await asyncio.gather(post.outbox.tick(), *(other.tick() for other in others))
    assert sorted(server.texts, key=int) == [str(n) for n in range(12)]


async def test_a_conversation_is_answered_in_order_while_others_do_not_wait(
    database: Database, clock: MovableClock
) -> None:
    arrived: list[str] = []
    on_the_way: set[str] = set()

    class SlowSender:
        per_minute: int | None = None

        async def send(self, payload: Mapping[str, Any], *, key: str, again: bool) -> Delivery:
            conversation = payload["conversation_id"]
            assert conversation not in on_the_way
            on_the_way.add(conversation)
            most_at_once.append(len(on_the_way))
            await asyncio.sleep(0.01)
            on_the_way.remove(conversation)
            arrived.append(key)
            return Delivery(result=DeliveryResult.DELIVERED)

    most_at_once: list[int] = []
    with database.begin() as conn:
        for n in range(5):
            for person in "abc":
                payload = {"conversation_id": person, "text": str(n)}
                store.put(conn, key=f"{person}{n}", destination="channel:x", payload=payload, now=clock.now())
    office = Outbox(database, clock, {"channel:x": SlowSender()}, "w")
    while len(arrived) < 15:
        await office.tick()
    for person in "abc":
        assert [key for key in arrived if key[0] == person] == [f"{person}{n}" for n in range(5)]
    assert max(most_at_once) > 1


async def test_a_robot_that_does_not_answer_holds_up_nobody_else(
    post: Post, server: RobotServer, database: Database, clock: MovableClock
) -> None:
    server.otherwise = says_nothing
    works = SlowClockSender()
    office = Outbox(database, clock, {"wecom": post.robot, "channel:web": works}, "w")
    post.put()
    for n in range(3):
        with database.begin() as conn:
            store.put(conn, key=f"m:{n}", destination="channel:web", payload={}, now=clock.now())
        async with asyncio.timeout(5):
            await office.tick()
        assert len(works.sent) == n + 1
    assert len(server.posts) == 1


class BrokenSender:
    """A sender with a fault of its own."""

    per_minute: int | None = None

    async def send(self, payload: Mapping[str, Any], *, key: str, again: bool) -> Delivery:
        raise RuntimeError("fault")


class SlowClockSender:
    """Notes what it is asked to send."""

    per_minute: int | None = None

    def __init__(self) -> None:
        self.sent: list[tuple[str, bool]] = []

    async def send(self, payload: Mapping[str, Any], *, key: str, again: bool) -> Delivery:
        self.sent.append((key, again))
        return Delivery(result=DeliveryResult.DELIVERED)


async def test_a_sender_that_breaks_neither_stops_the_others_nor_loses_the_letter(
    database: Database, clock: MovableClock
) -> None:
    works = SlowClockSender()
    senders = {"channel:web": BrokenSender(), "channel:feishu": works}
    with database.begin() as conn:
        for destination in senders:
            store.put(conn, key=destination, destination=destination, payload={}, now=clock.now())
    await Outbox(database, clock, senders, "w").tick()
    assert works.sent == [("channel:feishu", False)]
    with database.reading() as conn:
        assert store.count_by_status(conn) == {"pending": 1, "sent": 1}


async def test_a_destination_without_a_sender_waits_and_is_named_to_the_administrator(
    database: Database, clock: MovableClock
) -> None:
    with database.begin() as conn:
        store.put(conn, key="k", destination="dingtalk", payload={}, now=clock.now())
    office = Outbox(database, clock, {}, "w")
    assert await office.tick() == 0
    for _ in range(30):
        clock.advance(timedelta(hours=1))
        await office.tick()
    with database.reading() as conn:
        assert store.count_by_status(conn) == {"failed": 1}
        [alarm] = conn.scalars(select(notices.c.text))
    assert "没有配置 dingtalk" in alarm


async def test_a_worker_paused_past_its_lease_does_not_send(database: Database, clock: MovableClock) -> None:
    """Between claiming and sending the process stood still for a minute: the letter is no longer its own."""
    sender = SlowClockSender()
    with database.begin() as conn:
        store.put(conn, key="k", destination="channel:web", payload={}, now=clock.now())

    class PausedDatabase:
        """The database, after whose every answer the process stands still."""

        async def write(self, work):
            result = await database.write(work)
            clock.advance(timedelta(seconds=45))
            return result

    await Outbox(PausedDatabase(), clock, {"channel:web": sender}, "w")._send_some("channel:web", sender)
    assert sender.sent == []
    with database.reading() as conn:
        assert store.count_by_status(conn) == {"pending": 1}
