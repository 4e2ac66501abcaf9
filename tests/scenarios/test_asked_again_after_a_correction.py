"""Staff find that an answer was none: the question is asked again, and what the resident says then counts."""

import pytest

from community.clock import MovableClock
from community.model.actor import Actor
from community.model.meaning import Label
from community.store.answers import answers_of_targets, correct_answer, readings_of_target
from community.store.database import Database
from community.usecases.answer_in_writing import WrittenTurn, answer_in_writing
from tests.harness.dialling import Exchange, Street, generous

CARE = """
name: 关怀
purpose: 想问您几句话。
audience: {tags: [独居]}
recording: never
questions:
  - {id: well, kind: yes_no, say: 您身体舒服吗？, yes_means: 舒服, about_health: true}
  - {id: fan, kind: yes_no, say: 您家有电风扇吗？, yes_means: 有}
  - {id: shop, kind: yes_no, say: 有人替您买菜吗？, yes_means: 有}
"""


@pytest.fixture
def street(database: Database, clock: MovableClock) -> Street:
    street = Street(database, clock, generous(), Exchange(clock))
    street.move_in("+8613912340001")
    street.start(CARE)
    return street


def write(street: Street, question: str, text: str) -> WrittenTurn:
    with street.database.begin() as conn:
        return answer_in_writing(
            conn,
            street.targets()[0]["id"],
            question_id=question,
            text=text,
            channel="link",
            rules=street.rules,
            actor=Actor.resident("link:1"),
            now=street.clock.now(),
        )


def find_no_answer(street: Street, question: str) -> None:
    target, now = street.targets()[0]["id"], street.clock.now()
    with street.database.begin() as conn:
        assert correct_answer(
            conn, target_id=target, question_id=question, label=Label.UNCLEAR, value=None, by="wang", now=now
        )


def labels(street: Street) -> dict[str, str]:
    with street.database.reading() as conn:
        readings = readings_of_target(conn, street.targets()[0]["id"])
    return {question: reading.label for question, reading in readings.items()}


async def test_the_new_answer_counts_and_the_question_is_not_asked_for_ever(street: Street) -> None:
    write(street, "well", "可以")
    write(street, "well", "舒服")
    write(street, "fan", "有")
    find_no_answer(street, "fan")
    following = write(street, "fan", "没有")
    assert following.question is not None
    assert following.question.id == "shop"
    assert labels(street) == {"well": "yes", "fan": "no"}


async def test_who_wants_no_questions_about_health_then_is_asked_the_others(street: Street) -> None:
    write(street, "well", "可以")
    write(street, "well", "舒服")
    find_no_answer(street, "well")
    with street.database.begin() as conn:
        conn.exec_driver_sql("update resident set health_consent_at = null")
    following = write(street, "well", "不可以")
    assert following.question is not None
    assert following.question.id == "fan"
    assert labels(street) == {"well": Label.NOT_ASKED}


async def test_what_is_not_understood_leaves_a_correction_that_is_an_answer(street: Street) -> None:
    target, now = street.targets()[0]["id"], street.clock.now()
    write(street, "well", "可以")
    write(street, "well", "舒服")
    with street.database.begin() as conn:
        correct_answer(conn, target_id=target, question_id="well", label="no", value=None, by="wang", now=now)
    write(street, "well", "舒服")
    with street.database.reading() as conn:
        answer = answers_of_targets(conn, [target])[target]["well"]
    assert (answer.label, answer.corrected_label, answer.corrected_by) == ("yes", "no", "wang")
