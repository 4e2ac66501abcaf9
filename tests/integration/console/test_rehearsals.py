"""A campaign is rehearsed from its page before it is approved, and its page says what came of it."""

from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command

from community.store.kept_rehearsals import put_in_line, rehearsal_of, settle, take_next
from community.store.migrate import alembic_config
from community.store.workers import beat
from shouwang.rehearsing import Rehearser
from shouwang.wiring import Office
from tests.harness.console import Site, visit
from tests.harness.service_process import until
from tests.integration.console.test_campaign_plans import SHEET, created
from tests.integration.test_rehearsing import REPORT

ROOT = Path(__file__).parents[3]


def as_migrated(site: Site) -> None:
    """Say that the tables are those of the newest version, for a process that looks."""
    with site.database.begin() as conn:
        config = alembic_config()
        config.attributes["connection"] = conn
        command.stamp(config, "head")


async def test_staff_rehearse_a_draft_and_the_approver_sees_what_came_of_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service plays it in a process of its own: the very command of the command line."""
    as_migrated(site)
    monkeypatch.setenv("SHOUWANG_DATABASE_URL", str(site.database.url))
    monkeypatch.setenv("SHOUWANG_DATA_DIR", str(site.settings.data_dir))
    monkeypatch.setenv("SHOUWANG_COMMUNITY_DIR", str(ROOT / "sample"))
    rehearser = Rehearser(
        Office(settings=site.settings, database=site.database, clock=site.clock, rules=site.rules), "worker"
    )
    async with visit(site, "wangli") as author:
        address = (await created(author, SHEET)).headers["Location"].split("?")[0]
        campaign_id = int(address.rsplit("/", 1)[1])
        api = address.replace("/console", "/api")
        assert "开始排练</button>" in await author.page(address)
        assert (await author.get(f"{api}/rehearsal")).status == 404
        assert (await author.post(f"{address}/rehearse")).status == 303
        page = await author.page(address)
        assert "后台服务没有运行，现在排练不了" in page
        assert "开始排练</button>" not in page
        with site.database.begin() as conn:
            beat(conn, "worker", role="worker", carrier="simulated", now=site.clock.now())
        assert "马上开始排练" in await author.page(address)
        assert 'hx-trigger="every 2s"' in await author.page(f"{address}/rehearsal")

        def over() -> bool:
            with site.database.reading() as conn:
                kept = rehearsal_of(conn, campaign_id)
            return kept is not None and not kept.is_open

        async def look() -> bool:
            await rehearser.tick()
            return over()

        try:
            await until(look, seconds=200)
        finally:
            await rehearser.close()
        assert (await author.get(f"{address}/rehearsal")).headers["HX-Refresh"] == "true"
        document = await (await author.get(f"{api}/rehearsal")).json()
    report = document["report"]
    assert (document["status"], document["problem"], document["asked_by"]) == ("done", "", "wangli")
    assert report["calls"] == 3
    assert "3 通" in report["stopped"]
    assert sum(report["targets"].values()) == document["called"] == 8
    async with visit(site, "chengang") as approver:
        page = await approver.page(address)
        for words in (
            report["duration"],
            f"<b>{report['staff_cases']}</b>",
            "怎样联系上的",
            "没有打完：到了上限",
            "再排练一次",
        ):
            assert words in page, words


async def test_the_page_says_what_cannot_be_and_what_is_out_of_date(site: Site) -> None:
    async with visit(site, "wangli") as author:
        address = (await created(author, SHEET)).headers["Location"].split("?")[0]
        campaign_id, now = int(address.rsplit("/", 1)[1]), site.clock.now()

        def end(called: int, **result: object) -> None:
            lease = site.clock.now() - now
            with site.database.begin() as conn:
                put_in_line(conn, campaign_id, called=called, asked_by="wangli", now=now)
                taken = take_next(conn, owner="w", now=now, lease=lease, lost="")
                assert taken is not None
                settle(conn, taken.id, owner="w", now=now, **result)  # type: ignore[arg-type]

        end(8, report=None, problem="名单里没有一个人可以呼叫。")
        assert "没有排练成：名单里没有一个人可以呼叫。" in await author.page(address)
        end(5, report=replace(REPORT, excluded={"本人要求不再来电": 2}), problem="")
        page = await author.page(address)
        assert "排练时会打 5 人，现在是 8 人：名册变了，请再排练一次。" in page
        assert "2 人：本人要求不再来电" in page
        assert "1.50" in page
    async with visit(site, "lifang") as worker:
        assert "开始排练</button>" not in await worker.page(address)
        assert (await worker.post(f"{address}/rehearse")).status == 403
