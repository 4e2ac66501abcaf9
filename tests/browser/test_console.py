"""The console in a real browser: what staff do at a desk and a grid worker does with a thumb."""

import os
import re
import shutil
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from community.clock import MovableClock
from community.files.recording_shelf import RecordingShelf
from community.model.actor import Actor
from community.store.cases import case_by_id
from community.store.database import Database
from community.store.kept_rehearsals import settle, take_next
from community.store.recordings import keep_recording, note_recording, recordings_of
from community.store.workers import beat
from community.usecases.reset_password import reset_password
from shouwang.rehearsal import rehearse_campaign
from shouwang.wiring import Office
from tests.harness.answered_campaign import add_answered_campaign
from tests.harness.community_day import PASSWORD, QUESTIONNAIRE, finish_call
from tests.harness.console import Site, console_site
from tests.harness.twilio_server import wav

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}
#: Where pictures of the pages are kept to be looked at; nowhere unless asked for.
PICTURES = os.environ.get("SHOUWANG_TEST_PICTURES", "")


@pytest.fixture
async def site(sqlite: Database, clock: MovableClock, tmp_path: Path) -> AsyncIterator[Site]:
    prices = {"SHOUWANG_PRICE_PER_MINUTE": "0.15", "SHOUWANG_PRICE_PER_TEXT": "0.05"}
    async with console_site(sqlite, clock, tmp_path / "data", **prices) as ready:
        yield ready


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium here: the console was not tried in a browser")
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield running
        await running.close()


async def come(browser: Browser, site: Site, login: str, size: dict[str, int] = DESK) -> Page:
    """A new browser at the dashboard, signed in; whatever it complains of fails the test."""
    page = await blank(browser, size)
    await page.goto(f"{site.url}/console/")
    await page.get_by_label("账号").fill(login)
    await page.get_by_label("密码").fill(PASSWORD)
    await page.get_by_role("button", name="登录").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("您好")
    return page


async def blank(browser: Browser, size: dict[str, int]) -> Page:
    context = await browser.new_context(viewport=size, locale="zh-CN", has_touch=size is PHONE)
    context.set_default_timeout(10_000)
    page = await context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    page.on("console", lambda line: pytest.fail(line.text) if "Content Security Policy" in line.text else None)
    return page


async def picture(page: Page, name: str) -> None:
    if PICTURES:
        await page.screenshot(path=Path(PICTURES) / f"console-{name}.png", full_page=True)


async def fits(page: Page) -> bool:
    """Whether nothing sticks out to the right, once the page with its style is there."""
    await page.wait_for_load_state()
    return bool(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


async def play(site: Site) -> None:
    """Rehearse the next campaign in line, as a worker does."""
    office, now = (
        Office(settings=site.settings, database=site.database, clock=site.clock, rules=site.rules),
        site.clock.now(),
    )
    with site.database.begin() as conn:
        taken = take_next(conn, owner="w1", now=now, lease=timedelta(minutes=1), lost="")
    assert taken is not None
    report = await rehearse_campaign(office, taken.campaign_id)
    with site.database.begin() as conn:
        settle(conn, taken.id, owner="w1", report=report, problem="", now=now)


async def test_a_newcomer_replaces_the_one_time_password_and_starts_to_work(browser: Browser, site: Site) -> None:
    with site.database.begin() as conn:
        password = reset_password(conn, "lifang", actor=Actor.staff("admin"), now=site.clock.now())
    page = await blank(browser, PHONE)
    await page.goto(f"{site.url}/console/cases")
    await page.get_by_label("账号").fill("lifang")
    await page.get_by_label("密码").fill(password)
    await page.get_by_role("button", name="登录").click()
    await expect(page.get_by_role("heading", name="请先换一个新密码")).to_be_visible()
    await picture(page, "one-time-password")
    await page.get_by_label("一次性密码").fill(password)
    await page.get_by_label("新密码", exact=False).first.fill("tulip-river-47")
    await page.get_by_label("再输一次新密码").fill("tulip-river-47")
    await page.get_by_role("button", name="换成新密码").click()
    await expect(page.get_by_text("密码已换好")).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).to_have_text("李芳，您好")


