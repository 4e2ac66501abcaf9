"""A question that was worrying once may be answered worse later: nothing of it is lost in the case of the first answer."""

from typing import Any

import pytest

from community.clock import MovableClock
from community.model.actor import Actor
from community.model.cases.case import CaseKind, NewCase, Priority
from community.model.meaning import Label, Reading
from community.model.staff import Role
from community.store.cases import case_by_id, events_of
from community.store.database import Database
from community.store.notices import notices_for
from community.usecases.close_case import close_case
from community.usecases.correct_answer import Correction, correct_answer
from community.usecases.open_answer_case import open_answer_case
from community.usecases.open_case import OpenedCase
from community.usecases.record_answer import record_answer
from tests.harness.dialling import Exchange, Street, generous


@pytest.fixture
def street(database: Database, clock: MovableClock) -> Street:
    street = Street(database, clock, generous(), Exchange(clock))
    street.move_in("+8613912340001")
    street.start()
    return street


def answer(street: Street, words: str, priority: Priority) -> OpenedCase:
    target = street.targets()[-1]
    new = NewCase(
        kind=CaseKind.WORRYING,
        source_key="",
        summary=f"回答“{words}”，请跟进",
        description=f"原话：{words}",
        priority=priority,
        target_id=target["id"],
        campaign_id=target["campaign_id"],
        resident_id=target["resident_id"],
    )
    how: dict[str, Any] = {"rules": street.rules, "actor": Actor.system("voice"), "now": street.clock.now()}
    with street.database.begin() as conn:
        return open_answer_case(conn, new, target["id"], "fine", **how)


def test_the_same_answer_again_is_the_same_case(street: Street) -> None:
    first = answer(street, "不太好", Priority.URGENT)
    again = answer(street, "不太好", Priority.URGENT)
    assert (first.created, again.created, again.id) == (True, False, first.id)
    with street.database.reading() as conn:
        assert [event.action for event in events_of(conn, first.id)].count("noted") == 0


def test_new_words_are_noted_on_the_open_case_and_its_holder_is_told(street: Street) -> None:
    first = answer(street, "不想说", Priority.URGENT)
    answer(street, "头晕得厉害", Priority.URGENT)
    with street.database.reading() as conn:
        notes = [event.text for event in events_of(conn, first.id) if event.action == "noted"]
        told = [notice.text for notice in notices_for(conn, login="grid", role=Role.GRID_WORKER)]
    assert len(street.cases()) == 1
    assert "头晕得厉害" in notes[0]
    assert any("头晕得厉害" in text for text in told)


def test_a_more_urgent_answer_climbs_by_itself(street: Street) -> None:
    first = answer(street, "不想说", Priority.NORMAL)
    worse = answer(street, "胸口疼", Priority.EMERGENCY)
    assert worse.created
    assert worse.id != first.id
    with street.database.reading() as conn:
        assert case_by_id(conn, worse.id).priority is Priority.EMERGENCY


def test_after_the_case_is_closed_a_worrying_answer_opens_another(street: Street) -> None:
    first = answer(street, "不想说", Priority.URGENT)
    with street.database.begin() as conn:
        close_case(conn, first.id, "打过电话，没事", actor=Actor.staff("grid"), now=street.clock.now())
    later = answer(street, "又不舒服了", Priority.URGENT)
    assert later.created
    assert later.id != first.id


WORRIED = """
name: 探访
purpose: 问问您好不好
audience: {tags: [独居]}
questions:
  - {id: fine, kind: yes_no, say: 您今天身体还好吗, escalate: [{when: ["no"], priority: PRIORITY}]}
"""


def corrected(street: Street, priority: Priority) -> Correction:
    """She said 好得很哪, which was heard as yes, and staff correct it to no."""
    street.start(WORRIED.replace("PRIORITY", priority))
    target = street.targets()[-1]["id"]
    now = street.clock.now()
    with street.database.begin() as conn:
        record_answer(
            conn,
            target_id=target,
            question_id="fine",
            reading=Reading(Label.YES, confidence=0.7),
            heard="好得很哪",
            digits="",
            channel="phone",
            actor=Actor.system("voice"),
            now=now,
            rehearsal=False,
        )
    answer(street, "不想说", Priority.URGENT)
    with street.database.begin() as conn:
        return correct_answer(conn, target, "fine", "no", "", rules=street.rules, actor=Actor.staff("li"), now=now)


def test_a_correction_is_noted_on_the_open_case_that_is_as_urgent(street: Street) -> None:
    correction = corrected(street, Priority.URGENT)
    (first,) = street.cases()
    assert correction.case is not None
    assert (correction.case.id, correction.opened) == (first["id"], False)
    with street.database.reading() as conn:
        notes = [event.text for event in events_of(conn, first["id"]) if event.action == "noted"]
    assert len(notes) == 1
    assert "更正为" in notes[0]


def test_a_correction_to_something_more_urgent_climbs_by_itself(street: Street) -> None:
    correction = corrected(street, Priority.EMERGENCY)
    assert correction.opened
    assert correction.case is not None
    assert correction.case.priority is Priority.EMERGENCY
    assert len(street.cases()) == 2
