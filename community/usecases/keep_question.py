"""Keep a resident's policy question for staff: it was not answered, or answered with doubt."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.cases.case_text import hide_numbers, shorten, storable
from community.model.policies.policy import AnswerStatus, PolicyAnswer
from community.model.policies.written import QuestionState
from community.store import written_answers as store

_LONGEST = 2000


def keep_question(
    conn: Connection,
    text: str,
    answer: PolicyAnswer,
    *,
    source_key: str,
    conversation_id: str | None,
    now: datetime,
    case_id: int | None = None,
) -> int | None:
    """Keep a question that nobody has answered well; one that was answered without doubt is not kept.

    Args:
        text: the resident's own words.
        source_key: of the message; the same message again is kept once.
        conversation_id: where the answer goes; None for a telephone call.
        case_id: the case that was opened for it.

    Returns:
        Its id, or None where nothing new was kept.
    """
    reason = reason_to_look(answer)
    if reason is None:
        return None
    return store.keep_question(
        conn,
        {
            "source_key": source_key[:200],
            "text": hide_numbers(storable(text))[:_LONGEST],
            "conversation_id": conversation_id,
            "reason": reason,
            "told": shorten(answer.text, _LONGEST) if answer.status is not AnswerStatus.UNKNOWN else "",
            "confidence": answer.confidence,
            "case_id": case_id,
            "state": QuestionState.OPEN,
            "asked_at": now,
        },
    )


def reason_to_look(answer: PolicyAnswer) -> str | None:
    """Why staff should look at an answer: `unknown`, `choose`, `doubtful`; None where they need not."""
    if answer.status is AnswerStatus.UNKNOWN:
        return "unknown"
    if answer.status is AnswerStatus.CHOOSE:
        return "choose"
    return "doubtful" if answer.doubtful else None
