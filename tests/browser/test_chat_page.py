"""The residents' chat page in a real browser: readable, usable by finger and keyboard, and forgiving of a bad network."""

import os
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.channels.web import web_chat_routes
from bot.rasa_client import RasaClient
from bot.turns import Turns
from community.clock import SystemClock
from community.files.community_folder import load_rulebook
from community.settings import load_settings
from community.store.database import Database
from tests.harness.rasa_server import RasaServer, rasa_server

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE = {"width": 375, "height": 720}
DESKTOP = {"width": 1280, "height": 900}
#: Where pictures of the page are kept to be looked at; nowhere unless asked for.
PICTURES = os.environ.get("SHOUWANG_TEST_PICTURES", "")


@pytest.fixture
async def rasa() -> AsyncIterator[RasaServer]:
    async with rasa_server() as server:
        yield server


@dataclass
class Desk:
    """The chat desk behind the page."""

    turns: Turns
    database: Database
    url: str


@pytest.fixture
async def desk(sqlite: Database, rasa: RasaServer) -> AsyncIterator[Desk]:
    client = RasaClient(rasa.url, timeout=1)
    rules = load_rulebook(load_settings({}))
    turns = Turns(sqlite, SystemClock(), client, {}, rules=rules, worker_id="w")
    app = web.Application()
    app.add_routes(web_chat_routes(turns, sqlite, rules=rules, secret="key", patience=1))
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0.1)
    yield Desk(turns, sqlite, str(server.make_url("/chat")))
    await server.close()
    await turns.close()
    await client.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: the page was not tried in a browser")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        await running.close()


async def open_page(browser: Browser, desk: Desk, size: dict[str, int] = PHONE) -> tuple[Page, list[str]]:
    """Open the page and collect whatever the browser complains of."""
    context = await browser.new_context(viewport=size, locale="zh-CN", has_touch=size is PHONE)
    page = await context.new_page()
    complaints: list[str] = []
    own = re.compile(r"http://127\.0\.0\.1:|data:")
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: None if own.match(request.url) else complaints.append(request.url))
    await page.goto(desk.url)
    return page, complaints


async def picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png")


async def write(page: Page, text: str) -> None:
    await page.get_by_label("想说什么").fill(text)
    await page.keyboard.press("Enter")


def bubbles(page: Page) -> Any:
    return page.locator("#log .bubble")


@pytest.mark.parametrize(("name", "size"), [("phone", PHONE), ("desktop", DESKTOP)])
async def test_a_resident_reports_and_is_answered(browser, desk, rasa, name, size):
    rasa.answer = lambda text, metadata: [
        {
            "custom": {
                "text": f"“{text}”记下了。请问在哪儿？",
                "buttons": [{"title": "锦绣苑", "payload": "锦绣苑"}, {"title": "福荣里"}],
            }
        }
    ]
    page, complaints = await open_page(browser, desk, size)
    await expect(bubbles(page).first).to_contain_text("您好，这里是")
    await picture(page, f"chat-{name}-start")
    await write(page, "路灯不亮")
    await expect(bubbles(page).last).to_have_text("“路灯不亮”记下了。请问在哪儿？")
    await page.get_by_role("button", name="锦绣苑").click()
    await expect(bubbles(page).last).to_have_text("“锦绣苑”记下了。请问在哪儿？")
    await picture(page, f"chat-{name}-answer")
    assert rasa.texts() == ["路灯不亮", "锦绣苑"]
    assert complaints == []


async def test_old_eyes_and_fingers_can_use_it(browser, desk):
    page, _ = await open_page(browser, desk)
    sizes = await page.evaluate(
        "[...document.querySelectorAll('body *')].filter(e => e.offsetParent && e.childNodes.length)"
        ".map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 20
    for target in await page.locator("button:visible, a:visible, textarea:visible").all():
        box = await target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, await target.inner_text()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off at the side"
    log = page.get_by_role("log")
    await expect(log).to_have_attribute("aria-live", "polite")


async def test_words_are_shown_as_words(browser, desk):
    page, complaints = await open_page(browser, desk)
    await write(page, "<img src=x onerror=alert(1)><b>粗</b>")
    await expect(bubbles(page).last).to_have_text("收到：<img src=x onerror=alert(1)><b>粗</b>")
    assert await page.locator("#log img, #log b").count() == 0
    assert complaints == []


async def test_an_answer_that_comes_later_appears_by_itself(browser, desk, rasa):
    rasa.mood = "failing"
    page, _ = await open_page(browser, desk)
    await write(page, "路灯不亮")
    await expect(bubbles(page).last).to_contain_text("稍后答复")
    await picture(page, "chat-phone-later")
    rasa.mood = "well"
    await desk.database.write(lambda conn: conn.exec_driver_sql("update message set next_at = received_at"))
    assert await desk.turns.tick() == 1
    await expect(bubbles(page).last).to_have_text("收到：路灯不亮", timeout=10_000)
    await expect(bubbles(page)).to_have_count(4)


async def test_a_bad_network_loses_and_repeats_nothing(browser, desk, rasa):
    page, _ = await open_page(browser, desk)
    lost = []

    async def lose_the_first_answer(route: Any) -> None:
        if lost:
            await route.continue_()
            return
        lost.append(await route.fetch())
        await route.abort()

    await page.route(re.compile("/chat/messages$"), lose_the_first_answer)
    await write(page, "路灯不亮")
    await expect(bubbles(page).last).to_have_text("收到：路灯不亮", timeout=10_000)
    await expect(bubbles(page)).to_have_count(3)
    assert rasa.texts() == ["路灯不亮"]


async def test_the_talk_is_still_there_after_a_reload_and_gone_with_a_new_one(browser, desk):
    page, _ = await open_page(browser, desk)
    await write(page, "路灯不亮")
    await expect(bubbles(page).last).to_have_text("收到：路灯不亮")
    await page.reload()
    await expect(bubbles(page).last).to_have_text("收到：路灯不亮")
    await write(page, "在3号楼")
    await expect(bubbles(page).last).to_have_text("收到：在3号楼")
    await page.get_by_role("button", name="新的对话").click()
    await expect(bubbles(page)).to_have_count(1)
    await write(page, "你好")
    await expect(bubbles(page).last).to_have_text("收到：你好")
