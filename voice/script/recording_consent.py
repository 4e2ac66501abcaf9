"""Consent to be recorded: asked before the first question, never guessed; whoever says no is asked all the same."""

import re
from collections.abc import Sequence

from community.model.calls.call import CallResult
from community.model.meaning import Label
from community.model.meaning.reading import Reading
from community.model.meaning.speech import plain
from community.model.questionnaires.answer_rules import MISSES
from community.model.questionnaires.questionnaire import Question, QuestionKind, Recording
from voice.script import about_call, readiness
from voice.script.beginning import begin_questions
from voice.script.dialogue import Phase
from voice.script.ending import end
from voice.script.hearing import read
from voice.script.speaking import Speaker
from voice.script.steps import Prompt
from voice.script.turn import Said, Turn

QUESTION = Question(id="consent", kind=QuestionKind.YES_NO, say="可以录音吗？", yes_means="可以")
_REPEATS = 3
#: 我拒绝 to 可以录音吗 is about recording; 关你什么事 is about the call.
_ABOUT_RECORDING = re.compile(r"录|^(?:我)?(?:拒绝|不接受|不同意|不愿意?|不想|不肯)(?:啊|的|了)?[,.!]*$")


def ask(speaker: Speaker, prompts: Sequence[Prompt]) -> Turn:
    """Ask whether we may record, or go straight to the questions where nothing is recorded."""
    if speaker.script.questionnaire.recording is not Recording.ASK:
        return readiness.ask(speaker, prompts) if readiness.is_due(speaker) else begin_questions(speaker, prompts)
    told = [*prompts, *speaker.say("consent")]
    return speaker.listen(told, speaker.for_yes_no(), phase=Phase.CONSENT, misses=0, repeats=0)


def answered(speaker: Speaker, said: Said) -> Turn:
    """Begin the questions, recorded only after a yes."""
    reading = read(speaker, QUESTION, said.heard)
    if reading.label == Label.YES:
        return begin_questions(speaker, speaker.say("consent_given"), start_recording=True, consent=True)
    if speaker.waited and reading.label in {Label.SILENCE, Label.UNCLEAR}:
        # 奶奶来了: whoever was fetched has heard nothing yet.
        told = [*speaker.opening(), *speaker.say("consent")]
        return speaker.listen(told, speaker.for_yes_no())
    if reading.label == Label.SILENCE or (reading.label == Label.UNCLEAR and not speaker.dialogue.misses):
        return _ask_again(speaker, said)
    if reading.label == Label.REPEAT_REQUEST and speaker.dialogue.repeats < _REPEATS:
        about = speaker.to_guardian() if speaker.script.guardian else speaker.opening()
        prompts = [*about, *speaker.say("consent")]
        repeats = speaker.dialogue.repeats + 1
        return speaker.slower().listen(prompts, speaker.for_yes_no(), repeats=repeats)
    if reading.label == Label.REFUSE and _ABOUT_RECORDING.search(plain(said.heard.speech)):
        reading = Reading(Label.NO)
    if reading.label in {Label.NO, Label.UNCLEAR, Label.REPEAT_REQUEST}:
        # Whoever does not agree is not recorded; the questions are asked all the same.
        return begin_questions(speaker, speaker.say("consent_refused"), consent=False)
    return about_call.answer(speaker, said, reading)


def _ask_again(speaker: Speaker, said: Said) -> Turn:
    dialogue = speaker.dialogue
    if dialogue.misses >= MISSES:
        return end(speaker, speaker.say("silent_end"), CallResult.SILENCE)
    # Whoever spoke into the first sentences has not heard who calls.
    first = dialogue.step <= 1
    # 请用一句话告诉我 leads to a question, never to a greeting.
    missed = speaker.say("unclear_once") if first and said.heard.speech else speaker.not_caught(said.heard)
    told = [*missed, *(speaker.opening() if first else []), *speaker.say("consent")]
    return speaker.slower().listen(told, speaker.for_yes_no(), misses=dialogue.misses + 1)
