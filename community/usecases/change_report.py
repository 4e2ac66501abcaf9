"""The reporter corrects, completes or takes back what they reported in this conversation."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.address import Address
from community.model.address_text import FoundLocation
from community.model.cases.case import Case, CaseKind
from community.model.hazards.report_draft import corrected_place
from community.model.rulebook import Rulebook
from community.store import cases as store
from community.usecases.change_case import change_case
from community.usecases.note_case import note_case
from community.usecases.recognise_emergency import summary_of

#: A correction without a number means a report no older than this.
_RECENT = timedelta(hours=24)


def latest_report(conn: Connection, conversation_id: str, *, now: datetime) -> Case | None:
    """The newest open hazard case of a conversation, if it is recent."""
    wanted = store.CaseFilter(open=True, kinds=(CaseKind.HAZARD,), conversation_id=conversation_id)
    case = next(iter(store.list_cases(conn, wanted, limit=1)), None)
    return case if case is not None and now - case.opened_at <= _RECENT else None


def change_report(
    conn: Connection,
    case: Case,
    *,
    text: str,
    source_key: str,
    rules: Rulebook,
    now: datetime,
    place: FoundLocation | None = None,
    category: str | None = None,
    complete: bool = False,
) -> Case:
    """Correct a case's place or category and keep the resident's words; the same again changes nothing.

    Args:
        complete: the place is added to what is known instead of replacing it.
    """
    actor = Actor.resident(case.conversation_id or "")
    address, location_text = _place(case, place, complete=complete)
    changed = change_case(
        conn,
        case.id,
        rules=rules,
        actor=actor,
        now=now,
        address=address,
        location_text=location_text,
        category=category,
        summary=_summary(case, rules, category=category, location_text=location_text),
        reason=text,
    )
    note_case(conn, case.id, text, actor=actor, now=now, source_key=source_key)
    return changed


def completed_place(case: Case, place: FoundLocation) -> tuple[Address, str]:
    """A case's address and place in words, with what a resident adds to them."""
    known = case.location_text
    if not known and case.address.contradicts(place.address):
        # Nobody had said where: it was taken to be at home.
        return place.address, place.text
    if place.text in known:
        return case.address.completed_by(place.address), known
    # 302, then 8栋: what stands above comes first.
    above = bool(known) and bool(place.address.building) and bool(case.address.parts[2] or case.address.room)
    above = above and not case.address.building
    text = f"{place.text}{known}" if above else f"{known}，{place.text}" if known else place.text
    return case.address.completed_by(place.address), text


def _place(case: Case, place: FoundLocation | None, *, complete: bool) -> tuple[Address | None, str | None]:
    if place is None:
        return None, None
    if complete:
        return completed_place(case, place)
    return corrected_place(case.address, place)


def _summary(case: Case, rules: Rulebook, *, category: str | None, location_text: str | None) -> str:
    hazard = rules.hazards.get(category or case.category or "")
    where = case.location_text if location_text is None else location_text
    name = hazard.name if hazard else ""
    if case.danger and (urgent := summary_of(case.description, where, called=name if category else "")):
        return urgent
    return f"{name}，{where}" if where else name
