"""What the assistant does not know, or is not sure of, it keeps for staff: in chat, in a group and on the phone."""

from datetime import datetime
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.policy import AnswerPolicy
from actions.services import Services
from community.clock import MovableClock
from community.files.community_folder import load_rulebook
from community.settings import load_settings
from community.store.database import Database
from community.store.written_answers import AskedOfStaff, list_questions
from tests.integration.test_policies import LIBRARY, bring_in

KNOWN, UNKNOWN = "图书室借书押金多少钱", "哪里能办护照"


class Assistant:
    """The action that answers policy questions, over a real database."""

    def __init__(self, database: Database, clock: MovableClock) -> None:
        self.database = database
        self.action = AnswerPolicy(Services(database=database, clock=clock, rules=load_rulebook(load_settings({}))))

    async def hears(self, text: str, message: int, scene: str = "private") -> list[dict[str, Any]]:
        metadata = {"message": message, "scene": scene, "person": "王小明"}
        latest = {"text": text, "intent": {"name": "ask_policy"}, "metadata": metadata}
        said = CollectingDispatcher()
        await self.action.run(said, Tracker("web:wang", {}, latest, [], False, None, {}, ""), {})
        return [one["custom"] for one in said.messages]

    @property
    def kept(self) -> list[AskedOfStaff]:
        with self.database.reading() as conn:
            return list_questions(conn)


@pytest.fixture
def assistant(sqlite: Database, clock: MovableClock, now: datetime) -> Assistant:
    bring_in(sqlite, now, LIBRARY)
    return Assistant(sqlite, clock)


async def test_a_replayed_question_is_kept_once_with_its_case(assistant: Assistant) -> None:
    for _ in range(2):
        (said,) = await assistant.hears(UNKNOWN, 1)
    await assistant.hears(KNOWN, 2)
    kept = [one for one in assistant.kept if one.reason == "unknown"]
    assert [(one.text, one.conversation_id, one.case_number) for one in kept] == [(UNKNOWN, "web:wang", said["case"])]


async def test_on_the_phone_it_is_kept_without_a_conversation_and_the_call_makes_the_case(assistant: Assistant) -> None:
    assert await assistant.hears(UNKNOWN, 1, scene="phone") == []
    (kept,) = assistant.kept
    assert (kept.reason, kept.conversation_id, kept.case_number) == ("unknown", None, None)


async def test_a_doubtful_answer_is_given_and_looked_at_by_staff(assistant: Assistant) -> None:
    (said,) = await assistant.hears("图书室能带吃的吗", 1)
    (kept,) = assistant.kept
    assert kept.reason == "doubtful"
    assert kept.told
    assert kept.told[:10] in said["text"].replace("\n", " ")
