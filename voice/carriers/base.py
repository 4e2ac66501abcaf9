"""What every carrier must be able to do. A second carrier is one more folder beside twilio/ and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from community.model.calls.call import AttemptStatus, Outcome
from voice.script.steps import CallUrls, Heard, Step


class Placement(StrEnum):
    """What became of one request to place a call."""

    #: The carrier took it and gave its id.
    PLACED = "placed"
    #: The carrier refused it, or never got it: nobody is rung.
    REFUSED = "refused"
    #: Nobody knows: the reply was lost, late or a 5xx. No redial until reconciled.
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
        account_fault: nothing can be placed until staff or the administrator act (401, no money, no permission).
        error_text: what staff can do about it, in Chinese.
    """

    placement: Placement
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
    duration: int | None = None
    error_code: str | None = None
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierRequest:
    """A webhook as it came in, already bounded in size.

    Attributes:
        url: the full public URL with query, rebuilt from SHOUWANG_PUBLIC_URL, never from the Host header.
        path: what is below the attempt: `step/3`, `status`, `amd`, `recording`.
    """

    method: str
    url: str
    path: str
    headers: Mapping[str, str]
    form: Mapping[str, str]
    body: bytes


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


class Carrier(Protocol):
    """One telephone carrier."""

    #: `twilio`, `simulated`…: part of the webhooks' URLs.
    name: str
    #: Whether what it produces is a rehearsal (演练) in which nobody is rung.
    rehearsal: bool
    #: The numbers we call from.
    from_numbers: tuple[str, ...]

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
