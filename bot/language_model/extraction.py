"""What a report is about, and where, in a message that the rules are unsure of: proposed to the resident, never simply believed."""

import json
import re
from collections.abc import Mapping
from typing import Any

import structlog

from bot.language_model.asking import Asking, Judged
from community.model.address_text import Places
from community.model.hazards.proposal import Proposal, check_proposal
from community.model.masked_text import masked
from community.model.policies.faithful import gives_orders
from community.store.database import Database
from community.store.residents import names_in

log = structlog.get_logger()

_OBJECT = re.compile(r"\{[^{}]*\}", re.DOTALL)


class Extraction:
    """Reads category and place out of a message, as far as both can be checked.

    Args:
        categories: code → Chinese name, of hazards.yml.
    """

    def __init__(self, asking: Asking, database: Database, places: Places, categories: Mapping[str, str]) -> None:
        self._asking = asking
        self._database = database
        self._places = places
        self._categories = dict(categories)

    async def __call__(self, text: str, *, key: str, conversation_id: str, person: str = "") -> Proposal:
        """Return what the model found; an empty proposal where there is nothing to ask the resident about.

        Args:
            text: the resident's message, in which nobody is in danger.
            key: of the message, the same when its turn is replayed.
            person: the resident's name where it is known.
        """
        if gives_orders(text):
            log.info("language_model_not_asked", key=key, reason="gives_orders")
            return Proposal("", "", text)

        async def words() -> dict[str, str]:
            names = await self._database.read(lambda conn: names_in(conn, text))
            categories = "\n".join(f"{code}：{name}" for code, name in self._categories.items())
            return {"text": masked(text, names=(*names, person), places=self._places), "categories": categories}

        def judge(said: str) -> Judged:
            found = check_proposal(_read(said), text, known=self._categories.keys())
            if found.is_empty:
                return Judged("", "nothing_true")
            return Judged(json.dumps({"category": found.category, "place": found.place}, ensure_ascii=False))

        kept = await self._asking.ask(
            "extraction", key=f"{key}extraction", conversation_id=conversation_id, words=words, judge=judge
        )
        return check_proposal(_read(kept), text, known=self._categories.keys())


def _read(said: str) -> Any:
    """The first JSON object in the model's words, in a fence or bare; None where there is none."""
    found = _OBJECT.search(said)
    try:
        return json.loads(found[0]) if found else None
    except ValueError:
        return None
