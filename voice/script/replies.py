"""A reply to one of the campaign's questions, or to its read-back: kept, answered back, asked again, or given up."""

from collections.abc import Sequence
from dataclasses import replace

from community.model.calls.call import CallResult
from community.model.meaning import Label
from community.model.meaning.call.asking_back import asks_something_else
from community.model.meaning.call.interjections import is_hum
from community.model.meaning.reading import UNCLEAR, Reading
from community.model.meaning.speech import clauses, plain
from community.model.questionnaires.answer_rules import MISSES
from community.model.questionnaires.questionnaire import Question, QuestionKind
from voice.script import about_call, answering, faintly, wishes
from voice.script.ending import end
from voice.script.hearing import asks_back, read
from voice.script.speaking import Speaker
from voice.script.steps import Heard, Prompt
from voice.script.turn import Said, Turn

CONFIRM = Question(id="confirm", kind=QuestionKind.YES_NO, say="对吗？", yes_means="对")
#: A question is repeated so often on request.
_REPEATS = 3
#: A number said instead of 对 is no longer.
_A_NUMBER_ALONE = 8


def to_question(speaker: Speaker, said: Said) -> Turn:
    """What follows a reply to the question that is being asked."""
    question = speaker.question
    reading = read(speaker, question, said.heard)
    asks = asks_back(question, said.heard) and speaker.dialogue.asked_back < MISSES
    # The first words may be about anything: nothing is guessed from them.
    guessed = reading.decided_by == "model" and (asks or speaker.dialogue.step <= 1)
    guessed = guessed or (said.wish is not None and wishes.is_guess(question, reading))
    guessed = guessed or (asks and asks_something_else(plain(said.heard.speech), question.say))
    if reading.is_answer and not guessed:
        turn = wishes.passed_on(speaker, _keep(speaker, question, said.heard, reading), question, said)
        return answering.with_reply(speaker, turn, question, said)
    if (guessed or reading.label == Label.UNCLEAR) and (told := wishes.instead(speaker, said)):
        return told
    if guessed and not asks:
        return _again(speaker, said, UNCLEAR)
    if reading.label in {Label.SILENCE, Label.UNCLEAR, Label.REPEAT_REQUEST} and _is_answered(speaker, question):
        return answering.put(speaker, speaker.say("noted"), question)
    return _not_answered(speaker, said, question, reading)


def to_read_back(speaker: Speaker, said: Said) -> Turn:
    """What follows a reply to 对吗: kept, corrected, or asked once more."""
    question = speaker.question
    pending, heard = speaker.pending()
    reading = _agreed(speaker, said)
    if reading.label == Label.YES:
        turn = answering.record(speaker, question, heard, pending)
    elif corrected := _correction(speaker, said, denied=reading.label == Label.NO):
        # 不对，是三十八度: the correction is read back in its turn; 夜里睡不着 may be about something else.
        beside = reading.label != Label.NO and question.kind is QuestionKind.YES_NO
        keep = answering.read_back if beside else _keep
        turn = keep(speaker, question, said.heard, corrected)
    elif reading.label == Label.NO:
        turn = _again(speaker, said, UNCLEAR, prompts=speaker.say("read_back_wrong"))
    else:
        return _still_to_confirm(speaker, said, reading)
    return wishes.passed_on(speaker, turn, question, said)


def _agreed(speaker: Speaker, said: Said) -> Reading:
    """Yes, no, or something else; what only the second opinion takes for one is the wish that it tells of."""
    reading = read(speaker, CONFIRM, said.heard)
    return UNCLEAR if said.wish is not None and wishes.is_guess(CONFIRM, reading) else reading


def _still_to_confirm(speaker: Speaker, said: Said, reading: Reading) -> Turn:
    pending, heard = speaker.pending()
    if reading.label == Label.UNCLEAR and (told := wishes.instead(speaker, said)):
        return told
    if reading.label in {Label.SILENCE, Label.UNCLEAR, Label.REPEAT_REQUEST}:
        if speaker.dialogue.misses < MISSES:
            misses = speaker.dialogue.misses + 1
            return answering.read_back(speaker, speaker.question, heard, pending, misses=misses)
        return answering.set_aside(speaker, speaker.question, heard, reading)
    return about_call.answer(speaker, said, reading)


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
    if reading.label == Label.REPEAT_REQUEST and speaker.dialogue.repeats < _REPEATS:
        repeats = speaker.dialogue.repeats + 1
        told = [*speaker.say("repeated"), *_who_calls(speaker)]
        return speaker.slower().ask_again(told, repeats=repeats)
    if reading.label in {Label.SILENCE, Label.UNCLEAR, Label.REPEAT_REQUEST}:
        return _again(speaker, said, reading)
    return about_call.answer(speaker, said, reading)


def _is_answered(speaker: Speaker, question: Question) -> bool:
    """Whether another channel has answered the question while it was being asked."""
    reading = speaker.script.answered.get(question.id)
    return reading is not None and reading.is_answer


def _who_calls(speaker: Speaker) -> list[Prompt]:
    """The first sentences once more, for who spoke into them or did not catch them."""
    opened = speaker.dialogue.step == 1 and not speaker.script.guardian
    return speaker.slower().opening() if opened else []


def _correction(speaker: Speaker, said: Said, *, denied: bool) -> Reading | None:
    """Another answer in the reply to the read-back; a bare 不对 gives none, though it sounds like a no."""
    question, heard = speaker.question, said.heard
    pending, _ = speaker.pending()
    sorts = {QuestionKind.YES_NO, QuestionKind.NEED_HELP, QuestionKind.FREE_TEXT}
    if denied and question.kind in sorts:
        # 不对，头昏得很: what follows the no.
        heard = replace(heard, speech=",".join(clauses(plain(heard.speech))[1:]))
    corrected = read(speaker, question, heard)
    same = (corrected.label, corrected.value) == (pending.label, pending.value)
    told_of = said.wish is not None and wishes.is_guess(question, corrected)
    if heard.digits or not corrected.is_answer or same or told_of:
        return None
    if denied and question.kind in sorts:
        return corrected if question.kind is QuestionKind.YES_NO and corrected.decided_by == "rules" else None
    if question.kind is QuestionKind.NUMBER and not denied:
        # 药吃完了没人去拿 and 摔了一跤 correct no number.
        return corrected if corrected.value != 0 and len(plain(heard.speech)) <= _A_NUMBER_ALONE else None
    return corrected


def _again(speaker: Speaker, said: Said, reading: Reading, prompts: Sequence[Prompt] | None = None) -> Turn:
    """Ask once more, or give the question up after two times."""
    dialogue = speaker.dialogue
    if dialogue.misses >= MISSES:
        if said.heard.is_silence:
            return end(speaker, speaker.say("silent_end"), CallResult.SILENCE)
        return answering.set_aside(speaker, speaker.question, said.heard, reading)
    by_keys = speaker.question.kind is not QuestionKind.FREE_TEXT
    opening = prompts if prompts is not None else speaker.not_caught(said.heard, by_keys=by_keys)
    slower = speaker.slower()
    return slower.ask_again(opening, misses=dialogue.misses + 1, keys_for_help=dialogue.misses > 0)
