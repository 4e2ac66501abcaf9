"""Twilio's webhooks and call records, as events and outcomes of our own."""

import math
import re
from collections.abc import Mapping

from community.errors import InvalidInput
from community.model.calls.call import AttemptStatus, Outcome
from community.model.phone import parse_phones
from voice.carriers.base import CallEvent, CarrierRequest, EventKind
from voice.carriers.twilio.errors import told_of
from voice.script.steps import Heard

_STATUSES: dict[str, AttemptStatus] = {
    "queued": AttemptStatus.PLACED,
    "initiated": AttemptStatus.PLACED,
    "ringing": AttemptStatus.RINGING,
    "in-progress": AttemptStatus.IN_PROGRESS,
    "answered": AttemptStatus.IN_PROGRESS,
    "completed": AttemptStatus.ENDED,
    "busy": AttemptStatus.ENDED,
    "no-answer": AttemptStatus.ENDED,
    "failed": AttemptStatus.ENDED,
    "canceled": AttemptStatus.CANCELLED,
}
#: A failed call by its SIP answer (RFC 3261); 480 is what most networks say for a phone that is off or out of reach.
_SIP: dict[int, Outcome] = {
    404: Outcome.NOT_IN_SERVICE,
    408: Outcome.NO_ANSWER,
    410: Outcome.NOT_IN_SERVICE,
    480: Outcome.NO_ANSWER,
    484: Outcome.NOT_IN_SERVICE,
    486: Outcome.BUSY,
    487: Outcome.NO_ANSWER,
    600: Outcome.BUSY,
    603: Outcome.REJECTED,
    604: Outcome.NOT_IN_SERVICE,
    607: Outcome.REJECTED,
    608: Outcome.REJECTED,
}
_NUMBER_ERRORS = frozenset({"13223", "13224", "21211", "21214", "21217"})
#: What a mainland trunk behind a Twilio-compatible server says of a call that failed.
_CHINESE: tuple[tuple[str, Outcome], ...] = (
    ("关机", Outcome.SWITCHED_OFF),
    ("空号", Outcome.NOT_IN_SERVICE),
    ("停机", Outcome.NOT_IN_SERVICE),
    ("暂停服务", Outcome.NOT_IN_SERVICE),
    ("通话中", Outcome.BUSY),
    ("占线", Outcome.BUSY),
    ("拒接", Outcome.REJECTED),
    ("无人接听", Outcome.NO_ANSWER),
    ("无法接通", Outcome.NO_ANSWER),
)
_REASON_FIELDS = ("SipResponseReason", "Reason", "HangupCause", "ErrorMessage")
_ID = re.compile(r"[A-Za-z0-9_-]{2,64}")
_E164 = re.compile(r"\+[1-9]\d{5,14}")
#: What Twilio puts in place of a number that is not told: ANONYMOUS, RESTRICTED, UNKNOWN, UNAVAILABLE, BLOCKED on a keypad.
_HIDDEN_CALLERS = frozenset({"+266696687", "+7378742833", "+8656696", "+86282452253", "+2562533"})
_SPEECH_LENGTH, _DIGITS_LENGTH = 2000, 32


def parse(request: CarrierRequest) -> CallEvent:
    """Read a verified webhook.

    Raises:
        InvalidInput: it is none that we asked for.
    """
    kind, _, number = request.path.partition("/")
    form = request.form
    if kind == "step" and number.isascii() and number.isdigit() and len(number) <= 6:
        return _step(form, number)
    if kind == "status" and not number:
        return _status(form)
    if kind == "amd" and not number:
        return _machine(form)
    if kind in {"recording", "message"} and not number:
        return _recording(form, is_message=kind == "message")
    if request.path == "inbound":
        return _inbound(form)
    if request.path == "inbound/status":
        return _status(form)
    raise InvalidInput("这个回调地址不存在，请核对线路方的回调设置", code="unknown_webhook")


def status_of(twilio_status: str) -> AttemptStatus | None:
    """Our word for a call's status; None for one that we do not know."""
    return _STATUSES.get(twilio_status)


def outcome_of(status: str, form: Mapping[str, str]) -> Outcome | None:
    """How a call ended, by its final status and what came with it; None while it is not over."""
    if status == "completed":
        return Outcome.VOICEMAIL if machine_or_human(form.get("AnsweredBy", "")) == "machine" else Outcome.ANSWERED
    if status in {"busy", "no-answer", "failed"}:
        reason = "".join(form.get(name, "") for name in _REASON_FIELDS)
        by_words = next((outcome for word, outcome in _CHINESE if word in reason), None)
        return by_words or _by_code(status, form)
    return None


def machine_or_human(answered_by: str) -> str | None:
    """`human`, `machine`, `fax` or `unknown`, from Twilio's AnsweredBy; None when there is none."""
    if not answered_by:
        return None
    if answered_by.startswith("machine"):
        return "machine"
    return answered_by if answered_by in {"human", "fax"} else "unknown"


