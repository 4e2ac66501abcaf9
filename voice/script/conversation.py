"""The conversation: from a state and what was heard to the next state, what is said, and what has to be done. No I/O.

Every way through it ends politely; silence and unclear answers are asked again twice at most; whoever needs help is never
asked another question.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from community.model.calls.call import CallResult
from community.model.cases.case import CaseKind
from community.model.hazards.wish import Asked
from community.model.meaning import Label, understand
from community.model.meaning.call.asides import (
    is_bereaved,
    is_machine_greeting,
    is_wrong_number,
    wants_opt_out,
    wants_wait,
)
from community.model.meaning.call.asking_back import asks_something_else, is_question
from community.model.meaning.call.interjections import is_hum
from community.model.meaning.call.later import callback_time
from community.model.meaning.reading import UNCLEAR, Reading
from community.model.meaning.speech import plain
from community.model.questionnaires.answer_rules import MISSES, first_open_question
from community.model.questionnaires.questionnaire import Question, QuestionKind, Recording
from community.usecases.recognise_emergency import hears_danger
from voice.script import (
    answering,
    emergency,
    faintly,
    guardian,
    health_consent,
    inbound,
    interrupting,
    message,
    recording_stop,
    wishes,
)
from voice.script.asking import listen
from voice.script.dialogue import Dialogue, Phase
from voice.script.ending import end, hand_over
from voice.script.speaking import Speaker
from voice.script.steps import KEY_REPEAT, Heard, Prompt
from voice.script.turn import MachineHeard, OptOut, RaiseCase, Said, Script, Turn, WrongNumber

#: A question is repeated so often on request, and waited for so often.
REPEATS, WAITS = 3, 3
#: However it goes, a conversation ends after so many steps, and so many more for each question.
_STEPS, _STEPS_A_QUESTION = 20, 8
_WAIT_SECONDS = 20
_CONSENT = Question(id="consent", kind=QuestionKind.YES_NO, say="可以录音吗？", yes_means="可以")
_NEVER_AGAIN = Question(id="opt_out", kind=QuestionKind.YES_NO, say="以后都别打了吗？", yes_means="是")
#: 我拒绝 to 可以录音吗 is about recording; 关你什么事 is about the call.
_ABOUT_RECORDING = re.compile(r"录|^(?:我)?(?:拒绝|不接受|不同意|不愿意?|不想|不肯)(?:啊|的|了)?[,.!]*$")
_RAMBLING = 30
#: A number said instead of 对 is no longer.
_A_NUMBER_ALONE = 8
#: Where the resident may ask us something.
_ANSWERS_BACK = frozenset({Phase.QUESTION, Phase.HEALTH})
#: Who they are and what they allow, no model guesses: 今天天气不错 is no yes to it.
_NEVER_GUESSED = frozenset({Phase.GUARDIAN, Phase.CALLER, Phase.CONSENT, Phase.HEALTH, Phase.OPT_OUT})
_CONFIRM = Question(id="confirm", kind=QuestionKind.YES_NO, say="对吗？", yes_means="对")
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
    """What follows where the conversation has gone on for too long, is to wait, or is to be recorded no more."""
    dialogue = speaker.dialogue
    if dialogue.step >= _STEPS + _STEPS_A_QUESTION * len(speaker.script.questionnaire.questions):
        return end(speaker, speaker.say("unclear_end"), CallResult.UNCLEAR)
    if dialogue.phase not in _FREE_WORDS and wants_wait(plain(said.heard.speech)) and dialogue.waits < WAITS:
        return _wait(speaker)
    return recording_stop.stop(speaker, said)


def _hear(speaker: Speaker, said: Said) -> Turn:
    speaker = interrupting.counted(speaker, said)
    reading = _read(speaker, _asked(speaker), said.heard)
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
    if hears_danger(_CONSENT, said.heard.speech):
        return emergency.begin(speaker, said.heard)
    return _open(speaker)


def _open(speaker: Speaker) -> Turn:
    if speaker.script.inbound is not None and not speaker.script.inbound.wanted:
        return inbound.open_call(speaker)
    if speaker.script.guardian:
        return guardian.open_call(speaker)
    return _ask_consent(speaker, speaker.opening())


def _ask_consent(speaker: Speaker, prompts: Sequence[Prompt]) -> Turn:
    """Ask whether we may record, or go straight to the questions where nothing is recorded."""
    if speaker.script.questionnaire.recording is not Recording.ASK:
        return begin_questions(speaker, prompts)
    told = [*prompts, *speaker.say("consent")]
    return speaker.listen(told, speaker.for_yes_no(), phase=Phase.CONSENT, misses=0, repeats=0)


def begin_questions(
    speaker: Speaker, prompts: Sequence[Prompt], *, start_recording: bool = False, **changes: Any
) -> Turn:
    """Ask the first question that nobody has answered yet; with none left, thank and end."""
    script = speaker.script
    question = first_open_question(script.questionnaire, dict(script.answered))
    if question is None:
        return message.offer_or_end(speaker, prompts, CallResult.COMPLETED)
    return answering.put(speaker, prompts, question, start_recording=start_recording, keys_for_help=True, **changes)


def _guardian(speaker: Speaker, said: Said) -> Turn:
    reading = _read(speaker, guardian.FAMILY, said.heard)
    if guardian.is_family(reading, said.heard):
        return _ask_consent(speaker, speaker.to_guardian())
    return guardian.not_yet_sure(speaker, said, reading) or _about_the_call(speaker, said, reading)


def _consent(speaker: Speaker, said: Said) -> Turn:
    reading = _read(speaker, _CONSENT, said.heard)
    if reading.label == Label.YES:
        return begin_questions(speaker, speaker.say("consent_given"), start_recording=True, consent=True)
    if reading.label == Label.SILENCE or (reading.label == Label.UNCLEAR and not speaker.dialogue.misses):
        return _again(speaker, said, reading)
    if reading.label == Label.REPEAT_REQUEST and speaker.dialogue.repeats < REPEATS:
        about = speaker.to_guardian() if speaker.script.guardian else speaker.opening()
        prompts = [*about, *speaker.say("consent")]
        repeats = speaker.dialogue.repeats + 1
        return speaker.slower().listen(prompts, speaker.for_yes_no(), repeats=repeats)
    if reading.label == Label.REFUSE and _ABOUT_RECORDING.search(plain(said.heard.speech)):
        reading = Reading(Label.NO)
    if reading.label in {Label.NO, Label.UNCLEAR, Label.REPEAT_REQUEST}:
        # Whoever does not agree is not recorded; the questions are asked all the same.
        return begin_questions(speaker, speaker.say("consent_refused"), consent=False)
    return _about_the_call(speaker, said, reading)


def _health(speaker: Speaker, said: Said) -> Turn:
    reading = _read(speaker, health_consent.QUESTION, said.heard)
    asks = asks_back(health_consent.QUESTION, said.heard) and speaker.dialogue.asked_back < MISSES
    if asks and reading.label == Label.UNCLEAR:
        return answering.answer_back(speaker, said)
    return health_consent.answered(speaker, said, reading, answering.put) or _about_the_call(speaker, said, reading)


def _question(speaker: Speaker, said: Said) -> Turn:
    question = speaker.question
    reading = _read(speaker, question, said.heard)
    asks = asks_back(question, said.heard) and speaker.dialogue.asked_back < MISSES
    # The first words may be about anything: nothing is guessed from them.
    guessed = reading.decided_by == "model" and (asks or speaker.dialogue.step <= 1)
    guessed = guessed or (said.wish is not None and wishes.is_guess(question, reading))
    guessed = guessed or (asks and asks_something_else(plain(said.heard.speech), question.say))
    if reading.is_answer and not guessed:
        return wishes.passed_on(speaker, _keep(speaker, question, said.heard, reading), question, said)
    if (guessed or reading.label == Label.UNCLEAR) and (told := wishes.instead(speaker, said)):
        return told
    if guessed and not asks:
        return _again(speaker, said, UNCLEAR)
    if reading.label in {Label.SILENCE, Label.UNCLEAR, Label.REPEAT_REQUEST} and _is_answered(speaker, question):
        return answering.put(speaker, speaker.say("noted"), question)
    return _not_answered(speaker, said, question, reading)


def _keep(speaker: Speaker, question: Question, heard: Heard, reading: Reading) -> Turn:
    """Keep an answer; 嗯 may be a yes, and a doubtful yes a no: those only after they were read back."""
    doubtful = faintly.is_doubtful(heard) and reading.label in {Label.YES, Label.NO, Label.NONE}
    keep = answering.read_back if doubtful or is_hum(plain(heard.speech)) else answering.take
    return keep(speaker, question, heard, reading)


def _not_answered(speaker: Speaker, said: Said, question: Question, reading: Reading) -> Turn:
    asks = asks_back(question, said.heard) and speaker.dialogue.asked_back < MISSES
    if reading.label in {Label.SILENCE, Label.UNCLEAR} and speaker.waited and said.heard.is_silence:
        return speaker.ask_again(speaker.say("waited"))
    if asks and (reading.label == Label.UNCLEAR or reading.is_answer):
        return answering.answer_back(speaker, said)
    if reading.label == Label.REPEAT_REQUEST and speaker.dialogue.repeats < REPEATS:
        repeats = speaker.dialogue.repeats + 1
        told = [*speaker.say("repeated"), *_who_calls(speaker)]
        return speaker.slower().ask_again(told, repeats=repeats)
    if reading.label in {Label.SILENCE, Label.UNCLEAR, Label.REPEAT_REQUEST}:
        return _again(speaker, said, reading)
    return _about_the_call(speaker, said, reading)


def _is_answered(speaker: Speaker, question: Question) -> bool:
    """Whether another channel has answered the question while it was being asked."""
    reading = speaker.script.answered.get(question.id)
    return reading is not None and reading.is_answer


def _who_calls(speaker: Speaker) -> list[Prompt]:
    """The first sentences once more, for who spoke into them or did not catch them."""
    opened = speaker.dialogue.step == 1 and not speaker.script.guardian
    return speaker.slower().opening() if opened else []


def _confirm(speaker: Speaker, said: Said) -> Turn:
    question = speaker.question
    pending, heard = speaker.pending()
    reading = _read(speaker, _CONFIRM, said.heard)
    if reading.label == Label.YES:
        return answering.record(speaker, question, heard, pending)
    corrected = _read(speaker, question, said.heard)
    if _corrects(question, said.heard, pending, corrected, denied=reading.label == Label.NO):
        # 不对，是三十八度: the correction is read back in its turn.
        return _keep(speaker, question, said.heard, corrected)
    if reading.label == Label.NO:
        return _again(speaker, said, Reading(Label.UNCLEAR), prompts=speaker.say("read_back_wrong"))
    if reading.label in {Label.SILENCE, Label.UNCLEAR, Label.REPEAT_REQUEST}:
        if speaker.dialogue.misses < MISSES:
            return answering.read_back(speaker, question, heard, pending, misses=speaker.dialogue.misses + 1)
        return answering.set_aside(speaker, question, heard, reading)
    return _about_the_call(speaker, said, reading)


def _corrects(question: Question, heard: Heard, pending: Reading, corrected: Reading, *, denied: bool) -> bool:
    """Whether the reply to the read-back gives another answer; a bare 不对 does not, though it sounds like a no."""
    if heard.digits or not corrected.is_answer or (corrected.label, corrected.value) == (pending.label, pending.value):
        return False
    if question.kind is QuestionKind.NUMBER and not denied:
        # 药吃完了没人去拿 and 摔了一跤 correct no number.
        return corrected.value != 0 and len(plain(heard.speech)) <= _A_NUMBER_ALONE
    return not (denied and question.kind in {QuestionKind.YES_NO, QuestionKind.NEED_HELP, QuestionKind.FREE_TEXT})


def _opt_out(speaker: Speaker, said: Said) -> Turn:
    text = plain(said.heard.speech)
    reading = _read(speaker, _NEVER_AGAIN, said.heard)
    if reading.label == Label.NO and not wants_opt_out(text):
        return _go_on_after(speaker, speaker.dialogue.interrupted)
    if reading.label in {Label.ASK_HUMAN, Label.WRONG_PERSON, Label.CALLBACK_LATER}:
        return _about_the_call(speaker, said, reading)
    # They said so once, and have not taken it back.
    result = CallResult.REFUSED if speaker.script.guardian else CallResult.OPTED_OUT
    return end(speaker, speaker.say("opted_out", phone=speaker.script.phone), result, OptOut())


def _about_the_call(speaker: Speaker, said: Said, reading: Reading) -> Turn:
    """What was said is about the call itself."""
    text = plain(said.heard.speech)
    if reading.label == Label.WRONG_PERSON:
        return _somebody_else(speaker, said.heard, text)
    if reading.label == Label.REFUSE and wants_opt_out(text):
        return _confirm_opt_out(speaker)
    if reading.label == Label.REFUSE:
        return answering.refuse(speaker, said.heard)
    if reading.label == Label.CALLBACK_LATER:
        return _later(speaker, said.heard)
    return hand_over(speaker)


def _somebody_else(speaker: Speaker, heard: Heard, text: str) -> Turn:
    if is_bereaved(text) and not speaker.script.guardian:
        return _bereaved(speaker, heard)
    if is_wrong_number(text):
        return end(speaker, speaker.say("wrong_number"), CallResult.WRONG_PERSON, WrongNumber())
    return end(speaker, speaker.say("other_person"), CallResult.CALLBACK_LATER)


def _bereaved(speaker: Speaker, heard: Heard) -> Turn:
    """Nobody is called again about somebody who has died: staff look at the list, and at the family."""
    case = RaiseCase(
        key="bereaved",
        kind=CaseKind.LIST_CHECK,
        summary="家人说这位居民已经去世，请核对名册，别再打电话",
        description=heard.speech,
        settles=True,
    )
    return end(speaker, speaker.say("bereaved"), CallResult.HUMAN, case)


def _go_on_after(speaker: Speaker, interrupted: str | None) -> Turn:
    prompts = speaker.say("waited")
    if interrupted in {Phase.CALLER, Phase.DESK}:
        return inbound.listen_again(speaker, prompts)
    if interrupted == Phase.MESSAGE_OFFER:
        return message.offer(speaker, prompts, "message_offer")
    return interrupting.once_more(speaker, prompts, phase=interrupted)


def _confirm_opt_out(speaker: Speaker) -> Turn:
    interrupted = speaker.dialogue.phase.value
    prompts = speaker.say("opt_out_ask")
    return speaker.listen(prompts, speaker.for_yes_no(), phase=Phase.OPT_OUT, interrupted=interrupted)


def _later(speaker: Speaker, heard: Heard) -> Turn:
    script = speaker.script
    wish = callback_time(heard.speech, script.now, script.zone)
    if wish is None:
        return end(speaker, speaker.say("later"), CallResult.CALLBACK_LATER)
    moment = script.next_call(wish)
    if moment is None:
        return end(speaker, speaker.say("later"), CallResult.CALLBACK_LATER, callback_at=wish.isoformat())
    local = moment.astimezone(script.zone)
    spoken = speaker.wording.moment(local, script.now.astimezone(script.zone).date())
    prompts = speaker.say("later_at", time=spoken)
    return end(speaker, prompts, CallResult.CALLBACK_LATER, callback_at=moment.isoformat())


def _again(speaker: Speaker, said: Said, reading: Reading, prompts: Sequence[Prompt] | None = None) -> Turn:
    """Ask once more, or give the question up after two times."""
    dialogue = speaker.dialogue
    silent = said.heard.is_silence
    if dialogue.misses >= MISSES:
        if silent:
            return end(speaker, speaker.say("silent_end"), CallResult.SILENCE)
        return answering.set_aside(speaker, speaker.question, said.heard, reading)
    times = "once" if dialogue.misses == 0 else "twice"
    by_keys = dialogue.phase is Phase.CONSENT or speaker.question.kind is not QuestionKind.FREE_TEXT
    unclear = f"unclear_{times}" + ("" if by_keys or times == "once" else "_spoken")
    if times == "once" and len(said.heard.speech) > _RAMBLING:
        unclear = "unclear_long"
    opening = prompts if prompts is not None else speaker.say(f"silent_{times}" if silent else unclear)
    misses = dialogue.misses + 1
    if dialogue.phase is Phase.CONSENT:
        again = (
            [*opening, *speaker.say("consent")]
            if dialogue.step > 1
            else [*opening, *speaker.opening(), *speaker.say("consent")]
        )
        return speaker.slower().listen(again, speaker.for_yes_no(), misses=misses)
    return speaker.slower().ask_again(opening, misses=misses, keys_for_help=times == "twice")


def _wait(speaker: Speaker) -> Turn:
    step_phase = speaker.dialogue.phase
    awaited = speaker.for_yes_no() if step_phase is not Phase.QUESTION else listen(speaker.question)
    waits = speaker.dialogue.waits + 1
    return speaker.listen(speaker.say("waiting"), awaited, wait=_WAIT_SECONDS, waits=waits)


def _after_transfer(speaker: Speaker, said: Said) -> Turn:
    connected = said.transfer in _ANSWERED_BY_DUTY
    if speaker.dialogue.result is CallResult.DISTRESS:
        return speaker.hang_up([], transferred=True) if connected else emergency.stay(speaker, "")
    if connected:
        return speaker.hang_up([], result=CallResult.HUMAN, transferred=True)
    return end(speaker, speaker.say("transfer_failed"), CallResult.HUMAN)


def asks_back(question: Question, heard: Heard) -> bool:
    """Whether the resident asks us something, so that the assistant should answer."""
    if question.kind in {QuestionKind.FREE_TEXT, QuestionKind.NEED_HELP} or heard.digits:
        return False
    return is_question(plain(heard.speech))


def may_be_question(heard: Heard) -> bool:
    """Whether it is worth looking closer; cheap, for every webhook."""
    return not heard.digits and is_question(plain(heard.speech))


def question_for_assistant(script: Script, dialogue: Dialogue, heard: Heard) -> str | None:
    """What the assistant is to be asked before this turn is taken; None for the usual turn."""
    if dialogue.phase is Phase.DESK:
        return inbound.question_of(heard)
    if dialogue.phase not in _ANSWERS_BACK or dialogue.asked_back >= MISSES or heard.is_silence:
        return None
    speaker = Speaker(script, dialogue)
    asked = _asked(speaker)
    if not asks_back(asked, heard) or _in_danger(speaker, heard):
        return None
    reading = _read(speaker, asked, heard)
    elsewhere = asks_something_else(plain(heard.speech), asked.say)
    open_still = elsewhere or reading.label == Label.UNCLEAR or reading.decided_by == "model"
    return heard.speech if open_still else None


def wish_asked(script: Script, dialogue: Dialogue, heard: Heard) -> Asked | None:
    """Under what question the words were said that may tell of something to look after; None for the usual turn."""
    if dialogue.phase is not Phase.QUESTION or heard.is_silence:
        return None
    speaker = Speaker(script, dialogue)
    if _in_danger(speaker, heard):
        return None
    return wishes.asked_with(speaker.question, heard, _read(speaker, speaker.question, heard))


def _read(speaker: Speaker, question: Question, heard: Heard) -> Reading:
    script = speaker.script
    digits = KEY_REPEAT if heard.digits.startswith(KEY_REPEAT) and len(heard.digits) == 1 else heard.digits
    today = script.now.astimezone(script.zone).date()
    reading = understand(question, heard.speech, digits, None, today, opinion=script.opinion)
    if speaker.dialogue.phase in _NEVER_GUESSED and reading.decided_by == "model" and reading.is_answer:
        reading = UNCLEAR
    return faintly.believed(speaker.dialogue.phase, heard, reading)


_Handler = Callable[[Speaker, Said], Turn]


def _at_the_desk(handle: Callable[[Speaker, Said, Reading], Turn | None]) -> _Handler:
    """Let somebody who rang us, or was asked for a message, also say what concerns the call itself."""

    def handler(speaker: Speaker, said: Said) -> Turn:
        reading = _read(speaker, _asked(speaker), said.heard)
        if turn := handle(speaker, said, reading):
            return turn
        return _confirm_opt_out(speaker) if wants_opt_out(plain(said.heard.speech)) else hand_over(speaker)

    return handler


_WITHOUT_LISTENING: dict[Phase, _Handler] = {
    Phase.PICKUP: _picked_up,
    Phase.TRANSFER: _after_transfer,
    Phase.EMERGENCY: lambda speaker, said: emergency.stay(speaker, plain(said.heard.speech)),
    Phase.OVER: lambda speaker, _: speaker.hang_up([]),
}
_OWN_QUESTIONS: dict[Phase, Question] = {
    Phase.GUARDIAN: guardian.FAMILY,
    Phase.CONSENT: _CONSENT,
    Phase.HEALTH: health_consent.QUESTION,
    Phase.CONFIRM: _CONFIRM,
    Phase.OPT_OUT: _NEVER_AGAIN,
    Phase.CALLER: inbound.CALLER,
    Phase.DESK: inbound.MATTER,
    Phase.MESSAGE_OFFER: message.OFFER,
    Phase.MESSAGE: message.WORDS,
}
#: Whatever is said then is kept: 等一下来我家看看 asks nobody to hold the line.
_FREE_WORDS = frozenset({Phase.DESK, Phase.MESSAGE, Phase.MESSAGE_OFFER})
_LISTENING: dict[Phase, _Handler] = {
    Phase.GUARDIAN: _guardian,
    Phase.CONSENT: _consent,
    Phase.HEALTH: _health,
    Phase.QUESTION: _question,
    Phase.CONFIRM: _confirm,
    Phase.OPT_OUT: _opt_out,
    Phase.CALLER: _at_the_desk(inbound.caller),
    Phase.DESK: _at_the_desk(inbound.desk),
    Phase.MESSAGE_OFFER: _at_the_desk(message.answered),
    Phase.MESSAGE: message.left,
}
