"""What the actions work with; put together by shouwang/wiring.py and handed over when the server is built."""

from dataclasses import dataclass
from typing import Protocol

from community.clock import Clock
from community.model.hazards.proposal import Proposal
from community.model.policies.policy import PolicyAnswer
from community.model.rulebook import Rulebook
from community.store.database import Database


class Phrase(Protocol):
    """Puts a quotation plainly in a sentence before it; empty where it is to speak for itself. It never raises."""

    async def __call__(
        self,
        question: str,
        answer: PolicyAnswer,
        *,
        key: str,
        conversation_id: str,
        person: str = "",
        seconds: float | None = None,
    ) -> str:
        """Return the sentence; `key` is the same when the turn is replayed."""
        ...


class Propose(Protocol):
    """Reads category and place out of a message that the rules are unsure of. It never raises."""

    async def __call__(self, text: str, *, key: str, conversation_id: str, person: str = "") -> Proposal:
        """Return what to ask the resident about; `key` is the same when the turn is replayed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The use cases' surroundings; `phrase` and `propose` are there where a language model is set."""

    database: Database
    clock: Clock
    rules: Rulebook
    phrase: Phrase | None = None
    propose: Propose | None = None
