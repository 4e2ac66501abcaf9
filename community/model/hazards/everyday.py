"""An everyday hazard that only sounds like danger: where its words are plain, the second opinion alone must be surer to raise the alarm.

A lamp that does not burn, a cover that is loose, a neighbour's rubbish: told with an old mother who nearly fell, they sound like an
accident. Somebody is asked then, not alarmed. Where a rule saw the danger, nothing changes.
"""

from collections.abc import Mapping
from dataclasses import replace

from community.model.hazards.emergency import Emergency

#: Hazards that seldom hurt anybody the same minute, how sure their guess must be, and from where on the opinion is believed.
_QUIET = frozenset(
    {"lighting", "noise", "clutter", "sanitation", "tree", "manhole", "road_damage", "sewer", "water_supply"}
)
_QUIET_FROM, _BELIEVED_OF_QUIET = 0.6, 0.9
#: Hazards that may, but mostly have not yet.
_SLOW = frozenset(
    {"fire_lane_blocked", "fire_equipment", "ebike_charging", "public_health", "falling_object", "flooding"}
    | {"building_safety", "elevator", "other"}
)
_SLOW_FROM, _BELIEVED_OF_SLOW = 0.7, 0.7


def weighed(found: Emergency, guesses: Mapping[str, float], *, asked: bool) -> Emergency | None:
    """Ask instead of alarm, or where nobody asked the bot say nothing, when an everyday hazard is what is told.

    Args:
        found: what was recognised.
        guesses: hazard category → probability.
        asked: the message was for the bot.
    """
    if found.decided_by == "rule" or found.suspected:
        return found
    likely = max(guesses, key=lambda code: (guesses[code], code))
    quiet = likely in _QUIET and guesses[likely] >= _QUIET_FROM and found.sureness < _BELIEVED_OF_QUIET
    slow = likely in _SLOW and guesses[likely] >= _SLOW_FROM and found.sureness < _BELIEVED_OF_SLOW
    if not (quiet or slow):
        return found
    return replace(found, suspected=True) if asked else None
