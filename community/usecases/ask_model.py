"""Write down that the optional language model is asked, and what of its answer is used; never what it was asked."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.store import audit, model_answers


def answered_before(conn: Connection, key: str) -> str | None:
    """What was used when this was asked before, empty where nothing was; None when it was not asked."""
    known = model_answers.model_answer(conn, key)
    return known.answer if known is not None else None


def begin_question(conn: Connection, key: str, *, purpose: str, model: str, now: datetime) -> bool:
    """Write down that a question leaves the machine; False when it left before.

    Args:
        key: `message:<id>:<purpose>`.
        purpose: `phrasing` or `extraction`.
        model: its name.
    """
    if not model_answers.note_question(conn, key, purpose=purpose, model=model, now=now):
        return False
    detail = {"purpose": purpose, "model": model}
    actor, subject = Actor.system("language_model"), key.rpartition(":")[0][:120]
    audit.append(conn, at=now, actor=actor, action="model.asked", subject=subject, detail=detail)
    return True


def end_question(conn: Connection, key: str, *, outcome: str, answer: str) -> None:
    """Keep what is used of the answer, for a replayed turn.

    Args:
        outcome: `used`, or why it is not.
    """
    model_answers.keep_answer(conn, key, outcome=outcome, answer=answer)
