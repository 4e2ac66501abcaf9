"""The addresses that staff enter at a carrier, by hand and once: whether what stands there is ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from voice.carriers.texting import inbound_url
from voice.script.steps import INBOUND_PATH


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredAddresses:
    """What is entered at the carrier for one of our numbers.

    Attributes:
        number: E.164.
        voice, sms: where calls and texts that come in are brought; empty for nowhere, None where that cannot be said of it.
        posts_voice, posts_sms: whether by POST.
        sms_place: where the address for texts is entered, in the words of the carrier's console.
    """

    number: str
    voice: str | None
    posts_voice: bool
    sms: str | None
    posts_sms: bool
    sms_place: str


@runtime_checkable
class KnowsAddresses(Protocol):
    """A carrier that can say what is entered for our numbers."""

    #: Where the address for calls is entered, in the words of the carrier's console.
    voice_place: str

    async def entered_addresses(self) -> Sequence[EnteredAddresses]:
        """What is entered for each number of the account; raises Unavailable when the carrier cannot be asked."""
        ...


def wrong_addresses(carrier_place: str, entered: EnteredAddresses, base: str) -> list[str]:
    """What staff must enter for one number, a Chinese sentence each; nothing where all is right.

    Args:
        carrier_place: where the address for calls is entered.
        base: our public address.
    """
    wanted = (
        ("来电", entered.voice, entered.posts_voice, carrier_place, f"{base.rstrip('/')}{INBOUND_PATH}"),
        ("短信", entered.sms, entered.posts_sms, entered.sms_place, inbound_url(base)),
    )
    return [
        f"尾号 {entered.number[-4:]} 的{what}：请在 {place} 选 Webhook、HTTP POST，填 {url}"
        for what, stands, posts, place, url in wanted
        if stands is not None and (stands.strip() != url or not posts)
    ]
