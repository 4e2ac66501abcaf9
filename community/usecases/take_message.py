"""Take what somebody said for staff at the end of a call, in words or after the tone: it is a case until somebody listened."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.calls.call import Direction
from community.model.cases.case import CaseKind
from community.model.cases.case_text import hide_numbers, shorten
from community.model.rulebook import Rulebook
from community.store import cases as case_store
from community.store.calls import RunningCall
from community.store.recordings import RecordingKind, note_recording
from community.usecases.case_of_call import case_of_call
from community.usecases.open_case import OpenedCase, open_case

_TO_HEAR = "居民留言，请收听录音"
_NOT_HEARD = "居民想留言，没有录到，请回电"
_LOST = "这段留言的录音没有取到，请给居民回电话问一问。"
_LONGEST_QUOTE = 40


def take_message(
    conn: Connection,
    call: RunningCall,
    *,
    words: str = "",
    recording: str = "",
    seconds: int | None = None,
    rules: Rulebook,
    actor: Actor,
    now: datetime,
) -> OpenedCase:
    """Open the case of a message; what comes later in the same call is added to it.

    Args:
        words: as they were understood.
        recording: the carrier's id of the recording; with neither, somebody wished to speak and was not heard.
    """
    news = bool(words)
    if recording and not call.rehearsal:
        news |= note_recording(
            conn,
            call.attempt_id,
            carrier=call.carrier,
            carrier_id=recording,
            seconds=seconds,
            now=now,
            kind=RecordingKind.MESSAGE,
        )
    summary = (
        f"居民留言：{shorten(hide_numbers(words), _LONGEST_QUOTE)}" if words else _TO_HEAR if recording else _NOT_HEARD
    )
    told = [f"原话：{words}"] if words else ["录音在通话记录里。"] if recording else []
    new = case_of_call(
        call,
        CaseKind.CALLBACK if call.direction is Direction.INBOUND else CaseKind.QUESTION,
        source_key=_source_key(call.attempt_id),
        summary=summary,
        description="\n".join([*told, *whose_phone(call)]),
    )
    opened = open_case(conn, new, rules=rules, actor=actor, now=now)
    if not opened.created and news:
        _add(conn, opened.id, told[0] if words else _TO_HEAR, actor=actor, now=now)
    return opened


def tell_message_lost(conn: Connection, attempt_id: str, *, actor: Actor, now: datetime) -> None:
    """Say on a message's case that there is nothing to listen to."""
    case = case_store.case_by_source_key(conn, _source_key(attempt_id))
    if case is not None:
        _add(conn, case.id, _LOST, actor=actor, now=now)


def whose_phone(call: RunningCall) -> list[str]:
    """For a caller whom we do not know, the number to ring back."""
    if call.resident_id is not None:
        return []
    return [f"来电号码：{call.number}" if call.number else "来电没有显示号码。"]


def _source_key(attempt_id: str) -> str:
    return f"attempt:{attempt_id}:message"


def _add(conn: Connection, case_id: int, text: str, *, actor: Actor, now: datetime) -> None:
    known = {event.text for event in case_store.events_of(conn, case_id)}
    if text not in known:
        case_store.add_event(conn, case_id, at=now, actor=actor, action="noted", text=text)
