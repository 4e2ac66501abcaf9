"""What staff do about 没答上的问题, the same for the pages and the API."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Connection

from community.usecases.publish_answer import publish_answer
from community.usecases.write_answer import write_answer
from console.desk import Desk, Visitor
from console.forms import Fields


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
