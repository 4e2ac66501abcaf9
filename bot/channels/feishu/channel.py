"""The sending side of Feishu: a group answer names whom it answers, a private thing goes to the person alone."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from bot.channels.base import Reply
from bot.channels.feishu.api import MESSAGE_GONE, PERSON_CLOSED, FeishuApi
from bot.channels.feishu.events import CHANNEL
from bot.replies import GROUP, numbered
from community.errors import Refused
from community.texts.say import say

#: The start of a tag in Feishu's text markup, which residents' words must not become: `<at user_id="all">`.
_TAG = re.compile(r"<(?=\s*/?\s*[A-Za-z])")


class FeishuChannel:
    """Sends replies as our bot."""

    name = CHANNEL

    def __init__(self, api: FeishuApi) -> None:
        self._api = api

    async def send(self, envelope: Mapping[str, Any], reply: Reply, *, key: str) -> None:
        """Deliver a reply; without a message in the envelope it goes to the person as a message of its own.

        Raises:
            Refused: certainly not delivered.
            Unavailable: nobody knows whether it was delivered.
        """
        uuid = hashlib.sha256(key.encode()).hexdigest()[:32]
        text = _TAG.sub("＜", numbered(reply))
        in_group = bool(envelope.get("group"))
        if in_group and reply.to == GROUP:
            await self._answer_in_group(envelope, text, uuid)
        elif envelope.get("message_id") and not in_group:
            await self._answer(envelope, text, uuid, ("open_id", str(envelope["open_id"])))
        else:
            await self._write_privately(envelope, text, uuid)

    async def close(self) -> None:
        """Release connections."""
        await self._api.close()

    async def _answer_in_group(self, envelope: Mapping[str, Any], text: str, uuid: str) -> None:
        named = f'<at user_id="{envelope["open_id"]}">{say("chat", "you")}</at> {text}'
        await self._answer(envelope, named, uuid, ("chat_id", str(envelope["chat_id"])))

    async def _answer(self, envelope: Mapping[str, Any], text: str, uuid: str, otherwise: tuple[str, str]) -> None:
        try:
            await self._api.reply(str(envelope["message_id"]), text, uuid=uuid)
        except Refused as error:
            if error.code != MESSAGE_GONE:
                raise
            await self._api.send(*otherwise, text, uuid=uuid)

    async def _write_privately(self, envelope: Mapping[str, Any], text: str, uuid: str) -> None:
        try:
            await self._api.send("open_id", str(envelope["open_id"]), text, uuid=uuid)
        except Refused as error:
            if error.code in PERSON_CLOSED and envelope.get("group") and envelope.get("message_id"):
                # what is private stays out of the group: there the person is only asked to write to us
                await self._answer_in_group(envelope, say("chat", "write_privately"), uuid)
            else:
                raise
