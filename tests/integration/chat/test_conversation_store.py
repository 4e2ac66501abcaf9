"""Rasa's conversations in SQL: what is written comes back, and nothing is written twice."""

import asyncio
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import create_engine, text

from bot.components.conversation_store import ConversationStore
from tests.conftest import POSTGRES_URL


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'tracker.db'}"
        return
    if not POSTGRES_URL:
        pytest.skip("SHOUWANG_TEST_POSTGRES_URL is not set: not tried on PostgreSQL")
    schema = f"tracker_{uuid.uuid4().hex[:12]}"
    admin = create_engine(POSTGRES_URL, isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(text(f"create schema {schema}"))
    yield f"{POSTGRES_URL}?options=-csearch_path%3D{schema}"
    with admin.connect() as conn:
        conn.execute(text(f"drop schema {schema} cascade"))
    admin.dispose()


@pytest.fixture
def store(url: str) -> ConversationStore:
    return ConversationStore(Domain.empty(), host=url)


def test_a_conversation_comes_back_as_it_was(store: ConversationStore) -> None:
    said = [SessionStarted(), ActionExecuted("action_listen"), _said("楼道灯坏了"), BotUttered("在哪儿？")]

    _save(store, said)

    tracker = asyncio.run(store.retrieve("web:1"))
    assert tracker is not None
    assert [event.type_name for event in tracker.events] == ["session_started", "action", "user", "bot"]
    assert tracker.latest_message is not None
    assert tracker.latest_message.text == "楼道灯坏了"


def test_only_what_is_new_is_written(store: ConversationStore) -> None:
    _save(store, [SessionStarted(), _said("楼道灯坏了")])
    tracker = asyncio.run(store.retrieve("web:1"))
    assert tracker is not None
    tracker.update(BotUttered("在哪儿？"))

    asyncio.run(store.save(tracker))
    asyncio.run(store.save(tracker))

    again = asyncio.run(store.retrieve_full_tracker("web:1"))
    assert again is not None
    assert [event.type_name for event in again.events] == ["session_started", "user", "bot"]


def test_a_new_session_leaves_the_old_one_aside_but_kept(store: ConversationStore) -> None:
    _save(store, [SessionStarted(timestamp=1.0), _said("旧事", timestamp=2.0)])
    _save(store, [SessionStarted(timestamp=3.0), _said("新事", timestamp=4.0)], full=True)

    latest = asyncio.run(store.retrieve("web:1"))
    whole = asyncio.run(store.retrieve_full_tracker("web:1"))

    assert latest is not None
    assert whole is not None
    assert len(latest.events) == 2
    assert len(whole.events) == 4


def test_who_never_wrote_has_no_conversation(store: ConversationStore) -> None:
    _save(store, [SessionStarted(), _said("您好")])

    assert asyncio.run(store.retrieve("web:2")) is None
    assert list(asyncio.run(store.keys())) == ["web:1"]


def _said(words: str, timestamp: float | None = None) -> UserUttered:
    return UserUttered(words, {"name": "greet", "confidence": 1.0}, timestamp=timestamp)


def _save(store: ConversationStore, events: list[Event], *, full: bool = False) -> None:
    """Write events after those that are there, as a turn does."""
    before = asyncio.run(store.retrieve("web:1")) if full else None
    tracker = before or DialogueStateTracker("web:1", [])
    for event in events:
        tracker.update(event)
    asyncio.run(store.save(tracker))
