"""The web chat's endpoint: one contract for the page and for other programs."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from bot.channels.senders import MailboxSender
from bot.channels.web import web_chat_routes
from bot.rasa_client import RasaClient
from community.store.database import Database


@pytest.fixture
def database(sqlite: Database) -> Database:
    return sqlite


@pytest.fixture
async def chat(desk, aiohttp_client):
    app = web.Application()
    app.add_routes(web_chat_routes(desk.turns, desk.database, rules=desk.rules, secret="key", patience=3))
    return Caller(await aiohttp_client(app))


class Caller:
    """Somebody's program."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    async def post(self, document: Any) -> tuple[int, dict[str, Any]]:
        async with self.client.post("/chat/messages", json=document) as response:
            return response.status, await response.json()

    async def says(self, text: str, message_id: str = "m1", **more: Any) -> tuple[int, dict[str, Any]]:
        return await self.post({"conversation_id": "c1", "message_id": message_id, "text": text, **more})

    async def reads(self, token: str, after: int = 0, conversation: str = "c1") -> tuple[int, dict[str, Any]]:
        async with self.client.get(
            "/chat/messages",
            params={"conversation_id": conversation, "after": after},
            headers={"Authorization": f"Bearer {token}"},
        ) as response:
            return response.status, await response.json()


async def test_a_new_conversation_is_answered_with_its_token(chat, desk):
    status, answer = await chat.says("路灯不亮")
    assert status == 200
    assert answer == {"conversation_id": "c1", "replies": [{"text": "收到：路灯不亮"}], "token": answer["token"]}
    assert len(answer["token"]) >= 40
    status, second = await chat.says("在3号楼", "m2", token=answer["token"])
    assert (status, second["replies"], second["token"]) == (200, [{"text": "收到：在3号楼"}], answer["token"])
    assert [sender for sender, _, _ in desk.rasa.turns] == ["web:c1", "web:c1"]


async def test_the_same_message_id_gives_the_same_answer(chat, desk):
    first = await chat.says("路灯不亮")
    assert await chat.says("路灯不亮", token=first[1]["token"]) == first
    assert await chat.says("路灯不亮") == first, "the first answer was lost, and with it the token"
    assert desk.rasa.texts() == ["路灯不亮"]


async def test_a_strangers_conversation_can_be_neither_continued_nor_read(chat, desk):
    _, answer = await chat.says("我家在锦绣苑7栋")
    for token in (None, "", "wrong", answer["token"][:-1]):
        document = {"conversation_id": "c1", "message_id": "m2", "text": "我报过什么"}
        status, refusal = await chat.post(document | ({} if token is None else {"token": token}))
        assert (status, refusal["error"]["code"]) == (403, "wrong_token")
        assert (await chat.reads(token or ""))[0] == 403
    status, _ = await chat.says("另一句话", "m1")
    assert status == 403, "the first message's id with other words is somebody else's guess"
    assert (await chat.reads("x", conversation="unheard-of"))[0] == 403
    desk.clock.advance(timedelta(minutes=11))
    assert (await chat.says("我家在锦绣苑7栋", "m1"))[0] == 403
    assert len(desk.rasa.turns) == 1


async def test_two_conversations_may_use_the_same_message_ids(chat):
    first = await chat.post({"conversation_id": "a", "message_id": "1", "text": "甲"})
    second = await chat.post({"conversation_id": "b", "message_id": "1", "text": "乙"})
    assert first[1]["replies"] != second[1]["replies"]
    assert first[1]["token"] != second[1]["token"]


async def test_without_a_conversation_id_one_is_given(chat):
    status, answer = await chat.post({"message_id": "1", "text": "你好"})
    assert status == 200
    assert len(answer["conversation_id"]) == 32


async def test_when_the_model_is_away_the_answer_comes_later(chat, desk):
    desk.rasa.mood = "empty"
    status, answer = await chat.says("路灯不亮")
    assert (status, len(answer["replies"])) == (202, 1)
    assert "稍后答复" in answer["replies"][0]["text"]
    assert await chat.says("路灯不亮", token=answer["token"]) == (202, answer)
    assert (await chat.reads(answer["token"]))[1]["messages"] == []
    desk.rasa.mood = "well"
    desk.clock.advance(timedelta(minutes=1))
    await desk.turns.tick()
    status, letters = await chat.reads(answer["token"])
    [letter] = letters["messages"]
    assert (letter["message_id"], letter["replies"]) == ("m1", [{"text": "收到：路灯不亮"}])
    assert (await chat.reads(answer["token"], after=letters["next"]))[1]["messages"] == []
    status, now_true = await chat.says("路灯不亮", token=answer["token"])
    assert (status, now_true["replies"]) == (200, [{"text": "收到：路灯不亮"}])


async def test_a_caller_waits_no_longer_than_its_patience(desk, aiohttp_client):
    desk.rasa.open.clear()
    turns = desk.another_process(client=RasaClient(desk.rasa.url, timeout=30))
    app = web.Application()
    app.add_routes(web_chat_routes(turns, desk.database, rules=desk.rules, secret="key", patience=0.1))
    status, answer = await Caller(await aiohttp_client(app)).says("路灯不亮")
    assert status == 202
    assert "稍后答复" in answer["replies"][0]["text"]


