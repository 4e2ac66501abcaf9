"""Messages whose time is up are deleted; what is open, what came of them, and the audit trail stay."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, func, insert, select

from community.clock import MovableClock
from community.model.policies.written import AnswerState, QuestionState
from community.store import audit
from community.store.answers import readings_of_target
from community.store.chat_ties import (
    add_check_in,
    add_tie,
    chat_ties,
    check_ins,
    check_ins_of,
    end_tie,
    ties_of_resident,
)
from community.store.database import Database
from community.store.invitations import invitations
from community.store.messages import conversations
from community.store.model_answers import keep_answer, model_answers, note_question
from community.store.result_counts import answer_counts, counts_by_place
from community.store.texts import text_messages
from community.store.written_answers import policy_questions, written_answers
from community.usecases.let_go_of_messages import let_go_of_messages
from tests.harness.texting import CARE, TextStreet, text_street

ZHANG, WANG = "+8613900000001", "+8613900000002"


@pytest.fixture
async def street(database: Database, clock: MovableClock) -> AsyncIterator[TextStreet]:
    async with text_street(database, clock) as made:
        yield made


def rows(street: TextStreet, table: Table) -> int:
    with street.street.database.reading() as conn:
        return int(conn.execute(select(func.count()).select_from(table)).scalar_one())


def let_go(street: TextStreet) -> Any:
    with street.street.database.begin() as conn:
        return let_go_of_messages(conn, keep_for=timedelta(days=180), now=street.street.clock.now())


async def two_are_written_to_and_one_answers(street: TextStreet) -> list[Any]:
    for number in (ZHANG, WANG):
        street.street.move_in(number)
    street.street.start(CARE)
    await street.miss_call()
    await street.tick()
    await street.tick(minutes=2)
    for words in ("1", "都好", "空调"):
        await street.write(ZHANG, words)
    return street.street.targets()


async def test_texts_go_when_their_time_is_up_and_results_and_audit_stay(street: TextStreet) -> None:
    (zhang, wang) = await two_are_written_to_and_one_answers(street)
    assert (zhang["status"], wang["status"]) == ("completed", "waiting")
    assert len(street.texts(zhang["id"])) == 7
    assert rows(street, invitations) == 1

    def result() -> Any:
        with street.street.database.reading() as conn:
            counted = counts_by_place(conn, zhang["campaign_id"]), answer_counts(conn, zhang["campaign_id"])
            return counted, readings_of_target(conn, zhang["id"]), street.street.targets()[0]

    before = result()
    street.street.clock.advance(timedelta(days=179))
    assert let_go(street).total == 0
    street.street.clock.advance(timedelta(days=2))
    gone = let_go(street)
    assert (gone.texts, gone.invitations) == (7, 1)
    assert street.texts(zhang["id"]) == []
    assert len(street.texts(wang["id"])) == 1, "nobody knows yet what becomes of Wang"
    assert result() == before
    with street.street.database.begin() as conn:
        audit.seal(conn)
        assert audit.verify(conn) is None
        told = conn.execute(select(audit.audit_lines.c.detail).where(audit.audit_lines.c.action == "messages.expired"))
        (detail,) = told.scalars()
    assert (detail["texts"], detail["days"]) == (7, 180)
    assert let_go(street).total == 0, "and no second line"


async def test_a_text_still_to_be_sent_is_never_deleted(street: TextStreet) -> None:
    street.twilio.texts.faults += ["unauthorised"] * 3
    await street.write("+85261234567", "谁啊")
    street.street.clock.advance(timedelta(days=200))
    assert let_go(street).texts == 1, "what came in; our answer still waits"
    with street.street.database.reading() as conn:
        assert list(conn.execute(select(text_messages.c.status, text_messages.c.reply_to))) == [("waiting", None)]


async def test_a_cry_for_help_is_heard_though_old_conversations_and_their_ids_are_gone(street: TextStreet) -> None:
    for number, cases in ((ZHANG, 1), (WANG, 2)):
        street.street.move_in(number)
        street.street.start(CARE)
        await street.miss_call()
        await street.tick()
        await street.tick(minutes=2)
        await street.write(number, "1")
        assert "已按特急报给社区" in await street.write(number, "救命，我胸口疼得厉害")
        assert [case["priority"] for case in street.street.cases()] == ["emergency"] * cases
        street.street.clock.advance(timedelta(days=181))
        assert let_go(street).invitations == 1


async def test_a_stranger_in_danger_is_heard_though_old_texts_and_their_ids_are_gone(street: TextStreet) -> None:
    for number, cases in (("+85261234567", 1), ("+85261234568", 2)):
        assert "119" in await street.write(number, "我家厨房着火了，救命")
        assert [case["priority"] for case in street.street.cases()] == ["emergency"] * cases
        street.street.clock.advance(timedelta(days=181))
        assert let_go(street).texts == 2


def test_questions_go_once_they_are_settled_and_lead_to_no_answer_in_use(
    database: Database, clock: MovableClock
) -> None:
    now = clock.now()
    with database.begin() as conn:
        answers = {
            state: conn.execute(
                insert(written_answers).values(
                    question="垃圾几点收",
                    text="早上七点",
                    state=state,
                    author="li",
                    author_name="李",
                    second_look=False,
                    created_at=now,
                    changed_at=now,
                )
            ).inserted_primary_key[0]
            for state in (AnswerState.PUBLISHED, AnswerState.WITHDRAWN)
        }
        for key, state, answer in (
            ("open", QuestionState.OPEN, None),
            ("aside", QuestionState.SET_ASIDE, None),
            ("in use", QuestionState.ANSWERED, answers[AnswerState.PUBLISHED]),
            ("withdrawn", QuestionState.ANSWERED, answers[AnswerState.WITHDRAWN]),
        ):
            question = {"source_key": key, "text": key, "reason": "unknown", "confidence": 0.0, "state": state}
            conn.execute(insert(policy_questions).values(**question, answer_id=answer, asked_at=now))
        for key in ("used", "not known yet"):
            note_question(conn, key, purpose="phrasing", model="m", now=now)
        keep_answer(conn, "used", outcome="used", answer="早上七点收")
        clock.advance(timedelta(days=181))
        gone = let_go_of_messages(conn, keep_for=timedelta(days=180), now=clock.now())
        assert (gone.questions, gone.model_answers) == (2, 1)
        assert set(conn.execute(select(policy_questions.c.source_key)).scalars()) == {"open", "in use"}
        assert list(conn.execute(select(model_answers.c.source_key)).scalars()) == ["not known yet"]


async def test_check_ins_and_ties_that_are_over_go_and_a_chat_that_still_speaks_stays(street: TextStreet) -> None:
    resident, now = street.street.move_in(ZHANG), street.street.clock.now()
    with street.street.database.begin() as conn:
        conn.execute(
            insert(conversations).values(id="chat", channel="web", scene="private", created_at=now, last_at=now)
        )

        def tie(days: int) -> int:
            lasts = now + timedelta(days=days)
            return add_tie(
                conn, conversation_id="chat", resident_id=resident, how="code", number=ZHANG, now=now, expires_at=lasts
            )

        tie(30)
        ended, lasting = tie(400), tie(400)
        end_tie(conn, ended, by="resident", now=now)
        add_check_in(conn, resident_id=resident, conversation_id="chat", key="message:1", words="都好", now=now)
    street.street.clock.advance(timedelta(days=179))
    assert let_go(street).total == 0
    with street.street.database.begin() as conn:
        later = street.street.clock.now()
        add_check_in(conn, resident_id=resident, conversation_id="chat", key="message:2", words="还好", now=later)
    street.street.clock.advance(timedelta(days=2))
    gone = let_go(street)
    assert (gone.check_ins, gone.ties) == (1, 1)
    street.street.clock.advance(timedelta(days=30))
    assert (let_go(street).ties, rows(street, chat_ties), rows(street, check_ins)) == (1, 1, 1)
    with street.street.database.reading() as conn:
        (left,) = ties_of_resident(conn, resident, now=street.street.clock.now())
        assert (left.id, left.holds) == (lasting, True)
        assert [said.words for said in check_ins_of(conn, resident)] == ["还好"]
