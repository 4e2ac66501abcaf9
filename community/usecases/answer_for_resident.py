"""Keep what a resident told a member of staff face to face: it counts like what they say on the phone."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.permissions import Permission
from community.model.rulebook import Rulebook
from community.usecases.answer_in_writing import answer_in_writing
from community.usecases.authorise import authorise
from community.usecases.written_conversation import WrittenTurn

CHANNEL = "staff"


def answer_for_resident(
    conn: Connection,
    target_id: int,
    *,
    question_id: str,
    text: str,
    digits: str = "",
    rules: Rulebook,
    actor: Actor,
    now: datetime,
    turn: int | None = None,
) -> WrittenTurn:
    """Take one answer; who typed it in stands in the trail.

    Args:
        question_id, text, digits, turn: as in `answer_in_writing`.

    Raises:
        NotFound: no such account.
        Refused: the person may not work on cases.
    """
    authorise(conn, actor.name, Permission.WORK_ON_CASES)
    return answer_in_writing(
        conn,
        target_id,
        question_id=question_id,
        text=text,
        digits=digits,
        channel=CHANNEL,
        rules=rules,
        actor=actor,
        now=now,
        turn=turn,
    )
