"""One thing that somebody does to one row: what a verb of the pages and of the API is given."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.rulebook import Rulebook
from console.desk import Desk, Visitor
from console.forms import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """Who does it to what, with which fields, when, in which unit of work."""

    conn: Connection
    id: int
    fields: Fields
    desk: Desk
    visitor: Visitor
    now: datetime

    @property
    def rules(self) -> Rulebook:
        """The community's rules."""
        return self.desk.rules

    @property
    def actor(self) -> Actor:
        """Who does it."""
        return self.visitor.actor


#: A verb, and the sentence shown afterwards (rendering.DONE).
Verb = tuple[Callable[[Errand], object], str]
