"""Residents who check in by chat: a street with telephones and texts, and the assistant's inbox beside them."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.channels.base import IncomingMessage
from bot.check_in import CheckIns
from bot.rasa_client import RasaClient
from bot.turns import Turns
from community.model.actor import Actor
from community.store import messages
from community.store.answers import answers_of_targets
from community.store.audit import list_lines
from community.store.chat_ties import ChatTie, ties_of_resident
from community.store.database import Database
from community.store.messages import StoredMessage
from community.usecases.answer_link import make_link
from community.usecases.check_integrity import Finding, check_integrity
from community.usecases.send_chat_code import code_of_text
from tests.harness.answer_page import KEY
from tests.harness.dialling import Street
from tests.harness.rasa_server import RasaServer, rasa_server
from tests.harness.texting import LINE, TextStreet, text_street
from voice.engine.texter import Texter


@dataclass
class ChatStreet:
    """What a story of checking in is told with."""

    phone: TextStreet
    rasa: RasaServer
    turns: Turns
    texter: Texter
    count: int = 0

    @property
    def street(self) -> Street:
        return self.phone.street

    async def hears(self, text: str, *, chat: str = "wang", group: bool = False, **more: Any) -> StoredMessage:
        """Somebody writes, and is answered: the whole message as it is stored."""
        self.count += 1
        message = IncomingMessage(
            channel="web",
            account=f"web:{chat}",
            message_id=more.pop("message_id", f"m{self.count}"),
            conversation_id=f"web:{chat}",
            scene="group" if group else "private",
            text=text,
            addressed=True,
            **more,
        )
        stored = (await self.turns.accept(message)).message
        assert stored is not None
        await self.turns.idle()
        with self.street.database.reading() as conn:
            return messages.get(conn, stored.id)

    async def says(self, text: str, **more: Any) -> str:
        """Somebody writes: what is answered, with the buttons beneath."""
        return words(await self.hears(text, **more))

    async def code(self, number: str) -> str:
        """The code in the last text that a telephone has got; empty for none."""
        await self.texter.tick()
        await self.phone.twilio.texts.quiet()
        found = [re.search(r"验证码(\d{6})", body) for body in self.phone.twilio.texts.bodies(number)]
        return found[-1][1] if found and found[-1] else ""

    async def proves(self, number: str, *, chat: str = "wang") -> str:
        """Somebody checks in and shows that a telephone is theirs; what is said to the right code."""
        await self.says("我来报平安", chat=chat)
        await self.says(number.removeprefix("+86"), chat=chat)
        return await self.says(await self.code(number), chat=chat)

    def link(self, target: int) -> str:
        """The token of a fresh link."""
        with self.street.database.begin() as conn:
            made = make_link(
                conn,
                target,
                key=KEY,
                public_url="https://example.cn",
                actor=Actor.system("test"),
                now=self.street.clock.now(),
            )
        return made.url.rsplit("/", 1)[1]

    def labels(self, target: int) -> dict[str, tuple[str, str]]:
        """What each question was answered, and by which channel."""
        with self.street.database.reading() as conn:
            found = answers_of_targets(conn, [target]).get(target, {})
        return {question: (answer.label, answer.channel) for question, answer in found.items()}

    def ties(self, resident: int) -> list[ChatTie]:
        with self.street.database.reading() as conn:
            return ties_of_resident(conn, resident, now=self.street.clock.now())

    def actions(self, subject: str) -> list[str]:
        """What the trail says happened to something, newest first."""
        with self.street.database.reading() as conn:
            return [line.action for line in list_lines(conn, subject=subject)]

    def audit(self) -> list[Finding]:
        with self.street.database.begin() as conn:
            return check_integrity(conn, self.street.clock.now())


def words(message: StoredMessage) -> str:
    """What a message was answered, with the buttons beneath."""
    lines = []
    for reply in message.replies:
        lines += [reply["text"], *(f"[{button['title']}]" for button in reply.get("buttons") or ())]
    return "\n".join(lines)


@asynccontextmanager
async def chat_street(database: Database, clock: Any) -> AsyncIterator[ChatStreet]:
    """Serve everything that a chat passes, with a stand-in for Rasa."""
    async with text_street(database, clock) as phone, rasa_server() as rasa:
        street = phone.street
        texter = phone.another_texter("codes", make_code=lambda conn, key: code_of_text(conn, key, key=KEY))
        client = RasaClient(rasa.url, "secret", timeout=0.5)
        check_ins = CheckIns(street.rules, KEY, LINE)
        turns = Turns(database, clock, client, {}, rules=street.rules, worker_id="chat", check_ins=check_ins)
        try:
            yield ChatStreet(phone, rasa, turns, texter)
        finally:
            await turns.close()
            await client.close()
