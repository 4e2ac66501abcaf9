"""Apply what the carrier tells of a call: each callback once, in any order, never backwards."""

from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.calls.call import AttemptStatus, Outcome, may_move
from community.model.rulebook import Rulebook
from community.store import calls
from community.store import dialling as store
from community.store.dialling import Attempt
from community.store.recordings import RecordingStatus, note_recording
from community.usecases.close_attempt import close_attempt
from community.usecases.reconsider_attempt import reconsider_attempt
from community.usecases.take_message import take_message
from voice.carriers.base import CallEvent, EventKind, FoundCall
from voice.engine.outcome import outcome_of

log = structlog.get_logger(__name__)

_ACTOR = Actor.system("voice")

#: Without a callback for so long, the carrier is asked.
ASK_AFTER = timedelta(seconds=60)
#: Longer than anybody is listened to in one step.
ASK_AFTER_WHILE_TALKING = timedelta(seconds=90)
#: The last sentence takes so long; then the callback that the call is over is due.
ASK_AFTER_GOODBYE = timedelta(seconds=20)

#: What the carrier or we say of a recording that there is.
_RECORDED = frozenset({"completed", *RecordingStatus})

_MOMENTS = {
    AttemptStatus.PLACED: "placed_at",
    AttemptStatus.RINGING: "ringing_at",
    AttemptStatus.IN_PROGRESS: "answered_at",
}


def apply_event(conn: Connection, attempt_id: str, event: CallEvent, *, rules: Rulebook, now: datetime) -> None:
    """Store a callback and let it move its call, if it is news and not late; what follows commits with it.

    Args:
        event: of kind status, machine or recording; a status may also be what the carrier said when it was asked.

    Raises:
        NotFound: there is no such attempt.
    """
    apply_to(conn, store.attempt_by_id(conn, attempt_id, lock=True), event, rules=rules, now=now)


def apply_to(conn: Connection, attempt: Attempt, event: CallEvent, *, rules: Rulebook, now: datetime) -> None:
    """Do the same for an attempt that was read, and is held, in this transaction."""
    event_id = store.record_event(conn, attempt.id, key=event.key, kind=event.kind, detail=_detail(event), at=now)
    if event_id is None:
        return
    if not _is_of_this_call(conn, attempt, event):
        log.error("callback_of_another_call", attempt=attempt.id, carrier_id=event.carrier_id)
        store.mark_not_applied(conn, event_id)
    elif not _APPLY[event.kind](conn, attempt, event, rules, now):
        log.debug("callback_late", attempt=attempt.id, kind=event.kind, status=event.status, stands=attempt.status)
        store.mark_not_applied(conn, event_id)


def event_of_poll(found: FoundCall) -> CallEvent:
    """What the carrier said when it was asked, as an event; the same answer again is the same event."""
    return CallEvent(
        kind=EventKind.STATUS,
        key=f"asked:{found.carrier_id}:{found.status}:{found.outcome or ''}",
        carrier_id=found.carrier_id,
        status=found.status,
        outcome=found.outcome,
        duration=found.duration,
    )


def _is_of_this_call(conn: Connection, attempt: Attempt, event: CallEvent) -> bool:
    if event.carrier_id is None or event.carrier_id == attempt.carrier_id:
        return True
    if attempt.carrier_id is not None or store.carrier_ids_known(conn, [event.carrier_id]):
        return False
    # The first word of a call whose POST was not answered (yet): from now on it is this attempt's.
    facts: dict[str, Any] = {"carrier_id": event.carrier_id}
    if attempt.placed_at is None:
        facts["placed_at"] = attempt.created_at
    store.note_on_attempt(conn, attempt.id, **facts)
    return True


def _apply_status(conn: Connection, attempt: Attempt, event: CallEvent, rules: Rulebook, now: datetime) -> bool:
    to = event.status
    if to is None or to is AttemptStatus.UNKNOWN:
        return False
    if to.is_final:
        return _end(conn, attempt, event, rules, now)
    late = event.sequence is not None and event.sequence <= attempt.sequence
    if late or not may_move(attempt.status, to):
        return False
    wait = ASK_AFTER_WHILE_TALKING if to is AttemptStatus.IN_PROGRESS else ASK_AFTER
    facts: dict[str, Any] = {_MOMENTS[to]: now, "check_at": now + wait}
    if event.sequence is not None:
        facts["sequence"] = event.sequence
    return store.move_attempt(conn, attempt, to, **facts)


