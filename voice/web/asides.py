"""What is looked up beside a turn, in a few seconds, before it is taken: an answer to a question, a wish in what was said."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from community.clock import Clock
from community.model.hazards.wish import Asked, Wish, may_be_wish
from community.model.rulebook import Rulebook
from community.store import calls
from community.store.database import Database
from voice.carriers.base import CallEvent, Carrier
from voice.script.conversation import question_for_assistant, wish_asked
from voice.script.dialogue import Dialogue
from voice.script.hearing import may_be_question
from voice.script.steps import CallUrls, Heard
from voice.script.turn import Script
from voice.web.call_turn import make_script
from voice.web.finding import CallFinder

log = structlog.get_logger()

AskAssistant = Callable[[str], Awaitable[str | None]]
HearWish = Callable[[str, Asked], Awaitable[Wish | None]]
T = TypeVar("T")

#: Twilio waits 15 s for an answer; a person on the phone does not wait for more than a few.
_ASSISTANT_SECONDS, _WISH_SECONDS = 4.0, 2.0


class Asides:
    """Looks up what a turn may need.

    Args:
        ask_assistant: answers a question that a resident asks back; None answers nothing.
        hear_wish: finds what must be looked after in words that were said to a question; None finds nothing.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        rules: Rulebook,
        finder: CallFinder,
        *,
        ask_assistant: AskAssistant | None,
        hear_wish: HearWish | None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._rules = rules
        self._finder = finder
        self._ask_assistant = ask_assistant
        self._hear_wish = hear_wish

    async def assistant_answer(self, carrier: Carrier, urls: CallUrls, event: CallEvent) -> str | None:
        """What the assistant says to a question asked back; None where nothing was asked, or it takes too long."""
        heard = event.heard or Heard()
        if self._ask_assistant is None or not may_be_question(heard):
            return None
        question = await self._database.read(
            lambda conn: self._before_turn(conn, carrier, urls, event, question_for_assistant)
        )
        if question is None:
            return None
        try:
            async with asyncio.timeout(_ASSISTANT_SECONDS):
                return await self._ask_assistant(question)
        except Exception as error:  # noqa: BLE001 - whatever it is, the call goes on: the question is noted for a person
            log.warning("assistant_did_not_answer", attempt_id=urls.attempt_id, error=type(error).__name__)
            return None

    async def wish(self, carrier: Carrier, urls: CallUrls, event: CallEvent) -> Wish | None:
        """What of the words must be looked after; None for nothing, or where that is not found out in time."""
        heard = event.heard or Heard()
        if self._hear_wish is None or heard.digits or not may_be_wish(heard.speech):
            return None
        asked = await self._database.read(lambda conn: self._before_turn(conn, carrier, urls, event, wish_asked))
        if asked is None:
            return None
        try:
            async with asyncio.timeout(_WISH_SECONDS):
                return await self._hear_wish(heard.speech, asked)
        except Exception as error:  # noqa: BLE001 - whatever it is, the call goes on, and the words are kept
            log.warning("wish_not_heard", attempt_id=urls.attempt_id, error=type(error).__name__)
            return None

    def _before_turn(
        self,
        conn: Connection,
        carrier: Carrier,
        urls: CallUrls,
        event: CallEvent,
        look: Callable[[Script, Dialogue, Heard], T | None],
    ) -> T | None:
        """What the conversation makes of the words before the turn is taken; None for a repeated or foreign webhook."""
        call = self._finder.call(conn, carrier, urls, event)
        if int(event.detail["step"]) != call.step or not calls.may_be_call(conn, call, event.carrier_id):
            return None
        questionnaire = self._finder.questionnaire(conn, call.campaign_id, carrier)
        dialogue = Dialogue.from_json(dict(call.dialogue))
        script = make_script(
            conn, call, dialogue, questionnaire=questionnaire, rules=self._rules, now=self._clock.now()
        )
        return look(script, dialogue, event.heard or Heard())
