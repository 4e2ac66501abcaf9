"""From the page behind a link into the chat, in a browser: by finger, and without the token staying anywhere."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, async_playwright

from bot.channels.answer_link.routes import answer_link_routes
from bot.channels.web import web_chat_routes
from community.clock import MovableClock
from community.model.calls.campaign import TargetStatus
from community.store.database import Database
from tests.browser.test_chat_page import CHROMIUM, PHONE, bubbles, picture
from tests.harness.answer_page import KEY
from tests.harness.check_in import ChatStreet, chat_street
from tests.harness.dialling import WELLBEING


@pytest.fixture
async def town(sqlite: Database, clock: MovableClock) -> AsyncIterator[ChatStreet]:
    async with chat_street(sqlite, clock) as made:
        made.street.move_in("+8613912340001")
        made.street.start(WELLBEING)
        yield made


@pytest.fixture
async def url(town: ChatStreet) -> AsyncIterator[str]:
    street, app = town.street, web.Application()
    app.add_routes(web_chat_routes(town.turns, street.database, rules=street.rules, secret="key", patience=3))
    app.add_routes(answer_link_routes(database=street.database, clock=street.clock, rules=street.rules, key=KEY))
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0.1)
    yield str(server.make_url("")).rstrip("/")
    await server.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: the page was not tried in a browser")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        await running.close()


async def test_the_link_of_the_answer_page_leads_into_a_chat_that_asks_on(
    browser: Browser, town: ChatStreet, url: str
) -> None:
    token = town.link(town.street.targets()[0]["id"])
    context = await browser.new_context(viewport=PHONE, locale="zh-CN", has_touch=True)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"{url}/answer/{token}")
    await page.get_by_text("到聊天里回答").tap()
    await page.get_by_role("button", name="不是").wait_for()
    assert page.url == f"{url}/chat"
    await picture(page, "check-in-by-link")
    await page.get_by_role("button", name="是", exact=True).tap()
    await bubbles(page).filter(has_text="谢谢您").wait_for()
    assert town.street.targets()[0]["status"] == TargetStatus.COMPLETED
    assert token not in await page.evaluate("JSON.stringify(localStorage)")
    # Opened once more the page asks nothing again.
    await page.reload()
    assert await bubbles(page).filter(has_text="我来报平安").count() == 1
    assert complaints == []
