"""Questions that no document answers: kept for staff, answered by them, and from then on by the assistant; on both databases."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, delete, select

from community.errors import Conflict, InvalidInput, NotFound, Refused
from community.files.community_folder import load_rulebook
from community.model.actor import Actor
from community.model.cases.case import CaseKind, CaseStatus
from community.model.policies.policy import AnswerStatus
from community.model.policies.written import AnswerState, QuestionState
from community.model.rulebook import Rulebook
from community.model.staff import Role
from community.settings import load_settings
from community.store import audit
from community.store.cases import case_by_id
from community.store.database import Database
from community.store.messages import Conversation, enter_conversation
from community.store.outbox import outbox
from community.store.written_answers import list_answers, list_questions, policy_questions, written_answers
from community.usecases.add_staff import add_staff
from community.usecases.answer_policy import answer_policy
from community.usecases.ask_staff import ask_staff
from community.usecases.keep_question import keep_question
from community.usecases.list_open_questions import list_open_questions
from community.usecases.publish_answer import publish_answer
from community.usecases.set_question_aside import set_question_aside
from community.usecases.withdraw_answer import withdraw_answer
from community.usecases.write_answer import write_answer
from tests.integration.test_policies import LIBRARY, bring_in

TODAY = date(2026, 7, 15)
ZONE = ZoneInfo("Asia/Shanghai")
LIN, HE, FIELD = Actor.staff("lin"), Actor.staff("he"), Actor.staff("grid")
WHEELCHAIR = "社区有没有轮椅可以借"
TEXT = "有的。凭身份证到居委会一楼借，免费借7天。"


@pytest.fixture
def rules() -> Rulebook:
    return load_rulebook(load_settings({}))


@pytest.fixture
def office(database: Database, now: datetime) -> Database:
    with database.begin() as conn:
        for login, name, role in (
            ("lin", "林晓梅", Role.COMMUNITY_STAFF),
            ("he", "何平", Role.COMMUNITY_STAFF),
            ("grid", "李芳", Role.GRID_WORKER),
        ):
            add_staff(conn, login=login, name=name, role=role, actor=Actor.system("test"), now=now)
    return database


def ask(conn: Connection, text: str, number: int, *, rules: Rulebook, now: datetime, scene: str = "private") -> int:
    """What the assistant does with a question: answers it, or opens a case and keeps it for staff; returns the case."""
    conversation = Conversation(
        id=f"feishu:app:chat:{number}",
        channel="feishu",
        account="app",
        scene=scene,
        chat_id="chat",
        person_id=str(number),
        person_name="住户",
        token_hash=None,
    )
    enter_conversation(conn, conversation, now=now)
    answer = answer_policy(conn, text, today=TODAY)
    assert answer.status is AnswerStatus.UNKNOWN
    key = f"message:{number}"
    opened = ask_staff(
        conn,
        CaseKind.QUESTION,
        text,
        source_key=f"{key}:question",
        conversation_id=conversation.id,
        rules=rules,
        now=now,
    )
    for _ in range(2):
        keep_question(
            conn,
            text,
            answer,
            source_key=f"{key}:policy",
            conversation_id=conversation.id,
            case_id=opened.id,
            now=now,
        )
    return opened.id


def test_an_answer_is_used_from_then_on_and_sent_to_everybody_who_asked(
    office: Database, rules: Rulebook, now: datetime
) -> None:
    bring_in(office, now, LIBRARY)
    with office.begin() as conn:
        first = ask(conn, WHEELCHAIR, 1, rules=rules, now=now)
        other = ask(conn, "请问哪里能办护照", 2, rules=rules, now=now)
        second = ask(conn, "轮椅哪里可以借，我是13812345678", 3, rules=rules, now=now, scene="group")
        groups = list_open_questions(conn)
        assert [len(group.questions) for group in groups] == [2, 1]
        assert "13812345678" not in groups[0].questions[1].text
        draft = write_answer(conn, groups[0].ids, TEXT, actor=LIN, now=now)
        assert answer_policy(conn, WHEELCHAIR, today=TODAY).status is AnswerStatus.UNKNOWN
        assert [group.first.case_id for group in list_open_questions(conn)] == [other]
        assert publish_answer(conn, draft, zone=ZONE, actor=LIN, now=now) == 2
    with office.begin() as conn:
        answer = answer_policy(conn, "想借个轮椅，社区有吗", today=TODAY)
        assert (answer.status, answer.passage, answer.written_id) == (AnswerStatus.ANSWERED, TEXT, draft)
        assert answer.text == f"{TEXT}\n——社区答复，7月15日，林晓梅"
        assert "押金50元" in answer_policy(conn, "图书室借书押金多少钱", today=TODAY).text
        assert answer_policy(conn, "社区有没有雨伞可以借", today=TODAY).written_id is None
        letters = [row for row in conn.execute(select(outbox).order_by(outbox.c.id)) if row.key.startswith("answer:")]
        assert [row.destination for row in letters] == ["channel:feishu"] * 2
        assert [row.payload["conversation_id"] for row in letters] == ["feishu:app:chat:1", "feishu:app:chat:3"]
        assert all(row.payload["to"] == "person" for row in letters)
        assert letters[0].payload["text"] == (
            f"您上次问的“{WHEELCHAIR}”，现在有答复了：\n{TEXT}\n——社区答复，7月15日，林晓梅"
        )
        assert [case_by_id(conn, one).status for one in (first, second)] == [CaseStatus.CLOSED] * 2
        assert case_by_id(conn, other).status is not CaseStatus.CLOSED
        told = [row.key for row in conn.execute(select(outbox)) if row.key.endswith(":reporter")]
        assert told == [], "the letter with the answer is the only one"
        trail = [line.action for line in audit.list_lines(conn, subject=f"answer:{draft}")]
        assert sorted(trail) == ["answer.published", "answer.written"]
        with pytest.raises(Conflict):
            publish_answer(conn, draft, zone=ZONE, actor=HE, now=now)


def test_an_answer_is_sent_although_the_ids_of_deleted_ones_are_given_out_again(
    office: Database, rules: Rulebook, now: datetime
) -> None:
    for number in (1, 2):
        asked_at = now + timedelta(days=200 * number)
        with office.begin() as conn:
            ask(conn, WHEELCHAIR, number, rules=rules, now=asked_at)
            (group,) = list_open_questions(conn)
            draft = write_answer(conn, group.ids, TEXT, actor=LIN, now=asked_at)
            assert publish_answer(conn, draft, zone=ZONE, actor=LIN, now=asked_at) == 1
            assert not office.is_sqlite or (list(group.ids), draft) == ([1], 1), "otherwise this story tells nothing"
            conn.execute(delete(policy_questions))
            conn.execute(delete(written_answers))


def test_an_answer_that_has_ended_or_was_withdrawn_is_no_longer_given(
    office: Database, rules: Rulebook, now: datetime
) -> None:
    with office.begin() as conn:
        ask(conn, WHEELCHAIR, 1, rules=rules, now=now)
        ids = list_open_questions(conn)[0].ids
        draft = write_answer(conn, ids, TEXT, actor=LIN, now=now, valid_until=TODAY)
        publish_answer(conn, draft, zone=ZONE, actor=LIN, now=now)
        assert answer_policy(conn, WHEELCHAIR, today=TODAY).written_id == draft
        assert answer_policy(conn, WHEELCHAIR, today=TODAY + timedelta(days=1)).status is AnswerStatus.UNKNOWN
    with office.begin() as conn:
        withdraw_answer(conn, draft, actor=HE, now=now + timedelta(minutes=1), reason="轮椅都借完了")
        assert answer_policy(conn, WHEELCHAIR, today=TODAY).status is AnswerStatus.UNKNOWN
        with pytest.raises(Conflict):
            withdraw_answer(conn, draft, actor=HE, now=now)


def test_a_second_look_is_somebody_elses_and_a_draft_turned_down_leaves_its_questions_open(
    office: Database, rules: Rulebook, now: datetime
) -> None:
    with office.begin() as conn:
        case = ask(conn, WHEELCHAIR, 1, rules=rules, now=now)
        ids = list_open_questions(conn)[0].ids
        first = write_answer(conn, ids, "好像没有吧", actor=LIN, now=now, second_look=True)
        with pytest.raises(Refused, match="另一位同事"):
            publish_answer(conn, first, zone=ZONE, actor=LIN, now=now)
        with pytest.raises(Conflict):
            write_answer(conn, ids, TEXT, actor=HE, now=now)
        withdraw_answer(conn, first, actor=HE, now=now, reason="有轮椅的")
        assert list_open_questions(conn)[0].ids == ids
        second = write_answer(conn, ids, TEXT, actor=LIN, now=now, second_look=True)
        assert publish_answer(conn, second, zone=ZONE, actor=HE, now=now) == 1
        assert [one.id for one in list_answers(conn, AnswerState.PUBLISHED)] == [second]
        assert case_by_id(conn, case).status is CaseStatus.CLOSED


def test_who_may_not_answer_cannot_and_nothing_is_published_that_says_nothing(
    office: Database, rules: Rulebook, now: datetime
) -> None:
    with office.begin() as conn:
        ask(conn, WHEELCHAIR, 1, rules=rules, now=now)
        ids = list_open_questions(conn)[0].ids
        for wrong, error in (((ids, "  "), InvalidInput), ((ids, "字" * 1001), InvalidInput), (([99], TEXT), NotFound)):
            with pytest.raises(error):
                write_answer(conn, *wrong, actor=LIN, now=now)
        for work in (
            lambda: write_answer(conn, ids, TEXT, actor=FIELD, now=now),
            lambda: set_question_aside(conn, ids, actor=FIELD, now=now),
        ):
            with pytest.raises(Refused):
                work()
        late = write_answer(conn, ids, TEXT, actor=LIN, now=now, valid_until=TODAY - timedelta(days=1))
        with pytest.raises(Refused, match="有效期"):
            publish_answer(conn, late, zone=ZONE, actor=LIN, now=now)


def test_a_question_on_the_phone_keeps_its_case_and_one_without_meaning_is_set_aside(
    office: Database, rules: Rulebook, now: datetime
) -> None:
    with office.begin() as conn:
        unknown = answer_policy(conn, WHEELCHAIR, today=TODAY)
        keep_question(conn, WHEELCHAIR, unknown, source_key="call:1", conversation_id=None, now=now)
        keep_question(conn, "啦啦啦啦", unknown, source_key="call:2", conversation_id=None, now=now)
        phone, noise = list_open_questions(conn)
        draft = write_answer(conn, phone.ids, TEXT, actor=LIN, now=now)
        assert publish_answer(conn, draft, zone=ZONE, actor=LIN, now=now) == 0
        assert set_question_aside(conn, noise.ids, actor=LIN, now=now, reason="不是提问") == 1
        assert set_question_aside(conn, noise.ids, actor=LIN, now=now) == 0
        assert [one.state for one in list_questions(conn)] == [QuestionState.ANSWERED, QuestionState.SET_ASIDE]
        assert conn.execute(select(outbox)).all() == []
