"""The phone of the resident's guardian (紧急联系人): we make sure that it is the family before a word about the matter."""

from typing import Any

from community.model.calls.call import CallResult
from community.model.meaning import Label, Reading
from community.model.meaning.call.asides import is_wrong_number
from community.model.meaning.call.interjections import asks_what_for
from community.model.meaning.call.kin import belongs_to_resident
from community.model.meaning.speech import plain
from community.model.questionnaires.questionnaire import Question, QuestionKind
from voice.script.dialogue import Phase
from voice.script.ending import end
from voice.script.speaking import Speaker
from voice.script.steps import Heard, Prompt
from voice.script.turn import Said, Turn, WrongNumber

FAMILY = Question(id="guardian", kind=QuestionKind.YES_NO, say="您是家人吗？", yes_means="是")
_MISSES, _REPEATS = 2, 3


def open_call(speaker: Speaker) -> Turn:
    """Say who calls, and ask whether this is the family."""
    return _ask(speaker)


def is_family(reading: Reading, heard: Heard) -> bool:
    """Whether a yes was said or pressed, or who they are: 我是她女儿."""
    text = plain(heard.speech)
    return reading.label == Label.YES or (not is_wrong_number(text) and belongs_to_resident(text))


def not_yet_sure(speaker: Speaker, said: Said, reading: Reading) -> Turn | None:
    """What follows a no, silence or an unclear word; None when something else was said."""
    dialogue = speaker.dialogue
    if reading.label == Label.NO:
        return end(speaker, speaker.say("wrong_number"), CallResult.WRONG_PERSON, WrongNumber())
    what_for = asks_what_for(plain(said.heard.speech))
    if (what_for or reading.label == Label.REPEAT_REQUEST) and dialogue.repeats < _REPEATS:
        return _ask(speaker.slower(), "guardian_matter" if what_for else "", repeats=dialogue.repeats + 1)
    if reading.label not in {Label.SILENCE, Label.UNCLEAR, Label.REPEAT_REQUEST}:
        return None
    silent = said.heard.is_silence
    if dialogue.misses < _MISSES:
        return _ask(speaker.slower(), "silent_once" if silent else "unclear_once", misses=dialogue.misses + 1)
    if silent:
        return end(speaker, speaker.say("silent_end"), CallResult.SILENCE)
    return end(speaker, speaker.say("unclear_end"), CallResult.UNCLEAR)


def question(speaker: Speaker) -> list[Prompt]:
    """Whether this is the family, or whoever else is named in the list."""
    return speaker.say("guardian_ask", **speaker.guardian_names())


def _ask(speaker: Speaker, first: str = "", **changes: Any) -> Turn:
    opening = speaker.say(first) if first else speaker.opening()
    return speaker.listen([*opening, *question(speaker)], speaker.for_yes_no(), phase=Phase.GUARDIAN, **changes)
