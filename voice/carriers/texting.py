"""What a carrier must be able to do beside calls to carry text messages; one that cannot simply has none of it.

`texting_of` says whether a carrier can. Where it cannot, no text is written, and none is promised anywhere.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from community.model.calls.text_message import TextProblem, TextStatus
from voice.carriers.base import Acceptance, Carrier, CarrierRequest, CarrierResponse


@dataclass(frozen=True, slots=True)
class TextUrls:
    """Where the carrier sends what becomes of one text: /sms/{carrier}/{text}/{token}/status."""

    base: str
    carrier: str
    text_id: int
    token: str

    @property
    def status(self) -> str:
        """URL for the text's status."""
        return f"{self.base.rstrip('/')}/sms/{self.carrier}/{self.text_id}/{self.token}/status"


def inbound_url(base: str) -> str:
    """Where the carrier delivers what residents write; staff enter it at the carrier."""
    return f"{base.rstrip('/')}/sms/inbound"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRequest:
    """One text to send.

    Attributes:
        to, from_number: E.164.
    """

    to: str
    from_number: str
    body: str
    urls: TextUrls


@dataclass(frozen=True, slots=True, kw_only=True)
class TextResult:
    """The carrier's answer, as a value.

    Attributes:
        problem: for a refusal that says something of the number; None tries again later.
        slow_down: the carrier asks for a slower pace (429).
        account_fault: nothing can be sent until staff or the administrator act.
        error_text: what staff can do about it, in Chinese.
    """

    sending: Acceptance
    carrier_id: str | None = None
    problem: TextProblem | None = None
    slow_down: bool = False
    account_fault: bool = False
    error_code: str | None = None
    error_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundText:
    """A text that the carrier says it took from us; `created_at` is None where it does not tell.

    Attributes:
        account_fault: it was not delivered, and none will be until staff or the administrator act.
    """

    carrier_id: str
    to: str
    from_number: str
    body: str
    status: TextStatus
    problem: TextProblem | None = None
    error_code: str | None = None
    error_text: str | None = None
    account_fault: bool = False
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingText:
    """What somebody wrote to one of our numbers.

    Attributes:
        carrier_id: the carrier's id of the message: the same again is the same message.
        from_number, to_number: E.164 where the carrier gives it so; a short code or a name otherwise.
        pictures: how many pictures came with it; they are not fetched.
        unsubscribed: True or False when the carrier itself has stopped or resumed our texts to that number because of
            this message, and has answered it; None otherwise.
        written_at: when the carrier got it; None where it brings it at once.
    """

    carrier_id: str
    from_number: str
    to_number: str
    body: str
    pictures: int = 0
    unsubscribed: bool | None = None
    written_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextReport:
    """What became of a text that the carrier took.

    Attributes:
        account_fault: it was not delivered, and none will be until staff or the administrator act.
        error_text: what staff can do about it, in Chinese.
    """

    carrier_id: str
    status: TextStatus
    problem: TextProblem | None = None
    error_code: str | None = None
    error_text: str | None = None
    account_fault: bool = False


@runtime_checkable
class Texting(Protocol):
    """A carrier that carries text messages."""

    async def send_text(self, request: TextRequest) -> TextResult:
        """Ask the carrier once to send a text; never repeats a request of unknown outcome."""
        ...

    async def find_texts(self, *, to: str, since: datetime) -> list[FoundText]:
        """List the texts sent to a number since a moment; raises Unavailable when the carrier cannot be asked."""
        ...

    async def find_incoming_texts(self, *, to: str, since: datetime) -> list[IncomingText]:
        """List what came in for one of our numbers since a moment, in the order in which it came.

        Raises Unavailable when the carrier cannot be asked.
        """
        ...

    def parse_incoming_text(self, request: CarrierRequest) -> IncomingText:
        """Read a verified webhook that brings a text; raises InvalidInput when it is none."""
        ...

    def parse_text_report(self, request: CarrierRequest) -> TextReport:
        """Read a verified webhook about a text of ours; raises InvalidInput when it is none."""
        ...

    def take_note(self) -> CarrierResponse:
        """What is answered to a webhook about a text: it is taken, and there is nothing to say in the answer."""
        ...


def texting_of(carrier: Carrier) -> Texting | None:
    """The carrier's way to send texts; None when it has none."""
    return carrier if isinstance(carrier, Texting) else None
