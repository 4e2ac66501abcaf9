"""Hand something over to a person: a question the documents do not answer, or a wish to be called."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.cases.case import CaseKind, NewCase
from community.model.rulebook import Rulebook
from community.texts.say import say
from community.usecases.open_case import OpenedCase, open_case


def ask_staff(
    conn: Connection,
    kind: CaseKind,
    text: str,
    *,
    source_key: str,
    conversation_id: str,
    rules: Rulebook,
    now: datetime,
    reporter_name: str = "",
) -> OpenedCase:
    """Open a question or call-back case; the same message again is the same case.

    Args:
        kind: `question` or `callback`.
        text: the resident's own words.
    """
    new = NewCase(
        kind=kind,
        source_key=source_key,
        summary=say("assistant", f"summary.{kind}", text=text),
        description=text,
        conversation_id=conversation_id,
        reporter_name=reporter_name,
    )
    return open_case(conn, new, rules=rules, actor=Actor.resident(conversation_id), now=now)
