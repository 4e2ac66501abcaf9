"""Answer a resident's question from the policy documents in the store, or say that they do not answer it."""

from datetime import date
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine

from community.model.policies.policy import PolicyAnswer
from community.policies.policy_index import PolicyIndex

_indexes: "WeakKeyDictionary[Engine, PolicyIndex]" = WeakKeyDictionary()


def answer_policy(
    conn: Connection, question: str, *, today: date, topic: int | None = None, before: str = ""
) -> PolicyAnswer:
    """Answer a question from what is in the store at this moment.

    The index behind it is kept per database and brought up to date first, so a document imported a moment ago answers.

    Args:
        question: as the resident wrote or said it.
        today: the day for which the answer must hold, in the community's time zone.
        topic: id of the document that the conversation's last answer came from, for a follow-up question.
        before: the question before, for a follow-up that says almost nothing itself (那九十岁呢).
    """
    return index_of(conn).answer(question, today=today, topic=topic, before=before)


def index_of(conn: Connection) -> PolicyIndex:
    """Return the index of a database, brought up to date."""
    index = _indexes.get(conn.engine)
    if index is None:
        index = _indexes.setdefault(conn.engine, PolicyIndex())
    index.refresh(conn)
    return index
