"""What the telephone asks when a resident asks something of their own: the assistant, and the policy documents behind it."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot.rasa_client import Answered, RasaClient
from community.model.policies.policy import AnswerStatus
from community.model.policies.spoken_answer import for_the_ear
from community.usecases.answer_policy import answer_policy
from shouwang.wiring import Office

log = structlog.get_logger()

#: The assistant's share of the four seconds that a webhook may take; what is left is for looking it up ourselves.
RASA_SECONDS, LOOK_UP_SECONDS = 2.0, 1.5


def phone_assistant(office: Office, rasa: RasaClient) -> Callable[[str], Awaitable[str | None]]:
    """A function that answers a question in a few spoken sentences, or with None where the documents do not say.

    The assistant is asked as in chat, in a conversation of its own that opens no case; where it is slow, down or has no answer
    for the ear, the documents are looked up directly. It never raises and never takes longer than a webhook may.
    """

    async def ask(question: str) -> str | None:
        said = await _ask_rasa(rasa, question)
        try:
            return said or await asyncio.wait_for(_look_up(office, question), LOOK_UP_SECONDS)
        except Exception as error:  # noqa: BLE001 - the question is noted for a person instead
            log.warning("question_not_looked_up", error=type(error).__name__)
            return None

    return ask


async def _ask_rasa(rasa: RasaClient, question: str) -> str | None:
    """What the assistant said for the ear; None where it said nothing in time."""
    conversation = f"phone:{uuid.uuid4().hex}"
    metadata = {"message": conversation, "scene": "phone"}
    try:
        answer = await asyncio.wait_for(rasa.ask(conversation, question, metadata), RASA_SECONDS)
    except TimeoutError:
        log.warning("assistant_slow")
        return None
    if not isinstance(answer, Answered):
        log.warning("assistant_unavailable", reason=answer.reason)
        return None
    spoken = [_spoken(item) for item in answer.items]
    return next(filter(None, spoken), None)


def _spoken(item: Any) -> str:
    custom = item.get("custom")
    return str(custom.get("spoken") or "") if isinstance(custom, dict) else ""


async def _look_up(office: Office, question: str) -> str | None:
    today = office.clock.now().astimezone(office.rules.timezone).date()
    answer = await office.database.read(lambda conn: answer_policy(conn, question, today=today))
    if answer.status is not AnswerStatus.ANSWERED:
        return None
    return for_the_ear(answer.quote, answer.document.title if answer.document else "") or None
