"""Whether somebody may talk now: asked first where our first words would be about health.

A voicemail or a wrong number that picks up hears who calls and whom, and nothing about health (个人信息保护法 28: health is
sensitive information). In an emergency, and where something else is asked or agreed first, nobody is asked.
"""

from collections.abc import Sequence
from typing import Any

from community.model.calls.call import CallResult
from community.model.meaning import Label
from community.model.meaning.reading import Reading
from community.model.questionnaires.answer_rules import MISSES, first_open_question
from community.model.questionnaires.questionnaire import LegalGround, Question, QuestionKind
from voice.script import about_call
from voice.script.beginning import begin_questions
from voice.script.dialogue import Phase
from voice.script.ending import end
from voice.script.hearing import read
from voice.script.speaking import Speaker
from voice.script.steps import Prompt
from voice.script.turn import Said, Turn

QUESTION = Question(id="ready", kind=QuestionKind.YES_NO, say="您现在方便说话吗？", yes_means="方便")
_REPEATS = 3


def is_due(speaker: Speaker) -> bool:
    """Whether what would be asked next is about health; for the moment before anything else is asked."""
    script = speaker.script
    if script.guardian or script.questionnaire.legal_ground is LegalGround.EMERGENCY:
        return False
    first = first_open_question(script.questionnaire, dict(script.answered))
    return first is not None and first.about_health


def ask(speaker: Speaker, prompts: Sequence[Prompt]) -> Turn:
    """Say who calls, and ask whether they may talk."""
    return _listen(speaker, prompts, phase=Phase.READY, misses=0, repeats=0)


def answered(speaker: Speaker, said: Said) -> Turn:
    """Go on after a yes; later after a no."""
    reading = read(speaker, QUESTION, said.heard)
    if reading.label == Label.YES:
        return begin_questions(speaker, speaker.say("noted"))
    if once_more := _once_more(speaker, said, reading):
        return once_more
    if said.heard.is_silence:
        return end(speaker, speaker.say("silent_end"), CallResult.SILENCE)
    if reading.label in {Label.UNCLEAR, Label.REPEAT_REQUEST}:
        return end(speaker, speaker.say("unclear_end"), CallResult.UNCLEAR)
    later = Reading(Label.CALLBACK_LATER) if reading.label == Label.NO else reading
    return about_call.answer(speaker, said, later)


def _once_more(speaker: Speaker, said: Said, reading: Reading) -> Turn | None:
    dialogue, vague = speaker.dialogue, reading.label in {Label.SILENCE, Label.UNCLEAR}
    if speaker.waited and vague:
        # 奶奶来了: whoever was fetched has heard nothing yet.
        return _listen(speaker, speaker.opening())
    if reading.label == Label.REPEAT_REQUEST and dialogue.repeats < _REPEATS:
        return _listen(speaker.slower(), speaker.opening(), repeats=dialogue.repeats + 1)
    if vague and dialogue.misses < MISSES:
        # Whoever spoke into the first sentences has not heard who calls.
        about = speaker.opening() if dialogue.step <= 1 else []
        return _listen(speaker.slower(), [*speaker.not_caught(said.heard), *about], misses=dialogue.misses + 1)
    return None


def _listen(speaker: Speaker, prompts: Sequence[Prompt], **changes: Any) -> Turn:
    return speaker.listen([*prompts, *speaker.say("ready")], speaker.for_yes_no(), **changes)
