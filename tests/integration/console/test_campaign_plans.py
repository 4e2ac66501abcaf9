"""A campaign on the console before and while it runs: the preview, lists that come with it, ceilings that are raised."""

import aiohttp
from sqlalchemy import select, update

from community.store.audit import audit_lines
from community.store.campaigns import campaign_by_id, campaigns
from tests.harness.console import Site, Visit, visit

SHEET = """
name: 走访
purpose: 问问您
legal_ground: statutory_duty
legal_note: 民政探访
audience: {tags: [独居], exclude: [{tags: [住院], reason: 正在住院}]}
pace: {max_calls: 3}
questions: [{id: well, kind: yes_no, say: 您身体好吗, about_health: true}]
"""


async def created(guest: Visit, source: str, *lists: tuple[str, str]) -> aiohttp.ClientResponse:
    form = aiohttp.FormData({"csrf": await guest.csrf(), "source": source}, quote_fields=False)
    for name, content in lists:
        form.add_field("lists", content.encode(), filename=name, content_type="text/csv")
    return await guest.session.post(guest.site.url + "/console/campaigns", data=form, allow_redirects=False)


async def test_the_approver_sees_what_the_author_saw_and_approves_just_that(site: Site) -> None:
    async with visit(site, "wangli") as author:
        address = (await created(author, SHEET)).headers["Location"].split("?")[0]
        page = await author.page(address)
        for words in (
            "人会接到电话",
            "分钟通话",
            "张工单要人跟进",
            "问卷指纹",
            "民政探访",
            "健康情况，先征得同意",
            "不打：正在住院",
        ):
            assert words in page, words
        assert 'name="seen"' not in page
    async with visit(site, "chengang") as approver:
        page = await approver.page(address)
        seen = page.split('name="seen" value="')[1].split('"')[0]
        wrong = await approver.post(f"{address}/approve", seen="9000")
        assert wrong.status == 409
        assert (await approver.post(f"{address}/approve", seen=seen)).status == 303
    with site.database.reading() as conn:
        campaign = campaign_by_id(conn, int(address.rsplit("/", 1)[1]))
        assert campaign.approved_preview is not None
        assert campaign.approved_preview["called"] == int(seen)


async def test_a_list_comes_with_the_form_and_its_rows_are_reported(site: Site) -> None:
    source = SHEET.replace("{tags: [独居], exclude: [{tags: [住院], reason: 正在住院}]}", "{list: 走访.csv}")
    rows = "姓名,电话\n没有这个人,13900000000\n"
    async with visit(site, "wangli") as author:
        form = aiohttp.FormData({"csrf": await author.csrf(), "source": source}, quote_fields=False)
        form.add_field("lists", rows.encode(), filename="走访.csv", content_type="text/csv")
        check = await author.session.post(author.site.url + "/console/campaigns/check", data=form)
        assert "第 2 行：名册里没有这个人" in await check.text()
        assert "没有找到这个文件" in await (await created(author, source)).text()


async def test_somebody_else_raises_the_ceiling_and_the_campaign_goes_on(site: Site) -> None:
    async with visit(site, "wangli") as author:
        address = (await created(author, SHEET)).headers["Location"].split("?")[0]
        campaign_id = int(address.rsplit("/", 1)[1])
        with site.database.begin() as conn:
            held = {"status": "paused", "pause_cause": "ceiling", "launched_at": site.clock.now()}
            conn.execute(update(campaigns).where(campaigns.c.id == campaign_id).values(**held))
        assert "调高上限" not in await author.page(address)
        assert (await author.post(f"{address}/raise", max_calls="9")).status == 403
    async with visit(site, "chengang") as approver:
        assert "一共最多打几通（现在 3）" in await approver.page(address)
        assert (await approver.post(f"{address}/raise", max_calls="many")).status == 400
        assert (await approver.post(f"{address}/raise", max_calls="9")).status == 303
    with site.database.reading() as conn:
        campaign = campaign_by_id(conn, campaign_id)
        said = conn.execute(select(audit_lines.c.action).order_by(audit_lines.c.id)).scalars().all()
    assert (campaign.status, campaign.max_calls) == ("running", 9)
    assert said[-2:] == ["campaign.ceiling_raised", "campaign.resumed"]


async def test_programs_see_the_preview_and_raise_ceilings_too(site: Site) -> None:
    async with visit(site, "wangli") as author:
        address = (await created(author, SHEET)).headers["Location"].split("?")[0].replace("/console", "/api")
    async with visit(site, "chengang") as approver:
        seen = await (await approver.get(f"{address}/preview")).json()
        assert seen["max_calls"] == 3
        headers = {"X-CSRF-Token": await approver.csrf()}
        body = {"max_calls": "9"}
        raised = await approver.session.post(site.url + f"{address}/raise", json=body, headers=headers)
        assert raised.status == 200, await raised.text()
        assert (await (await approver.get(f"{address}/preview")).json())["max_calls"] == 9
