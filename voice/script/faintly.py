"""What was heard badly: words about the call itself are honoured all the same, and a plain yes or no is read back."""

from community.model.meaning.call.asides import wants_opt_out
from community.model.meaning.reading import UNCLEAR, Label, Reading
from community.model.meaning.speech import plain
from community.model.meaning.understand import LEAST_CONFIDENCE
from voice.script.dialogue import Phase
from voice.script.steps import Heard

#: A plain yes or no is no longer than this.
_LONGEST = 8
_ABOUT_THE_CALL = frozenset({Label.REPEAT_REQUEST, Label.ASK_HUMAN, Label.WRONG_PERSON, Label.CALLBACK_LATER})
_YES_OR_NO = frozenset({Label.YES, Label.NO, Label.NONE})
#: What a badly heard yes or no may decide: never that we may record, ask about health, or speak with the family.
_DECIDES = {
    Phase.QUESTION: _YES_OR_NO,
    Phase.CONFIRM: _YES_OR_NO,
    Phase.OPT_OUT: frozenset({Label.YES, Label.NO}),
    Phase.FOR_ANOTHER: frozenset({Label.YES, Label.NO}),
    Phase.READY: frozenset({Label.NO}),
    Phase.CONSENT: frozenset({Label.NO}),
    Phase.HEALTH: frozenset({Label.NO}),
}


def is_faint(heard: Heard) -> bool:
    """Whether the recogniser thinks little of its own words."""
    return not heard.digits and heard.confidence is not None and 0 < heard.confidence < LEAST_CONFIDENCE


def is_doubtful(heard: Heard) -> bool:
    """Whether a yes or no of these words is to be read back: badly heard, or by an engine that says 0 and means nothing by it."""
    return not heard.digits and heard.confidence is not None and heard.confidence < LEAST_CONFIDENCE


def believed(phase: Phase, heard: Heard, reading: Reading) -> Reading:
    """As much of a reading of badly heard words as may be believed; else `unclear`.

    Args:
        reading: what the words would mean, had they been heard well.
    """
    if not is_faint(heard) or reading.label in {Label.SILENCE, Label.DISTRESS}:
        return reading
    text = plain(heard.speech)
    if reading.decided_by == "model":
        return UNCLEAR
    if reading.label in _ABOUT_THE_CALL or (reading.label == Label.REFUSE and wants_opt_out(text)):
        return reading
    short = len(text.strip(" ,.!?…~")) <= _LONGEST
    return reading if short and reading.label in _DECIDES.get(phase, frozenset()) else UNCLEAR
