"""What the actions work with; put together by shouwang/wiring.py and handed over when the server is built."""

from dataclasses import dataclass

from community.clock import Clock
from community.model.rulebook import Rulebook
from community.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The use cases' surroundings."""

    database: Database
    clock: Clock
    rules: Rulebook
