"""Ways in which a call ends."""

from collections.abc import Sequence
from typing import Any

from community.model.calls.call import CallResult
from voice.script.speaking import Speaker
from voice.script.steps import Prompt
from voice.script.turn import Effect, Turn


def end(
    speaker: Speaker, prompts: Sequence[Prompt], result: CallResult | None, *effects: Effect, **changes: Any
) -> Turn:
    """Say the last words and hang up, with a result."""
    return speaker.hang_up(prompts, effects, result=result, **changes)


def hand_over(speaker: Speaker) -> Turn:
    """To a person: the duty phone where there is one, else somebody calls back."""
    if speaker.script.duty_number:
        return speaker.transfer(speaker.say("transfer"), result=CallResult.HUMAN)
    return end(speaker, speaker.say("person_will_call"), CallResult.HUMAN)
