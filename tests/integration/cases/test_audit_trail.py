"""The audit trail: sealed it shows every change made to it afterwards."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, func, insert, select, update

from community.model.actor import Actor
from community.store.audit import GENESIS, append, audit_heads, audit_lines, head_of, list_lines, seal, verify
from community.store.database import Database

LINES = 6


@pytest.fixture
def trail(database: Database, now: datetime) -> Database:
    """Six sealed lines."""
    with database.begin() as conn:
        for n in range(LINES):
            detail = {"原因": f"第{n}次", "次数": n, "比例": 0.1 * n}
            append(conn, at=now, actor=Actor.staff("chen"), action="case.closed", subject=f"case:{n}", detail=detail)
        assert seal(conn) == LINES
    return database


def test_an_untouched_trail_is_whole_and_grows(trail: Database, now: datetime) -> None:
    with trail.begin() as conn:
        assert verify(conn) is None
        append(conn, at=now, actor=Actor.system("engine"), action="call.ended", subject="attempt:1")
        assert verify(conn) is None
        assert seal(conn) == 1
        assert seal(conn) == 0
        assert verify(conn) is None
        assert head_of(conn)[0] == LINES + 1


def test_an_empty_trail_is_whole(database: Database) -> None:
    with database.begin() as conn:
        assert verify(conn) is None
        assert seal(conn) == 0
        assert verify(conn) is None


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "staff:somebody_else"},
        {"action": "case.noted"},
        {"subject": "case:99"},
        {"detail": {"原因": "改过", "次数": 2, "比例": 0.2}},
        {"hash": "0" * 64},
    ],
)
def test_an_edited_line_is_named(trail: Database, change: dict[str, object]) -> None:
    with trail.begin() as conn:
        conn.execute(update(audit_lines).where(audit_lines.c.position == 3).values(**change))
        broken = verify(conn)
    assert broken is not None
    assert broken.position == 3


def test_a_moment_that_was_moved_is_named(trail: Database, now: datetime) -> None:
    with trail.begin() as conn:
        conn.execute(update(audit_lines).where(audit_lines.c.position == 2).values(at=now + timedelta(microseconds=1)))
        broken = verify(conn)
    assert broken is not None
    assert broken.position == 2


@pytest.mark.parametrize("position", [1, 4, LINES])
def test_a_removed_line_is_missed_wherever_it_stood(trail: Database, position: int) -> None:
    with trail.begin() as conn:
        conn.execute(delete(audit_lines).where(audit_lines.c.position == position))
        broken = verify(conn)
    assert broken is not None
    assert broken.position == position


def test_a_line_put_in_afterwards_is_named(trail: Database, now: datetime) -> None:
    with trail.begin() as conn:
        conn.execute(delete(audit_lines).where(audit_lines.c.position == 5))
        values = {"at": now, "actor": "staff:x", "action": "case.closed", "subject": "case:4", "detail": {}}
        conn.execute(insert(audit_lines).values(**values, position=5, hash="1" * 64))
        broken = verify(conn)
    assert broken is not None
    assert broken.position == 5


def test_a_line_hung_on_at_the_end_is_named(trail: Database, now: datetime) -> None:
    with trail.begin() as conn:
        values = {"at": now, "actor": "staff:x", "action": "case.closed", "subject": "case:4", "detail": {}}
        conn.execute(insert(audit_lines).values(**values, position=LINES + 1, hash="1" * 64))
        broken = verify(conn)
    assert broken is not None
    assert broken.position == LINES + 1


def test_a_trail_rewritten_as_a_whole_contradicts_a_hash_written_down_elsewhere(trail: Database) -> None:
    with trail.begin() as conn:
        position, known = head_of(conn)
        rewrite(conn)
        assert verify(conn) is None
        broken = verify(conn, known={position: known})
    assert broken is not None
    assert broken.position == position


def rewrite(conn) -> None:
    """What somebody with the whole database in hand could do: edit a line and seal everything anew."""
    conn.execute(update(audit_lines).values(position=None, hash=None))
    conn.execute(update(audit_lines).where(audit_lines.c.subject == "case:1").values(actor="staff:x"))
    conn.execute(update(audit_heads).values(position=0, hash=GENESIS))
    seal(conn)


def test_several_sealing_at_once_make_one_chain(database: Database, now: datetime) -> None:
    def work(worker: int) -> None:
        for n in range(10):
            with database.begin() as conn:
                append(conn, at=now, actor=Actor.system("test"), action="a", subject=f"{worker}:{n}")
            with database.begin() as conn:
                seal(conn, limit=3)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    with database.begin() as conn:
        seal(conn)
        assert verify(conn) is None
        assert conn.execute(select(func.count()).where(audit_lines.c.position.is_(None))).scalar_one() == 0


def test_the_lines_of_one_subject_are_listed_newest_first(trail: Database, now: datetime) -> None:
    with trail.begin() as conn:
        append(conn, at=now, actor=Actor.staff("he"), action="case.reopened", subject="case:3")
        lines = list_lines(conn, subject="case:3")
        assert [line.action for line in lines] == ["case.reopened", "case.closed"]
        assert [line.action for line in list_lines(conn, subject="case:3", before_id=lines[0].id)] == ["case.closed"]
