"""Two things that Rasa 3.6.21 does again for every turn and that never change; half of a turn's time was spent on them.

- For every event of a conversation it walks all subclasses of `Event` to find the class of that name.
- For every answer of the action server it builds a JSON Schema anew, has the schema itself checked, and walks the answer by it;
  the action server is our own, behind a token on loopback, and answers in one shape.
"""

from functools import cache
from typing import Any

from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event
from rasa.shared.exceptions import RasaException


def spare_repetition() -> None:
    """Find each event's class once, and look at an answer's shape without a schema."""
    Event.resolve_by_type = staticmethod(cache(Event.resolve_by_type))
    RemoteAction._validate_action_result = _check_shape  # noqa: SLF001 - Rasa gives no other place


def _check_shape(_action: RemoteAction, result: Any) -> bool:
    if not isinstance(result, dict) or not isinstance(result.get("events"), list):
        raise RasaException("the action server gave no list of events")
    return True
