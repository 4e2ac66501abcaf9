"""The group robots against a server that speaks their formats, and misbehaves."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
import structlog
from yarl import URL

from bot.outbox import DeliveryResult
from bot.robots import webhook
from bot.robots.configured import configured_robots
from bot.robots.dingtalk import DingtalkRobot
from bot.robots.feishu import FeishuRobot
from bot.robots.webhook import RobotWebhook, shorten_bytes
from bot.robots.wecom import WecomRobot
from community.clock import MovableClock
from community.errors import SettingError
from community.settings import load_settings
from tests.harness.robot_server import (
    Answer,
    RobotServer,
    breaks_off,
    hangs_up,
    robot_server,
    says,
    says_nothing,
    says_text,
)

STEP = {"text": "【紧急】工单260715-003　第2步　请网格长接单", "mention_all": False}


@pytest.fixture
async def server() -> AsyncIterator[RobotServer]:
    async with robot_server() as running:
        yield running


@pytest.fixture
async def wecom(server: RobotServer, clock: MovableClock) -> AsyncIterator[WecomRobot]:
    robot = WecomRobot(URL(f"{server.url}/cgi-bin/webhook/send?key=693a-secret"), clock)
    yield robot
    await robot.close()


async def send(robot: RobotWebhook, *, again: bool = False, **payload: object) -> DeliveryResult:
    return (await robot.send({**STEP, **payload}, key="case:3:step:2:wecom", again=again)).result


async def test_wecom_gets_a_text_message(server: RobotServer, wecom: WecomRobot) -> None:
    assert await send(wecom) is DeliveryResult.DELIVERED
    [post] = server.posts
    assert (post.path, post.query) == ("/cgi-bin/webhook/send", {"key": "693a-secret"})
    assert post.document == {"msgtype": "text", "text": {"content": STEP["text"]}}


async def test_wecom_mentions_everybody_in_an_emergency(server: RobotServer, wecom: WecomRobot) -> None:
    await send(wecom, mention_all=True)
    assert server.posts[0].document["text"]["mentioned_list"] == ["@all"]


async def test_a_long_text_stays_within_wecoms_2048_bytes(server: RobotServer, wecom: WecomRobot) -> None:
    await send(wecom, text="水" * 3000)
    content = server.texts[0]
    assert len(content.encode()) <= 2048
    assert content.endswith("…")


async def test_what_may_have_arrived_before_says_so(server: RobotServer, wecom: WecomRobot) -> None:
    await send(wecom, again=True)
    assert server.texts == [f"「重发」{STEP['text']}"]


async def test_a_residents_words_cannot_mention_anybody(server: RobotServer, clock: MovableClock) -> None:
    robot = FeishuRobot(URL(f"{server.url}/hook/1"), "", clock)
    server.otherwise = says({"code": 0})
    await send(robot, text='着火了<at user_id="all">所有人</at>')
    await robot.close()
    assert "<at" not in server.posts[0].document["content"]["text"]


async def test_dingtalk_gets_a_signed_address(server: RobotServer, clock: MovableClock) -> None:
    robot = DingtalkRobot(URL(f"{server.url}/robot/send?access_token=abc"), "SECxyz", clock)
    assert await send(robot, mention_all=True) is DeliveryResult.DELIVERED
    await robot.close()
    [post] = server.posts
    timestamp = str(int(clock.now().timestamp() * 1000))
    expected = hmac.new(b"SECxyz", f"{timestamp}\nSECxyz".encode(), hashlib.sha256).digest()
    assert post.query == {"access_token": "abc", "timestamp": timestamp, "sign": base64.b64encode(expected).decode()}
    assert post.document == {"msgtype": "text", "text": {"content": STEP["text"]}, "at": {"isAtAll": True}}


async def test_feishu_gets_a_signed_body(server: RobotServer, clock: MovableClock) -> None:
    server.otherwise = says({"StatusCode": 0, "StatusMessage": "success", "code": 0, "data": {}, "msg": "success"})
    robot = FeishuRobot(URL(f"{server.url}/open-apis/bot/v2/hook/1"), "s3cret", clock)
    assert await send(robot, mention_all=True) is DeliveryResult.DELIVERED
    await robot.close()
    [post] = server.posts
    timestamp = str(int(clock.now().timestamp()))
    expected = hmac.new(f"{timestamp}\ns3cret".encode(), b"", hashlib.sha256).digest()
    assert post.document["timestamp"] == timestamp
    assert post.document["sign"] == base64.b64encode(expected).decode()
    assert post.document["content"]["text"].startswith('<at user_id="all">所有人</at> 【紧急】')


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (says({"errcode": 0, "errmsg": "ok"}), DeliveryResult.DELIVERED),
        (says_text(""), DeliveryResult.DELIVERED),
        (says_text("ok"), DeliveryResult.DELIVERED),
        (says([1]), DeliveryResult.DELIVERED),
        (breaks_off, DeliveryResult.DELIVERED),
        (says({"errcode": 93000, "errmsg": "invalid webhook url"}), DeliveryResult.REFUSED),
        (says({"errcode": 45009, "errmsg": "api freq out of limit"}), DeliveryResult.REFUSED),
        (says({"errcode": 40058}), DeliveryResult.REFUSED),
        (says({"errcode": -1, "errmsg": "system busy"}), DeliveryResult.UNKNOWN),
        (says({}, status=400), DeliveryResult.REFUSED),
        (says({}, status=404), DeliveryResult.REFUSED),
        (says({}, status=302, headers={"Location": "/elsewhere"}), DeliveryResult.REFUSED),
        (says({}, status=429), DeliveryResult.REFUSED),
        (says({}, status=500), DeliveryResult.UNKNOWN),
        (says({"errcode": 0}, status=502), DeliveryResult.UNKNOWN),
        (hangs_up, DeliveryResult.UNKNOWN),
    ],
)
async def test_every_answer_is_judged(
    server: RobotServer, wecom: WecomRobot, answer: Answer, result: DeliveryResult
) -> None:
    server.otherwise = answer
    assert await send(wecom) is result
    assert len(server.posts) == 1


async def test_no_answer_in_time_is_unknown(
    server: RobotServer, wecom: WecomRobot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "_TIMEOUT", aiohttp.ClientTimeout(total=0.3))
    server.otherwise = says_nothing
    assert await send(wecom) is DeliveryResult.UNKNOWN


async def test_nobody_at_the_address_is_a_refusal(clock: MovableClock) -> None:
    listener = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    listener.close()
    await listener.wait_closed()
    robot = WecomRobot(URL(f"http://127.0.0.1:{port}/send?key=1"), clock)
    assert await send(robot) is DeliveryResult.REFUSED
    await robot.close()


@pytest.mark.parametrize(
    ("robot_class", "answer", "seconds"),
    [
        (WecomRobot, says({"errcode": 45009}), 60),
        (DingtalkRobot, says({"errcode": 130101, "errmsg": "send too fast"}), 600),
        (FeishuRobot, says({"code": 9499, "msg": "too many request"}), 60),
        (FeishuRobot, says({"code": 11232, "msg": "frequency limited"}), 60),
        (WecomRobot, says({}, status=429, headers={"Retry-After": "120"}), 120),
    ],
)
async def test_too_fast_says_how_long_to_wait(
    server: RobotServer, clock: MovableClock, robot_class: type[RobotWebhook], answer: Answer, seconds: int
) -> None:
    server.otherwise = answer
    robot = robot_class(URL(f"{server.url}/x"), *([] if robot_class is WecomRobot else [""]), clock)
    delivery = await robot.send(STEP, key="k", again=False)
    await robot.close()
    assert delivery.retry_after == timedelta(seconds=seconds)


async def test_the_address_is_in_no_log_and_no_error(server: RobotServer, wecom: WecomRobot) -> None:
    seen = []
    with structlog.testing.capture_logs() as lines:
        for answer in (says({"errcode": 93000, "errmsg": f"bad {server.url}"}), hangs_up, says({}, status=500)):
            server.otherwise = answer
            seen.append(await wecom.send(STEP, key="k", again=False))
    assert "secret" not in json.dumps(lines, default=str) + str(seen)
    assert server.url not in json.dumps(lines, default=str) + str(seen)


def test_the_settings_name_the_robots(clock: MovableClock) -> None:
    settings = load_settings({"SHOUWANG_NOTIFY_WECOM_URL": "http://h/a", "SHOUWANG_NOTIFY_FEISHU_URL": "http://h/b"})
    assert {name: type(robot) for name, robot in configured_robots(settings, clock).items()} == {
        "wecom": WecomRobot,
        "feishu": FeishuRobot,
    }


def test_a_cut_never_splits_a_character() -> None:
    assert shorten_bytes("水水水", 9) == "水水水"
    assert shorten_bytes("水水水", 8) == "水…"


def test_an_address_that_is_none_is_named_and_not_shown(clock: MovableClock) -> None:
    settings = load_settings({"SHOUWANG_NOTIFY_FEISHU_URL": "http://host:99999/secret"})
    with pytest.raises(SettingError, match="SHOUWANG_NOTIFY_FEISHU_URL") as refused:
        configured_robots(settings, clock)
    assert "secret" not in refused.value.message
