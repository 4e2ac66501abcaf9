"""What the telephone asks when a resident may tell of something broken, dangerous or needed: the assistant's understanding."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from bot.rasa_client import RasaClient
from community.model.cases.case import CaseKind
from community.model.hazards.wish import Asked, Understood, Wish, read_wish
from community.model.rulebook import Rulebook
from community.usecases.raise_emergency import places_of

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
    places = places_of(rules)

    async def hear(text: str, asked: Asked) -> Wish | None:
        understood = None if rasa is None else await _understood(rasa, text)
        wish = read_wish(text, asked, places=places, understood=understood)
        return wish if wish is None or wish.category is None or wish.category in rules.hazards else _any_kind(wish)

    return hear


def _any_kind(wish: Wish) -> Wish:
    """A category that this community does not have is nobody's: somebody rings back."""
    return Wish(kind=CaseKind.CALLBACK, address=wish.address, location_text=wish.location_text)


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
