"""Correct what an answer was taken to mean; the original stays beside the correction."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from community.errors import InvalidInput, NotFound
from community.model.actor import Actor
from community.model.cases.case import Case, NewCase
from community.model.permissions import Permission
from community.model.questionnaires.answer_text import answer_text
from community.model.questionnaires.questionnaire import (
    COMMON_LABELS,
    LABELS_OF_KIND,
    Escalation,
    Question,
    QuestionKind,
)
from community.model.rulebook import Rulebook
from community.store import answers as store
from community.store import audit
from community.store.answer_cases import link_case, newest_case_about
from community.store.answers import Answer
from community.store.cases import case_by_id
from community.store.progress import campaign_source
from community.store.result_lines import ResultLine, result_of_target
from community.store.targets import home_of
from community.usecases.authorise import authorise
from community.usecases.note_case import note_case
from community.usecases.open_answer_case import open_answer_case

#: Labels whose meaning stands in the value.
_WITH_VALUE = {"value", "keep"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What came of a correction.

    Attributes:
        case: the case that looks after what was really meant; None when it worries nobody.
        opened: the case is new.
        left_open: the case that the misheard answer had opened and that nobody has closed; somebody must look at it.
    """

    case: Case | None = None
    opened: bool = False
    left_open: Case | None = None

    def to_json(self) -> dict[str, Any]:
        """A document for programs: case numbers, or null."""
        return {
            "case": self.case.number if self.case else None,
            "opened": self.opened,
            "left_open": self.left_open.number if self.left_open else None,
        }


def correct_answer(
    conn: Connection,
    target_id: int,
    question_id: str,
    label: str,
    value: str,
    *,
    rules: Rulebook,
    actor: Actor,
    now: datetime,
) -> Correction:
    """Put what was really meant beside what was understood; a meaning that worries opens a case like any such answer.

    The case that a misheard answer opened is not closed by this: its history says what was corrected, and whoever has
    it decides.

    Args:
        label: a label the question's kind may have, or one of its options.
        value: the number, ISO date or words, where the label wants one.

    Raises:
        InvalidInput: the question cannot have that answer.
        NotFound: no such answer or account.
        Refused: the person may not.
    """
    authorise(conn, actor.name, Permission.WORK_ON_CASES)
    line, question, answer = answer_on_record(conn, target_id, question_id)
    meant, meaning = _meaning(question, label, value.strip())
    store.correct_answer(
        conn, target_id=target_id, question_id=question_id, label=meant, value=meaning, by=actor.name, now=now
    )
    detail = {"question": question_id, "was": answer.meaning[0], "label": meant}
    audit.append(conn, at=now, actor=actor, action="answer.corrected", subject=f"target:{target_id}", detail=detail)
    told = _Told(line, question, answer, str(answer_text(question, meant, meaning, answer.heard)))
    return _look_after(conn, told, question.escalation_for(meant, meaning), rules=rules, actor=actor, now=now)


def answer_on_record(conn: Connection, target_id: int, question_id: str) -> tuple[ResultLine, Question, Answer]:
    """A resident's result line, the question and their answer to it.

    Raises:
        NotFound: there is no such answer.
    """
    found = result_of_target(conn, target_id)
    if found is None or question_id not in found[1].answers:
        raise NotFound("没有这条回答：请从结果表里重新打开。")
    campaign_id, line = found
    return line, campaign_source(conn, campaign_id)[0].question(question_id), line.answers[question_id]


@dataclass(frozen=True, slots=True)
class _Told:
    """One answer with what it really means, in words."""

    line: ResultLine
    question: Question
    answer: Answer
    meant: str

    @property
    def sentence(self) -> str:
        """What the history of a case says."""
        was = answer_text(self.question, *self.answer.meaning, self.answer.heard)
        return f"电话里问“{self.question.say}”，回答由“{was}”更正为“{self.meant}”。"


def _look_after(
    conn: Connection, told: _Told, escalation: Escalation | None, *, rules: Rulebook, actor: Actor, now: datetime
) -> Correction:
    target_id, question_id = told.line.target_id, told.question.id
    if escalation is None:
        known = newest_case_about(conn, target_id, question_id)
        if known is None or not known.status.is_open:
            return Correction()
        sentence = f"{told.sentence}更正后不再需要关注，请核实后销号。"
        note_case(conn, known.id, sentence, actor=actor, now=now)
        return Correction(left_open=known)
    opened = open_answer_case(
        conn,
        _worrying_case(conn, told, escalation),
        target_id,
        question_id,
        rules=rules,
        actor=actor,
        now=now,
        noted=told.sentence,
    )
    if opened.created:
        link_case(conn, target_id, opened.id)
    return Correction(case=case_by_id(conn, opened.id), opened=opened.created)


def _meaning(question: Question, label: str, value: str) -> tuple[str, Any]:
    if question.kind is QuestionKind.CHOICE and label in question.options:
        return "value", label
    if label not in LABELS_OF_KIND[question.kind] and label not in COMMON_LABELS:
        raise InvalidInput("这个问题没有这种回答：请从列表里选一个。")
    if label not in _WITH_VALUE:
        return label, None
    if not value:
        raise InvalidInput("请把正确的内容也填上。")
    return label, _value(question, value)


def _value(question: Question, value: str) -> Any:
    try:
        if question.kind is QuestionKind.NUMBER:
            return float(value)
        if question.kind is QuestionKind.DATE:
            return date.fromisoformat(value).isoformat()
    except ValueError:
        example = "36.8" if question.kind is QuestionKind.NUMBER else "2026-07-15"
        raise InvalidInput(f"内容写法不对：这里应填{example}这样的内容。") from None
    return value


def _worrying_case(conn: Connection, told: _Told, escalation: Escalation) -> NewCase:
    line, answer = told.line, told.answer
    address, grid = home_of(conn, line.resident_id)
    return NewCase(
        kind=escalation.kind,
        source_key="",
        summary=f"电话回访的回答更正为“{told.meant}”，请跟进",
        description=told.sentence + (f"居民原话：{answer.heard}" if answer.heard else ""),
        priority=escalation.priority,
        address=address,
        location_text="" if str(address) else line.address,
        grid=grid or None,
        resident_id=line.resident_id,
        campaign_id=line.campaign_id,
        target_id=line.target_id,
        attempt_id=answer.attempt_id,
        rehearsal=answer.rehearsal,
    )
