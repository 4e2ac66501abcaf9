"""没答上的问题 through the API: the same rights and the same verbs as the page and the command line."""

from typing import Any

import pytest
from aiohttp import ClientSession

from community.model.policies.written import AnswerState
from community.store.written_answers import list_answers, list_questions
from community.usecases.answer_policy import answer_policy
from community.usecases.keep_question import keep_question
from tests.harness.community_day import PASSWORD
from tests.harness.console import Site

WHEELCHAIR = "社区有没有轮椅可以借"
TEXT = "能借，带身份证到居委会一楼登记，押金200元。"


async def signed_in(session: ClientSession, site: Site, login: str) -> dict[str, str]:
    response = await session.post(f"{site.url}/api/sessions", json={"login": login, "password": PASSWORD})
    return {"Authorization": f"Bearer {(await response.json())['token']}"}


class Program:
    """A program of staff, signed in."""

    def __init__(self, session: ClientSession, site: Site, headers: dict[str, str]) -> None:
        self.session, self.site, self.headers = session, site, headers

    async def get(self, path: str) -> Any:
        return await (await self.session.get(self.site.url + path, headers=self.headers)).json()

    async def post(self, path: str, **document: Any) -> tuple[int, Any]:
        response = await self.session.post(self.site.url + path, headers=self.headers, json=document)
        return response.status, await response.json()


@pytest.fixture
def asked(site: Site) -> list[int]:
    """Two residents asked on the phone what no document says, and somebody sang."""
    now = site.clock.now()
    with site.database.begin() as conn:
        for n, text in enumerate((WHEELCHAIR, WHEELCHAIR, "啦啦啦啦")):
            unknown = answer_policy(conn, text, today=now.date())
            keep_question(conn, text, unknown, source_key=f"call:{n}", conversation_id=None, now=now)
        return [one.id for one in list_questions(conn)]


async def test_what_waits_is_listed_like_with_like_and_answered_at_once(site: Site, asked: list[int]) -> None:
    async with ClientSession() as session:
        staff = Program(session, site, await signed_in(session, site, "wangli"))
        waiting = await staff.get("/api/questions")
        assert sorted(len(group) for group in waiting["questions"]) == [1, 2]
        assert waiting["questions"][0][0]["text"] == WHEELCHAIR
        status, done = await staff.post("/api/questions/reply", ids=asked[:2], text=TEXT)
        assert (status, done["published"], done["told"]) == (201, True, 0)
        after = await staff.get("/api/questions")
        assert [len(group) for group in after["questions"]] == [1]
        assert [answer["text"] for answer in after["published"]] == [TEXT]


async def test_a_draft_with_a_second_look_is_published_by_somebody_else(site: Site, asked: list[int]) -> None:
    async with ClientSession() as session:
        author = Program(session, site, await signed_in(session, site, "wangli"))
        status, draft = await author.post("/api/questions/reply", ids=asked[:1], text=TEXT, second_look=True)
        assert (status, draft["published"]) == (201, False)
        status, refused = await author.post(f"/api/answers/{draft['answer']}/publish")
        assert status == 403
        assert "同事" in refused["error"]["message"]
        other = Program(session, site, await signed_in(session, site, "zhaomin"))
        status, done = await other.post(f"/api/answers/{draft['answer']}/publish")
        assert (status, done["published"]) == (200, True)
        status, _ = await other.post(f"/api/answers/{draft['answer']}/publish")
        assert status == 409


async def test_a_published_answer_is_withdrawn_and_what_is_no_question_set_aside(site: Site, asked: list[int]) -> None:
    async with ClientSession() as session:
        staff = Program(session, site, await signed_in(session, site, "wangli"))
        _, done = await staff.post("/api/questions/reply", ids=asked[:2], text=TEXT, until="2099-12-31")
        status, _ = await staff.post(f"/api/answers/{done['answer']}/withdraw", reason="轮椅坏了")
        assert status == 200
        assert await staff.post("/api/questions/set-aside", ids=asked[2:], reason="不是提问") == (200, {"set_aside": 1})
        assert (await staff.get("/api/questions"))["published"] == []
    with site.database.reading() as conn:
        assert list_answers(conn, AnswerState.PUBLISHED) == []


@pytest.mark.parametrize(
    ("path", "document"),
    [
        ("/api/questions/reply", {"text": TEXT}),
        ("/api/questions/reply", {"ids": ["一"], "text": TEXT}),
        ("/api/questions/reply", {"ids": [True], "text": TEXT}),
        ("/api/questions/reply", {"ids": [10**12], "text": TEXT}),
        ("/api/questions/reply", {"ids": [1], "text": ""}),
        ("/api/questions/reply", {"ids": [1], "text": TEXT, "until": "年底"}),
        ("/api/questions/reply", {"ids": [1], "text": TEXT, "colour": "red"}),
        ("/api/questions/set-aside", {}),
    ],
)
async def test_what_cannot_be_used_is_named(site: Site, asked: list[int], path: str, document: dict[str, Any]) -> None:
    async with ClientSession() as session:
        staff = Program(session, site, await signed_in(session, site, "wangli"))
        status, answer = await staff.post(path, **document)
        assert status == 400
        assert answer["error"]["message"]
    with site.database.reading() as conn:
        assert {one.id for one in list_questions(conn)} == set(asked)


async def test_who_may_not_answer_may_not_here_either(site: Site, asked: list[int]) -> None:
    async with ClientSession() as session:
        worker = Program(session, site, await signed_in(session, site, "lifang"))
        assert len((await worker.get("/api/questions"))["questions"]) == 2
        for path, document in (
            ("/api/questions/reply", {"ids": asked, "text": TEXT}),
            ("/api/questions/set-aside", {"ids": asked}),
            ("/api/answers/1/publish", {}),
            ("/api/answers/1/withdraw", {}),
        ):
            status, _ = await worker.post(path, **document)
            assert status == 403, path
