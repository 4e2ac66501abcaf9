"""At the resident's door, on the grid worker's phone: a link handed out, and answers typed in."""

from playwright.async_api import Browser, expect

from tests.browser.test_console import PHONE, browser, come, fits, picture, pytestmark, site
from tests.harness.console import Site
from tests.integration.console.test_answering_by_hand import waiting

__all__ = ["browser", "pytestmark", "site"]


async def test_a_grid_worker_asks_at_the_door_and_leaves_a_link(browser: Browser, site: Site) -> None:
    page = await come(browser, site, "lifang", PHONE)
    await page.goto(f"{site.url}/console/targets/{waiting(site)}")
    await picture(page, "phone-target")
    await page.get_by_role("link", name="当面问到的回答").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("当面问到的回答")
    await picture(page, "phone-visit")
    assert await fits(page)
    await page.get_by_label("居民的原话").fill("挺好的，不用担心")
    await page.get_by_role("button", name="记下来").click()
    await expect(page.get_by_text("好的，记下了。")).to_be_visible()
    await picture(page, "phone-visit-next")
    await page.locator(".crumb").click()
    await page.get_by_role("button", name="生成回答链接").click()
    assert "/answer/" in await page.locator("#link").input_value()
    await picture(page, "phone-link")
    assert await fits(page)
