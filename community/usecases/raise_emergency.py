"""Raise an emergency: a case at the highest priority, and what somebody in danger is told at once.

Told again, or completed by its place, it stays one case. However many are told, everybody gets the answer; only what the
group robots ring for is limited.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from community.files.hazard_knowledge import load_category_opinion
from community.model.actor import Actor
from community.model.address import Address
from community.model.address_text import FoundLocation, Places, extract_location
from community.model.cases.case import Case, CaseKind, NewCase, Priority
from community.model.hazards.emergency import Emergency
from community.model.hazards.emergency_numbers import in_region
from community.model.hazards.hazard_report import categorise_emergency, word_scores
from community.model.rulebook import Rulebook
from community.model.text import normalise
from community.store import cases as store
from community.texts.say import say
from community.usecases.continue_emergency import continue_emergency
from community.usecases.note_case import note_case
from community.usecases.open_case import open_case
from community.usecases.recognise_emergency import recognise_emergency, summary_of
from community.usecases.tell_step import mark_rehearsal, tell_robots

#: So long, what somebody in danger says belongs to what they said before.
LASTS = timedelta(minutes=15)
#: Emergencies that one conversation may open in an hour; the next ones are noted on the last.
_PER_HOUR = 3
#: Emergencies that all who write without showing who they are may open in a minute, together.
_PER_MINUTE = 10
#: Characters beside a place in a message that tells nothing else: 我在…，快来.
_BESIDE_PLACE = 8
_FIRES = frozenset({"fire", "electric_fire"})
#: How many open emergencies are looked through for the same building.
_OPEN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedEmergency:
    """A raised emergency.

    Attributes:
        case_id: the case that keeps it.
        number: what it is called to who raised it; None when it was noted on a case of others.
        created: False when this message, or an earlier one, had raised it before.
        text: what is said at once: whom to call, what to do, the case's number.
        asks: `location` while nobody knows where it is.
        services: whom to call.
    """

    case_id: int
    number: str | None
    created: bool
    text: str
    asks: str | None
    services: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """What is known of who tells of an emergency, by the number they write from.

    Attributes:
        home: where they live; the emergency is there unless they say otherwise.
        contact: how staff reach them, in a sentence; empty where the case shows it anyhow.
    """

    resident_id: int | None = None
    target_id: int | None = None
    campaign_id: int | None = None
    home: Address | None = None
    grid: str = ""
    contact: str = ""
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class _Said:
    """A message of somebody in danger."""

    text: str
    place: FoundLocation | None
    conversation_id: str
    key: str

    @property
    def where(self) -> str:
        return self.place.text if self.place else ""


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
    anonymous_channel: str | None = None,
    teller: Teller | None = None,
) -> RaisedEmergency:
    """Open an emergency case for a message, or add it to the open one that it tells of again.

    The conversation must be entered, so that nobody else raises one in it at the same time.

    Args:
        text: what the resident wrote or said.
        message: id of the message, unique over all channels.
        anonymous_channel: the channel, where anybody may begin a conversation without showing who they are.
        teller: who it is, where that is known.
    """
    key = f"message:{message}:emergency"
    said = _Said(text, extract_location(text, places_of(rules)), conversation_id, key)
    told = store.emergencies_told(conn, conversation_id, since=now - timedelta(hours=1))
    if store.case_by_source_key(conn, key) is None:
        if (case := _told_before(told, said.place, now=now)) is not None:
            joined = _add(conn, case, said, rules=rules, now=now)
            _tell_another_kind(conn, joined, emergency, rules=rules, now=now)
            return _told_again(joined, emergency, rules)
        if anonymous_channel is not None and (crowd := _crowd(conn, anonymous_channel, now=now)) is not None:
            return _hand_on(conn, crowd, emergency, said, rules=rules, now=now)
    return _open(conn, emergency, said, reporter_name, teller or Teller(), rules=rules, now=now)


def place_emergency(
    conn: Connection,
    *,
    text: str,
    conversation_id: str,
    message: int | str,
    just_told: bool,
    rules: Rulebook,
    now: datetime,
) -> RaisedEmergency | None:
    """Take the bare answer to 「您现在在哪里」; None where nobody is in danger, or the message is about something else.

    Args:
        just_told: the message before was about the emergency, so that this one completes a place which is known.
    """
    told = store.emergencies_told(conn, conversation_id, since=now - LASTS)
    case = next((case for case in told if case.status.is_open and case.danger), None)
    emergency = recognise_emergency(case.description) if case is not None else None
    if case is None or emergency is None or (case.location_text and not just_told):
        return None
    place = extract_location(text, places_of(rules))
    if place is None or not _is_bare(text, place) or _is_elsewhere(case, place):
        return None
    said = _Said(text, place, conversation_id, f"message:{message}:emergency")
    return _told_again(_add(conn, case, said, rules=rules, now=now), emergency, rules)


def advise(emergency: Emergency, rules: Rulebook) -> str:
    """Say whom to call and what to do and not to do."""
    advice = say("emergency", f"advice.{emergency.advice_key}", gas_phone=rules.gas_phone)
    return in_region(advice, rules.region)


def places_of(rules: Rulebook) -> Places:
    """The names by which residents say where something is."""
    return Places(tuple(rules.communities), dict(rules.place_names))


def _told_before(told: Sequence[Case], place: FoundLocation | None, *, now: datetime) -> Case | None:
    """The case that a message goes onto: the one it tells of again, or the last one where too many were opened."""
    again = next((case for case in told if _is_running(case, place, now=now)), None)
    if again is not None or len(told) < _PER_HOUR:
        return again
    return next((case for case in told if case.status.is_open), told[0])


def _is_running(case: Case, place: FoundLocation | None, *, now: datetime) -> bool:
    if not case.status.is_open or not case.danger or now - case.opened_at > LASTS:
        return False
    return not (place and _is_elsewhere(case, place))


def _is_elsewhere(case: Case, place: FoundLocation) -> bool:
    """Whether a place is another one than was told; a home that was only assumed gives way to what is told."""
    return bool(case.location_text) and case.address.contradicts(place.address)


def _tell_another_kind(conn: Connection, case: Case, emergency: Emergency, *, rules: Rulebook, now: datetime) -> None:
    """Tell the group robots, once, of a danger that the case did not speak of: 着火, then 我妈晕倒了."""
    before = recognise_emergency(case.description)
    kinds = {emergency.kind, before.kind if before else ""}
    if len(kinds) == 1 or kinds == _FIRES or not case.status.is_open:
        return
    what = say("emergency", f"kinds.{emergency.kind}")
    said = say("emergency", "another", number=case.number, place=case.location_text, what=what)
    key = f"case:{case.id}:also:{emergency.kind}"
    tell_robots(conn, case, mark_rehearsal(case, said), key=key, rules=rules, now=now)


def _note_beside(conn: Connection, case: Case, *, now: datetime) -> None:
    """Write onto a new case, and onto the one of a neighbour, that both tell of the same building."""
    if not case.address.building:
        return
    wanted = store.CaseFilter(open=True, kinds=(CaseKind.HAZARD,), priorities=(Priority.EMERGENCY,))
    for other in store.list_cases(conn, wanted, limit=_OPEN):
        same = (other.address.community, other.address.building) == (case.address.community, case.address.building)
        if same and other.id != case.id and other.danger and now - other.opened_at <= LASTS:
            for here, there in ((case, other), (other, case)):
                text = say("emergency", "beside", number=there.number)
                key = f"case:{here.id}:beside:{there.id}"
                note_case(conn, here.id, text, actor=Actor.system("emergency"), now=now, source_key=key)


def _add(conn: Connection, case: Case, said: _Said, *, rules: Rulebook, now: datetime) -> Case:
    fits = said.place is not None and case.status.is_open and not _is_elsewhere(case, said.place)
    place = said.place if fits else None
    return continue_emergency(conn, case, text=said.text, source_key=said.key, place=place, rules=rules, now=now)


def _is_bare(text: str, place: FoundLocation) -> bool:
    plain = normalise(text)
    beside = plain[: place.start] + plain[place.end :]
    return len(beside) <= _BESIDE_PLACE and not word_scores(beside)


def _crowd(conn: Connection, channel: str, *, now: datetime) -> int | None:
    """The newest emergency of a channel where too many are raised; None while there is room."""
    raised = store.emergencies_of_channel(conn, channel, since=now - timedelta(minutes=1))
    return raised[0] if len(raised) >= _PER_MINUTE else None


def _open(
    conn: Connection,
    emergency: Emergency,
    said: _Said,
    reporter_name: str,
    teller: Teller,
    *,
    rules: Rulebook,
    now: datetime,
) -> RaisedEmergency:
    new = NewCase(
        kind=CaseKind.HAZARD,
        source_key=said.key,
        summary=summary_of(said.text, said.where),
        description=f"{said.text}\n{teller.contact}".strip(),
        category=categorise_emergency(said.text, emergency, load_category_opinion().guesses(said.text)),
        danger=True,
        address=said.place.address if said.place else teller.home or Address(),
        grid=None if said.place else teller.grid or None,
        resident_id=teller.resident_id,
        target_id=teller.target_id,
        campaign_id=teller.campaign_id,
        rehearsal=teller.rehearsal,
        location_text=said.where,
        reporter_name=reporter_name,
        conversation_id=said.conversation_id,
    )
    opened = open_case(conn, new, rules=rules, actor=Actor.resident(said.conversation_id), now=now)
    if opened.created:
        _note_beside(conn, store.case_by_id(conn, opened.id), now=now)
    return _raised("said", opened.id, opened.number, emergency, rules, created=opened.created, place=said.where)


def _told_again(case: Case, emergency: Emergency, rules: Rulebook) -> RaisedEmergency:
    return _raised("told_again", case.id, case.number, emergency, rules, created=False, place=case.location_text)


def _hand_on(
    conn: Connection, case_id: int, emergency: Emergency, said: _Said, *, rules: Rulebook, now: datetime
) -> RaisedEmergency:
    note_case(conn, case_id, said.text, actor=Actor.resident(said.conversation_id), now=now, source_key=said.key)
    return _raised("handed_on", case_id, None, emergency, rules, created=False, place=said.where)


def _raised(
    sentence: str,
    case_id: int,
    number: str | None,
    emergency: Emergency,
    rules: Rulebook,
    *,
    created: bool,
    place: str,
) -> RaisedEmergency:
    said = say("emergency", sentence, advice=advise(emergency, rules), number=number or "", place=place)
    return RaisedEmergency(
        case_id=case_id,
        number=number,
        created=created,
        text=said.strip(),
        asks=None if place else "location",
        services=emergency.services,
    )
