"""不要给我爸打电话了: somebody wishes that another person is called no more. It is asked about once, and staff look at it."""

from community.model.calls.call import CallResult
from community.model.cases.case import CaseKind
from community.model.meaning import Label
from community.model.meaning.call.for_another import wants_no_calls_for_another
from community.model.meaning.speech import plain
from voice.script import about_call
from voice.script.dialogue import Phase
from voice.script.ending import end
from voice.script.hearing import read
from voice.script.speaking import Speaker
from voice.script.steps import Heard
from voice.script.turn import RaiseCase, Said, Turn

#: What is said after the tone is kept as it is.
_NOT_THERE = frozenset({Phase.FOR_ANOTHER, Phase.MESSAGE})


def heard(speaker: Speaker, said: Said) -> Turn | None:
    """Ask whether it was meant; None where no such wish is said. Whoever hangs up now has said it all the same."""
    phase = speaker.dialogue.phase
    if phase in _NOT_THERE or not wants_no_calls_for_another(plain(said.heard.speech)):
        return None
    prompts = speaker.say("for_another_ask")
    case = _case(speaker, said.heard, settles=False)
    return speaker.listen(
        prompts, speaker.for_yes_no(), effects=[case], phase=Phase.FOR_ANOTHER, interrupted=phase.value
    )


def answered(speaker: Speaker, said: Said) -> Turn:
    """Leave it to staff, unless it is denied; whoever spoke is not known to be the one we call, who has not opted out."""
    reading = read(speaker, about_call.NEVER_AGAIN, said.heard)
    if reading.label == Label.NO and not wants_no_calls_for_another(plain(said.heard.speech)):
        return about_call.go_on_after(speaker, speaker.dialogue.interrupted)
    if reading.label in {Label.ASK_HUMAN, Label.CALLBACK_LATER}:
        return about_call.answer(speaker, said, reading)
    inbound = speaker.script.inbound
    # Of somebody who rang us and is asked nothing, the case is all that is left to do.
    result = CallResult.HUMAN if inbound is None or inbound.wanted else CallResult.COMPLETED
    case = _case(speaker, said.heard, settles=True)
    return end(speaker, speaker.say("for_another", phone=speaker.script.phone), result, case)


def _case(speaker: Speaker, heard: Heard, *, settles: bool) -> RaiseCase:
    known = bool(speaker.script.name)
    return RaiseCase(
        key="for_another",
        kind=CaseKind.LIST_CHECK,
        summary="有人要求以后不再给这位居民打电话，请核实是谁、为什么"
        if known
        else "有人来电要求不再给家里老人打电话，请核实是哪一位",
        description=heard.speech,
        settles=settles,
    )
