"""What every action of ours is: a thin call into the community's use cases."""

from abc import abstractmethod
from collections.abc import Callable
from datetime import date
from typing import Any, ClassVar, TypeVar

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import Connection

from actions.services import Services
from actions.turn import Turn

T = TypeVar("T")
Events = list[dict[str, Any]]


class CommunityAction(Action):
    """An action with its services."""

    action_name: ClassVar[str]
    #: Whether it answers a question asked on the telephone; the others do nothing there.
    answers_on_phone: ClassVar[bool] = False

    def __init__(self, services: Services) -> None:
        self.services = services

    def name(self) -> str:
        """The name that the domain knows it by."""
        return self.action_name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:  # noqa: ARG002 - Rasa's signature
        """Make the turn."""
        turn = Turn.of(tracker, dispatcher)
        if turn.on_phone and not self.answers_on_phone:
            return []
        return await self.act(turn, tracker)

    @abstractmethod
    async def act(self, turn: Turn, tracker: Tracker) -> Events:
        """Do what the resident wants, say what came of it, return what the conversation should remember."""

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run one unit of work."""
        return await self.services.database.write(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Look at the database."""
        return await self.services.database.read(work)

    def today(self) -> date:
        """The community's date."""
        return self.services.clock.now().astimezone(self.services.rules.timezone).date()
