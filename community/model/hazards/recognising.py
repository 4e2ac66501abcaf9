"""Whether a message tells of danger now, by the rules and the second opinion together: alarm, suspicion, or nothing.

Rules decide alone unless the opinion is sure of the contrary. Where they are silent, the opinion raises the alarm when it is sure; when it is not, it only asks to ask.
"""

from dataclasses import replace

from community.model.hazards.danger_opinion import DangerOpinion
from community.model.hazards.emergency import SERVICES, Emergency, detect_emergency

#: Below it, what the rules see is not believed.
_DOUBTED = 0.35
#: From it, the opinion raises the alarm by itself; in a group that did not ask the bot it must be surer.
_SURE, _SURE_UNASKED = 0.6, 0.75
#: From it, somebody is asked whether they are in danger.
_SUSPECTED = 0.3
#: How probable another kind must be for its numbers to be told too.
_ALSO = 0.6


def recognise(text: str, opinion: DangerOpinion, *, asked: bool = True) -> Emergency | None:
    """Tell whether a text speaks of somebody in danger now, and whom to call.

    Args:
        text: as it was written or heard.
        opinion: the second opinion.
        asked: the message was for the bot; otherwise nothing is only suspected, and the opinion alone must be surer.

    Returns:
        An emergency; with `suspected` one to ask about; None for neither.
    """
    ruled = detect_emergency(text)
    sure = opinion.sureness(text, ruled.kind if ruled else None)
    if ruled is not None and sure >= _DOUBTED:
        return _completed(ruled, text, opinion)
    if sure < _SUSPECTED:
        return None
    likely, _ = opinion.likely_kind(text)
    found = Emergency(SERVICES[likely], likely, likely, decided_by="opinion", sureness=round(sure, 3))
    if sure >= (_SURE if asked else _SURE_UNASKED):
        return found
    return replace(found, suspected=True) if asked else None


def _completed(ruled: Emergency, text: str, opinion: DangerOpinion) -> Emergency:
    """What the rules saw, with the numbers of what else it sounds like."""
    likely, probability = opinion.likely_kind(text)
    if probability < _ALSO or SERVICES[likely][0] in ruled.services:
        return ruled
    return replace(ruled, services=tuple(dict.fromkeys((*ruled.services, SERVICES[likely][0]))))
