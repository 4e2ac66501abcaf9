"""Whether a message tells of danger now, by the rules and the second opinion together: alarm, suspicion, or nothing.

A bare cry for help decides alone; so do the rules unless the opinion is sure of the contrary. Where they are silent, the opinion raises the alarm when it is sure; when it is not, it only asks to ask.
"""

from dataclasses import replace

from community.model.hazards.cries import cry_for_help
from community.model.hazards.danger_opinion import DangerOpinion
from community.model.hazards.emergency import SERVICES, Emergency, detect_emergency
from community.model.hazards.small_talk import tells_nothing

#: Below it, what the rules see is not believed.
_DOUBTED = 0.5
#: So few characters leave little to read between: there the rules are doubted only when the opinion does not even suspect.
_PLAIN = 14
#: From it, the opinion raises the alarm by itself; in a group that did not ask the bot it must be surer.
_SURE, _SURE_UNASKED = 0.5, 0.8
#: From it, somebody is asked whether they are in danger.
_SUSPECTED = 0.25
#: How probable another kind must be for its number to be told too: beside what the rules saw, beside the likeliest.
_ALSO, _OR_ELSE = 0.45, 0.2


def recognise(text: str, opinion: DangerOpinion, *, asked: bool = True) -> Emergency | None:
    """Tell whether a text speaks of somebody in danger now, and whom to call.

    Args:
        text: as it was written or heard.
        opinion: the second opinion.
        asked: the message was for the bot; otherwise nothing is only suspected, and the opinion alone must be surer.

    Returns:
        An emergency; with `suspected` one to ask about; None for neither.
    """
    cry = cry_for_help(text)
    if cry is not None:
        return Emergency(SERVICES[cry], cry, cry)
    ruled = detect_emergency(text)
    if ruled is None and tells_nothing(text):
        return None
    sure = opinion.sureness(text, ruled.kind if ruled else None)
    doubted = _SUSPECTED if len(text) <= _PLAIN else _DOUBTED
    if ruled is not None and sure >= doubted:
        return _completed(ruled, text, opinion)
    if sure < _SUSPECTED:
        return None
    found = _as_it_sounds(text, opinion, sure)
    if sure >= (_SURE if asked else _SURE_UNASKED):
        return found
    return replace(found, suspected=True) if asked else None


def _completed(ruled: Emergency, text: str, opinion: DangerOpinion) -> Emergency:
    """What the rules saw, with the numbers of what else it sounds like."""
    likely, probability = opinion.likely_kinds(text)[0]
    if probability < _ALSO or SERVICES[likely][0] in ruled.services:
        return ruled
    return replace(ruled, services=(*ruled.services, SERVICES[likely][0]))


def _as_it_sounds(text: str, opinion: DangerOpinion, sure: float) -> Emergency:
    """What only the opinion sees, with the number of whatever else it may be."""
    (kind, _), *others = opinion.likely_kinds(text)
    also = [SERVICES[other][0] for other, probability in others if probability >= _OR_ELSE]
    services = tuple(dict.fromkeys((*SERVICES[kind], *also)))
    return Emergency(services, kind, kind, decided_by="opinion", sureness=round(sure, 3))
