"""Raise an emergency: a case at the highest priority, and what somebody in danger is told at once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.address import Address
from community.model.address_text import Places, extract_location
from community.model.case import CaseKind, NewCase
from community.model.emergency import Emergency
from community.model.hazard_report import categorise_emergency
from community.model.rulebook import Rulebook
from community.usecases.open_case import open_case
from community.wording import say


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedEmergency:
    """A raised emergency.

    Attributes:
        case_id, number: the case.
        created: False when this message had raised it before.
        text: what is said at once: whom to call, what to do, the case's number.
        asks: `location` while nobody knows where it is.
    """

    case_id: int
    number: str
    created: bool
    text: str
    asks: str | None


def raise_emergency(
    conn: Connection,
    emergency: Emergency,
    *,
    text: str,
    conversation_id: str,
    message: int | str,
    rules: Rulebook,
    now: datetime,
    reporter_name: str = "",
) -> RaisedEmergency:
    """Open an emergency case for one message; the same message again is the same case.

    Args:
        text: what the resident wrote or said.
        message: id of the message, unique over all channels.
    """
    place = extract_location(text, places_of(rules))
    place_text = place.text if place else ""
    what = say("emergency", f"kinds.{emergency.kind}")
    opened = open_case(
        conn,
        NewCase(
            kind=CaseKind.HAZARD,
            source_key=f"message:{message}:emergency",
            summary=say("emergency", "summary", what=what, place=place_text),
            description=text,
            category=categorise_emergency(text, emergency),
            danger=True,
            address=place.address if place else Address(),
            location_text=place_text,
            reporter_name=reporter_name,
            conversation_id=conversation_id,
        ),
        rules=rules,
        actor=Actor.resident(conversation_id),
        now=now,
    )
    advice = advise(emergency, rules)
    said = say("emergency", "said", advice=advice, number=opened.number, place=place_text)
    asks = None if place else "location"
    return RaisedEmergency(
        case_id=opened.id, number=opened.number, created=opened.created, text=said.strip(), asks=asks
    )


def advise(emergency: Emergency, rules: Rulebook) -> str:
    """Say whom to call and what to do and not to do."""
    return say("emergency", f"advice.{emergency.advice_key}", gas_phone=rules.gas_phone)


def places_of(rules: Rulebook) -> Places:
    """The names by which residents say where something is."""
    return Places(tuple(rules.communities), dict(rules.place_names))
