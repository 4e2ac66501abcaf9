"""Policies are tried on last month's real questions before they are published; on both databases."""

from datetime import date, datetime, timedelta

from community.model.policies.policy import AnswerStatus
from community.store.database import Database
from community.store.messages import Conversation, enter_conversation, messages
from community.store.policies import list_documents
from community.usecases.answer_policy import answer_policy
from community.usecases.import_policies import PolicyFile
from community.usecases.keep_question import keep_question
from community.usecases.try_policies import try_policies
from tests.integration.test_policies import LIBRARY, bring_in

TODAY = date(2026, 7, 15)
DEPOSIT, LATE = "图书室借书押金多少钱", "图书室的书还晚了怎么办"
CHANGED = PolicyFile(LIBRARY.name, LIBRARY.content.replace("50元".encode(), "80元".encode()))


def said(database: Database, text: str, number: int, at: datetime, intent: str = "ask_policy") -> None:
    conversation = Conversation(
        id="feishu:1",
        channel="feishu",
        account="app",
        scene="private",
        chat_id="",
        person_id="1",
        person_name="住户",
        token_hash=None,
    )
    with database.begin() as conn:
        enter_conversation(conn, conversation, now=at)
        conn.execute(
            messages.insert().values(
                channel="feishu",
                account="app",
                message_id=str(number),
                conversation_id=conversation.id,
                text=text,
                addressed=True,
                envelope={},
                status="answered",
                understanding={"intent": intent},
                deferred=False,
                next_at=at,
                received_at=at,
                answered_at=at,
            )
        )


def test_only_answers_that_would_change_are_shown_and_nothing_is_imported(database: Database, now: datetime) -> None:
    bring_in(database, now, LIBRARY)
    for number, (text, days, intent) in enumerate(
        (
            (DEPOSIT, 1, "ask_policy"),
            (DEPOSIT, 2, "ask_policy"),
            ("图书室周一开门吗", 3, "ask_policy"),
            ("图书室押金能不能少点，打我电话13812345678", 4, "ask_policy"),
            ("押金多少来着", 5, "greet"),
            ("图书室办证的押金是多少", 40, "ask_policy"),
        )
    ):
        said(database, text, number, now - timedelta(days=days), intent)
    with database.reading() as conn:
        trial = try_policies(conn, [CHANGED, PolicyFile("坏.md", "没有头部".encode())], today=TODAY, now=now)
        assert [file.reason == "" for file in trial.files] == [True, False]
        assert trial.questions == 3
        assert (trial.changed[0].question, trial.changed[0].times) == (DEPOSIT, 2)
        assert "50元" in trial.changed[0].before.text
        assert "80元" in trial.changed[0].after.text
        assert "50元" not in trial.changed[0].after.text
        assert all("周一" not in change.question for change in trial.changed)
        assert "13812345678" not in str(trial)
        assert "50元" in answer_policy(conn, DEPOSIT, today=TODAY).text
        assert [one.version for one in list_documents(conn)] == [1]


def test_a_question_of_a_call_that_nobody_could_answer_shows_what_a_new_document_brings(
    database: Database, now: datetime
) -> None:
    with database.begin() as conn:
        unknown = answer_policy(conn, DEPOSIT, today=TODAY)
        keep_question(conn, DEPOSIT, unknown, source_key="call:1", conversation_id=None, now=now)
    with database.reading() as conn:
        (change,) = try_policies(conn, [LIBRARY], today=TODAY, now=now).changed
    assert (change.before.status, change.after.status) == (AnswerStatus.UNKNOWN, AnswerStatus.ANSWERED)
    assert "押金50元" in change.after.text
