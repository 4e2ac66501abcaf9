"""What every carrier must be able to do. A second carrier is one more folder beside twilio/ and nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from community.model.calls.call import AttemptStatus, Outcome
from voice.script.steps import CallUrls, Heard, Language, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What not every carrier can do; where it cannot, the service does without and says so.

    Attributes:
        finds_calls: it can be asked which calls it placed to a number. Where it cannot, a call of unknown fate that it
            never tells of is handed to staff, and not dialled again.
        records: it can begin to record in a running call, after the consent; else nobody is asked for one.
        languages: what it speaks and understands; everybody else is spoken to in Mandarin.
    """

    finds_calls: bool = True
    records: bool = True
    languages: frozenset[Language] = frozenset(Language)


class Acceptance(StrEnum):
    """What became of one request to place a call or to send a text."""

    #: The carrier took it and gave its id.
    ACCEPTED = "accepted"
    #: The carrier refused it, or never got it: nobody is rung, nothing is sent.
    REFUSED = "refused"
    #: Nobody knows: the reply was lost, late or a 5xx. It is not repeated until reconciled.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRequest:
    """One call to place."""

    to: str
    from_number: str
    urls: CallUrls
    ring_seconds: int = 45
    detect_machine: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceResult:
    """The carrier's answer, as a value.

    Attributes:
        outcome: for a refusal that is final for this number (not_in_service, carrier_error); None tries again later.
        slow_down: the carrier asks for a slower pace (429): no attempt is used up.
        account_fault: nothing can be placed until staff or the administrator act (401, no money, no permission); with an
            outcome, nothing to this number (a region that is not opened).
        error_text: what staff can do about it, in Chinese.
    """

    placement: Acceptance
    carrier_id: str | None = None
    outcome: Outcome | None = None
    slow_down: bool = False
    account_fault: bool = False
    error_code: str | None = None
    error_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCall:
    """A call that the carrier says it placed; `attempt_id` where the carrier can tell it, else None."""

    carrier_id: str
    to: str
    from_number: str
    status: AttemptStatus
    outcome: Outcome | None = None
    created_at: datetime | None = None
    duration: int | None = None
    attempt_id: str | None = None


class EventKind(StrEnum):
    """What a webhook tells."""

    #: The carrier wants to know what to say next; `heard` holds what came back.
    STEP = "step"
    #: Somebody rings our number, and the carrier wants to know what to say; `caller` and `called` are the numbers.
    INBOUND = "inbound"
    STATUS = "status"
    MACHINE = "machine"
    RECORDING = "recording"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEvent:
    """One webhook, neutral of its carrier.

    Attributes:
        key: equal for repeats of the same event.
        sequence: order among the status events of one call; None where the carrier has none.
        answered_by: `human`, `machine`, `fax` or `unknown`.
        recording_id / recording_seconds: of a finished recording.
        error_code / error_text: what went wrong at the carrier, and what staff can do about it.
        is_message: that recording is what was said after the tone, not the call.
        caller / called: of a call that comes in: E.164 of the other side (empty where it is hidden), and ours.
    """

    kind: EventKind
    key: str
    carrier_id: str | None = None
    sequence: int | None = None
    status: AttemptStatus | None = None
    outcome: Outcome | None = None
    heard: Heard | None = None
    answered_by: str | None = None
    recording_id: str | None = None
    recording_status: str | None = None
    recording_seconds: int | None = None
    is_message: bool = False
    duration: int | None = None
    error_code: str | None = None
    error_text: str | None = None
    caller: str = ""
    called: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierRequest:
    """A webhook as it came in, already bounded in size.

    Attributes:
        url: the full public URL with query, rebuilt from SHOUWANG_PUBLIC_URL, never from the Host header.
        path: what is below the attempt: `step/3`, `status`, `amd`, `recording`, `message`; `inbound` and `inbound/status`
            for calls that come in.
    """

    method: str
    url: str
    path: str
    headers: Mapping[str, str]
    form: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecording:
    """A recording of a call that the carrier says it has; `is_message` for what was said after the tone."""

    recording_id: str
    status: str
    seconds: int | None = None
    is_message: bool = False


