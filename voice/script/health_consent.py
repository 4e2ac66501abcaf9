"""Consent before the first question about health: one sentence; a no leaves those questions out, and no others.

Nobody is asked where the campaign answers an emergency or consent is on record. On a guardian's phone nobody is asked
either, and the questions are left out: the consent is the resident's own.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from community.model.calls.call import CallResult
from community.model.meaning import Label, Reading
from community.model.meaning.call.asides import wants_opt_out
from community.model.meaning.speech import plain
from community.model.questionnaires.answer_rules import next_question, open_from
from community.model.questionnaires.questionnaire import LegalGround, Question, QuestionKind
from voice.script import message
from voice.script.dialogue import Phase
from voice.script.ending import end
from voice.script.speaking import Speaker
from voice.script.steps import Heard, Prompt
from voice.script.turn import Effect, HealthConsent, RecordAnswer, Said, Turn

QUESTION = Question(id="health_consent", kind=QuestionKind.YES_NO, say="可以问健康情况吗？", yes_means="可以")
NOT_ASKED = Reading(Label.NOT_ASKED, decided_by="no_consent")
_MISSES, _REPEATS = 2, 3
#: 不问: the very word that the key is announced with.
_DO_NOT_ASK = re.compile(r"(?:不|别|莫|唔|勿|甭)(?:要|用|想|许)?(?:再|来|给我)?(?:问|提|谈|说这)")

#: Puts the next question: `voice.script.answering.put`.
_Put = Callable[..., Turn]


def before(speaker: Speaker, prompts: Sequence[Prompt], question: Question, changes: dict[str, Any]) -> Turn | None:
    """Ask for consent if the question needs it and nobody has said yes or no; None where the call goes on as it is.

    Args:
        changes: what the turn that would ask the question says besides.
    """
    if not question.about_health or _is_allowed(speaker) or _is_refused(speaker):
        return None
    told = [*prompts, *speaker.say("health_consent")]
    kept = {key: value for key, value in changes.items() if key != "keys_for_help"}
    phase = {"phase": Phase.HEALTH, "question": question.id, "misses": 0, "repeats": 0}
    return speaker.listen(told, speaker.for_yes_no(), **{**kept, **phase})


def leave_out(speaker: Speaker, question: Question) -> tuple[Question | None, list[Effect]]:
    """The question that may be asked in place of one about health that may not; None when there are no more.

    Returns:
        The question, and that those before it were left out.
    """
    asked: Question | None = question
    left_out: list[Effect] = []
    while asked is not None and asked.about_health and not _is_allowed(speaker):
        left_out.append(RecordAnswer(asked.id, Heard(), NOT_ASKED))
        following = next_question(speaker.script.questionnaire, asked, NOT_ASKED)
        asked = open_from(speaker.script.questionnaire, following, speaker.script.answered)
    return asked, left_out


def finish(speaker: Speaker, prompts: Sequence[Prompt], effects: Sequence[Effect], changes: dict[str, Any]) -> Turn:
    """End the call because only questions about health were left, and they may not be asked."""
    unclear = changes.get("set_aside") or speaker.dialogue.set_aside
    result = CallResult.UNCLEAR if unclear else CallResult.COMPLETED
    return message.offer_or_end(speaker, prompts, result, *effects)


def answered(speaker: Speaker, said: Said, reading: Reading, put: _Put) -> Turn | None:
    """Go on after the resident's word on it; None when something about the call itself was said."""
    dialogue = speaker.dialogue
    if reading.label == Label.UNCLEAR and _DO_NOT_ASK.search(plain(said.heard.speech)):
        reading = Reading(Label.NO)
    if reading.label == Label.YES:
        return _go_on(speaker, speaker.say("noted"), put, given=True)
    if reading.label == Label.REPEAT_REQUEST and dialogue.repeats < _REPEATS:
        return _once_more(speaker, "repeated", repeats=dialogue.repeats + 1)
    if reading.label in {Label.SILENCE, Label.UNCLEAR} and dialogue.misses < _MISSES:
        words = "silent" if said.heard.is_silence else "unclear"
        times = "once" if dialogue.misses == 0 else "twice"
        return _once_more(speaker, f"{words}_{times}", misses=dialogue.misses + 1)
    if said.heard.is_silence:
        return end(speaker, speaker.say("silent_end"), CallResult.SILENCE)
    refused = reading.label == Label.REFUSE and not wants_opt_out(plain(said.heard.speech))
    if refused or reading.label in {Label.NO, Label.UNCLEAR, Label.REPEAT_REQUEST}:
        return _go_on(speaker, speaker.say("health_refused"), put, given=False)
    return None


def _go_on(speaker: Speaker, prompts: Sequence[Prompt], put: _Put, *, given: bool) -> Turn:
    question = speaker.question
    told = Speaker(speaker.script, replace(speaker.dialogue, health=given))
    return put(told, prompts, question, effects=[HealthConsent(given=given)])


def _once_more(speaker: Speaker, words: str, **changes: Any) -> Turn:
    slower = speaker.slower()
    return slower.listen([*slower.say(words), *slower.say("health_consent")], speaker.for_yes_no(), **changes)


def _is_allowed(speaker: Speaker) -> bool:
    script, said = speaker.script, speaker.dialogue.health
    if script.questionnaire.legal_ground is LegalGround.EMERGENCY:
        return True
    return script.health_consent if said is None else said


def _is_refused(speaker: Speaker) -> bool:
    return speaker.dialogue.health is False or speaker.script.guardian
