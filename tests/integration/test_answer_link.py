"""The page behind a one-time link: whoever holds the link answers, everybody else learns nothing."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from community.clock import MovableClock
from community.errors import Refused
from community.model.calls.campaign import TargetStatus
from community.store.answers import answers_of_targets
from community.store.audit import list_lines
from community.store.database import Database
from community.store.invitations import invitations
from tests.harness.answer_page import AnswerDesk, answer_desk
from tests.harness.dialling import Exchange, Street, generous
from tests.scenarios.test_answering_in_writing import HEAT, ZHANG


@pytest.fixture
async def desk(database: Database, clock: MovableClock) -> AsyncIterator[AnswerDesk]:
    street = Street(database, clock, generous(), Exchange(clock))
    street.move_in(ZHANG, name="欧阳桂兰")
    street.start(HEAT)
    async with answer_desk(street) as served:
        yield served


async def page(desk: AnswerDesk, path: str, status: int = 200, **form: str) -> str:
    """The page at a path, or what follows a form."""
    made = await (desk.client.post(path, data=form) if form else desk.client.get(path))
    assert made.status == status
    return await made.text()


def form_of(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(question|turn)" value="([^"]*)">', html))


def asked(html: str) -> str:
    found = re.search(r'<h2 id="asked">(.*?)</h2>', html)
    return found[1] if found else ""


async def test_the_questions_are_answered_one_page_each(desk: AnswerDesk) -> None:
    path = desk.link()
    html = await page(desk, path)
    assert asked(html) == "您这两天身体舒服吗？"
    assert re.findall(r'name="key" value="(\d)">(.*?)<', html) == [("1", "舒服"), ("2", "不舒服")]
    html = await page(desk, path, **form_of(html), key="1")
    assert ("好的，记下了。" in html, asked(html)) == (True, "您今天量的体温是多少度？")
    html = await page(desk, path, **form_of(html), text="36.8")
    assert asked(html) == "您答的是“36.8”，对吗？"
    html = await page(desk, path, **form_of(html), key="1")
    # The link can be left and opened again in the middle.
    html = await page(desk, path)
    assert asked(html) == "有没有需要我们帮忙的？"
    html = await page(desk, path, **form_of(html), key="2")
    assert ("都记下了，谢谢您！" in html, "<form" in html) == (True, False)
    target = desk.street.targets()[0]
    assert (target["status"], target["written_by"]) == (TargetStatus.COMPLETED, "link")
    await desk.street.pass_time(hours=1)
    assert desk.street.exchange.posts == []
    again = await page(desk, path)
    assert ("这些都已经问过了" in again, "<form" in again) == (True, False)


async def test_nothing_of_the_resident_but_a_surname_is_shown(desk: AnswerDesk) -> None:
    made = await desk.client.get(desk.link())
    html = await made.text()
    assert "<b>欧阳**</b>" in html
    assert not re.search("桂兰|锦绣苑|501|13912340001", html)
    assert "青禾社区居委会" in html
    assert "天气热，问问您好不好" in html
    assert 'href="tel:057100000000"' in html
    assert "怕是骗子" in html
    headers = made.headers
    assert "script" not in html
    assert "'unsafe-inline'" not in headers["Content-Security-Policy"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "no-store" in headers["Cache-Control"]
    assert headers["Referrer-Policy"] == "no-referrer"


async def test_a_form_sent_twice_counts_once(desk: AnswerDesk) -> None:
    path = desk.link()
    first = form_of(await page(desk, path))
    await page(desk, path, **first, key="1")
    html = await page(desk, path, **first, key="2")
    assert asked(html) == "您今天量的体温是多少度？"
    with desk.street.database.reading() as conn:
        assert answers_of_targets(conn, [1])[1]["well"].label == "yes"
    assert desk.street.cases() == []


async def test_an_unknown_and_an_expired_link_say_the_same(desk: AnswerDesk) -> None:
    path = desk.link()
    unknown = await page(desk, "/answer/aaaaaaaaaaaaaaaaaaaaaaaa", 404)
    assert "这个链接打不开了" in unknown
    desk.street.clock.advance(timedelta(days=6, hours=23))
    form = form_of(await page(desk, path))
    desk.street.clock.advance(timedelta(hours=1))
    assert await page(desk, path, 404) == unknown
    assert await page(desk, path, 404, **form, key="1") == unknown


async def test_the_token_is_stored_as_a_keyed_hash_only(desk: AnswerDesk) -> None:
    token = desk.link().removeprefix("/answer/")
    assert len(token) == 24
    with desk.street.database.reading() as conn:
        stored = conn.execute(select(invitations.c.token_hash)).scalar_one()
        trail = str(list_lines(conn))
    assert token not in stored
    assert token not in trail


async def test_a_second_link_goes_on_where_the_first_one_was(desk: AnswerDesk) -> None:
    first = desk.link()
    await page(desk, first, **form_of(await page(desk, first)), key="1")
    html = await page(desk, first, **form_of(await page(desk, first)), text="36.8")
    second = desk.link()
    assert asked(await page(desk, second)) == "您答的是“36.8”，对吗？"
    await page(desk, second, **form_of(html), key="1")
    assert asked(await page(desk, first)) == "有没有需要我们帮忙的？"


async def test_danger_typed_into_the_page_is_answered_at_once(desk: AnswerDesk) -> None:
    path = desk.link()
    html = await page(desk, path, **form_of(await page(desk, path)), text="家里着火了快来人")
    assert 'class="emergency"' in html
    assert re.findall(r'href="tel:(1\d\d)"', html) == ["119", "120", "110"]
    assert "<form" not in html
    assert [(case["priority"], case["danger"]) for case in desk.street.cases()] == [("emergency", True)]


async def test_looking_changes_nothing(desk: AnswerDesk) -> None:
    path = desk.link()
    for _ in range(3):
        await page(desk, path)
        assert (await desk.client.head(path)).status == 200
    with desk.street.database.reading() as conn:
        states = conn.execute(select(invitations.c.state, invitations.c.used_at)).all()
    assert states == [({}, None)]


async def test_a_link_that_is_pressed_without_end_is_slowed_down(desk: AnswerDesk) -> None:
    path = desk.link()
    statuses = [(await desk.client.get(path)).status for _ in range(41)]
    assert (statuses[39], statuses[40]) == (200, 429)
    desk.street.clock.advance(timedelta(minutes=1))
    assert (await desk.client.get(path)).status == 200


async def test_a_form_that_is_too_long_is_refused(desk: AnswerDesk) -> None:
    path = desk.link()
    await page(desk, path, 413, text="长" * 20_000)
    assert "请您选一个" in await page(desk, path, question="well", turn="0", text="")


async def test_what_is_typed_is_shown_as_text(desk: AnswerDesk) -> None:
    path = desk.link()
    await page(desk, path, question="well", turn="0", key="1")
    html = await page(desk, path, question="temperature", turn="1", text="<script>alert(36.8)</script>")
    assert "<script>" not in html


async def test_no_link_is_made_where_nobody_is_to_be_asked(desk: AnswerDesk) -> None:
    draft = desk.street.create(HEAT)
    assert draft
    path = desk.link()
    form = form_of(await page(desk, path))
    await page(desk, path, **form, words="我要找工作人员")
    with pytest.raises(Refused, match="已经答过了"):
        desk.link()
    assert "这次的问题已经问完了" in await page(desk, path)
