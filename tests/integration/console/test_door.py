"""Who gets in, and what stands before every page."""

import asyncio
from datetime import timedelta

import pytest
from aiohttp import ClientSession

from community.model.actor import Actor
from community.usecases.reset_password import reset_password
from tests.harness.community_day import PASSWORD
from tests.harness.console import Site, visit

PAGES = (
    "/console/",
    "/console/cases",
    "/console/cases/1",
    "/console/campaigns",
    "/console/campaigns/1",
    "/console/campaigns/1/progress",
    "/console/campaigns/1/results",
    "/console/targets/1",
    "/console/residents",
    "/console/residents/1",
    "/console/policies",
    "/console/chats",
    "/console/staff",
    "/console/notices",
    "/console/more",
)


@pytest.mark.parametrize("page", PAGES)
async def test_a_stranger_is_sent_to_the_sign_in_page_and_comes_back_afterwards(site: Site, page: str) -> None:
    async with visit(site) as guest:
        response = await guest.get(page)
        assert response.status == 303
        assert response.headers["Location"].startswith("/console/sign-in?next=%2Fconsole")


async def test_the_session_cookie_cannot_be_read_by_scripts_nor_sent_from_elsewhere(site: Site) -> None:
    async with visit(site) as guest:
        cookie = (await guest.sign_in("wangli")).headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie


async def test_a_wrong_password_says_so_and_too_many_lock_the_account(site: Site) -> None:
    async with visit(site) as guest:
        for _ in range(8):
            response = await guest.sign_in("wangli", "wrong-password")
            assert response.status == 401
        locked = await guest.sign_in("wangli", PASSWORD)
        assert locked.status == 401
        assert "错了太多次" in await locked.text()
        site.clock.advance(timedelta(hours=24))
        assert (await guest.sign_in("wangli", PASSWORD)).status == 303


async def test_a_storm_of_sign_ins_is_turned_away_and_holds_nobody_up(site: Site) -> None:
    async with visit(site, "wangli") as colleague, ClientSession() as session:

        async def tries(number: int) -> tuple[int, str]:
            body = {"login": f"nobody-{number}", "password": "wrong-password"}
            response = await session.post(f"{site.url}/api/sessions", json=body)
            return response.status, (await response.json())["error"]["message"]

        storm = asyncio.gather(*(tries(number) for number in range(80)))
        assert "工单" in await colleague.page("/console/cases")
        answers = await storm
    assert {status for status, _ in answers} == {401, 503}
    assert {said for status, said in answers if status == 503} == {"登录的人太多，请稍候再试。"}
    async with visit(site, "lifang"):
        pass


async def test_a_one_time_password_must_be_replaced_before_anything_else(site: Site) -> None:
    with site.database.begin() as conn:
        password = reset_password(conn, "lifang", actor=Actor.staff("admin"), now=site.clock.now())
    async with visit(site) as guest:
        response = await guest.sign_in("lifang", password)
        assert response.headers["Location"] == "/console/password"
        assert (await guest.get("/console/cases")).headers["Location"] == "/console/password"
        response = await guest.post("/console/password", old=password, new="tulip-river-47", again="tulip-river-47")
        assert response.status == 303
        assert (await guest.get("/console/cases")).status == 200


async def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(site: Site) -> None:
    async with visit(site, "wangli") as guest:
        kept = {cookie.key: cookie.value for cookie in guest.session.cookie_jar}
        assert (await guest.post("/console/sign-out")).status == 303
        response = await guest.get("/console/cases", cookies=kept)
        assert response.status == 303


async def test_after_signing_in_nobody_is_sent_to_another_site(site: Site) -> None:
    async with visit(site) as guest:
        token = await guest.csrf("/console/sign-in")
        for evil in ("https://evil.example/", "//evil.example/", "/console/../..//evil.example", "/console/\\evil"):
            response = await guest.post("/console/sign-in", csrf=token, login="wangli", password=PASSWORD, next=evil)
            assert response.headers["Location"] == "/console/"


async def test_every_answer_carries_a_policy_without_inline_code(site: Site) -> None:
    async with visit(site, "wangli") as guest:
        for path in ("/console/", "/console/nowhere", "/console/static/console.css", "/api/cases"):
            response = await guest.get(path)
            policy = response.headers["Content-Security-Policy"]
            assert "script-src 'self'" in policy
            assert "unsafe" not in policy
            assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert (await guest.get("/console/")).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("page", PAGES)
async def test_no_page_contains_inline_scripts_styles_or_handlers(site: Site, page: str) -> None:
    async with visit(site, "wangli") as guest:
        text = await guest.page(page)
        assert "<script>" not in text
        assert " style=" not in text
        assert " onclick=" not in text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/console/cases/3/acknowledge", {}),
        ("/console/campaigns/1/cancel", {"reason": "x"}),
        ("/console/campaigns/1/export", {"format": "xlsx"}),
        ("/console/residents/1/numbers", {"reason": "x"}),
        ("/console/staff", {"login": "mallory", "name": "x", "role": "admin"}),
        ("/console/sign-out", {}),
    ],
)
async def test_a_form_from_another_site_changes_nothing(site: Site, path: str, fields: dict[str, str]) -> None:
    async with visit(site, "admin") as guest:
        for token in ("", "x" * 43):
            response = await guest.post(path, csrf=token, **fields)
            assert response.status == 403
            assert "页面已过期" in await response.text()
        assert "还没有人接单" in await guest.page("/console/cases/3")


async def test_opening_an_address_of_a_change_changes_nothing(site: Site) -> None:
    async with visit(site, "admin") as guest:
        for path in ("/console/cases/3/close", "/console/campaigns/1/pause", "/console/campaigns/1/export"):
            assert (await guest.get(path)).status == 405


async def test_a_missing_page_and_a_missing_row_are_one_clear_sentence(site: Site) -> None:
    async with visit(site, "wangli") as guest:
        for path in ("/console/nowhere", "/console/cases/999", "/console/campaigns/999", "/console/targets/999"):
            response = await guest.get(path)
            assert response.status == 404
            assert "没有" in await response.text()


async def test_a_form_of_megabytes_is_refused_and_a_stranger_may_not_upload(site: Site) -> None:
    async with visit(site, "wangli") as guest:
        response = await guest.post("/console/cases/3/note", text="长" * 700_000)
        assert response.status == 413
        assert "太大" in await response.text()
    async with visit(site) as stranger:
        token = await stranger.csrf("/console/sign-in")
        response = await stranger.post("/console/sign-in", csrf=token, login="x", password="y" * 2_000_000)
        assert response.status == 413
