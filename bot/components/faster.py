"""Two things that Rasa 3.6.21 does again for every turn and that never change; half of a turn's time was spent on them.

- For every event of a conversation it walks all subclasses of `Event` to find the class of that name.
- For every answer of the action server it builds its JSON Schema anew and has the schema itself checked.
"""

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # ships no types
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event


def spare_repetition() -> None:
    """Find each event's class once, and prepare the answers' schema once; what they decide stays the same."""
    Event.resolve_by_type = staticmethod(cache(Event.resolve_by_type))
    RemoteAction._validate_action_result = _is_valid  # noqa: SLF001 - Rasa gives no other place


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(RemoteAction.action_response_format_spec())


def _is_valid(_action: RemoteAction, result: dict[str, Any]) -> bool:
    _validator().validate(result)
    return True
