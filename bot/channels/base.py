"""What every chat channel must be able to do: verify, parse, send. One platform, one file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingMessage:
    """One message of one person, neutral of its platform.

    Attributes:
        conversation_id: one person in one chat: reversible, unique over all channels.
        addressed: the bot was mentioned, or the chat is private.
        attachment: what came instead of text: `image`, `audio`, or another kind.
        token_hash: of the token that the caller of a new conversation is given; None where the platform vouches for the person.
        link: the token of an answer link that it came with; never stored.
        envelope: what the channel needs to answer; JSON, opaque to everybody else.
    """

    channel: str
    account: str
    message_id: str
    conversation_id: str
    scene: str
    text: str
    addressed: bool
    chat_id: str = ""
    person_id: str = ""
    person_name: str = ""
    attachment: str = ""
    token_hash: str | None = None
    link: str = ""
    envelope: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One thing the bot says.

    Attributes:
        to: `group` or `person`: a private thing never goes to a group.
        buttons: [{title, payload}]; a channel without buttons numbers them.
    """

    text: str
    to: str = "person"
    buttons: tuple[Mapping[str, str], ...] = ()


class Channel(Protocol):
    """The sending side of one platform."""

    name: str

    async def send(self, envelope: Mapping[str, Any], reply: Reply, *, key: str) -> None:
        """Deliver a reply.

        Args:
            envelope: of the message that is answered.
            key: unique for this reply; the platform's own de-duplication gets it where there is one.

        Raises:
            Refused: certainly not delivered.
            Unavailable: nobody knows whether it was delivered.
        """
        ...
