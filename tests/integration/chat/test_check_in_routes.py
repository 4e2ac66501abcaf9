"""The link in the web chat's contract, and the way from the answer page into the chat."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot.channels.answer_link.routes import answer_link_routes
from bot.channels.web import web_chat_routes
from community.clock import MovableClock
from community.model.calls.campaign import TargetStatus
from community.store.database import Database
from community.store.messages import messages
from tests.harness.answer_page import KEY
from tests.harness.check_in import ChatStreet, chat_street
from tests.harness.dialling import WELLBEING

ZHANG = "+8613912340001"


@pytest.fixture
async def town(sqlite: Database, clock: MovableClock) -> AsyncIterator[ChatStreet]:
    async with chat_street(sqlite, clock) as made:
        made.street.move_in(ZHANG)
        made.street.start(WELLBEING)
        yield made


@pytest.fixture
async def client(town: ChatStreet) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    street, app = town.street, web.Application()
    app.add_routes(web_chat_routes(town.turns, street.database, rules=street.rules, secret="key", patience=3))
    app.add_routes(answer_link_routes(database=street.database, clock=street.clock, rules=street.rules, key=KEY))
    async with TestClient(TestServer(app, host="127.0.0.1")) as made:
        yield made


async def test_the_answer_page_leads_into_a_chat_that_knows_its_owner(town: ChatStreet, client) -> None:
    token = town.link(town.street.targets()[0]["id"])
    html = await (await client.get(f"/answer/{token}")).text()
    assert f'href="/chat#answer={token}"' in html
    first = {"conversation_id": "c1", "message_id": "m1", "text": "我来报平安", "link": token}
    answer = await (await client.post("/chat/messages", json=first)).json()
    assert [button["title"] for button in answer["replies"][0]["buttons"]] == ["是", "不是"]
    again = await (await client.post("/chat/messages", json=first)).json()
    assert again == answer
    key = answer["replies"][0]["buttons"][0]["payload"]
    reply = {"conversation_id": "c1", "message_id": "m2", "text": key, "token": answer["token"]}
    assert "谢谢您" in (await (await client.post("/chat/messages", json=reply)).json())["replies"][0]["text"]
    assert town.street.targets()[0]["status"] == TargetStatus.COMPLETED
    html = await (await client.get(f"/answer/{token}")).text()
    assert "/chat#" not in html
    with town.street.database.reading() as conn:
        assert token not in str(conn.execute(select(messages)).all())


@pytest.mark.parametrize("link", [17, "", "no token!", "a" * 65, None])
async def test_what_is_no_link_is_no_proof(town: ChatStreet, client, link) -> None:
    first = {"conversation_id": "c1", "message_id": "m1", "text": "我来报平安", "link": link}
    answer = await (await client.post("/chat/messages", json=first)).json()
    assert "先认一下" in answer["replies"][0]["text"]
