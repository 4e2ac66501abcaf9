"""Answers without a call, in the console: a link to hand out, and what was answered at the door."""

import re
from html import unescape

from sqlalchemy import select

from community.model.calls.campaign import TargetStatus
from community.store.answers import answers_of_targets
from community.store.audit import list_lines
from community.store.campaigns import targets
from tests.harness.console import Site, visit


def waiting(site: Site) -> int:
    with site.database.reading() as conn:
        return int(
            conn.execute(
                select(targets.c.id).where(targets.c.status == TargetStatus.WAITING).order_by(targets.c.id).limit(1)
            ).scalar_one()
        )


def form_of(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(question|turn)" value="([^"]*)">', html))


async def test_a_link_is_shown_once_and_that_it_was_made_stays(site: Site) -> None:
    target = waiting(site)
    async with visit(site, "wangli") as guest:
        html = await guest.page(f"/console/targets/{target}")
        assert f'action="/console/targets/{target}/invite"' in html
        made = await guest.post(f"/console/targets/{target}/invite")
        text = unescape(await made.text())
        link = re.search(r'id="link" value="(http[^"]+/answer/[\w-]{24})"', text)
        assert (made.status, made.headers["Cache-Control"]) == (200, "no-store")
        assert link is not None
    with site.database.reading() as conn:
        line = list_lines(conn, subject=f"target:{target}")[0]
    assert (line.action, line.actor) == ("target.invited", "staff:wangli")
    assert link[1].rsplit("/", 1)[1] not in str(line)


async def test_what_was_answered_at_the_door_is_kept_by_whoever_asked(site: Site) -> None:
    target = waiting(site)
    async with visit(site, "wangli") as guest:
        path = f"/console/targets/{target}/visit"
        html = await guest.page(path)
        first = form_of(html)
        made = await guest.post(path, **first, text="挺好的")
        html = await made.text()
        assert (made.status, "好的，记下了。" in html) == (200, True)
        again = await guest.post(path, **first, text="不好")
        assert again.status == 200
    with site.database.reading() as conn:
        answer = answers_of_targets(conn, [target])[target][first["question"]]
        line = next(each for each in list_lines(conn, subject=f"target:{target}") if each.action == "answer.recorded")
    assert (answer.channel, answer.heard, answer.label) == ("staff", "挺好的", "yes")
    assert line.actor == "staff:wangli"


async def test_who_may_only_look_makes_no_link(site: Site) -> None:
    target = waiting(site)
    async with visit(site, "suqing") as guest:
        assert "/invite" not in await guest.page(f"/console/targets/{target}")
        assert (await guest.post(f"/console/targets/{target}/invite")).status == 403
