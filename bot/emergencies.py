"""Someone in danger is never put through a form: recognised by rule and answered at once, before Rasa sees the message."""

from datetime import datetime

from sqlalchemy import Connection

from bot.channels.base import Reply
from bot.replies import GROUP, PERSON, TurnAnswer
from community.model.address_text import extract_location
from community.model.hazards.emergency import Emergency, detect_emergency
from community.model.rulebook import Rulebook
from community.store import messages
from community.store.messages import StoredMessage
from community.usecases.raise_emergency import (
    LASTS,
    RaisedEmergency,
    place_emergency,
    places_of,
    raise_emergency,
)

#: Channels that vouch for nobody: whoever likes begins as many conversations there as they want.
_ANONYMOUS = frozenset({"web"})


def recognise(text: str) -> Emergency | None:
    """Return the emergency that a text tells of, or None."""
    return detect_emergency(text) if text else None


def warm_up(rules: Rulebook) -> None:
    """Load the dictionaries that reading a place needs, so that the first person in danger does not wait for them."""
    detect_emergency("着火了")
    extract_location("锦绣苑7栋2单元", places_of(rules))


def answer_emergency(
    conn: Connection, emergency: Emergency, message: StoredMessage, *, text: str, rules: Rulebook, now: datetime
) -> TurnAnswer:
    """Raise the emergency at the highest priority and return what is said at once: in a group to the group."""
    raised = raise_emergency(
        conn,
        emergency,
        text=text,
        conversation_id=message.conversation_id,
        message=message.id,
        rules=rules,
        now=now,
        reporter_name=message.person_name,
        anonymous_channel=message.channel if message.channel in _ANONYMOUS else None,
    )
    return _answer(message, raised)


def answer_place(
    conn: Connection, message: StoredMessage, *, text: str, rules: Rulebook, now: datetime
) -> TurnAnswer | None:
    """Answer somebody in danger who says where they are; None when the message is about anything else."""
    before = messages.previous_answer(conn, message, since=now - LASTS)
    raised = place_emergency(
        conn,
        text=text,
        conversation_id=message.conversation_id,
        message=message.id,
        just_told=before is not None and bool(before.understanding.get("emergency")),
        rules=rules,
        now=now,
    )
    return _answer(message, raised) if raised is not None else None


def _answer(message: StoredMessage, raised: RaisedEmergency) -> TurnAnswer:
    understanding = {
        "intent": "emergency",
        "emergency": True,
        "services": list(raised.services),
        **({"asks": raised.asks} if raised.asks else {}),
    }
    to = GROUP if message.scene == GROUP else PERSON
    return TurnAnswer((Reply(text=raised.text, to=to),), raised.number, understanding)