async def test_two_colleagues_bring_a_campaign_to_life(browser: Browser, site: Site) -> None:
    author = await come(browser, site, "wangli")
    await author.goto(f"{site.url}/console/campaigns/new")
    await author.get_by_label("问卷（YAML）").fill(QUESTIONNAIRE.replace("kind: yes_no", "kind: yesno"))
    await expect(author.locator("#check")).to_contain_text("第 9 行")
    await author.get_by_label("问卷（YAML）").fill(QUESTIONNAIRE + "text: {unreached: true}\n")
    await expect(author.locator("#check")).to_contain_text("人会接到电话")
    await picture(author, "new-campaign")
    await author.get_by_role("button", name="保存为草稿").click()
    await expect(author.get_by_text("您新建的任务要由另一位同事批准")).to_be_visible()
    await expect(author.get_by_role("button", name="批准", exact=True)).to_have_count(0)
    await author.get_by_text("排练", exact=True).click()
    await author.get_by_role("button", name="开始排练").click()
    await expect(author.get_by_text("后台服务没有运行，现在排练不了")).to_be_visible()
    with site.database.begin() as conn:
        beat(conn, "w1", role="worker", carrier="simulated", now=site.clock.now())
    await expect(author.get_by_text("马上开始排练")).to_be_visible(timeout=8000)
    await picture(author, "rehearsing")
    await play(site)
    await expect(author.locator("#rehearsal")).to_contain_text("怎样联系上的", timeout=8000)
    await expect(author.locator("#rehearsal")).to_contain_text("张工单要人跟进")
    await expect(author.locator("#rehearsal")).to_contain_text("元，电话和短信")
    assert await fits(author)
    await picture(author, "rehearsed")
    await author.set_viewport_size(PHONE)
    assert await fits(author)
    await picture(author, "phone-rehearsed")

    second = await come(browser, site, "zhaomin")
    await second.goto(re.sub(r"\?.*", "", author.url))
    await second.get_by_role("button", name="批准", exact=True).click()
    await expect(second.get_by_text("已批准，可以启动了")).to_be_visible()
    await second.get_by_text("启动外呼").click()
    await second.get_by_role("button", name="开始演练").click()
    await expect(second.get_by_text("已启动")).to_be_visible()
    await expect(second.locator("#progress")).to_contain_text("待呼叫 8")
    await picture(second, "launched")


async def test_progress_moves_by_itself_while_somebody_watches(browser: Browser, site: Site) -> None:
    with site.database.begin() as conn:
        beat(conn, "w1", role="worker", carrier="simulated", now=site.clock.now())
    page = await come(browser, site, "wangli")
    await page.goto(f"{site.url}/console/campaigns/1")
    await expect(page.locator("#progress")).to_contain_text("已完成 1")
    with site.database.begin() as conn:
        for place in (1, 2, 3):
            finish_call(conn, site.day.targets[place], 1, site.day.residents[place], site.clock.now())
    await expect(page.locator("#progress")).to_contain_text("已完成 4", timeout=8000)
    await expect(page.locator("#progress")).to_contain_text("还好吗")
    await picture(page, "progress")


async def test_pausing_needs_a_reason_and_shows_it(browser: Browser, site: Site) -> None:
    page = await come(browser, site, "wangli")
    await page.goto(f"{site.url}/console/campaigns/1")
    await page.get_by_text("暂停", exact=True).click()
    await page.get_by_label("暂停原因").fill("台风来了，先停一停")
    await page.get_by_role("button", name="暂停外呼").click()
    await expect(page.get_by_text("台风来了，先停一停").first).to_be_visible()
    await page.get_by_role("button", name="继续外呼").click()
    await expect(page.get_by_text("已继续")).to_be_visible()


