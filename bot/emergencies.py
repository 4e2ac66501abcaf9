"""Someone in danger is never put through a form: recognised by rule and answered at once, before Rasa sees the message."""

import re
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.channels.base import Reply
from bot.replies import GROUP, PERSON, TurnAnswer
from community.model.address_text import extract_location
from community.model.hazards.afterwards import says_yes
from community.model.hazards.emergency import SERVICES, Emergency
from community.model.hazards.emergency_numbers import in_region
from community.model.residents.check_in import beside_check_in, wants_check_in
from community.model.rulebook import Rulebook
from community.store import messages
from community.store.messages import StoredMessage
from community.texts.say import say
from community.usecases.raise_emergency import (
    LASTS,
    RaisedEmergency,
    place_emergency,
    places_of,
    raise_emergency,
)
from community.usecases.recognise_emergency import recognise_emergency
from community.usecases.stand_down_emergency import stand_down_emergency
from community.usecases.teller_of_chat import teller_of_chat

#: Channels that vouch for nobody: whoever likes begins as many conversations there as they want.
_ANONYMOUS = frozenset({"web"})
#: 报平安，就是胸口闷: what begins so is told like any other.
_BUT = re.compile(r"^(?:就是|不过|可是|但是|只是)[,. ]*")


def recognise(text: str, *, addressed: bool) -> Emergency | None:
    """Return the emergency that a text tells of, also one that is only suspected where the bot was addressed, or None."""
    if not text:
        return None
    found = recognise_emergency(text, asked=addressed)
    if not wants_check_in(text) or (found is not None and found.decided_by == "rule"):
        return found
    # 你们打我电话没接到: the words of checking in sound like trouble to the opinion, and hide it where there is some.
    beside = recognise_emergency(_BUT.sub("", beside_check_in(text), count=1), asked=addressed)
    return beside if beside is None or beside.decided_by == "rule" else replace(beside, suspected=True)


def warm_up(rules: Rulebook) -> None:
    """Load the dictionaries that reading a place needs, so that the first person in danger does not wait for them."""
    recognise_emergency("着火了")
    extract_location("锦绣苑7栋2单元", places_of(rules))


def answer_emergency(
    conn: Connection, emergency: Emergency, message: StoredMessage, *, text: str, rules: Rulebook, now: datetime
) -> TurnAnswer:
    """Raise the emergency at the highest priority and return what is said at once: in a group to the group."""
    teller = teller_of_chat(conn, message.conversation_id, now=now)
    is_anonymous = message.channel in _ANONYMOUS and teller is None
    raised = raise_emergency(
        conn,
        emergency,
        text=text,
        conversation_id=message.conversation_id,
        message=message.id,
        rules=rules,
        now=now,
        reporter_name=message.person_name,
        anonymous_channel=message.channel if is_anonymous else None,
        teller=teller,
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


def answer_yes(
    conn: Connection, message: StoredMessage, *, text: str, rules: Rulebook, now: datetime
) -> TurnAnswer | None:
    """Raise what was suspected, when the question was answered with yes; None when it was not asked, or not so answered."""
    before = messages.previous_answer(conn, message, since=now - LASTS) if says_yes(text) else None
    kind = str(before.understanding.get("suspected")) if before else ""
    if before is None or kind not in SERVICES:
        return None
    emergency = Emergency(SERVICES[kind], kind, kind, decided_by="asked")
    return answer_emergency(conn, emergency, message, text=f"{before.text}\n{text}", rules=rules, now=now)


def answer_over(
    conn: Connection, message: StoredMessage, *, text: str, rules: Rulebook, now: datetime
) -> TurnAnswer | None:
    """Answer somebody who says that the danger has passed; None when the message is about anything else."""
    case = stand_down_emergency(
        conn, text=text, conversation_id=message.conversation_id, message=message.id, rules=rules, now=now
    )
    if case is None:
        return None
    reply = Reply(text=in_region(say("emergency", "over", number=case.number), rules.region), to=_to(message))
    return TurnAnswer((reply,), case.number, {"intent": "emergency_over"})


def ask_whether(message: StoredMessage, said: TurnAnswer) -> TurnAnswer:
    """Put the question whether somebody is in danger before an answer, where that is suspected."""
    found = recognise(message.text, addressed=message.addressed)
    if found is None or not found.suspected:
        return said
    question = Reply(text=say("emergency", "suspected"), to=_to(message))
    understanding = {**said.understanding, "suspected": found.kind}
    return TurnAnswer((question, *said.replies), said.case_number, understanding)


def ask_only(message: StoredMessage, said: TurnAnswer, danger: Emergency) -> TurnAnswer:
    """Ask whether somebody is in danger instead of anything else, so that a yes is a yes to that."""
    question = Reply(text=say("emergency", "suspected"), to=_to(message))
    return TurnAnswer((question,), said.case_number, {**said.understanding, "suspected": danger.kind})


def _to(message: StoredMessage) -> str:
    return GROUP if message.scene == GROUP else PERSON


def _answer(message: StoredMessage, raised: RaisedEmergency) -> TurnAnswer:
    understanding = {
        "intent": "emergency",
        "emergency": True,
        "services": list(raised.services),
        **({"asks": raised.asks} if raised.asks else {}),
    }
    return TurnAnswer((Reply(text=raised.text, to=_to(message)),), raised.number, understanding)
