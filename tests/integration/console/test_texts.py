"""Staff see what was written to a resident and what came back, and why a text did not arrive."""

from typing import Any

from sqlalchemy import select

from community.model.calls.text_message import TextKind, TextStatus
from community.store.campaigns import targets
from community.store.texts import LINK_PLACE, insert_text
from tests.harness.console import Site, visit


async def test_texts_stand_in_a_targets_history_without_their_links(site: Site) -> None:
    now = site.clock.now()
    with site.database.begin() as conn:
        target = conn.execute(select(targets.c.id).order_by(targets.c.id)).scalars().first()
        about: dict[str, Any] = {
            "target_id": target,
            "number": "+8613900000001",
            "carrier": "twilio",
            "rehearsal": False,
        }
        sent = f"您好，请点 {LINK_PLACE} 回答，或者回复1。"
        insert_text(
            conn,
            key="a",
            direction="out",
            kind=TextKind.INVITATION,
            body=sent,
            status=TextStatus.DELIVERED,
            now=now,
            **about,
        )
        insert_text(
            conn,
            key="b",
            direction="in",
            kind=TextKind.INCOMING,
            body="<b>好的</b>",
            status=TextStatus.RECEIVED,
            now=now,
            **about,
        )
        insert_text(
            conn,
            key="c",
            direction="out",
            kind=TextKind.REPLY,
            body="您都好吗？",
            status=TextStatus.UNDELIVERED,
            problem="landline",
            error_text="这个号码收不了短信，以后只给它打电话",
            now=now,
            **about,
        )
    async with visit(site, "wangli") as guest:
        page = await guest.page(f"/console/targets/{target}")
    texts = page[page.index('id="texts"') :]
    assert "请点 （作答链接） 回答" in texts
    assert "已送达" in texts
    assert "&lt;b&gt;好的" in texts
    assert "没有送达：固定电话，收不了短信" in texts
    assert "以后只给它打电话" in texts