async def test_a_transcript_is_read_and_a_wrongly_heard_answer_corrected(browser: Browser, site: Site) -> None:
    page = await come(browser, site, "wangli")
    await page.goto(f"{site.url}/console/campaigns/1/results")
    await page.get_by_role("link", name="张桂兰").click()
    await expect(page.locator(".said.resident").first).to_contain_text("还行还行")
    answer = page.locator("#answer-well")
    await answer.get_by_text("听错了？更正").click()
    await answer.get_by_label("真正的意思").select_option("no")
    await answer.get_by_role("button", name="保存更正").click()
    await expect(page.locator("#answer-well .meant")).to_contain_text("否")
    await expect(page.locator("#answer-well del")).to_have_text("是")
    await picture(page, "transcript")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_figures_are_drawn_from_the_tables_behind_them(
    browser: Browser, site: Site, size: dict[str, int]
) -> None:
    with site.database.begin() as conn:
        campaign = add_answered_campaign(conn, site.clock.now(), size=96).campaign
    page = await come(browser, site, "wangli", size)
    await page.goto(f"{site.url}/console/campaigns/{campaign}/figures")
    funnel = page.locator(".figure").filter(has=page.get_by_role("heading", name="漏斗"))
    picture_of = funnel.get_by_role("img")
    await expect(picture_of).to_be_visible()
    drawn = await picture_of.evaluate("(canvas) => Chart.getChart(canvas).data.datasets[0].data")
    assert drawn == [96, 84, 72, 72, 72, 72]
    await expect(funnel.get_by_role("table")).to_be_hidden()
    await funnel.get_by_text("表格").click()
    await expect(funnel.get_by_role("row", name="接通 72 75%")).to_be_visible()
    assert await fits(page)
    await picture(page, f"{size['width']}-figures")
    well = page.locator(".figure").filter(has=page.get_by_role("heading", name="您平时怎么降温？"))
    await well.get_by_text("表格").click()
    await well.get_by_role("link", name="电风扇").click()
    await expect(page.locator("tbody tr")).to_have_count(22)
    await page.get_by_label("网格").select_option("第二网格")
    await page.wait_for_url("**grid=*")
    assert await page.locator("tbody tr").count() < 22
    assert await fits(page)


async def test_a_doubtful_answer_is_heard_from_where_the_question_begins(browser: Browser, site: Site) -> None:
    with site.database.begin() as conn:
        made = add_answered_campaign(conn, site.clock.now(), size=8)
        attempt = f"{made.targets[0]:024x}{1:08x}"
        file = RecordingShelf(site.settings.data_dir).keep("call-1", wav(seconds=85), "audio/wav", site.clock.now())
        note_recording(conn, attempt, carrier="twilio", carrier_id="RE1", seconds=85, now=site.clock.now())
        (recording,) = recordings_of(conn, [attempt])[attempt]
        keep_recording(conn, recording, file, site.clock.now())
    page = await come(browser, site, "wangli", PHONE)
    await page.goto(f"{site.url}/console/campaigns/{made.campaign}/listening")
    first = page.locator(".doubt").first
    await first.get_by_role("button", name="听这一段").click()
    player = await first.locator("audio").element_handle()
    assert player is not None
    await page.wait_for_function("(player) => player.currentTime >= 5 && player.currentTime < 12", arg=player)
    await first.get_by_role("button", name="没错").click()
    await expect(page.get_by_text("好，这条不用改。")).to_be_visible()
    await picture(page, "listening")


async def test_a_grid_worker_takes_and_closes_a_case_with_a_thumb(browser: Browser, site: Site) -> None:
    page = await come(browser, site, "lifang", PHONE)
    assert await fits(page)
    await page.get_by_role("link", name=re.compile("煤气味")).first.click()
    assert await fits(page)
    await picture(page, "phone-case")
    await page.get_by_role("button", name="接单").click()
    await expect(page.get_by_text("已接单，计时重新开始")).to_be_visible()
    await page.get_by_text("销号", exact=True).first.click()
    await page.get_by_label("办理结果").fill("燃气公司已到场关阀，味道散了")
    await page.get_by_role("button", name="办好了，销号").click()
    await expect(page.get_by_text("已销号，办理结果会告诉报告人")).to_be_visible()
    with site.database.reading() as conn:
        assert case_by_id(conn, site.day.hazard).result == "燃气公司已到场关阀，味道散了"


