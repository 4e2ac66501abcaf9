"""One simulated call: it rings, somebody or nobody picks up, and the TwiML is walked until it ends; or a resident rings us."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from voice.carriers.base import PlaceRequest
from voice.carriers.simulated.characters import Character
from voice.carriers.simulated.line import Line
from voice.carriers.simulated.pace import Pace
from voice.carriers.simulated.resident import Reply, SimulatedResident
from voice.carriers.simulated.twiml_reader import Verb, read_twiml
from voice.script.steps import INBOUND_PATH, INBOUND_STATUS_PATH

_OVER = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
#: How a call ends that nobody answers: Twilio's status and what comes with it, and how long it rings.
_UNANSWERED: dict[str, tuple[str, dict[str, str], float]] = {
    "no_answer": ("no-answer", {}, 45.0),
    "busy": ("busy", {"SipResponseCode": "486"}, 2.0),
    "rejected": ("busy", {"SipResponseCode": "603"}, 8.0),
    "switched_off": ("failed", {"SipResponseCode": "480", "SipResponseReason": "您拨打的电话已关机"}, 3.0),
    "not_in_service": ("failed", {"SipResponseCode": "404", "SipResponseReason": "您拨打的号码是空号"}, 2.0),
}
_DIALLING_SECONDS, _RINGING_SECONDS = 1.0, 8.0
_MOST_STEPS = 120


@dataclass(slots=True)
class SimulatedCall:
    """What a carrier knows of a call.

    Attributes:
        status: in Twilio's words.
        end_details: what the last status brought along.
        duration: seconds of talk.
        recorded: a recording that was asked for is there when the call is over; residents who do not exist have none.
        is_inbound: the resident rang us.
        messages: ids of what was said after the tone, with the addresses that are told of it.
    """

    sid: str
    request: PlaceRequest
    created_at: datetime
    character: Character
    status: str = "queued"
    sequence: int = 0
    duration: float = 0.0
    end_details: dict[str, str] = field(default_factory=dict)
    cancelled: bool = False
    recording_url: str = ""
    recorded: bool = False
    is_inbound: bool = False
    messages: dict[str, str] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether nothing happens any more."""
        return self.status in _OVER

    def end(self, status: str, details: dict[str, str] | None = None) -> None:
        """Note how it ended."""
        self.status = status
        self.end_details = details or {}

    def form(self) -> dict[str, str]:
        """The fields every webhook of this call has."""
        return {
            "CallSid": self.sid,
            "AccountSid": "AC" + "0" * 32,
            "From": self.request.from_number,
            "To": self.request.to,
            "CallStatus": self.status,
            "Direction": "inbound" if self.is_inbound else "outbound-api",
            "ApiVersion": "2010-04-01",
        }

    def recording(self) -> dict[str, str]:
        """What a webhook says of its recording."""
        seconds = str(round(self.duration))
        status = "completed" if self.recorded else "absent"
        return {"RecordingSid": "RE" + self.sid[2:], "RecordingStatus": status, "RecordingDuration": seconds}


async def talk(call: SimulatedCall, resident: SimulatedResident, line: Line, pace: Pace, voicemail: str) -> None:
    """Live one call from the first ring to the end."""
    await _report(call, line, "initiated")
    await pace.sleep(_DIALLING_SECONDS)
    if not call.cancelled:
        await _report(call, line, "ringing")
    pickup = call.character.pickup
    status, details, ring = _UNANSWERED.get(pickup, ("", {}, _RINGING_SECONDS))
    await pace.sleep(min(ring, call.request.ring_seconds))
    if call.cancelled:
        await _report(call, line, "canceled")
    elif status:
        await _report(call, line, status, details)
    else:
        await _answered(call, resident, line, pace, voicemail if pickup == "voicemail" else "")


async def _answered(
    call: SimulatedCall, resident: SimulatedResident, line: Line, pace: Pace, machine_says: str
) -> None:
    await _report(call, line, "in-progress")
    if call.request.detect_machine:
        answered_by = "machine_start" if machine_says else "human"
        await line.tell(call.request.urls.amd, {**call.form(), "AnsweredBy": answered_by})
    await _walk(call, call.request.urls.step(0), resident, line, pace, machine_says=machine_says)
    await _tell_recordings(call, line)
    await _report(call, line, "completed", {"CallDuration": str(round(call.duration))})


