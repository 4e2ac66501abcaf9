"""Record an answer: what was heard, what it was taken to mean, how sure."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.meaning import Reading
from community.store import audit
from community.store.answers import Answer, save_answer


def record_answer(
    conn: Connection,
    *,
    target_id: int,
    question_id: str,
    reading: Reading,
    heard: str,
    digits: str,
    actor: Actor,
    now: datetime,
    attempt_id: str | None = None,
    channel: str = "phone",
    rehearsal: bool = False,
) -> None:
    """Keep one answer of one target; a later answer to the same question replaces it.

    Args:
        channel: `phone`, `inbound`, `sms`, `link`, `chat` or `staff`.
    """
    save_answer(
        conn,
        Answer(
            target_id=target_id,
            question_id=question_id,
            attempt_id=attempt_id,
            heard=heard,
            digits=digits,
            label=reading.label,
            value=reading.value,
            confidence=reading.confidence,
            decided_by=reading.decided_by,
            channel=channel,
            rehearsal=rehearsal,
            at=now,
        ),
    )
    detail = {"question": question_id, "decided_by": reading.decided_by, "channel": channel}
    audit.append(conn, at=now, actor=actor, action="answer.recorded", subject=f"target:{target_id}", detail=detail)
