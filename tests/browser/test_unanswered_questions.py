"""What nobody had an answer to: staff write it once, on a computer or on the phone."""

from playwright.async_api import Browser, expect
from sqlalchemy import select

from community.model.cases.case import CaseKind
from community.model.policies.policy import AnswerStatus
from community.store.database import Database
from community.store.messages import conversations
from community.store.outbox import outbox
from community.usecases.answer_policy import answer_policy
from community.usecases.ask_staff import ask_staff
from community.usecases.keep_question import keep_question
from tests.browser.test_console import PHONE, browser, come, fits, picture, pytestmark, site
from tests.harness.console import Site
from tests.integration.test_policies import LIBRARY

__all__ = ["browser", "pytestmark", "site"]


def ask(site: Site, text: str, number: int, conversation_id: str) -> None:
    now = site.clock.now()
    with site.database.begin() as conn:
        answer = answer_policy(conn, text, today=now.date())
        assert answer.status is AnswerStatus.UNKNOWN
        opened = ask_staff(
            conn,
            CaseKind.QUESTION,
            text,
            source_key=f"message:{number}:question",
            conversation_id=conversation_id,
            rules=site.rules,
            now=now,
        )
        keep_question(
            conn,
            text,
            answer,
            source_key=f"message:{number}:policy",
            conversation_id=conversation_id,
            case_id=opened.id,
            now=now,
        )


def a_conversation(database: Database) -> str:

    with database.reading() as conn:
        return str(conn.scalars(select(conversations.c.id).where(conversations.c.channel == "web")).first())


async def test_one_answer_reaches_everybody_who_asked_and_the_next_who_asks(browser: Browser, site: Site) -> None:
    conversation = a_conversation(site.database)
    ask(site, "社区有没有轮椅可以借", 1, conversation)
    ask(site, "轮椅哪里可以借啊", 2, conversation)
    ask(site, "哪里能办护照呀", 3, conversation)
    page = await come(browser, site, "wangli")
    await page.goto(f"{site.url}/console/policies")
    await page.get_by_role("link", name="没答上的问题").click()
    await expect(page.get_by_text("一共问了 2 次")).to_be_visible()
    await picture(page, "questions")
    card = page.locator(".card", has_text="一共问了 2 次")
    await card.get_by_text("写答复").click()
    await card.get_by_label("答复", exact=True).fill("有的。凭身份证到居委会一楼借，免费借7天。")
    await picture(page, "questions-writing")
    await card.get_by_role("button", name="发布并回复居民").click()
    await expect(page.get_by_text("已发布：问过的居民会收到")).to_be_visible()
    await expect(page.get_by_text("一共问了 2 次")).to_have_count(0)
    await picture(page, "questions-answered")
    with site.database.reading() as conn:
        letters = [row.payload["text"] for row in conn.execute(select(outbox)) if row.key.startswith("answer:")]
    assert len(letters) == 2
    assert all("有的。凭身份证到居委会一楼借" in text for text in letters)
    await page.goto(f"{site.url}/console/policies?q=想借轮椅，哪里有")
    await expect(page.get_by_text("——社区答复，7月15日，王丽")).to_be_visible()

    thumb = await come(browser, site, "zhaomin", PHONE)
    await thumb.goto(f"{site.url}/console/questions")
    await thumb.get_by_text("写答复").click()
    await thumb.get_by_label("答复", exact=True).fill("到区政务中心出入境窗口办，带身份证和照片。")
    assert await fits(thumb)
    await picture(thumb, "phone-questions-writing")
    await thumb.get_by_role("button", name="请同事再看一眼").click()
    await expect(thumb.get_by_text("要另一位同事发布")).to_be_visible()
    await expect(thumb.get_by_role("button", name="发布", exact=True)).to_have_count(0)
    await picture(thumb, "phone-questions")
    await page.goto(f"{site.url}/console/questions")
    await page.get_by_role("button", name="发布", exact=True).click()
    await expect(page.get_by_text("没有等着答复的提问")).to_be_visible()
    assert await fits(thumb)


async def test_a_document_is_tried_on_real_questions_before_it_is_published(browser: Browser, site: Site) -> None:
    ask(site, "图书室借书押金多少钱", 1, a_conversation(site.database))
    page = await come(browser, site, "wangli")
    await page.goto(f"{site.url}/console/policies")
    await page.locator("input[name=files]").set_input_files(
        {"name": LIBRARY.name, "mimeType": "text/markdown", "buffer": LIBRARY.content}
    )
    await page.get_by_role("button", name="发布前试一试").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("发布前试一试")
    card = page.locator(".card", has_text="发布以后")
    await expect(card).to_contain_text("转社工")
    await expect(card).to_contain_text("每证收押金50元")
    await picture(page, "policy-trial")
    await page.set_viewport_size(PHONE)
    assert await fits(page)
    await picture(page, "phone-policy-trial")
    with site.database.reading() as conn:
        assert answer_policy(conn, "图书室借书押金多少钱", today=site.clock.now().date()).document is None
    await page.get_by_role("button", name="发布", exact=True).click()
    await expect(page.get_by_text("新文件")).to_be_visible()
    with site.database.reading() as conn:
        answer = answer_policy(conn, "图书室借书押金多少钱", today=site.clock.now().date())
    assert "每证收押金50元" in answer.text
