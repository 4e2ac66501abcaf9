"""Tell whoever reported a case how it stands, in the conversation they reported it in."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.cases.case import Case
from community.store import outbox
from community.store.messages import find_conversation
from community.texts.say import say


def tell_reporter(conn: Connection, case: Case, wording: str, *, key: str, now: datetime, **values: str) -> bool:
    """Put one sentence for the reporter into the outbox.

    Args:
        wording: which of the sentences under `reporter` in texts/cases.yml.
        key: unique for this telling.

    Returns:
        Whether there is somebody to tell: reported in a conversation, and no rehearsal.
    """
    if case.conversation_id is None or case.rehearsal:
        return False
    conversation = find_conversation(conn, case.conversation_id)
    if conversation is None:
        return False
    text = say("cases", f"reporter.{wording}", number=case.number, **values)
    payload = {"conversation_id": case.conversation_id, "text": text}
    return outbox.put(conn, key=key, destination=f"channel:{conversation.channel}", payload=payload, now=now)
