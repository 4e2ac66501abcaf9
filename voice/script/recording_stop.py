"""不要录音, said in the middle of a call: the recording ends, what was recorded is given up, and the question is asked again."""

import re
from dataclasses import replace
from typing import Any

from community.model.meaning.speech import plain
from voice.script import interrupting
from voice.script.dialogue import Phase, step_to_json
from voice.script.speaking import Speaker
from voice.script.turn import RecordNoMore, Said, Turn

_STOP = re.compile(
    r"(?:不要|不想|不许|不准|不能|不可以|不同意|不让|不愿意|不好|不用|别|莫|停止|停下|停了|取消|关掉|关了)(?:再|给我|你们|你|把|继续|这个)*(?:录(?!像|取|用|入)|给录)"
)
#: Whoever says it again and again hears so often that nothing is recorded.
_TIMES = 2
_PHASES = frozenset({Phase.HEALTH, Phase.QUESTION, Phase.CONFIRM, Phase.MESSAGE_OFFER})


def stop(speaker: Speaker, said: Said) -> Turn | None:
    """What follows such words; None where something else was said."""
    dialogue = speaker.dialogue
    if dialogue.phase not in _PHASES or not _STOP.search(plain(said.heard.speech)):
        return None
    if not dialogue.consent:
        if dialogue.repeats >= _TIMES:
            return None
        return _go_on(speaker, "not_recorded", repeats=dialogue.repeats + 1)
    turn = _go_on(speaker, "recording_stopped")
    step = replace(turn.step, stop_recording=True)
    told = replace(turn.dialogue, said=step_to_json(step))
    return Turn(told, step, (*turn.effects, RecordNoMore()))


def _go_on(speaker: Speaker, words: str, **changes: Any) -> Turn:
    told = speaker.say(words)
    if speaker.dialogue.phase is not Phase.MESSAGE_OFFER:
        return interrupting.once_more(speaker, told, consent=False, **changes)
    offer = [*told, *speaker.say("message_offer"), *speaker.say("message_keys")]
    return speaker.listen(offer, speaker.for_yes_no(), consent=False, **changes)
