"""The conversation: from a state and what was heard to the next state, what is said, and what has to be done. No I/O.

Every way through it ends politely; silence and unclear answers are asked again twice at most; whoever needs help is never
asked another question.
"""

from collections.abc import Callable

from community.model.calls.call import CallResult
from community.model.hazards.wish import Asked
from community.model.meaning import Label
from community.model.meaning.call.asides import is_machine_greeting, wants_opt_out, wants_wait
from community.model.meaning.call.asking_back import asks_something_else, asks_when_invited
from community.model.meaning.reading import Reading
from community.model.meaning.speech import plain
from community.model.questionnaires.answer_rules import MISSES
from community.model.questionnaires.questionnaire import Question, QuestionKind
from community.usecases.recognise_emergency import hears_danger
from voice.script import (
    about_call,
    answering,
    correcting,
    emergency,
    for_another,
    guardian,
    health_consent,
    inbound,
    interrupting,
    message,
    readiness,
    recording_consent,
    recording_stop,
    replies,
    wishes,
)
from voice.script.asking import listen
from voice.script.dialogue import Dialogue, Phase
from voice.script.ending import end, hand_over
from voice.script.hearing import asks_back, invites_questions, read
from voice.script.speaking import Speaker
from voice.script.steps import Heard
from voice.script.turn import MachineHeard, Said, Script, Turn

#: So often we wait.
_WAITS = 3
#: However it goes, a conversation ends after so many steps, and so many more for each question.
_STEPS, _STEPS_A_QUESTION = 20, 8
_WAIT_SECONDS = 20
#: Where the resident may ask us something.
_ANSWERS_BACK = frozenset({Phase.QUESTION, Phase.HEALTH})
_ANSWERED_BY_DUTY = frozenset({"completed", "answered"})


def advance(script: Script, dialogue: Dialogue, said: Said) -> Turn:
    """Take one turn.

    Args:
        script: the call.
        dialogue: where the conversation stands.
        said: what came back after the last step.
    """
    speaker = Speaker(script, dialogue)
    without_listening = _WITHOUT_LISTENING.get(dialogue.phase)
    if without_listening:
        return without_listening(speaker, said)
    if _is_machine(dialogue, said):
        return end(speaker, speaker.voicemail(), None, MachineHeard(), machine=True)
    if _in_danger(speaker, said.heard):
        return emergency.begin(speaker, said.heard)
    return _about_going_on(speaker, said) or _hear(speaker, said)


def _about_going_on(speaker: Speaker, said: Said) -> Turn | None:
    """What follows where the conversation has gone on for too long, is to wait, is for somebody else, or is to be recorded no more."""
    dialogue = speaker.dialogue
    if dialogue.step >= _STEPS + _STEPS_A_QUESTION * len(speaker.script.questionnaire.questions):
        return end(speaker, speaker.say("unclear_end"), CallResult.UNCLEAR)
    if corrected := correcting.earlier_answer(speaker, said):
        return corrected
    if dialogue.phase not in _FREE_WORDS and wants_wait(plain(said.heard.speech)) and dialogue.waits < _WAITS:
        return _wait(speaker)
    return for_another.heard(speaker, said) or recording_stop.stop(speaker, said)


def _hear(speaker: Speaker, said: Said) -> Turn:
    speaker = interrupting.counted(speaker, said)
    reading = read(speaker, _asked(speaker), said.heard)
    return interrupting.answer(speaker, said, reading) or _LISTENING[speaker.dialogue.phase](speaker, said)


def _in_danger(speaker: Speaker, heard: Heard) -> bool:
    """Whether somebody needs help now, whatever is being asked at the moment."""
    return not heard.is_silence and hears_danger(_asked(speaker), heard.speech)


def _asked(speaker: Speaker) -> Question:
    """What the resident's words would answer."""
    return _OWN_QUESTIONS.get(speaker.dialogue.phase) or speaker.question


def _is_machine(dialogue: Dialogue, said: Said) -> bool:
    """A greeting that asks for a message, or what the carrier says, unless keys prove a person."""
    first = dialogue.step <= 2 and dialogue.consent is None and not said.heard.digits
    return first and (is_machine_greeting(plain(said.heard.speech)) or (said.machine and said.heard.is_silence))


def _picked_up(speaker: Speaker, said: Said) -> Turn:
    """Begin; on a line that greets by itself the first words are theirs: 喂, a machine's greeting, or a cry for help."""
    if is_machine_greeting(plain(said.heard.speech)):
        return end(speaker, speaker.voicemail(), None, MachineHeard(), machine=True)
    if hears_danger(recording_consent.QUESTION, said.heard.speech):
        return emergency.begin(speaker, said.heard)
    return _open(speaker)


def _open(speaker: Speaker) -> Turn:
    if speaker.script.inbound is not None and not speaker.script.inbound.wanted:
        return inbound.open_call(speaker)
    if speaker.script.guardian:
        return guardian.open_call(speaker)
    return recording_consent.ask(speaker, speaker.opening())


def _guardian(speaker: Speaker, said: Said) -> Turn:
    reading = read(speaker, guardian.FAMILY, said.heard)
    if guardian.is_family(reading, said.heard):
        return recording_consent.ask(speaker, speaker.to_guardian())
    return guardian.not_yet_sure(speaker, said, reading) or about_call.answer(speaker, said, reading)


def _health(speaker: Speaker, said: Said) -> Turn:
    reading = read(speaker, health_consent.QUESTION, said.heard)
    asks = asks_back(health_consent.QUESTION, said.heard) and speaker.dialogue.asked_back < MISSES
    if asks and reading.label == Label.UNCLEAR:
        return answering.answer_back(speaker, said)
    return health_consent.answered(speaker, said, reading, answering.put) or about_call.answer(speaker, said, reading)


