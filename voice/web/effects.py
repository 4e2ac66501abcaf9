"""What a turn of a call asks for, carried out in its transaction: answers, cases, refusals, messages."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.calls.call import Direction
from community.model.cases.case import CaseKind, NewCase
from community.model.rulebook import Rulebook
from community.store.calls import RunningCall
from community.usecases.mark_wrong_number import mark_wrong_number
from community.usecases.open_answer_case import open_answer_case
from community.usecases.open_case import OpenedCase, open_case
from community.usecases.opt_out import opt_out
from community.usecases.record_answer import record_answer
from community.usecases.record_health_consent import record_health_consent
from community.usecases.stop_calling_guardian import stop_calling_guardian
from community.usecases.take_message import take_message, whose_phone
from community.usecases.withdraw_recording import withdraw_recording
from voice.carriers.base import CallEvent, EventKind
from voice.engine.apply import apply_event
from voice.script.turn import (
    Effect,
    HealthConsent,
    MachineHeard,
    MessageLeft,
    OptOut,
    RaiseCase,
    RecordAnswer,
    RecordNoMore,
    WrongNumber,
)

ACTOR = Actor.system("voice")


def carry_out(
    conn: Connection, call: RunningCall, effect: Effect, *, said: str, rules: Rulebook, now: datetime
) -> int | None:
    """Do one thing that a turn asks for; the id of a case that takes over the target.

    Args:
        said: the resident's words of this turn.
    """
    match effect:
        case RecordAnswer():
            _record(conn, call, effect, now)
        case RaiseCase():
            opened = _open(conn, call, effect, rules=rules, now=now)
            return opened.id if effect.settles else None
        case MessageLeft():
            _take_message(conn, call, effect, rules=rules, now=now)
        case RecordNoMore():
            withdraw_recording(conn, call.attempt_id, actor=ACTOR, now=now)
        case MachineHeard():
            machine = CallEvent(kind=EventKind.MACHINE, key="machine:heard", answered_by="machine")
            apply_event(conn, call.attempt_id, machine, rules=rules, now=now)
        case OptOut() | HealthConsent() | WrongNumber() if not call.rehearsal or call.sample:
            return _learn(conn, call, effect, said=said, rules=rules, now=now)
    return None


def _learn(
    conn: Connection,
    call: RunningCall,
    effect: OptOut | HealthConsent | WrongNumber,
    *,
    said: str,
    rules: Rulebook,
    now: datetime,
) -> int | None:
    """Keep what is true of the resident; a rehearsal learns nothing about real people."""
    resident_id = call.resident_id
    if resident_id is None:
        if isinstance(effect, OptOut):
            open_case(conn, _unknown_opts_out(call), rules=rules, actor=ACTOR, now=now)
        return None
    match effect:
        case OptOut() if call.is_guardians:
            stop_calling_guardian(conn, call, rules=rules, actor=ACTOR, now=now)
        case OptOut():
            opt_out(conn, resident_id, reason="电话里说不要再打", actor=ACTOR, now=now)
        case HealthConsent():
            record_health_consent(conn, resident_id, given=effect.given, how="电话", actor=ACTOR, now=now)
        case WrongNumber():
            return mark_wrong_number(conn, call, said=said, rules=rules, actor=ACTOR, now=now).id
    return None


def _record(conn: Connection, call: RunningCall, effect: RecordAnswer, now: datetime) -> None:
    if call.target_id is None:
        return
    record_answer(
        conn,
        target_id=call.target_id,
        question_id=effect.question,
        reading=effect.reading,
        heard=effect.heard.speech,
        digits=effect.heard.digits,
        actor=ACTOR,
        now=now,
        attempt_id=call.attempt_id,
        channel="inbound" if call.direction is Direction.INBOUND else "phone",
        rehearsal=call.rehearsal,
    )


def _take_message(conn: Connection, call: RunningCall, effect: MessageLeft, *, rules: Rulebook, now: datetime) -> None:
    take_message(
        conn,
        call,
        words=effect.words,
        recording=effect.recording,
        seconds=effect.seconds,
        rules=rules,
        actor=ACTOR,
        now=now,
    )


def _open(conn: Connection, call: RunningCall, effect: RaiseCase, *, rules: Rulebook, now: datetime) -> OpenedCase:
    new = _new_case(call, effect)
    about, _, question_id = effect.key.partition(":")
    if about == "answer" and call.target_id is not None:
        return open_answer_case(conn, new, call.target_id, question_id, rules=rules, actor=ACTOR, now=now)
    return open_case(conn, new, rules=rules, actor=ACTOR, now=now)


def _new_case(call: RunningCall, effect: RaiseCase) -> NewCase:
    at_home = effect.address.is_empty
    return NewCase(
        kind=effect.kind,
        source_key=f"attempt:{call.attempt_id}:{effect.key}",
        summary=effect.summary,
        description="\n".join(filter(None, [effect.description, *whose_phone(call)])),
        priority=effect.priority,
        danger=effect.danger,
        category=effect.category,
        address=call.address if at_home else effect.address,
        location_text=effect.location_text,
        grid=(call.grid or None) if at_home else None,
        resident_id=call.resident_id,
        campaign_id=call.campaign_id,
        target_id=call.target_id,
        attempt_id=call.attempt_id,
        rehearsal=call.rehearsal,
    )


def _unknown_opts_out(call: RunningCall) -> NewCase:
    return NewCase(
        kind=CaseKind.LIST_CHECK,
        source_key=f"attempt:{call.attempt_id}:opted_out",
        summary="有人来电要求不再打电话，认不出是谁，请核对名册",
        description="\n".join(whose_phone(call)),
        address=call.address,
        grid=call.grid or None,
        attempt_id=call.attempt_id,
        rehearsal=call.rehearsal,
    )
