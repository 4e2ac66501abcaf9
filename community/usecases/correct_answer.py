"""Correct what an answer was taken to mean; the original stays beside the correction."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from community.errors import InvalidInput, NotFound
from community.model.actor import Actor
from community.model.cases.case import NewCase
from community.model.permissions import Permission
from community.model.questionnaires.answer_text import LABEL_NAMES
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
from community.store.progress import campaign_source
from community.store.result_lines import ResultLine, result_of_target
from community.usecases.authorise import authorise
from community.usecases.open_case import open_case

#: Labels whose meaning stands in the value.
_WITH_VALUE = {"value", "keep"}


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
) -> None:
    """Put what was really meant beside what was understood; a meaning that worries opens a case like any such answer.

    Args:
        label: a label the question's kind may have, or one of its options.
        value: the number, ISO date or words, where the label wants one.

    Raises:
        InvalidInput: the question cannot have that answer.
        NotFound: no such answer or account.
        Refused: the person may not.
    """
    authorise(conn, actor.name, Permission.WORK_ON_CASES)
    found = result_of_target(conn, target_id)
    if found is None or question_id not in found[1].answers:
        raise NotFound("没有这条回答：请从结果表里重新打开。")
    campaign_id, line = found
    question = campaign_source(conn, campaign_id)[0].question(question_id)
    meant, meaning = _meaning(question, label, value.strip())
    store.correct_answer(
        conn, target_id=target_id, question_id=question_id, label=meant, value=meaning, by=actor.name, now=now
    )
    detail = {"question": question_id, "was": line.answers[question_id].meaning[0], "label": meant}
    audit.append(conn, at=now, actor=actor, action="answer.corrected", subject=f"target:{target_id}", detail=detail)
    escalation = question.escalation_for(meant, meaning)
    if escalation is not None:
        new = _worrying_case(campaign_id, line, question, escalation, meant)
        open_case(conn, new, rules=rules, actor=actor, now=now)


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


def _worrying_case(
    campaign_id: int, line: ResultLine, question: Question, escalation: Escalation, label: str
) -> NewCase:
    answer = line.answers[question.id]
    return NewCase(
        kind=escalation.kind,
        source_key=f"answer:{line.target_id}:{question.id}",
        summary=f"电话回访的回答更正为“{LABEL_NAMES.get(label, '需要关注')}”，请跟进",
        description=question.say,
        priority=escalation.priority,
        location_text=line.address,
        grid=line.grid or None,
        resident_id=line.resident_id,
        campaign_id=campaign_id,
        target_id=line.target_id,
        attempt_id=answer.attempt_id,
        rehearsal=answer.rehearsal,
    )