#: The largest recording that is fetched, in bytes: fifteen minutes of uncompressed two-channel telephone sound.
LARGEST_RECORDING = 32_000_000


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording as the carrier gave it out; `media_type` is `audio/wav`, `audio/mpeg` or `audio/ogg`."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class CarrierResponse:
    """What we answer to a webhook."""

    body: bytes
    content_type: str
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRef:
    """Which call a webhook is about, where its URL does not say it.

    Attributes:
        attempt: the attempt's id, or what it begins with, at least ten characters.
        token: the attempt's token; None where the carrier does not bring it back.
    """

    attempt: str
    token: str | None = None


class Carrier(Protocol):
    """One telephone carrier."""

    #: `twilio`, `simulated`…: part of the webhooks' URLs.
    name: str
    #: Whether what it produces is a rehearsal (演练) in which nobody is rung.
    rehearsal: bool
    #: The numbers we call from.
    from_numbers: tuple[str, ...]
    abilities: Abilities

    async def place(self, request: PlaceRequest) -> PlaceResult:
        """Ask the carrier once to place a call; never repeats a request of unknown outcome."""
        ...

    async def cancel(self, carrier_id: str) -> bool:
        """Cancel a call that was not picked up yet; tell whether it certainly will not ring any more."""
        ...

    async def find(self, *, to: str, since: datetime) -> list[FoundCall]:
        """List the calls placed to a number since a moment; raises Unavailable when the carrier cannot be asked."""
        ...

    async def fetch(self, carrier_id: str) -> FoundCall | None:
        """Ask how one call stands; raises Unavailable when the carrier cannot be asked."""
        ...

    async def start_recording(self, carrier_id: str, urls: CallUrls) -> None:
        """Record beside the running call from now on; a failure is logged and never disturbs the call."""
        ...

    async def stop_recording(self, carrier_id: str) -> bool:
        """Record no more of the running call; tell whether certainly nothing is recorded now. A failure is logged."""
        ...

    async def find_recordings(self, carrier_id: str) -> list[FoundRecording]:
        """List what was recorded of a call; raises Unavailable when the carrier cannot be asked."""
        ...

    async def fetch_recording(self, recording_id: str) -> Sound | None:
        """Fetch a recording by its id; None when it is not there (yet).

        Raises:
            Unavailable: the carrier cannot be asked now.
            Refused: it is too large, no sound, or lies with somebody else.
        """
        ...

    async def delete_recording(self, recording_id: str) -> bool:
        """Delete the carrier's copy of a recording; tell whether it is certainly gone.

        Raises:
            Unavailable: the carrier cannot be asked now.
        """
        ...

    def verify(self, request: CarrierRequest) -> bool:
        """Tell whether the webhook truly comes from the carrier."""
        ...

    def parse(self, request: CarrierRequest) -> CallEvent:
        """Read a verified webhook; raises InvalidInput when it is none."""
        ...

    def render(self, step: Step, urls: CallUrls) -> CarrierResponse:
        """Turn a step into the carrier's language."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...


@runtime_checkable
class CallsBackAtOneAddress(Protocol):
    """A carrier that sends what happens to an address of the account, `/voice/{name}/callbacks/…`, for all calls alike.

    `verify` holds for these webhooks too; `CarrierRequest.path` is what stands below `callbacks/`.
    """

    def parse_shared(self, request: CarrierRequest) -> Sequence[tuple[CallRef, CallEvent]] | CarrierResponse:
        """Read a verified webhook: what happened to which calls, or what to answer at once, where nothing did.

        A webhook that asks what to say next is about one call.

        Raises:
            InvalidInput: it is none that we asked for.
        """
        ...

    def answer(self, step: Step, urls: CallUrls, carrier_id: str | None) -> CarrierResponse:
        """Turn a step into the answer to a webhook of the call that the carrier knows by that id."""
        ...

    def acknowledge(self) -> CarrierResponse:
        """What to answer when everything was taken in."""
        ...