def _by_code(status: str, form: Mapping[str, str]) -> Outcome:
    sip = _integer(form.get("SipResponseCode", ""))
    if form.get("ErrorCode") in _NUMBER_ERRORS:
        return Outcome.NOT_IN_SERVICE
    if sip in _SIP and (status == "failed" or _SIP[sip] is not Outcome.NO_ANSWER):
        return _SIP[sip]
    return {"busy": Outcome.BUSY, "no-answer": Outcome.NO_ANSWER}.get(status, Outcome.CARRIER_ERROR)


def _step(form: Mapping[str, str], number: str) -> CallEvent:
    sid = _call_sid(form)
    heard = Heard(
        digits=re.sub(r"[^0-9*#]", "", form.get("Digits", ""))[:_DIGITS_LENGTH],
        speech=form.get("SpeechResult", "")[:_SPEECH_LENGTH],
        confidence=_confidence(form.get("Confidence", "")),
        message=form.get("RecordingSid", "") if _is_recorded(form) else "",
        message_seconds=_integer(form.get("RecordingDuration", "")),
    )
    return CallEvent(
        kind=EventKind.STEP,
        key=f"step:{number}",
        carrier_id=sid,
        sequence=None,
        status=AttemptStatus.IN_PROGRESS,
        heard=heard,
        answered_by=machine_or_human(form.get("AnsweredBy", "")),
        detail={"step": number, "transfer": form.get("DialCallStatus", "")},
    )


def _status(form: Mapping[str, str]) -> CallEvent:
    word = form.get("CallStatus", "")
    status = _STATUSES.get(word)
    if status is None:
        raise InvalidInput("回调里没有认得的通话状态", code="unknown_status")
    sequence = _integer(form.get("SequenceNumber", ""))
    error = form.get("ErrorCode", "")
    return CallEvent(
        kind=EventKind.STATUS,
        key=f"status:{word}" if sequence is None else f"status:{sequence}:{word}",
        carrier_id=_call_sid(form),
        sequence=sequence,
        status=status,
        outcome=outcome_of(word, form),
        answered_by=machine_or_human(form.get("AnsweredBy", "")),
        duration=_integer(form.get("CallDuration", "")),
        error_code=error if error.isdigit() else None,
        error_text=told_of(error if error.isdigit() else None),
        detail={"status": word, "sip": form.get("SipResponseCode", "")[:10]},
    )


def _machine(form: Mapping[str, str]) -> CallEvent:
    answered_by = machine_or_human(form.get("AnsweredBy", ""))
    if answered_by is None:
        raise InvalidInput("回调里没有 AnsweredBy", code="unknown_webhook")
    return CallEvent(kind=EventKind.MACHINE, key="machine", carrier_id=_call_sid(form), answered_by=answered_by)


def _inbound(form: Mapping[str, str]) -> CallEvent:
    return CallEvent(
        kind=EventKind.INBOUND,
        key="step:0",
        carrier_id=_call_sid(form),
        status=AttemptStatus.IN_PROGRESS,
        caller=_caller(form.get("From", "")),
        called=_caller(form.get("To", "")),
        detail={"step": "0"},
    )


def _caller(number: str) -> str:
    """E.164, also of a number as a mainland trunk tells it; empty for one that is hidden (anonymous) or none (sip:…)."""
    if _E164.fullmatch(number):
        return "" if number in _HIDDEN_CALLERS else number
    try:
        return next(iter(parse_phones(number)), "") if number.isascii() and number.isdigit() else ""
    except InvalidInput:
        return ""


def _is_recorded(form: Mapping[str, str]) -> bool:
    """Whether a message has any sound in it: an empty one is told with no seconds, if at all."""
    return bool(_ID.fullmatch(form.get("RecordingSid", ""))) and _integer(form.get("RecordingDuration", "")) != 0


def _recording(form: Mapping[str, str], *, is_message: bool) -> CallEvent:
    recording, status = form.get("RecordingSid", ""), form.get("RecordingStatus", "completed")
    if not _ID.fullmatch(recording):
        raise InvalidInput("回调里没有录音编号", code="unknown_webhook")
    return CallEvent(
        kind=EventKind.RECORDING,
        key=f"recording:{recording}:{status[:20]}",
        carrier_id=_call_sid(form),
        recording_id=recording,
        recording_status=status[:20],
        recording_seconds=_integer(form.get("RecordingDuration", "")),
        is_message=is_message,
    )


def _call_sid(form: Mapping[str, str]) -> str:
    sid = form.get("CallSid", "")
    if not _ID.fullmatch(sid):
        raise InvalidInput("回调里没有通话编号", code="unknown_webhook")
    return sid


def _integer(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None


def _confidence(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return min(max(value, 0.0), 1.0) if math.isfinite(value) else None
