"""The JSON API: the same sign-in and the same rules as the pages, one shape of error."""

from aiohttp import ClientSession

from tests.harness.community_day import PASSWORD
from tests.harness.console import Site, report_fire, visit


async def token_of(session: ClientSession, site: Site, login: str) -> dict[str, str]:
    response = await session.post(f"{site.url}/api/sessions", json={"login": login, "password": PASSWORD})
    assert response.status == 201
    return {"Authorization": f"Bearer {(await response.json())['token']}"}


async def test_without_a_token_everything_is_401_in_one_shape(site: Site) -> None:
    async with ClientSession() as session:
        for path in ("/api/campaigns", "/api/cases", "/api/campaigns/1/progress"):
            response = await session.get(site.url + path)
            assert response.status == 401
            assert set((await response.json())["error"]) == {"code", "message"}


async def test_a_program_reads_campaigns_their_progress_and_results(site: Site) -> None:
    async with ClientSession() as session:
        headers = await token_of(session, site, "wangli")
        campaigns = await (await session.get(f"{site.url}/api/campaigns", headers=headers)).json()
        assert campaigns["campaigns"][0]["targets"] == {"total": 8, "resolved": 1, "waiting": 7, "completed": 1}
        progress = await (await session.get(f"{site.url}/api/campaigns/1/progress", headers=headers)).json()
        assert progress["status"] == "running"
        assert progress["outcomes"] == {"answered": 1}
        results = await (await session.get(f"{site.url}/api/campaigns/1/results", headers=headers)).json()
        assert results["results"][0]["phone"] == "138****0000"


async def test_a_program_works_on_a_case_by_its_number(site: Site) -> None:
    async with ClientSession() as session:
        headers = await token_of(session, site, "lifang")
        cases = (await (await session.get(f"{site.url}/api/cases", headers=headers)).json())["cases"]
        number = cases[0]["number"]
        taken = await session.post(f"{site.url}/api/cases/{number}/acknowledge", headers=headers)
        assert (await taken.json())["assignee"] == "lifang"
        closed = await session.post(f"{site.url}/api/cases/{number}/close", headers=headers, json={"result": "已修好"})
        assert (await closed.json())["status"] == "closed"
        history = (await (await session.get(f"{site.url}/api/cases/{number}", headers=headers)).json())["events"]
        assert history[-1]["action"] == "closed"


async def test_correcting_the_words_of_an_emergency_leaves_it_an_emergency(site: Site) -> None:
    fire = report_fire(site)
    async with ClientSession() as session:
        headers = await token_of(session, site, "lifang")
        address = f"{site.url}/api/cases/{fire.number}/correct"
        worded = await (await session.post(address, headers=headers, json={"summary": "二楼厨房起火"})).json()
        assert (worded["summary"], worded["priority"], worded["danger"]) == ("二楼厨房起火", "emergency", True)
        placed = await (await session.post(address, headers=headers, json={"location_text": "7栋2单元"})).json()
        assert (placed["priority"], placed["danger"]) == ("emergency", True)
        odd = await session.post(address, headers=headers, json={"danger": "maybe"})
        assert odd.status == 400
        calmed = await (await session.post(address, headers=headers, json={"danger": False, "reason": "误报"})).json()
        assert calmed["danger"] is False
        assert calmed["priority"] != "emergency"


async def test_errors_have_one_shape_whatever_went_wrong(site: Site) -> None:
    async with ClientSession() as session:
        headers = await token_of(session, site, "lifang")
        tries = (
            (await session.get(f"{site.url}/api/nowhere", headers=headers), 404),
            (await session.get(f"{site.url}/api/cases/000000-000", headers=headers), 404),
            (await session.get(f"{site.url}/api/cases?colour=red", headers=headers), 400),
            (await session.post(f"{site.url}/api/cases/1/close", headers=headers, data="{"), 400),
            (await session.post(f"{site.url}/api/cases/1/close", headers=headers, json={"colour": "red"}), 400),
            (await session.post(f"{site.url}/api/campaigns", headers=headers, json={"source": "x"}), 403),
            (await session.delete(f"{site.url}/api/campaigns", headers=headers), 405),
            (await session.post(f"{site.url}/api/cases/1/note", headers=headers, json={"text": "x" * 2_000_000}), 413),
        )
        for response, status in tries:
            assert response.status == status, response.url
            error = (await response.json())["error"]
            assert error["code"]
            assert error["message"]


async def test_a_cookie_alone_changes_nothing_through_the_api(site: Site) -> None:
    async with visit(site, "wangli") as guest:
        assert (await guest.get("/api/cases")).status == 200
        refused = await guest.session.post(f"{site.url}/api/campaigns/1/pause", json={"reason": "x"})
        assert refused.status == 403
        assert (await refused.json())["error"]["code"] == "csrf"


async def test_a_session_that_was_ended_opens_nothing(site: Site) -> None:
    async with ClientSession() as session:
        headers = await token_of(session, site, "wangli")
        assert (await session.delete(f"{site.url}/api/sessions", headers=headers)).status == 204
        assert (await session.get(f"{site.url}/api/cases", headers=headers)).status == 401