async def test_buttons_and_the_case_are_given(chat, desk):
    accepted = await chat.says("我家着火了，锦绣苑7栋2单元")
    number = accepted[1]["case"]
    assert number in accepted[1]["replies"][0]["text"]
    desk.rasa.answer = lambda text, metadata: [
        {"custom": {"text": "登记了", "case": number, "buttons": [{"title": "好", "payload": "确认"}]}}
    ]
    _, answer = await chat.says("楼道堆东西", "m2", token=accepted[1]["token"])
    assert answer["case"] == number
    assert answer["replies"] == [{"text": "登记了", "buttons": [{"title": "好", "payload": "确认"}]}]


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ([], "not_json"),
        ({}, "empty_text"),
        ({"text": "你好"}, "bad_message_id"),
        ({"text": "你好", "message_id": 7}, "bad_message_id"),
        ({"text": "你好", "message_id": "1", "conversation_id": "a/b"}, "bad_conversation_id"),
        ({"text": "你好", "message_id": "1", "conversation_id": "x" * 101}, "bad_conversation_id"),
        ({"text": "你好", "message_id": "1", "conversation_id": None}, "bad_conversation_id"),
        ({"text": "你好", "message_id": "1", "token": 5}, "bad_token"),
        ({"text": " \n ", "message_id": "1"}, "empty_text"),
        ({"text": "\x00\u202e", "message_id": "1"}, "empty_text"),
        ({"text": 5, "message_id": "1"}, "empty_text"),
    ],
)
async def test_what_cannot_be_used_is_named(chat, document, code):
    status, answer = await chat.post(document)
    assert (status, answer["error"]["code"]) == (400, code)
    assert answer["error"]["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 50_000, b'"x"'])
async def test_what_is_no_json_is_refused(chat, body):
    async with chat.client.post("/chat/messages", data=body) as response:
        assert response.status == 400
        assert (await response.json())["error"]["code"] == "not_json"


async def test_broken_characters_do_not_break_the_desk(chat, desk):
    async with chat.client.post(
        "/chat/messages",
        data=b'{"conversation_id":"c9","message_id":"1","text":"\\ud800\\u0000 a\\u202eb","token":"\\ud800"}',
    ) as response:
        assert response.status == 200
    assert desk.rasa.texts() == ["ab"]


async def test_a_text_over_the_limit_is_politely_refused(chat, desk):
    status, answer = await chat.says("啊" * 2001)
    assert (status, answer["error"]["code"]) == (413, "too_long")
    assert "2000" in answer["error"]["message"]
    assert (await chat.says("啊" * 2000))[0] == 200


async def test_fifty_megabytes_are_refused_unread(chat):
    async with chat.client.post("/chat/messages", data=b"x" * 50_000_000) as response:
        assert response.status == 413
        assert (await response.json())["error"]["code"] == "too_large"

    async def endless():
        for _ in range(50):
            yield b"x" * 1_000_000

    async with chat.client.post("/chat/messages", data=endless()) as response:
        assert response.status == 413


async def test_a_flooding_caller_is_told_once_and_then_refused(chat, desk):
    desk.rasa.open.clear()
    _, first = await chat.says("你好", "first")
    token = first["token"]
    posts = [chat.says(f"刷{number}", f"m{number}", token=token) for number in range(40)]
    answers = await asyncio.gather(*posts)
    told = [answer for status, answer in answers if status == 200 and "太快" in answer["replies"][0]["text"]]
    assert len(told) == 1
    assert [answer["error"]["code"] for status, answer in answers if status == 429] == ["too_many"] * 10


async def test_what_we_say_first_waits_to_be_fetched(chat, desk):
    _, answer = await chat.says("路灯不亮")
    sender = MailboxSender(desk.database, desk.clock)
    for again in (False, True):
        payload = {"conversation_id": "web:c1", "text": "工单260715-001已办结。"}
        await sender.send(payload, key="case:1:closed", again=again)
    _, letters = await chat.reads(answer["token"])
    assert [letter["message_id"] for letter in letters["messages"]] == ["m1", None]
    assert letters["messages"][1]["replies"] == [{"text": "工单260715-001已办结。"}]


@pytest.mark.parametrize("after", ["-1", "x", "9" * 16])
async def test_a_wrong_place_to_read_on_from_is_named(chat, after):
    async with chat.client.get("/chat/messages", params={"conversation_id": "c1", "after": after}) as response:
        assert response.status == 400


async def test_the_page_loads_nothing_from_elsewhere(chat):
    async with chat.client.get("/chat") as response:
        html = await response.text()
        policy = response.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
    assert "http" not in html.replace("http-equiv", "")
    assert 'role="log" aria-live="polite"' in html
    for name, kind in (("chat.js", "text/javascript"), ("chat.css", "text/css")):
        async with chat.client.get(f"/chat/static/{name}") as response:
            assert (response.status, response.content_type) == (200, kind)
    async with chat.client.get("/chat/static/..%2fweb.py") as response:
        assert response.status == 404