def _end(conn: Connection, attempt: Attempt, event: CallEvent, rules: Rulebook, now: datetime) -> bool:
    to = AttemptStatus(event.status or AttemptStatus.ENDED)
    carrier_says = event.outcome
    if attempt.status is AttemptStatus.IN_PROGRESS and to is not AttemptStatus.ENDED:
        # Somebody had picked up: whatever the carrier calls it, that call took place.
        to, carrier_says = AttemptStatus.ENDED, carrier_says or Outcome.ANSWERED
    outcome = outcome_of(conn, attempt, carrier_says)
    if to is AttemptStatus.ENDED:
        outcome = outcome or Outcome.UNKNOWN
    facts: dict[str, Any] = {"duration": event.duration, "error_code": event.error_code or attempt.error_code}
    if event.error_text:
        facts["error_text"] = event.error_text
    if event.sequence is not None:
        facts["sequence"] = max(event.sequence, attempt.sequence)
    return close_attempt(conn, attempt, to, outcome=outcome, rules=rules, now=now, again_at=now, **facts)


def _apply_machine(conn: Connection, attempt: Attempt, event: CallEvent, rules: Rulebook, now: datetime) -> bool:
    if not event.answered_by or attempt.answered_by:
        return False
    store.note_on_attempt(conn, attempt.id, answered_by=event.answered_by[:30])
    if attempt.outcome is Outcome.ANSWERED:
        outcome = outcome_of(conn, attempt, Outcome.ANSWERED, answered_by=event.answered_by)
        reconsider_attempt(conn, attempt, outcome or Outcome.ANSWERED, rules=rules, now=now)
    return True


def _apply_recording(conn: Connection, attempt: Attempt, event: CallEvent, rules: Rulebook, now: datetime) -> bool:
    if event.recording_id is None:
        return False
    if event.is_message:
        return _apply_message(conn, attempt, event, rules, now)
    if event.recording_status == "completed":
        note_recording(
            conn,
            attempt.id,
            carrier=attempt.carrier,
            carrier_id=event.recording_id,
            seconds=event.recording_seconds,
            now=now,
            withdrawn=attempt.records is False,
        )
    if (attempt.recording or {}).get("status") in _RECORDED:
        return False
    recording = {"id": event.recording_id, "status": event.recording_status, "seconds": event.recording_seconds}
    store.note_on_attempt(conn, attempt.id, recording=recording)
    return True


def _apply_message(conn: Connection, attempt: Attempt, event: CallEvent, rules: Rulebook, now: datetime) -> bool:
    """A message after the tone; whoever hung up while speaking is heard all the same."""
    call = calls.running_call(conn, attempt.id)
    if call is None or event.recording_status != "completed" or event.recording_seconds == 0:
        return False
    recording, seconds = event.recording_id or "", event.recording_seconds
    take_message(conn, call, recording=recording, seconds=seconds, rules=rules, actor=_ACTOR, now=now)
    return True


def _ignore(conn: Connection, attempt: Attempt, event: CallEvent, rules: Rulebook, now: datetime) -> bool:  # noqa: ARG001 - one signature for all kinds
    return False


_APPLY = {
    EventKind.STATUS: _apply_status,
    EventKind.MACHINE: _apply_machine,
    EventKind.RECORDING: _apply_recording,
    EventKind.STEP: _ignore,
    EventKind.INBOUND: _ignore,
}


def _detail(event: CallEvent) -> dict[str, Any]:
    facts = {
        "status": event.status,
        "outcome": event.outcome,
        "sequence": event.sequence,
        "answered_by": event.answered_by,
        "recording": event.recording_id,
        "duration": event.duration,
        "error_code": event.error_code,
    }
    return {name: value for name, value in facts.items() if value is not None}
