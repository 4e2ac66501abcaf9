"""Feishu over its wire format, both ways, against a server that behaves as Feishu does, well and badly."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.channels.feishu import FeishuApi, FeishuChannel, FeishuKeys, feishu_routes
from bot.channels.senders import ChannelSender
from bot.outbox import Outbox
from bot.turns import Turns
from community.clock import MovableClock
from community.store import outbox
from community.store.database import Database
from community.store.messages import find
from tests.harness.feishu_server import (
    APP_ID,
    APP_SECRET,
    BOT,
    ENCRYPT_KEY,
    VERIFICATION_TOKEN,
    FeishuServer,
    encrypt,
    feishu_server,
    push,
    push_raw,
    signed_headers,
)
from tests.harness.rasa_server import RasaServer

KEYS = FeishuKeys(encrypt_key=ENCRYPT_KEY, verification_token=VERIFICATION_TOKEN, app_id=APP_ID)


@pytest.fixture
def database(sqlite: Database) -> Database:
    return sqlite


@pytest.fixture
async def feishu() -> AsyncIterator[FeishuServer]:
    async with feishu_server() as server:
        yield server


@dataclass
class Town:
    """Feishu, our desk behind its callback, and our outbox."""

    feishu: FeishuServer
    turns: Turns
    outbox: Outbox
    clock: MovableClock
    database: Database
    rasa: RasaServer
    api: FeishuApi
    url: str

    async def event(self, event: dict[str, Any]) -> int:
        status, _ = await push(self.url, event, self.clock.now())
        return status

    async def says(self, text: str = "", **more: Any) -> int:
        status = await self.event(self.feishu.message_event(text, **more))
        await self.turns.idle()
        await self.outbox.tick()
        return status

    def sent(self) -> list[tuple[str, str, str]]:
        return [(sent.how, sent.to, sent.text) for sent in self.feishu.sent]


@pytest.fixture
async def town(desk, feishu) -> AsyncIterator[Town]:
    api = FeishuApi(APP_ID, APP_SECRET, base_url=feishu.url, clock=desk.clock)
    channel = FeishuChannel(api)
    turns = Turns(desk.database, desk.clock, desk.client, {"feishu": channel}, rules=desk.rules, worker_id="w")
    app = web.Application()
    app.add_routes(feishu_routes(turns, api, KEYS, clock=desk.clock))
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0.1)
    sender = ChannelSender(desk.database, channel)
    box = Outbox(desk.database, desk.clock, {"channel:feishu": sender}, "w")
    url = str(server.make_url("/channels/feishu/events"))
    yield Town(feishu, turns, box, desk.clock, desk.database, desk.rasa, api, url)
    await server.close()
    await turns.close()
    await api.close()


async def test_the_address_is_verified_with_its_challenge(town):
    challenge = {"type": "url_verification", "challenge": "abc", "token": VERIFICATION_TOKEN}
    body = json.dumps({"encrypt": encrypt(challenge)}).encode()
    assert await push_raw(town.url, body, {"Content-Type": "application/json"}) == (200, {"challenge": "abc"})
    wrong = json.dumps({"encrypt": encrypt(challenge | {"token": "other"})}).encode()
    assert (await push_raw(town.url, wrong, {}))[0] == 403


async def test_a_private_message_is_answered_as_a_reply_to_it(town):
    assert await town.says("路灯不亮", message_id="om_1") == 200
    assert town.sent() == [("reply", "om_1", "收到：路灯不亮")]
    assert town.rasa.turns[0][0] == f"feishu:{APP_ID}:oc_ou_wang:ou_wang"


async def test_in_a_group_only_who_mentions_our_bot_is_answered_and_named(town):
    await town.says("@_user_1 路灯不亮", group=True, mentions=(BOT,), message_id="om_1")
    await town.says("@_user_1 @_user_2 看一下", group=True, mentions=("ou_li", BOT), message_id="om_2")
    await town.says("@_user_1 吃了吗", group=True, mentions=("ou_li",))
    await town.says("@_all 明天停水", group=True)
    await town.says("随便聊聊", group=True)
    assert town.sent() == [
        ("reply", "om_1", '<at user_id="ou_wang">您</at> 收到：路灯不亮'),
        ("reply", "om_2", '<at user_id="ou_wang">您</at> 收到：@名1 看一下'),
    ]
    assert town.feishu.asked_who == 1, "who we are is asked once"


async def test_ten_people_mentioned_are_not_mixed_up(town):
    people = ("ou_a",) * 9 + (BOT,)
    await town.says("@_user_10 @_user_1 在吗", group=True, mentions=people)
    assert town.rasa.texts() == ["@名1 在吗"]


async def test_a_bare_mention_is_greeted(town):
    await town.says("@_user_1", group=True, mentions=(BOT,))
    assert town.rasa.texts() == ["你好"]


async def test_a_private_thing_goes_to_the_person_and_the_group_learns_nothing(town):
    town.rasa.answer = lambda text, metadata: [{"custom": {"text": "工单260715-001在办", "to": "person"}}]
    await town.says("@_user_1 查进度", group=True, mentions=(BOT,), message_id="om_1")
    assert sorted(town.sent()) == [
        ("open_id", "ou_wang", "工单260715-001在办"),
        ("reply", "om_1", '<at user_id="ou_wang">您</at> 已私信您，请查收。'),
    ]


async def test_who_cannot_be_written_to_is_asked_to_write_and_the_secret_is_kept(town):
    town.rasa.answer = lambda text, metadata: [{"custom": {"text": "工单260715-001在办", "to": "person"}}]
    town.feishu.faults = ["", 230013]
    await town.says("@_user_1 查进度", group=True, mentions=(BOT,), message_id="om_1")
    assert [how for how, _, _ in town.sent()] == ["reply", "reply"]
    assert not any("260715" in text for _, _, text in town.sent())


async def test_feishu_repeats_an_event_and_it_is_answered_once(town):
    event = town.feishu.message_event("路灯不亮")
    for _ in range(4):
        assert await town.event(event) == 200
        await town.turns.idle()
        await town.outbox.tick()
    assert town.rasa.texts() == ["路灯不亮"]
    assert len(town.sent()) == 1


async def test_a_fire_in_the_group_is_answered_though_nobody_mentioned_the_bot(town):
    await town.says("3号楼着火了，快来人！", group=True, message_id="om_1")
    [(how, to, text)] = town.sent()
    assert (how, to) == ("reply", "om_1")
    assert "119" in text


async def test_pictures_and_voices_are_answered_in_words(town):
    await town.says(kind="image", content={"image_key": "img_1"})
    await town.says(kind="audio", content={"file_key": "f", "duration": 3000})
    await town.says(kind="file", content={"file_key": "f", "file_name": "x.pdf"})
    await town.says(kind="sticker", content={"file_key": "f"})
    assert [text[:4] for _, _, text in town.sent()] == ["图片收到", "语音我还", "这个我打"]
    assert town.rasa.turns == []
    with town.database.reading() as conn:
        stored = find(conn, channel="feishu", account=APP_ID, message_id="om_1")
    assert stored.envelope["images"] == ["img_1"]


async def test_rich_text_and_places_are_read(town):
    post = {
        "title": "报修",
        "content": [
            [{"tag": "at", "user_id": "@_user_1"}, {"tag": "text", "text": " 路灯不亮"}],
            [{"tag": "img", "image_key": "img_1"}, {"tag": "a", "text": "链接", "href": "https://x"}],
        ],
    }
    await town.says(kind="post", content=post, group=True, mentions=(BOT,))
    await town.says(kind="post", content={"zh_cn": post})
    await town.says(kind="location", content={"name": "锦绣苑7栋", "longitude": "1", "latitude": "2"})
    assert town.rasa.texts() == ["报修\n 路灯不亮\n链接", "报修\n@_user_1 路灯不亮\n链接", "锦绣苑7栋"]


async def test_bots_and_strange_events_are_let_pass(town):
    assert await town.says("你好", sender={"sender_type": "app"}) == 200
    for event in (
        town.feishu.event("im.chat.member.bot.added_v1", {"chat_id": "oc"}),
        town.feishu.event("im.message.receive_v1", {"message": "x", "sender": []}),
        town.feishu.event("im.message.receive_v1", {}),
        {"schema": "2.0", "header": town.feishu.event("im.message.receive_v1", {})["header"], "event": 5},
        {"uuid": "1.0", "token": VERIFICATION_TOKEN, "type": "event_callback", "event": {"type": "message"}},
    ):
        assert await town.event(event) == 200
    assert await town.says(kind="text", content=["no object"]) == 200
    assert town.rasa.turns == []


async def test_forged_and_broken_callbacks_are_refused(town):
    now = town.clock.now()
    event = town.feishu.message_event("路灯不亮")
    body = json.dumps({"encrypt": encrypt(event)}).encode()
    good = signed_headers(body, now)
    stale = signed_headers(body, now - timedelta(hours=1))
    plain = json.dumps(event).encode()
    broken = [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"encrypt": 5}',
        b'{"encrypt": "!!!"}',
        b'{"encrypt": "AAAA"}',
        b'{"encrypt": "' + b"A" * 64 + b'"}',
    ]
    other_key = json.dumps({"encrypt": encrypt(event, key="other")}).encode()
    no_json = json.dumps({"encrypt": encrypt(b"no json")}).encode()
    other_app = json.dumps({"encrypt": encrypt(event | {"header": event["header"] | {"app_id": "cli_x"}})}).encode()
    refused = [
        (body, {}),
        (body, good | {"X-Lark-Signature": "0" * 64}),
        (body, good | {"X-Lark-Signature": good["X-Lark-Signature"][:-1]}),
        (body, good | {"X-Lark-Signature": "签名"}),
        (body, good | {"X-Lark-Request-Nonce": "other"}),
        (body, stale),
        (body, signed_headers(body, now + timedelta(hours=1))),
        (plain, signed_headers(plain, now)),
        (other_key, signed_headers(other_key, now)),
        (no_json, signed_headers(no_json, now)),
        (other_app, signed_headers(other_app, now)),
        *((data, signed_headers(data, now)) for data in broken),
        *((data, {}) for data in broken),
    ]
    for data, headers in refused:
        status, _ = await push_raw(town.url, data, {"Content-Type": "application/json"} | headers)
        assert 400 <= status < 500, (data, headers)
    assert town.rasa.turns == []


async def test_fifty_megabytes_are_refused(town):
    assert (await push_raw(town.url, b"x" * 50_000_000, {}))[0] == 413


async def test_without_an_encrypt_key_the_verification_token_decides(town, desk):
    app = web.Application()
    app.add_routes(feishu_routes(town.turns, town.api, replace(KEYS, encrypt_key=""), clock=town.clock))
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0.1)
    url = str(server.make_url("/channels/feishu/events"))
    event = town.feishu.message_event("路灯不亮")
    assert (await push_raw(url, json.dumps(event).encode(), {}))[0] == 200
    forged = event | {"header": event["header"] | {"token": "guess"}}
    assert (await push_raw(url, json.dumps(forged).encode(), {}))[0] == 403
    assert (await push_raw(url, b'{"type": "url_verification", "challenge": "x"}', {}))[0] == 403
    await server.close()


async def test_who_we_are_is_unknown_and_feishu_is_asked_to_come_again(town):
    town.feishu.knows_bot = False
    event = town.feishu.message_event("@_user_1 路灯不亮", group=True, mentions=(BOT,))
    assert await town.event(event) == 503
    town.feishu.knows_bot = True
    assert await town.event(event) == 200
    await town.turns.idle()
    assert town.rasa.texts() == ["路灯不亮"]


async def test_an_ended_token_is_renewed_and_the_answer_arrives(town):
    town.feishu.faults = ["expired"]
    await town.says("路灯不亮")
    assert len(town.sent()) == 1
    assert len(town.feishu.tokens) == 3
    town.clock.advance(timedelta(hours=2))
    await town.says("还是不亮")
    assert len(town.feishu.tokens) == 4, "a token is renewed before its end"


@pytest.mark.parametrize("fault", ["429", "500", "lost", 99991400])
async def test_whatever_feishu_does_an_answer_arrives_once(town, fault):
    town.feishu.faults = [fault]
    await town.says("路灯不亮")
    for _ in range(3):
        town.clock.advance(timedelta(minutes=3))
        await town.outbox.tick()
    assert [text for _, _, text in town.sent()] == ["收到：路灯不亮"]


async def test_an_answer_to_a_message_taken_back_is_sent_by_itself(town):
    town.feishu.faults = [230011]
    await town.says("路灯不亮")
    assert town.sent() == [("open_id", "ou_wang", "收到：路灯不亮")]


async def test_residents_words_cannot_mention_everybody(town):
    await town.says('@_user_1 <at user_id="all"></at>', group=True, mentions=(BOT,))
    assert town.sent()[0][2] == '<at user_id="ou_wang">您</at> 收到：＜at user_id="all">＜/at>'


async def test_the_end_of_a_case_reported_in_a_group_is_told_to_the_person_alone(town):
    await town.says("@_user_1 路灯不亮", group=True, mentions=(BOT,))
    payload = {"conversation_id": f"feishu:{APP_ID}:oc_group:ou_wang", "text": "工单260715-001已办结。"}
    with town.database.begin() as conn:
        outbox.put(conn, key="case:1:closed", destination="channel:feishu", payload=payload, now=town.clock.now())
    await town.outbox.tick()
    assert town.sent()[-1] == ("open_id", "ou_wang", "工单260715-001已办结。")


async def test_buttons_become_a_numbered_list(town):
    town.rasa.answer = lambda text, metadata: [
        {"custom": {"text": "哪一个？", "buttons": [{"title": "食堂"}, {"title": "津贴"}]}}
    ]
    await town.says("补贴")
    assert town.sent()[0][2] == "哪一个？\n1. 食堂\n2. 津贴\n回复数字就行。"
