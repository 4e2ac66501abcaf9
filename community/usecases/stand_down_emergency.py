"""Somebody says that their emergency is over: whoever was sent hears it, the case stays open until a person has looked."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.cases.case import Case
from community.model.hazards.afterwards import says_it_is_over
from community.model.rulebook import Rulebook
from community.store import cases as store
from community.texts.say import say
from community.usecases.note_case import note_case
from community.usecases.recognise_emergency import recognise_emergency
from community.usecases.tell_step import mark_rehearsal, tell_robots

#: So long after it was told, an emergency may be said to be over without naming it.
_LASTS = timedelta(hours=3)


def stand_down_emergency(
    conn: Connection, *, text: str, conversation_id: str, message: int | str, rules: Rulebook, now: datetime
) -> Case | None:
    """Note that the danger has passed, and tell the group robots once; None where the message says nothing of the kind.

    Args:
        message: id of the message, unique over all channels.
    """
    if not says_it_is_over(text) or recognise_emergency(text) is not None:
        return None
    told = store.emergencies_told(conn, conversation_id, since=now - _LASTS)
    case = next((case for case in told if case.status.is_open and case.danger), None)
    if case is None:
        return None
    key = f"message:{message}:over"
    if not store.is_recorded(conn, key):
        note_case(conn, case.id, text, actor=Actor.resident(conversation_id), now=now, source_key=key)
        said = mark_rehearsal(case, say("emergency", "over_staff", number=case.number, place=case.location_text))
        tell_robots(conn, case, said, key=f"case:{case.id}:over", rules=rules, now=now)
    return case
