"""The policy questions that wait for staff, like with like, the oldest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from community.model.policies.written import AnswerState, QuestionState, WrittenAnswer, grouped, without_masks
from community.policies.policy_knowledge import load_policy_knowledge
from community.store import written_answers as store
from community.store.written_answers import AskedOfStaff


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """Questions that ask the same, oldest first."""

    questions: Sequence[AskedOfStaff]

    @property
    def first(self) -> AskedOfStaff:
        """The oldest of them."""
        return self.questions[0]

    @property
    def ids(self) -> list[int]:
        """All their ids."""
        return [one.id for one in self.questions]


def open_questions_document(conn: Connection) -> dict[str, Any]:
    """Everything that waits for staff, and the answers in use; for programs."""
    return {
        "questions": [[_question(one) for one in group.questions] for group in list_open_questions(conn)],
        "drafts": [_answer(one) for one in store.list_answers(conn, AnswerState.DRAFT)],
        "published": [_answer(one) for one in store.list_answers(conn, AnswerState.PUBLISHED)],
    }


def list_open_questions(conn: Connection, *, limit: int = 500) -> list[QuestionGroup]:
    """Return the open questions for which no draft is written yet."""
    questions = [
        one for one in store.list_questions(conn, state=QuestionState.OPEN, limit=limit) if one.answer_id is None
    ]
    if not questions:
        return []
    knowledge = load_policy_knowledge()
    groups = grouped([knowledge.understand(without_masks(one.text)) for one in questions])
    return [QuestionGroup([questions[place] for place in places]) for places in groups]


def _question(one: AskedOfStaff) -> dict[str, Any]:
    return {
        "id": one.id,
        "text": one.text,
        "reason": one.reason,
        "told": one.told or None,
        "confidence": one.confidence,
        "case": one.case_number,
        "asked_at": one.asked_at.isoformat(),
    }


def _answer(one: WrittenAnswer) -> dict[str, Any]:
    return {
        "id": one.id,
        "question": one.question,
        "text": one.text,
        "author": one.author_name,
        "asked_as": list(one.asked_as),
        "valid_until": one.valid_until.isoformat() if one.valid_until else None,
        "second_look": one.second_look,
    }