def _wait(speaker: Speaker) -> Turn:
    step_phase = speaker.dialogue.phase
    awaited = speaker.for_yes_no() if step_phase is not Phase.QUESTION else listen(speaker.question)
    waits = speaker.dialogue.waits + 1
    return speaker.listen(speaker.say("waiting"), awaited, wait=_WAIT_SECONDS, waits=waits)


def _after_transfer(speaker: Speaker, said: Said) -> Turn:
    connected = said.transfer in _ANSWERED_BY_DUTY
    if speaker.dialogue.result is CallResult.DISTRESS:
        return speaker.hang_up([], transferred=True) if connected else emergency.nobody_on_duty(speaker)
    if connected:
        return speaker.hang_up([], result=CallResult.HUMAN, transferred=True)
    return end(speaker, speaker.say("transfer_failed"), CallResult.HUMAN)


def question_for_assistant(script: Script, dialogue: Dialogue, heard: Heard) -> str | None:
    """What the assistant is to be asked before this turn is taken; None for the usual turn."""
    if dialogue.phase in {Phase.DESK, Phase.MESSAGE_OFFER}:
        return inbound.question_of(heard)
    if dialogue.phase not in _ANSWERS_BACK or dialogue.asked_back >= MISSES or heard.is_silence:
        return None
    speaker = Speaker(script, dialogue)
    return heard.speech if not _in_danger(speaker, heard) and _is_for_assistant(speaker, heard) else None


def _is_for_assistant(speaker: Speaker, heard: Heard) -> bool:
    asked, text = _asked(speaker), plain(heard.speech)
    if invites_questions(asked):
        return asks_when_invited(text)
    elsewhere = asks_something_else(text, asked.say)
    if asked.kind is QuestionKind.FREE_TEXT:
        return elsewhere
    if not asks_back(asked, heard):
        return False
    reading = read(speaker, asked, heard)
    return elsewhere or reading.label == Label.UNCLEAR or reading.decided_by == "model"


def wish_asked(script: Script, dialogue: Dialogue, heard: Heard) -> Asked | None:
    """Under what question the words were said that may tell of something to look after; None for the usual turn."""
    look = _WISHES.get(dialogue.phase)
    speaker = Speaker(script, dialogue)
    if look is None or heard.is_silence or _in_danger(speaker, heard):
        return None
    return look(_asked_about(speaker), heard, read(speaker, _asked(speaker), heard))


def _asked_about(speaker: Speaker) -> Question:
    """The question that the resident has in mind; at its read-back it is still the same."""
    return speaker.question if speaker.dialogue.phase is Phase.CONFIRM else _asked(speaker)


_Handler = Callable[[Speaker, Said], Turn]
#: Where what is told of its own accord is listened for.
_WISHES: dict[Phase, Callable[[Question, Heard, Reading], Asked | None]] = {
    Phase.QUESTION: wishes.asked_with,
    Phase.CONFIRM: wishes.asked_at_read_back,
    Phase.DESK: wishes.asked_with,
}


def _at_the_desk(handle: Callable[[Speaker, Said, Reading], Turn | None]) -> _Handler:
    """Let somebody who rang us, or was asked for a message, also say what concerns the call itself."""

    def handler(speaker: Speaker, said: Said) -> Turn:
        reading = read(speaker, _asked(speaker), said.heard)
        if turn := handle(speaker, said, reading):
            return turn
        return about_call.ask_never_again(speaker) if wants_opt_out(plain(said.heard.speech)) else hand_over(speaker)

    return handler


_WITHOUT_LISTENING: dict[Phase, _Handler] = {
    Phase.PICKUP: _picked_up,
    Phase.TRANSFER: _after_transfer,
    Phase.EMERGENCY: lambda speaker, said: emergency.stay(speaker, said.heard),
    Phase.OVER: lambda speaker, _: speaker.hang_up([]),
}
_OWN_QUESTIONS: dict[Phase, Question] = {
    Phase.GUARDIAN: guardian.FAMILY,
    Phase.READY: readiness.QUESTION,
    Phase.CONSENT: recording_consent.QUESTION,
    Phase.HEALTH: health_consent.QUESTION,
    Phase.CONFIRM: replies.CONFIRM,
    Phase.OPT_OUT: about_call.NEVER_AGAIN,
    Phase.FOR_ANOTHER: about_call.NEVER_AGAIN,
    Phase.CALLER: inbound.CALLER,
    Phase.DESK: inbound.MATTER,
    Phase.MESSAGE_OFFER: message.OFFER,
    Phase.MESSAGE: message.WORDS,
}
#: Whatever is said then is kept: 等一下来我家看看 asks nobody to hold the line.
_FREE_WORDS = frozenset({Phase.DESK, Phase.MESSAGE, Phase.MESSAGE_OFFER})
_LISTENING: dict[Phase, _Handler] = {
    Phase.GUARDIAN: _guardian,
    Phase.READY: readiness.answered,
    Phase.CONSENT: recording_consent.answered,
    Phase.HEALTH: _health,
    Phase.QUESTION: replies.to_question,
    Phase.CONFIRM: replies.to_read_back,
    Phase.OPT_OUT: about_call.opt_out_answered,
    Phase.FOR_ANOTHER: for_another.answered,
    Phase.CALLER: _at_the_desk(inbound.caller),
    Phase.DESK: _at_the_desk(inbound.desk),
    Phase.MESSAGE_OFFER: _at_the_desk(message.answered),
    Phase.MESSAGE: message.left,
}
