"""What is said and awaited on the phone, one step at a time, without a word about any carrier."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """The language a resident is spoken to in."""

    MANDARIN = "mandarin"
    CANTONESE = "cantonese"
    TAIWANESE_MANDARIN = "taiwanese_mandarin"


@dataclass(frozen=True, slots=True)
class Prompt:
    """One short sentence that is spoken.

    Attributes:
        text: plain Chinese, at most 20 characters between two pauses.
        slow: speak it slower than usual.
        pause_after: silence after it, seconds.
    """

    text: str
    slow: bool = False
    pause_after: float = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Listen:
    """What is awaited after the prompts, by voice and keys at once.

    Attributes:
        digits: how many keys end the input; None for many, ended by #.
        hints: words to expect.
        timeout: seconds of silence before we go on.
        long: free speech, so give more time before the end of speech is assumed.
        barge_in: words spoken meanwhile stop the prompts; keys always do.
    """

    digits: int | None = 1
    hints: tuple[str, ...] = ()
    timeout: int = 6
    long: bool = False
    barge_in: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One answer of ours to one webhook of the carrier: speak, then listen, leave a message, hand over, or hang up.

    Attributes:
        number: counts the steps of this call; rides in the URL that the result of `listen` comes to.
        listen: what is awaited; None for nothing.
        transfer_to: E.164 of the duty phone to connect to after the prompts.
        record_message: the resident may leave a spoken message (at most 120 s).
        wait: seconds of silence to grant (等一下) before listening.
        hang_up: the call ends after the prompts.
        start_recording: ask the carrier to record beside the call from now on.
        stop_recording: ask the carrier to record no more.
    """

    number: int
    prompts: tuple[Prompt, ...]
    language: Language = Language.MANDARIN
    listen: Listen | None = None
    transfer_to: str | None = None
    record_message: bool = False
    wait: int = 0
    hang_up: bool = False
    start_recording: bool = False
    stop_recording: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What came back after a step.

    Attributes:
        digits: keys pressed.
        speech: the recogniser's words.
        confidence: the recogniser's own figure 0…1; None when it gave none.
        message: the carrier's id of a spoken message that was recorded after the tone, with its seconds; empty for none.
    """

    digits: str = ""
    speech: str = ""
    confidence: float | None = None
    message: str = ""
    message_seconds: int | None = None

    @property
    def is_silence(self) -> bool:
        """Whether neither a key nor a word came."""
        return not self.digits and not self.speech.strip() and not self.message


@dataclass(frozen=True, slots=True)
class CallUrls:
    """Where the carrier sends what happens, for one attempt; `step` is filled with the step's number.

    The paths are /voice/{carrier}/{attempt}/{token}/{step|status|amd|recording|message}.
    """

    base: str
    carrier: str
    attempt_id: str
    token: str

    def step(self, number: int) -> str:
        """URL that answers step `number`."""
        return f"{self._root}/step/{number}"

    @property
    def status(self) -> str:
        """URL for the call's status."""
        return f"{self._root}/status"

    @property
    def amd(self) -> str:
        """URL for the result of machine detection."""
        return f"{self._root}/amd"

    @property
    def recording(self) -> str:
        """URL for the recording's status."""
        return f"{self._root}/recording"

    @property
    def message(self) -> str:
        """URL for the status of a spoken message's recording."""
        return f"{self._root}/message"

    @property
    def _root(self) -> str:
        return f"{self.base.rstrip('/')}/voice/{self.carrier}/{self.attempt_id}/{self.token}"


#: Where the carrier asks what to say to a call that comes in, and tells how it ended; the same for every carrier.
INBOUND_PATH = "/voice/inbound"
INBOUND_STATUS_PATH = "/voice/inbound/status"

#: The key that always says it again, announced last.
KEY_REPEAT = "*"
#: Read digit by digit: 110, 119, 120, 999, 12345 and phone numbers; 12000元 is an amount.
DIGITWISE = re.compile(
    r"(?<!\d)(1(?:10|19|20|22|925)|999|\d[\d-]{3,}\d)(?![\d.])(?!\s*(?:多|来)?(?:元|块|万|亿|人|户|次|岁|天|平方|米|公里))"
)
