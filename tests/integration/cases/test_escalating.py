"""The tick of the ladders under load: side by side, in portions, and with a case that cannot be told."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from community.model.rulebook import Rulebook
from community.store.cases import cases
from community.store.database import Database
from community.store.notices import notices
from community.usecases.escalate_due import escalate_due
from tests.harness.neighbourhood import employ, report, sample_rules

FLOODS = 24


@pytest.fixture
def rules() -> Rulebook:
    return sample_rules("wecom")


@pytest.fixture
def flooded(database: Database, rules: Rulebook, now: datetime) -> Database:
    """Many floods, reported a second apart, that nobody has taken."""
    with database.begin() as conn:
        employ(conn, now=now)
        for n in range(FLOODS):
            report(conn, rules, now + timedelta(seconds=n), source_key=f"message:{n}:0")
    return database


def told(database: Database) -> Counter[int]:
    with database.reading() as conn:
        return Counter(conn.scalars(select(notices.c.case_id)))


def test_ticks_side_by_side_tell_each_case_once(flooded: Database, rules: Rulebook, now: datetime) -> None:
    later = now + timedelta(minutes=31)

    def tick(_worker: int) -> int:
        moved = 0
        for _ in range(6):
            with flooded.begin() as conn:
                moved += escalate_due(conn, rules=rules, now=later, limit=5)
        return moved

    with ThreadPoolExecutor(4) as pool:
        moved = sum(pool.map(tick, range(4)))
    assert moved == FLOODS
    assert set(told(flooded).values()) == {2}


def test_the_most_overdue_go_first(flooded: Database, rules: Rulebook, now: datetime) -> None:
    with flooded.begin() as conn:
        assert escalate_due(conn, rules=rules, now=now + timedelta(minutes=31), limit=7) == 7
    assert [case for case, times in told(flooded).items() if times == 2] == list(range(1, 8))


def test_a_case_that_cannot_be_told_does_not_stop_the_others(flooded: Database, rules: Rulebook, now: datetime) -> None:
    with flooded.begin() as conn:
        conn.execute(update(cases).where(cases.c.id == 1).values(ladder=[]))
    with flooded.begin() as conn:
        assert escalate_due(conn, rules=rules, now=now + timedelta(minutes=31)) == FLOODS - 1
    assert told(flooded)[1] == 1


def test_many_cases_that_cannot_be_told_keep_no_portion_for_themselves(
    flooded: Database, rules: Rulebook, now: datetime
) -> None:
    """They are tried again later, behind the others, and people hear of them."""
    later = now + timedelta(minutes=31)
    with flooded.begin() as conn:
        ladder = conn.scalar(select(cases.c.ladder).where(cases.c.id == 1))
        conn.execute(update(cases).where(cases.c.id <= 3).values(ladder=[]))
    with flooded.begin() as conn:
        assert escalate_due(conn, rules=rules, now=later, limit=3) == 0
    with flooded.begin() as conn:
        assert escalate_due(conn, rules=rules, now=later, limit=3) == 3
        alarms = [text for text in conn.scalars(select(notices.c.text)) if "没能自动上报" in text]
    assert len(alarms) == 6, "the secretary and the administrator hear of each"
    with flooded.begin() as conn:
        conn.execute(update(cases).where(cases.c.id <= 3).values(ladder=ladder))
    with flooded.begin() as conn:
        assert escalate_due(conn, rules=rules, now=later + timedelta(minutes=1)) == FLOODS - 3
