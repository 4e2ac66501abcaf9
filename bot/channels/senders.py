"""How the outbox reaches residents: through a platform's channel, or into the mailbox that a web caller fetches from."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from bot.channels.base import Channel, Reply
from bot.delivery import read_payload
from bot.outbox import Delivery, DeliveryResult
from bot.replies import as_documents
from community.clock import Clock
from community.errors import Refused, Unavailable
from community.store import mailbox
from community.store.database import Database
from community.store.messages import last_message

#: Refusals that pass by themselves, and how soon it is tried again.
_SOON = {"too_fast": timedelta(seconds=5), "unreachable": timedelta(seconds=15)}


class ChannelSender:
    """Sends `channel:<name>` letters {conversation_id, text, to?, buttons?, envelope?} through a channel.

    A letter without an envelope answers no message: it goes to the person as a message of its own.
    """

    per_minute: int | None = None

    def __init__(self, database: Database, channel: Channel) -> None:
        self._database = database
        self._channel = channel

    async def send(self, payload: Mapping[str, Any], *, key: str, again: bool) -> Delivery:  # noqa: ARG002 - the platform drops a second one by its key
        """Send one letter once; the key lets the platform drop what it has had already."""
        envelope = payload.get("envelope") or await self._place(str(payload["conversation_id"]))
        if not envelope:
            return Delivery(result=DeliveryResult.REFUSED, error="找不到这段对话，没法回话。", final=True)
        try:
            await self._channel.send(envelope, read_payload(payload), key=key)
        except Refused as error:
            soon = _SOON.get(error.code)
            return Delivery(result=DeliveryResult.REFUSED, error=error.message, retry_after=soon)
        except Unavailable as error:
            return Delivery(result=DeliveryResult.UNKNOWN, error=error.message)
        return Delivery(result=DeliveryResult.DELIVERED)

    async def _place(self, conversation_id: str) -> dict[str, Any]:
        last = await self._database.read(lambda conn: last_message(conn, conversation_id))
        return {name: value for name, value in last.envelope.items() if name != "message_id"} if last else {}


class MailboxSender:
    """Leaves `channel:web` letters where the web chat fetches them."""

    per_minute: int | None = None

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def send(self, payload: Mapping[str, Any], *, key: str, again: bool) -> Delivery:  # noqa: ARG002 - the key makes a second one the same
        """Leave one letter; the same key again changes nothing."""
        replies = as_documents([Reply(text=str(payload["text"]), buttons=tuple(payload.get("buttons") or ()))])

        def leave(conn: Connection) -> bool:
            return mailbox.put_letter(
                conn,
                key=key,
                conversation_id=str(payload["conversation_id"]),
                message_id=None,
                replies=replies,
                case_number=None,
                now=self._clock.now(),
            )

        await self._database.write(leave)
        return Delivery(result=DeliveryResult.DELIVERED)
