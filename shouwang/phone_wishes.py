"""What the telephone asks when a resident may tell of something broken, dangerous or needed: the assistant's understanding."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot.rasa_client import RasaClient
from community.model.hazards.wish import Asked, Understood, Wish
from community.model.rulebook import Rulebook
from community.usecases.pass_on_wish import Understand, wish_in

log = structlog.get_logger()

HearWish = Callable[[str, Asked], Awaitable[Wish | None]]

#: The assistant's share of the time that a webhook may take; then the words alone decide.
PARSE_SECONDS = 1.5


def phone_wishes(rules: Rulebook, rasa: RasaClient | None) -> HearWish:
    """A function that finds what must be looked after in what a resident said.

    Rasa's understanding of hazards is asked, without a conversation; where it is slow or down, plain words still count. It
    never raises and never takes longer than a webhook may.

    Args:
        rasa: None goes by the words alone.
    """
    understand = hazard_understanding(rasa)

    async def hear(text: str, asked: Asked) -> Wish | None:
        return wish_in(text, asked, rules=rules, understood=await understand(text))

    return hear


def hazard_understanding(rasa: RasaClient | None) -> Understand:
    """A function that asks Rasa what some words report; it never raises and is never slow.

    Args:
        rasa: None knows nothing, so that the words alone count.
    """

    async def understand(text: str) -> Understood | None:
        return None if rasa is None else await _understood(rasa, text)

    return understand


async def _understood(rasa: RasaClient, text: str) -> Understood | None:
    try:
        parsed = await asyncio.wait_for(rasa.parse(text), PARSE_SECONDS)
    except TimeoutError:
        log.warning("assistant_slow")
        return None
    return _read(parsed) if parsed is not None else None


def _read(parsed: Any) -> Understood | None:
    intent, guesses = parsed.get("intent"), parsed.get("hazard")
    if not isinstance(intent, dict):
        return None
    return Understood(
        intent=str(intent.get("name") or ""),
        confidence=float(intent.get("confidence") or 0.0),
        guesses=guesses if isinstance(guesses, dict) else {},
    )
