"""What a resident hears who asks something of their own in a call: the assistant, or the documents, always in time."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.rasa_client import RasaClient
from community.clock import MovableClock
from community.settings import load_settings
from community.store.cases import cases
from community.store.database import Database
from community.usecases.answer_policy import answer_policy
from shouwang import phone_assistant as room
from shouwang.wiring import Office
from tests.harness.neighbourhood import sample_rules
from tests.harness.rasa_server import RasaServer, rasa_server
from tests.integration.test_policies import LIBRARY, bring_in

QUESTION = "图书室借书押金多少钱"
LOOKED_UP = "每证收押金50元，退证时退还。这是社区图书室借阅办法里写的。"


class Asked:
    """The assistant of a community with one document."""

    def __init__(self, office: Office, rasa: RasaServer, client: RasaClient) -> None:
        self.office = office
        self.rasa = rasa
        self.ask = room.phone_assistant(office, client)

    def says(self, *items: dict[str, Any]) -> None:
        self.rasa.answer = lambda _text, _metadata: list(items)


@pytest.fixture
async def asked(sqlite: Database, clock: MovableClock, now: datetime) -> AsyncIterator[Asked]:
    bring_in(sqlite, now, LIBRARY)
    with sqlite.reading() as conn:
        # A worker keeps the index ready; nobody on the phone waits for it.
        answer_policy(conn, "", today=now.date())
    office = Office(settings=load_settings({}), database=sqlite, clock=clock, rules=sample_rules())
    async with rasa_server() as rasa:
        client = RasaClient(rasa.url)
        yield Asked(office, rasa, client)
        await client.close()


async def test_the_assistant_answers_for_the_ear(asked: Asked) -> None:
    asked.says({"custom": {"text": "长长的一页", "spoken": "押金50元。"}})
    assert await asked.ask(QUESTION) == "押金50元。"
    ((conversation, text, metadata),) = asked.rasa.turns
    assert conversation.startswith("phone:")
    assert text == QUESTION
    assert metadata["scene"] == "phone"


@pytest.mark.parametrize("mood", ["failing", "not_json", "empty", "well"])
async def test_where_the_assistant_has_nothing_for_the_ear_the_documents_answer(asked: Asked, mood: str) -> None:
    asked.rasa.mood = mood
    assert await asked.ask(QUESTION) == LOOKED_UP


async def test_nobody_waits_for_a_slow_assistant(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    assert room.RASA_SECONDS + room.LOOK_UP_SECONDS < 4
    monkeypatch.setattr(room, "RASA_SECONDS", 0.05)
    asked.rasa.mood = "silent"
    assert await asked.ask(QUESTION) == LOOKED_UP


async def test_what_nobody_knows_is_left_to_the_call(asked: Asked) -> None:
    asked.rasa.mood = "empty"
    assert await asked.ask("月亮上的食堂几点开门") is None
    with asked.office.database.reading() as conn:
        assert conn.scalar(select(func.count()).select_from(cases)) == 0
