"""What residents really asked of the policies: from the messages of the chat, and from what was kept for staff."""

from datetime import datetime

from sqlalchemy import Connection, select

from community.model.cases.case_text import hide_numbers
from community.store.messages import ANSWERED, messages
from community.store.written_answers import policy_questions

#: What the assistant calls a policy question.
_INTENTS = frozenset({"ask_policy"})
_LONGEST = 400


def asked_policies(conn: Connection, *, since: datetime, most: int) -> list[tuple[str, int]]:
    """Return the different questions asked since a moment with how often each was asked, the newest first; numbers masked."""
    said = select(messages.c.text, messages.c.understanding).where(
        messages.c.received_at >= since, messages.c.status == ANSWERED, messages.c.addressed.is_(True)
    )
    texts = [
        row.text
        for row in conn.execute(said.order_by(messages.c.id.desc()))
        if (row.understanding or {}).get("intent") in _INTENTS
    ]
    heard = set(texts)
    kept = select(policy_questions.c.text).where(policy_questions.c.asked_at >= since)
    # What was kept from chat is there already; what was asked in a call is only here.
    masked = {hide_numbers(text) for text in heard}
    texts += [text for text in conn.scalars(kept.order_by(policy_questions.c.id.desc())) if text not in masked]
    times: dict[str, int] = {}
    for text in texts:
        plain = hide_numbers(" ".join(text.split()))
        if 2 <= len(plain) <= _LONGEST:
            times[plain] = times.get(plain, 0) + 1
    return list(times.items())[:most]
