"""Opening cases: the same event is one case, numbers are given out once, residents are told."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, insert, select

from community.errors import InvalidInput, Refused
from community.model.actor import Actor
from community.model.cases.case import CaseKind, CaseStatus, NewCase, Priority
from community.model.staff import Role
from community.store.cases import CaseFilter, cases, count_cases, list_cases
from community.store.database import Database
from community.store.messages import conversations
from community.store.notices import notices
from community.store.outbox import outbox
from community.usecases.acknowledge_case import acknowledge_case
from community.usecases.add_staff import add_staff
from community.usecases.cancel_case import cancel_case
from community.usecases.change_case import change_case
from community.usecases.close_case import close_case
from community.usecases.note_case import note_case
from community.usecases.open_case import open_case
from community.usecases.reopen_case import reopen_case
from tests.harness.neighbourhood import employ, report, sample_rules

RESIDENT = Actor.resident("web:1")


def test_the_same_message_again_is_the_same_case(database: Database, now: datetime) -> None:
    rules = sample_rules()
    new = NewCase(kind=CaseKind.HAZARD, category="tree", source_key="message:7:0", summary="树倒了")
    with database.begin() as conn:
        first = open_case(conn, new, rules=rules, actor=RESIDENT, now=now)
    with database.begin() as conn:
        again = open_case(conn, new, rules=rules, actor=RESIDENT, now=now)
        assert conn.execute(select(func.count()).select_from(notices)).scalar_one() == 1
    assert first.created
    assert not again.created
    assert (again.id, again.number) == (first.id, first.number)


def test_cases_opened_at_the_same_time_get_numbers_of_their_own(database: Database, now: datetime) -> None:
    rules = sample_rules()

    def open_some(worker: int) -> None:
        for n in range(10):
            new = NewCase(kind=CaseKind.CALLBACK, source_key=f"test:{worker}:{n}", summary="请回电")
            with database.begin() as conn:
                open_case(conn, new, rules=rules, actor=RESIDENT, now=now)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(open_some, range(8)))
    with database.reading() as conn:
        numbers = set(conn.scalars(select(cases.c.number)))
    assert numbers == {f"260715-{n:03d}" for n in range(1, 81)}


def test_the_same_event_from_two_sides_at_once_is_one_case(database: Database, now: datetime) -> None:
    rules = sample_rules()
    new = NewCase(kind=CaseKind.UNREACHED, source_key="target:5:unreached", summary="三次未接")
    gate = threading.Barrier(4)

    def open_it(_side: int) -> int:
        gate.wait()
        with database.begin() as conn:
            return open_case(conn, new, rules=rules, actor=Actor.system("engine"), now=now).id

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(open_it, range(4)))
    assert len(set(found)) == 1


def test_the_number_is_the_day_where_the_community_lives(sqlite: Database) -> None:
    """16:30 UTC is half past midnight in Shanghai."""
    with sqlite.begin() as conn:
        assert report(conn, sample_rules(), datetime(2026, 7, 15, 16, 30, tzinfo=UTC)).number == "260716-001"


@pytest.mark.parametrize(
    ("changes", "priority"),
    [
        ({}, Priority.URGENT),
        ({"category": "gas_leak"}, Priority.EMERGENCY),
        ({"category": None}, Priority.NORMAL),
        ({"category": "lighting", "danger": True}, Priority.EMERGENCY),
        ({"category": None, "kind": CaseKind.UNREACHED}, Priority.URGENT),
        ({"category": None, "kind": CaseKind.WORRYING, "priority": Priority.EMERGENCY}, Priority.EMERGENCY),
        ({"category": None, "kind": CaseKind.QUESTION}, Priority.NORMAL),
    ],
)
def test_how_urgent_a_case_is(sqlite: Database, now: datetime, changes: dict[str, object], priority: Priority) -> None:
    with sqlite.begin() as conn:
        assert report(conn, sample_rules(), now, **changes).priority is priority


def test_a_category_that_does_not_exist_is_refused_and_nothing_is_kept(database: Database, now: datetime) -> None:
    with pytest.raises(InvalidInput, match=r"hazards\.yml"), database.begin() as conn:
        report(conn, sample_rules(), now, category="dragons")
    with database.reading() as conn:
        assert list_cases(conn, CaseFilter()) == []


def test_what_is_too_long_for_a_column_is_cut_and_the_story_is_kept(database: Database, now: datetime) -> None:
    story = "水一直往下流" * 400
    with database.begin() as conn:
        case = report(conn, sample_rules(), now, summary=story, description=story, location_text="旁边" * 300)
    assert case.description == story
    assert len(case.summary) == 200
    assert len(case.location_text) == 200


def converse(database: Database, now: datetime) -> str:
    with database.begin() as conn:
        values = {"id": "web:abc", "channel": "web", "scene": "private", "created_at": now, "last_at": now}
        conn.execute(insert(conversations).values(**values))
    return "web:abc"


def test_the_reporter_is_told_the_result_and_when_it_is_taken_up_again(database: Database, now: datetime) -> None:
    conversation = converse(database, now)
    rules = sample_rules()
    with database.begin() as conn:
        employ(conn, ["chen", "he"], now=now)
        case = report(conn, rules, now, conversation_id=conversation)
        close_case(conn, case.id, "已抽干，找师傅 13800000009", actor=Actor.staff("chen"), now=now)
        reopen_case(conn, case.id, "又进水了", rules=rules, actor=Actor.staff("he"), now=now)
        letters = conn.execute(select(outbox).order_by(outbox.c.id)).all()
    assert [letter.destination for letter in letters] == ["channel:web", "channel:web"]
    closed, reopened = (letter.payload for letter in letters)
    assert closed["conversation_id"] == conversation
    assert "已经办结" in closed["text"]
    assert "已抽干" in closed["text"]
    assert "13800000009" not in closed["text"]
    assert "重新办理" in reopened["text"]


def test_a_rehearsal_tells_no_resident(database: Database, now: datetime) -> None:
    conversation = converse(database, now)
    with database.begin() as conn:
        employ(conn, ["chen"], now=now)
        case = report(conn, sample_rules("wecom"), now, conversation_id=conversation, rehearsal=True)
        close_case(conn, case.id, "演练结束", actor=Actor.staff("chen"), now=now)
        assert conn.execute(select(func.count()).select_from(outbox)).scalar_one() == 0


def test_what_a_resident_repeats_through_a_replayed_turn_happens_once(database: Database, now: datetime) -> None:
    rules = sample_rules()
    with database.begin() as conn:
        case = report(conn, rules, now)
        for _ in range(2):
            note_case(conn, case.id, "还在漏", actor=RESIDENT, now=now, source_key="message:9:0")
        cancel_case(conn, case.id, rules=rules, actor=RESIDENT, now=now, reason="自己好了")
        closed = cancel_case(conn, case.id, rules=rules, actor=RESIDENT, now=now, reason="自己好了")
        for _ in range(2):
            reopen_case(conn, case.id, "又坏了", rules=rules, actor=RESIDENT, now=now, source_key="message:11:0")
        texts = list(conn.scalars(select(notices.c.text).order_by(notices.c.id)))
    assert closed.status is CaseStatus.CLOSED
    assert closed.result == "居民撤回：自己好了"
    assert [text.splitlines()[0] for text in texts] == [
        "【紧急】工单260715-001　第1步　请街道接单",
        "工单260715-001，居民补充：还在漏",
        "工单260715-001　居民撤回，不用再去了",
        "【紧急】工单260715-001　第2步　请街道接单",
    ]


def test_an_auditor_looks_and_does_not_touch(database: Database, now: datetime) -> None:
    rules = sample_rules()
    with database.begin() as conn:
        case = report(conn, rules, now)
        add_staff(conn, "shen", name="审计员", role=Role.AUDITOR, actor=Actor.system("setup"), now=now)
        for touch in (
            lambda: acknowledge_case(conn, case.id, rules=rules, actor=Actor.staff("shen"), now=now),
            lambda: close_case(conn, case.id, "好了", actor=Actor.staff("shen"), now=now),
            lambda: change_case(conn, case.id, rules=rules, actor=Actor.staff("shen"), now=now, danger=True),
        ):
            with pytest.raises(Refused, match="审计不能"):
                touch()


def test_closing_needs_a_result(database: Database, now: datetime) -> None:
    with database.begin() as conn:
        employ(conn, ["chen"], now=now)
        case = report(conn, sample_rules(), now)
        with pytest.raises(InvalidInput, match="办理结果"):
            close_case(conn, case.id, "  ", actor=Actor.staff("chen"), now=now)


def test_lists_filter_search_and_page(database: Database, now: datetime) -> None:
    rules = sample_rules()
    with database.begin() as conn:
        employ(conn, ["chen"], now=now)
        for n in range(5):
            report(conn, rules, now, source_key=f"m:{n}", summary=f"第{n}处积水 100%_", category="flooding")
        report(conn, rules, now, source_key="m:lamp", summary="路灯不亮", category="lighting")
        close_case(conn, 1, "好了", actor=Actor.staff("chen"), now=now)
        newest = list_cases(conn, CaseFilter(), limit=2)
        older = list_cases(conn, CaseFilter(), before_id=newest[-1].id, limit=10)
        assert [case.id for case in newest + older] == [6, 5, 4, 3, 2, 1]
        assert [case.summary for case in list_cases(conn, CaseFilter(text="路灯"))] == ["路灯不亮"]
        assert len(list_cases(conn, CaseFilter(text="0%_"))) == 5
        assert list_cases(conn, CaseFilter(text="%路%")) == []
        assert len(list_cases(conn, CaseFilter(open=True, category="flooding"))) == 4
        assert count_cases(conn, CaseFilter()) == {CaseStatus.DISPATCHED: 5, CaseStatus.CLOSED: 1}


def test_a_nul_in_the_text_loses_no_report(database: Database, now: datetime) -> None:
    rules = sample_rules("wecom")
    with database.begin() as conn:
        employ(conn, ["chen"], now=now)
        case = report(conn, rules, now, summary="进\0水", description="进\0水了", location_text="门\0口")
        note_case(conn, case.id, "还\0在漏", actor=RESIDENT, now=now)
        change_case(conn, case.id, rules=rules, actor=RESIDENT, now=now, description="更\0正", reason="写\0错")
        close_case(conn, case.id, "修\0好", actor=Actor.staff("chen"), now=now)
        reopen_case(conn, case.id, "又\0漏", rules=rules, actor=RESIDENT, now=now)
        cancel_case(conn, case.id, rules=rules, actor=RESIDENT, now=now, reason="好\0了")
    assert (case.summary, case.description) == ("进水", "进水了")
