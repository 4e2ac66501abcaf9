"""What staff do about 没答上的问题, the same for the pages and the API."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from community.errors import InvalidInput
from community.usecases.publish_answer import publish_answer
from community.usecases.set_question_aside import set_question_aside
from community.usecases.withdraw_answer import withdraw_answer
from community.usecases.write_answer import write_answer
from console.desk import Desk, Visitor
from console.forms import Fields


def question_ids(fields: Fields, *, missing: str) -> list[int]:
    """The questions that are meant: `ids`, separated by commas.

    Args:
        missing: what is said where none are named, in Chinese.

    Raises:
        InvalidInput: none are named, or something that is no number.
    """
    parts = fields.text("ids").split(",")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in parts):
        raise InvalidInput(missing)
    return [int(part) for part in parts]


def last_day(fields: Fields, *, wrong: str) -> date | None:
    """Until when an answer holds: `until`; None for ever.

    Args:
        wrong: what is said where it is no day, in Chinese.

    Raises:
        InvalidInput: it is no day.
    """
    text = fields.text("until")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput(wrong) from error


async def publish_draft(desk: Desk, visitor: Visitor, answer_id: int) -> int:
    """Put a draft into use; return how many residents it is sent to."""
    now = desk.clock.now()
    return await desk.database.write(
        lambda conn: publish_answer(conn, answer_id, zone=desk.rules.timezone, actor=visitor.actor, now=now)
    )


async def take_back(desk: Desk, visitor: Visitor, answer_id: int, *, reason: str) -> None:
    """Turn a draft down, or take a published answer out of use."""
    now = desk.clock.now()
    await desk.database.write(
        lambda conn: withdraw_answer(conn, answer_id, actor=visitor.actor, now=now, reason=reason)
    )


async def put_aside(desk: Desk, visitor: Visitor, ids: Sequence[int], *, reason: str) -> int:
    """Take questions off the list that need no answer; return how many were on it."""
    now = desk.clock.now()
    return await desk.database.write(
        lambda conn: set_question_aside(conn, ids, actor=visitor.actor, now=now, reason=reason)
    )


async def reply_to_questions(
    desk: Desk,
    visitor: Visitor,
    ids: Sequence[int],
    fields: Fields,
    *,
    valid_until: date | None,
    second_look: bool,
    publish: bool,
) -> tuple[int, int]:
    """Write an answer to questions, in use at once or as a draft.

    Args:
        ids: of the questions.
        fields: `text`, the answer, and `question`, how the matter is asked.

    Returns:
        The answer's id, and how many residents it is sent to.
    """
    now = desk.clock.now()

    def work(conn: Connection) -> tuple[int, int]:
        answer_id = write_answer(
            conn,
            ids,
            fields.text("text"),
            actor=visitor.actor,
            now=now,
            question=fields.text("question"),
            valid_until=valid_until,
            second_look=second_look,
        )
        if not publish:
            return answer_id, 0
        return answer_id, publish_answer(conn, answer_id, zone=desk.rules.timezone, actor=visitor.actor, now=now)

    return await desk.database.write(work)