async def call_in(call: SimulatedCall, resident: SimulatedResident, line: Line, pace: Pace) -> None:
    """Live one call that a resident makes to our number."""
    base = call.request.urls.base.rstrip("/")
    call.end("in-progress")
    await _walk(call, base + INBOUND_PATH, resident, line, pace)
    await _tell_recordings(call, line)
    call.end("completed", {"CallDuration": str(round(call.duration))})
    await line.tell(base + INBOUND_STATUS_PATH, {**call.form(), **call.end_details})


async def _tell_recordings(call: SimulatedCall, line: Line) -> None:
    if call.recording_url:
        await line.tell(call.recording_url, {**call.form(), **call.recording()})
    for sid, url in call.messages.items():
        told = {"RecordingSid": sid, "RecordingStatus": "completed", "RecordingDuration": _MESSAGE_SECONDS}
        await line.tell(url, {**call.form(), **told})


async def _walk(
    call: SimulatedCall, begin: str, resident: SimulatedResident, line: Line, pace: Pace, *, machine_says: str = ""
) -> None:
    """Fetch and follow TwiML until it hangs up, somebody else does, or nothing follows."""
    url: str | None = begin
    extra: dict[str, str] = {}
    for _ in range(_MOST_STEPS):
        verbs = read_twiml(await line.ask(url or "", {**call.form(), **extra}))
        url, extra = await _follow(call, verbs, resident, pace, machine_says)
        if url is None:
            return


async def _follow(
    call: SimulatedCall, verbs: list[Verb], resident: SimulatedResident, pace: Pace, machine_says: str
) -> tuple[str | None, dict[str, str]]:
    """Follow one document; where to go next with which fields, or None when the call is over."""
    for verb in verbs:
        await _spend(call, pace, verb.seconds + _OWN_SECONDS.get(verb.name, 0.0))
        if verb.name == "Gather":
            reply = Reply(speech=machine_says) if machine_says else resident.answer(verb.text)
            await _spend(call, pace, reply.after if _is_heard(reply) else float(verb.attributes.get("timeout", 5)))
            if not reply.hang_up and not _goes_on(verb, reply):
                continue
            return (None if reply.hang_up else verb.attributes["action"]), _fields(reply)
        if verb.name == "Record":
            reply = resident.answer("")
            if not _is_heard(reply) and not reply.hang_up:
                # An empty message asks no action: the next verb follows.
                continue
            sid = f"RE{len(call.messages)}{call.sid[3:]}"
            call.messages[sid] = verb.attributes.get("recordingStatusCallback", "")
            said = {"RecordingSid": sid, "RecordingDuration": _MESSAGE_SECONDS}
            return (None, {}) if reply.hang_up else (verb.attributes["action"], said)
        if verb.name in _ENDS:
            return _ENDS[verb.name](verb)
    return None, {}


def _goes_on(verb: Verb, reply: Reply) -> bool:
    """Whether a Gather asks its action; else it falls through to the next verb."""
    return _is_heard(reply) or verb.attributes.get("actionOnEmptyResult") == "true"


_OWN_SECONDS = {"Record": 6.0, "Dial": 20.0}
_MESSAGE_SECONDS = "6"
_ENDS: dict[str, Callable[[Verb], tuple[str | None, dict[str, str]]]] = {
    "Dial": lambda verb: (verb.attributes["action"], {"DialCallStatus": "completed"}),
    "Redirect": lambda verb: (verb.text, {}),
    "Hangup": lambda _: (None, {}),
}


async def _spend(call: SimulatedCall, pace: Pace, seconds: float) -> None:
    if seconds > 0:
        call.duration += seconds
        await pace.sleep(seconds)


def _is_heard(reply: Reply) -> bool:
    return bool(reply.speech or reply.digits)


def _fields(reply: Reply) -> dict[str, str]:
    if reply.digits:
        return {"Digits": reply.digits}
    return {"SpeechResult": reply.speech, "Confidence": str(reply.confidence)} if reply.speech else {}


async def _report(call: SimulatedCall, line: Line, status: str, details: dict[str, str] | None = None) -> None:
    call.end(status, details)
    form = {**call.form(), "SequenceNumber": str(call.sequence), "CallbackSource": "call-progress-events"}
    call.sequence += 1
    await line.tell(call.request.urls.status, {**form, **(details or {})})
