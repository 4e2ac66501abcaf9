"""Somebody in danger speaks again: what they add goes onto the case that is open, and the place to whoever was sent."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.address_text import FoundLocation
from community.model.cases.case import Case
from community.model.rulebook import Rulebook
from community.store import cases as store
from community.texts.say import say
from community.usecases.change_case import change_case
from community.usecases.change_report import completed_place
from community.usecases.note_case import note_case
from community.usecases.recognise_emergency import summary_of
from community.usecases.tell_step import mark_rehearsal, tell_robots, text_values


def continue_emergency(
    conn: Connection,
    case: Case,
    *,
    text: str,
    source_key: str,
    place: FoundLocation | None,
    rules: Rulebook,
    now: datetime,
) -> Case:
    """Note what was said, and complete the place; the group robots hear of a place that was not known.

    Args:
        source_key: the message it comes from; the same again changes nothing.
        place: what the message says of the place; it does not contradict the case.
    """
    if store.is_recorded(conn, source_key):
        return store.case_by_id(conn, case.id)
    actor = Actor.resident(case.conversation_id or "")
    note_case(conn, case.id, text, actor=actor, now=now, source_key=source_key)
    if place is None:
        return case
    address, location_text = completed_place(case, place)
    if (address, location_text) == (case.address, case.location_text):
        return case
    changed = change_case(
        conn,
        case.id,
        rules=rules,
        actor=actor,
        now=now,
        address=address,
        location_text=location_text,
        summary=summary_of(case.description, location_text) or None,
        reason=text,
    )
    if address != case.address or not case.location_text:
        said = mark_rehearsal(changed, say("cases", "changed", **text_values(changed, rules.timezone)))
        tell_robots(conn, changed, said, key=f"case:{case.id}:{source_key}", rules=rules, now=now)
    return changed
