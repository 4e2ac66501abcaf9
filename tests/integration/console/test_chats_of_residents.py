"""The chats that speak for a resident, on the resident's page: seen by everybody, undone by whoever works on cases."""

from datetime import timedelta

from sqlalchemy import select

from community.store.audit import list_lines
from community.store.chat_ties import add_check_in, add_tie, ties_of_resident
from community.store.messages import Conversation, enter_conversation
from community.store.residents import residents
from tests.harness.console import Site, visit


def tie(site: Site) -> int:
    """Tie a chat to the first resident; return the resident."""
    now = site.clock.now()
    conversation = Conversation(
        id="web:c1",
        channel="web",
        account="",
        scene="private",
        chat_id="",
        person_id="",
        person_name="",
        token_hash="-",
    )
    with site.database.begin() as conn:
        resident = int(conn.execute(select(residents.c.id).order_by(residents.c.id).limit(1)).scalar_one())
        enter_conversation(conn, conversation, now=now)
        lasts = now + timedelta(days=30)
        add_tie(conn, conversation_id="web:c1", resident_id=resident, how="link", now=now, expires_at=lasts)
        add_check_in(
            conn, resident_id=resident, conversation_id="web:c1", key="message:1", words="<b>我挺好</b>", now=now
        )
    return resident


async def test_staff_see_a_chat_and_undo_it(site: Site) -> None:
    resident = tie(site)
    async with visit(site, "wangli") as guest:
        html = await guest.page(f"/console/residents/{resident}")
        assert ("用回答链接认的" in html, "&lt;b&gt;我挺好" in html, "/console/chats/web%3Ac1" in html) == (True,) * 3
        with site.database.reading() as conn:
            found = ties_of_resident(conn, resident, now=site.clock.now())[0]
        path = f"/console/residents/{resident}/chats/{found.id}/end"
        assert f'action="{path}"' in html
        assert (await guest.post(path)).status == 303
        html = await guest.page(f"/console/residents/{resident}")
        assert ("已解除" in html, f'action="{path}"' in html) == (True, False)
        assert (await guest.post(path)).status == 409
        assert (await guest.post(f"/console/residents/{resident + 1}/chats/{found.id}/end")).status == 404
    with site.database.reading() as conn:
        assert not ties_of_resident(conn, resident, now=site.clock.now())[0].holds
        line = list_lines(conn, subject=f"resident:{resident}")[0]
    assert (line.action, line.actor) == ("resident.chat_untied", "staff:wangli")
