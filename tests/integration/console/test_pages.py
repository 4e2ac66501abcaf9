"""What staff see and do, over HTTP, on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select

from community.clock import MovableClock
from community.store.audit import audit_lines
from community.store.cases import case_by_id
from community.store.database import Database
from tests.harness.console import Site, console_site, report_fire, visit


@pytest.fixture
async def both(database: Database, clock: MovableClock, tmp_path: Path) -> AsyncIterator[Site]:
    async with console_site(database, clock, tmp_path / "data") as ready:
        yield ready


async def test_every_page_opens_on_both_databases(both: Site) -> None:
    async with visit(both, "admin") as guest:
        for path in (
            "/",
            "/running",
            "/cases?whose=mine&kind=hazard&priority=emergency&q=煤气&late=yes",
            "/cases?state=closed",
            "/cases/3",
            "/campaigns?status=running",
            "/campaigns/1",
            "/campaigns/1/progress",
            "/campaigns/1/results?status=completed&outcome=answered&question=well&label=yes&name=张",
            "/targets/1",
            "/residents?q=锦绣苑&grid=第一网格&tag=独居&opted_out=yes",
            "/residents?q=138 0000 0001",
            "/residents/1",
            "/residents/import",
            "/policies?q=80岁有津贴吗",
            "/policies/1",
            "/chats",
            "/chats/web:test",
            "/staff",
            "/notices",
            "/more",
            "/audit?subject=case:1",
            "/campaigns/new",
        ):
            await guest.page("/console" + path)


async def test_markup_in_names_and_reports_is_shown_as_written(site: Site) -> None:
    async with visit(site, "wangli") as guest:
        for path in (
            "/console/residents",
            "/console/campaigns/1/results",
            "/console/residents/5",
            "/console/targets/5",
        ):
            text = await guest.page(path)
            assert "<script>alert" not in text
            assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert "&lt;b&gt;味道&lt;/b&gt;" in await guest.page("/console/cases/3")


async def test_numbers_are_masked_until_somebody_says_why_and_that_is_written_down(site: Site) -> None:
    async with visit(site, "lifang") as guest:
        for path in (
            "/console/residents",
            "/console/residents/1",
            "/console/targets/1",
            "/console/campaigns/1/results",
        ):
            text = await guest.page(path)
            assert "13800000000" not in text
        assert "138****0000" in text
        refused = await guest.post("/console/residents/1/numbers", reason=" ")
        assert refused.status == 400
        shown = await guest.post("/console/residents/1/numbers", reason="上门前先打电话")
        assert "+8613800000000" in await shown.text()
    with site.database.reading() as conn:
        line = conn.execute(select(audit_lines).where(audit_lines.c.action == "resident.numbers_shown")).one()
    assert (line.actor, line.subject, line.detail) == ("staff:lifang", "resident:1", {"reason": "上门前先打电话"})


async def test_a_grid_worker_takes_and_closes_a_case(site: Site) -> None:
    async with visit(site, "lifang") as guest:
        response = await guest.post("/console/cases/3/acknowledge")
        assert response.headers["Location"] == "/console/cases/3?done=acknowledged"
        assert "已接单" in await guest.page("/console/cases/3?done=acknowledged")
        empty = await guest.post("/console/cases/3/close", result="")
        assert empty.status == 400
        assert (await guest.post("/console/cases/3/close", result="燃气公司已关阀修好")).status == 303
    with site.database.reading() as conn:
        case = case_by_id(conn, 3)
    assert (case.status, case.result) == ("closed", "燃气公司已关阀修好")


async def test_handing_over_noting_returning_and_reopening_leave_their_lines(site: Site) -> None:
    async with visit(site, "wangli") as guest:
        await guest.post("/console/cases/2/acknowledge")
        await guest.post("/console/cases/2/note", text="已电话联系女儿")
        await guest.post("/console/cases/2/hand-over", to="lifang", reason="就在她网格")
        page = await guest.page("/console/cases/2")
        assert "已电话联系女儿" in page
        assert "就在她网格" in page
        await guest.post("/console/cases/2/close", result="老人平安")
        await guest.post("/console/cases/2/reopen", reason="家属说又不舒服")
        assert "家属说又不舒服" in await guest.page("/console/cases/2")


@pytest.mark.parametrize(
    ("login", "path", "fields"),
    [
        ("lifang", "/console/campaigns", {"source": "x"}),
        ("lifang", "/console/campaigns/1/pause", {"reason": "x"}),
        ("lifang", "/console/campaigns/1/export", {"format": "xlsx"}),
        ("lifang", "/console/cases/3/suspend", {"until": "2026-07-20", "reason": "x"}),
        ("lifang", "/console/residents/import", {"mode": "import"}),
        ("lifang", "/console/policies", {}),
        ("wangli", "/console/staff", {"login": "xiao", "name": "小", "role": "grid_worker"}),
        ("chengang", "/console/staff", {"login": "boss", "name": "大", "role": "admin"}),
        ("suqing", "/console/cases/3/acknowledge", {}),
        ("suqing", "/console/residents/1/numbers", {"reason": "看看"}),
        ("suqing", "/console/targets/1/answers/well", {"label": "no"}),
    ],
)
async def test_what_a_role_may_not_do_is_refused_in_words(
    site: Site, login: str, path: str, fields: dict[str, str]
) -> None:
    async with visit(site, login) as guest:
        response = await guest.post(path, **fields)
        assert response.status == 403
        assert "请" in await response.text()


async def test_pages_of_others_are_not_for_everybody(site: Site) -> None:
    async with visit(site, "lifang") as guest:
        for path in ("/console/audit", "/console/residents/import", "/console/campaigns/new"):
            assert (await guest.get(path)).status == 403


async def test_a_wrongly_heard_answer_is_corrected_beside_the_original_and_worries_like_any_other(site: Site) -> None:
    async with visit(site, "wangli") as guest:
        response = await guest.post("/console/targets/1/answers/well", label="no")
        assert response.status == 303
        page = await guest.page("/console/targets/1")
        assert "<del>是</del>" in page
        assert "王丽于今天 上午10点更正" in page
        assert "更正为“否”" in await guest.page("/console/cases")
        odd = await guest.post("/console/targets/1/answers/well", label="value", value="5")
        assert odd.status == 400


async def test_the_form_calms_an_emergency_only_where_the_box_is_not_ticked(site: Site) -> None:
    fire = report_fire(site)
    async with visit(site, "lifang") as guest:
        page = await guest.page(f"/console/cases/{fire.id}")
        assert page.index('type="hidden" name="danger" value="no"') < page.index('type="checkbox" name="danger"')
        for ticked, priority in ((["no", "yes"], "emergency"), (["no"], "normal")):
            response = await guest.post(f"/console/cases/{fire.id}/correct", summary="厨房起火", danger=ticked)
            assert response.status == 303
            with site.database.reading() as conn:
                assert case_by_id(conn, fire.id).priority == priority


async def test_results_leave_the_house_as_a_workbook_and_that_is_written_down(site: Site) -> None:
    async with visit(site, "wangli") as guest:
        response = await guest.post("/console/campaigns/1/export", format="xlsx")
        assert response.status == 200
        assert (await response.read())[:2] == b"PK"
        assert "filename*=UTF-8''" in response.headers["Content-Disposition"]
    with site.database.reading() as conn:
        line = conn.execute(select(audit_lines).where(audit_lines.c.action == "campaign.exported")).one()
    assert line.actor == "staff:wangli"


async def test_a_new_colleague_gets_a_one_time_password_that_is_shown_once(site: Site) -> None:
    async with visit(site, "admin") as guest:
        response = await guest.post("/console/staff", login="xiaoxu", name="小许", role="grid_worker", grid="第一网格")
        text = await response.text()
        assert "一次性密码" in text
        assert "one-time-password" not in await guest.page("/console/staff")


async def test_a_policy_is_brought_in_and_answers_at_once(site: Site) -> None:
    text = "---\ntitle: 青禾社区食堂用餐须知\ndocument_number: 青禾居〔2026〕9号\nissued: 2026-03-01\n---\n\n# 价格\n\n60岁以上老人午餐每份12元。\n"
    async with visit(site, "wangli") as guest:
        form = aiohttp.FormData()
        form.add_field("csrf", await guest.csrf())
        form.add_field("files", text.encode(), filename="shitang.md", content_type="text/markdown")
        response = await guest.session.post(site.url + "/console/policies", data=form)
        assert response.status == 200
        assert "新文件" in await response.text()
        assert "12元" in await guest.page("/console/policies?q=食堂午餐多少钱")


async def test_a_list_is_looked_at_first_then_brought_in_and_its_bad_rows_come_back(site: Site) -> None:
    rows = "姓名,联系电话,住址,标签\n钱老伯,13800000101,锦绣苑5栋2单元301室,独居\n没电话,,锦绣苑5栋2单元302室,\n"

    async with visit(site, "wangli") as guest:

        async def send(path: str, mode: str) -> aiohttp.ClientResponse:
            form = aiohttp.FormData()
            form.add_field("csrf", await guest.csrf())
            form.add_field("mode", mode)
            form.add_field("file", rows.encode("gbk"), filename="名单.csv", content_type="text/csv")
            return await guest.session.post(site.url + path, data=form)

        looked = await (await send("/console/residents/import", "check")).text()
        assert "还没有写入" in looked, looked[looked.find("<main") :]
        assert "没有找到" in await guest.page("/console/residents?q=钱老伯")
        assert "已导入" in await (await send("/console/residents/import", "import")).text()
        assert "锦绣苑5栋2单元301室" in await guest.page("/console/residents?q=钱老伯")
        bad = await send("/console/residents/import/rejected", "check")
        assert (await bad.read())[:2] == b"PK"


async def test_going_off_duty_is_one_tap(site: Site) -> None:
    async with visit(site, "lifang") as guest:
        assert "值班中" in await guest.page("/console/")
        await guest.post("/console/duty", on_duty="no")
        assert "未值班，点此上班" in await guest.page("/console/")


async def test_reading_a_case_reads_its_notices_only_once_something_is_done(site: Site) -> None:
    async with visit(site, "lifang") as guest:
        assert "未读" in await guest.page("/console/notices")
        await guest.post("/console/notices/read")
        assert ">未读<" not in await guest.page("/console/notices")
