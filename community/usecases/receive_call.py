"""Take a call that comes in: write it down, find out who may be calling, and what we wanted of them."""

import secrets
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from community.model.calls.call import AttemptStatus, Direction
from community.model.calls.campaign import CampaignStatus, TargetStatus
from community.model.residents.forms_of_address import who_is_asked
from community.store import inbound
from community.store.campaigns import campaign_by_id
from community.store.inbound import OpenTarget, PossibleCaller
from community.store.targets import move_target, target_by_id

#: Without a word from the carrier it is asked how the call stands after so long.
_ASK_AFTER = timedelta(seconds=90)
#: So many are asked for by name, one after the other.
_ASKED_FOR = 3


def receive_call(
    conn: Connection, *, carrier: str, carrier_id: str, caller: str, called: str, rehearsal: bool, now: datetime
) -> str:
    """Write down a call that comes in, bound to what we want of the caller where only one person can be calling.

    Args:
        caller: E.164; empty for somebody who hides their number.
        called: our number.

    Returns:
        The attempt's id; the same for the same call of the carrier.
    """
    known = inbound.attempt_of_call(conn, carrier, carrier_id)
    if known is not None:
        return known
    attempt_id = uuid.uuid4().hex
    callers = inbound.possible_callers(conn, caller) if caller else []
    wanted = _wanted(conn, callers, rehearsal=rehearsal, number=caller)
    document = _home(callers) | {"callers": _to_ask_for(callers, wanted)}
    row = {
        "id": attempt_id,
        "token": secrets.token_hex(16),
        "direction": Direction.INBOUND,
        "n": 0,
        "number": caller,
        "from_number": called,
        "carrier": carrier,
        "carrier_id": carrier_id,
        "status": AttemptStatus.IN_PROGRESS,
        "dialogue": document,
        "rehearsal": rehearsal,
        "created_at": now,
        "answered_at": now,
        "check_at": now + _ASK_AFTER,
    }
    if not inbound.insert_call(conn, row):
        return inbound.attempt_of_call(conn, carrier, carrier_id) or attempt_id
    if len(callers) == 1:
        recognise_caller(conn, attempt_id, _candidate(callers[0], wanted), document, number=caller, rehearsal=rehearsal)
    return attempt_id


def recognise_caller(
    conn: Connection,
    attempt_id: str,
    candidate: Mapping[str, Any],
    document: Mapping[str, Any],
    *,
    number: str,
    rehearsal: bool,
) -> bool:
    """Say who is calling, and take up what we wanted of them.

    Args:
        candidate: one of the document's `callers`.
        document: the call's state, as far as it is kept.

    Returns:
        Whether there is anything to ask; their target is then theirs alone until the call is over.
    """
    resident_id = int(candidate["resident"])
    state = {**document, "callers": []}
    facts: dict[str, Any] = {"resident_id": None if candidate["guardian"] else resident_id}
    for wanted in inbound.open_targets_of(conn, [resident_id], rehearsal=rehearsal, number=number):
        if not candidate["wanted"] or not _take_up(conn, wanted):
            continue
        facts = {
            "resident_id": resident_id,
            "target_id": wanted.id,
            "campaign_id": wanted.campaign_id,
            "n": inbound.next_n(conn, wanted.id),
        }
        state |= {"callee": "guardian"} if candidate["guardian"] else {}
        state |= {"waits_until": wanted.next_at.isoformat()} if wanted.next_at else {}
        break
    inbound.say_who_calls(conn, attempt_id, dialogue=state, **facts)
    return "target_id" in facts


def _take_up(conn: Connection, wanted: OpenTarget) -> bool:
    """Lock a target and mark it as being called; False when that is no longer possible."""
    target = target_by_id(conn, wanted.id, lock=True)
    if campaign_by_id(conn, wanted.campaign_id).status is not CampaignStatus.RUNNING:
        return False
    if target.status is TargetStatus.WAITING:
        return move_target(conn, target, TargetStatus.CALLING, next_at=None)
    return target.status is TargetStatus.CALLING


def _wanted(
    conn: Connection, callers: Sequence[PossibleCaller], *, rehearsal: bool, number: str
) -> dict[int, OpenTarget]:
    """What is most urgently wanted of each of them."""
    people = [caller.resident_id for caller in callers if not caller.opted_out]
    found: dict[int, OpenTarget] = {}
    for target in inbound.open_targets_of(conn, people, rehearsal=rehearsal, number=number) if people else ():
        found.setdefault(target.resident_id, target)
    return found


def _to_ask_for(callers: Sequence[PossibleCaller], wanted: Mapping[int, OpenTarget]) -> list[dict[str, Any]]:
    """Whom to ask for on a phone of several, the most urgent first; people who are called the same are not."""
    if len(callers) == 1:
        return []
    names = Counter(_name_of(caller) for caller in callers)
    asked = [caller for caller in callers if caller.resident_id in wanted and names[_name_of(caller)] == 1]
    asked.sort(key=lambda caller: -wanted[caller.resident_id].priority.rank)
    return [_candidate(caller, wanted) for caller in asked[:_ASKED_FOR]]


def _candidate(caller: PossibleCaller, wanted: Mapping[int, OpenTarget]) -> dict[str, Any]:
    return {
        "resident": caller.resident_id,
        "guardian": caller.is_guardian,
        "name": _name_of(caller),
        "wanted": caller.resident_id in wanted,
    }


def _name_of(caller: PossibleCaller) -> str:
    return who_is_asked(caller.name, caller.sex, family=caller.is_guardian)


def _home(callers: Sequence[PossibleCaller]) -> dict[str, Any]:
    """Where the phone is at home, and the language spoken there, as far as all of them have it in common."""
    homes = {caller.household_id for caller in callers if not caller.is_guardian}
    languages = {caller.language for caller in callers}
    document: dict[str, Any] = {"language": languages.pop()} if len(languages) == 1 else {}
    if len(homes) == 1:
        caller = callers[0]
        document["home"] = [*caller.address.parts, caller.grid]
    return document
