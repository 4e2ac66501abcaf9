"""The page behind a one-time link in a real browser, on a phone, with and without scripts: big enough for old eyes and fingers."""

import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from community.clock import MovableClock
from community.model.calls.campaign import TargetStatus
from community.store.database import Database
from tests.harness.answer_page import AnswerDesk, answer_desk
from tests.harness.dialling import Exchange, Street, generous

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PHONE = {"width": 360, "height": 640}
OLD_PHONE = {"width": 320, "height": 480}
PICTURES = os.environ.get("SHOUWANG_TEST_PICTURES", "")

QUESTIONS = """
name: 台风前问候
purpose: 台风快到了，问问您家里好不好。
audience: {tags: [独居]}
recording: never
questions:
  - {id: home, kind: yes_no, say: 您现在在家吗？, yes_means: 在家}
  - {id: where, kind: choice, say: 转移的话，您想去哪里？, options: [青禾小学体育馆, 福荣里社区活动中心, 亲戚家, 不转移]}
  - {id: when, kind: time_period, say: 什么时候来接您方便？}
  - {id: pills, kind: number, say: 您的药还够吃几天？, confirm: true}
  - {id: help, kind: need_help, say: 有没有需要我们帮忙的？}
"""


@pytest.fixture
async def desk(sqlite: Database, clock: MovableClock) -> AsyncIterator[AnswerDesk]:
    street = Street(sqlite, clock, replace(generous(), name="青禾社区居委会", phone="0571-6215-0100"), Exchange(clock))
    street.move_in("+8613912340001", name="王桂英")
    street.start(QUESTIONS)
    async with answer_desk(street) as served:
        yield served


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: the page was not tried in a browser")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        await running.close()


async def open_page(
    browser: Browser, desk: AnswerDesk, size: dict[str, int] = PHONE, *, scripts: bool = False
) -> tuple[Page, list[str]]:
    """Open a fresh link and collect whatever the browser complains of; scripts are switched off unless asked for."""
    context = await browser.new_context(viewport=size, locale="zh-CN", has_touch=True, java_script_enabled=scripts)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("requestfailed", lambda request: complaints.append(request.url))
    await page.goto(str(desk.client.make_url(desk.link())))
    return page, complaints


async def picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


async def test_everything_is_answered_by_finger_without_scripts(browser: Browser, desk: AnswerDesk) -> None:
    page, complaints = await open_page(browser, desk)
    asked = page.locator("#asked")
    await expect(asked).to_have_text("您现在在家吗？")
    await expect(page.locator(".about")).to_contain_text("王**")
    await picture(page, "answer-yes-no")
    await page.get_by_role("button", name="在家", exact=True).tap()
    await picture(page, "answer-choice")
    await page.get_by_role("button", name="青禾小学体育馆").tap()
    await expect(asked).to_have_text("什么时候来接您方便？")
    await picture(page, "answer-period")
    await page.get_by_role("button", name="下午").tap()
    await page.get_by_label("请写在这里").fill("三天")
    await picture(page, "answer-number")
    await page.get_by_role("button", name="写好了，发送").tap()
    await expect(asked).to_have_text("您答的是“3”，对吗？")
    await picture(page, "answer-read-back")
    await page.get_by_role("button", name="对", exact=True).tap()
    await page.get_by_role("button", name="不需要").tap()
    await expect(page.locator(".said")).to_have_text("都记下了，谢谢您！")
    await picture(page, "answer-done")
    assert desk.street.targets()[0]["status"] == TargetStatus.COMPLETED
    assert complaints == []


async def test_danger_turns_the_page_red_with_the_numbers_to_call(browser: Browser, desk: AnswerDesk) -> None:
    page, _ = await open_page(browser, desk)
    await page.get_by_label("想说别的，写在这里").fill("我摔倒了起不来，胸口疼")
    await page.get_by_role("button", name="写好了，发送").tap()
    await expect(page.locator(".said").first).to_contain_text("120")
    for number in ("119", "120", "110"):
        assert await page.locator(f'a[href="tel:{number}"]').count() == 1
    await picture(page, "answer-danger")
    assert [case["priority"] for case in desk.street.cases()] == ["emergency"]


async def test_a_link_that_does_not_open_says_whom_to_ring(browser: Browser, desk: AnswerDesk) -> None:
    page, _ = await open_page(browser, desk)
    answer = await page.goto(str(desk.client.make_url("/answer/nothing")))
    assert answer is not None
    assert answer.status == 404
    await expect(page.locator(".said")).to_contain_text("这个链接打不开了")
    await expect(page.locator("footer")).to_contain_text("0571-6215-0100")
    await picture(page, "answer-gone")


@pytest.mark.parametrize("size", [PHONE, OLD_PHONE])
async def test_old_eyes_and_fingers_can_use_it(browser: Browser, desk: AnswerDesk, size: dict[str, int]) -> None:
    page, complaints = await open_page(browser, desk, size, scripts=True)
    for asked in ("您现在在家吗？", "转移的话，您想去哪里？"):
        await expect(page.locator("#asked")).to_have_text(asked)
        await page.wait_for_load_state()
        sizes = await page.evaluate(
            "[...document.querySelectorAll('body *')].filter(e => e.offsetParent && e.innerText)"
            ".map(e => parseFloat(getComputedStyle(e).fontSize))"
        )
        assert min(sizes) >= 20
        assert await page.evaluate("parseFloat(getComputedStyle(document.querySelector('h2')).fontSize)") >= 32
        for target in await page.locator("button, textarea").all():
            box = await target.bounding_box()
            assert box is not None
            assert box["height"] >= 48
            assert box["width"] >= 48
        wider = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        assert not wider
        await page.locator(".choice").first.tap()
    assert complaints == []