async def test_a_list_from_excel_is_looked_at_and_brought_in(browser: Browser, site: Site, tmp_path: Path) -> None:
    rows = "姓名,联系电话,住址,标签\n钱老伯,13800000101,锦绣苑5栋2单元301室,独居\n没电话,,锦绣苑5栋2单元302室,\n"
    list_file = tmp_path / "名单.csv"
    list_file.write_bytes(rows.encode("gbk"))
    page = await come(browser, site, "wangli")
    await page.goto(f"{site.url}/console/residents/import")
    await page.get_by_label("选一个 Excel 或 CSV 文件").set_input_files(list_file)
    await page.get_by_role("button", name="先看看会怎样").click()
    await expect(page.locator("#report")).to_contain_text("还没有写入")
    async with page.expect_download() as download:
        await page.get_by_role("button", name="下载不能导入的行").click()
    assert (await download.value).suggested_filename == "名单-未导入.xlsx"
    await page.get_by_role("button", name="确认导入").click()
    await expect(page.locator("#report")).to_contain_text("已导入")
    await page.goto(f"{site.url}/console/residents?q=钱老伯")
    await expect(page.get_by_role("link", name="钱老伯")).to_be_visible()


async def test_a_whole_number_is_shown_after_saying_why(browser: Browser, site: Site) -> None:
    page = await come(browser, site, "lifang", PHONE)
    await page.goto(f"{site.url}/console/residents/1")
    await page.get_by_label(re.compile("为什么要看完整号码")).fill("上门前先打电话")
    await page.get_by_role("button", name="看完整号码").click()
    await expect(page.get_by_role("link", name="+8613800000000")).to_be_visible()


async def test_a_grid_worker_sees_no_buttons_that_are_not_theirs(browser: Browser, site: Site) -> None:
    page = await come(browser, site, "lifang")
    await page.goto(f"{site.url}/console/campaigns/1")
    await expect(page.get_by_text("取消任务")).to_have_count(0)
    await expect(page.get_by_role("button", name="导出 Excel")).to_have_count(0)
    await page.goto(f"{site.url}/console/campaigns/new")
    await expect(page.get_by_role("heading", name="没有办成")).to_be_visible()
    await expect(page.get_by_text("网格员不能新建外呼任务")).to_be_visible()


async def test_when_the_session_ends_a_watched_page_goes_to_the_sign_in(browser: Browser, site: Site) -> None:
    page = await come(browser, site, "wangli")
    await page.goto(f"{site.url}/console/campaigns/1")
    site.clock.advance(timedelta(days=60))
    await expect(page.get_by_role("button", name="登录")).to_be_visible(timeout=8000)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_no_page_sticks_out_and_every_icon_is_there(browser: Browser, site: Site, size: dict[str, int]) -> None:
    page = await come(browser, site, "admin", size)
    missing: list[str] = []
    page.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    paths = (
        "/",
        "/cases",
        "/cases/2",
        "/campaigns",
        "/campaigns/new",
        "/campaigns/1",
        "/campaigns/1/figures",
        "/campaigns/1/results?question=well",
        "/campaigns/1/unreached",
        "/campaigns/1/listening",
        "/targets/1",
        "/residents",
        "/residents/1",
        "/residents/import",
        "/policies",
        "/policies/1",
        "/chats",
        "/chats/web:test",
        "/staff",
        "/notices",
        "/more",
        "/audit",
        "/password",
    )
    for path in paths:
        await page.goto(f"{site.url}/console{path}")
        assert await fits(page), path
        await picture(page, f"{size['width']}{path.replace('/', '-').split('?')[0]}")
    assert await page.evaluate("[...document.querySelectorAll('svg use')].some((icon) => icon.getBBox().width > 0)")
    assert not missing
