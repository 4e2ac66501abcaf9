"""What is said about the call itself: wrong number, call me later, never again, a person, please."""

from community.model.calls.call import CallResult
from community.model.cases.case import CaseKind
from community.model.meaning import Label
from community.model.meaning.call.asides import is_bereaved, is_wrong_number, wants_opt_out
from community.model.meaning.call.later import callback_time
from community.model.meaning.reading import Reading
from community.model.meaning.speech import plain
from community.model.questionnaires.questionnaire import Question, QuestionKind
from voice.script import answering, inbound, interrupting, message
from voice.script.dialogue import Phase
from voice.script.ending import end, hand_over
from voice.script.hearing import read
from voice.script.speaking import Speaker
from voice.script.steps import Heard
from voice.script.turn import OptOut, RaiseCase, Said, Turn, WrongNumber

NEVER_AGAIN = Question(id="opt_out", kind=QuestionKind.YES_NO, say="以后都别打了吗？", yes_means="是")


def answer(speaker: Speaker, said: Said, reading: Reading) -> Turn:
    """What follows words about the call itself."""
    text = plain(said.heard.speech)
    if reading.label == Label.WRONG_PERSON:
        return _somebody_else(speaker, said.heard, text)
    if reading.label == Label.REFUSE and wants_opt_out(text):
        return ask_never_again(speaker)
    if reading.label == Label.REFUSE:
        return answering.refuse(speaker, said.heard)
    if reading.label == Label.CALLBACK_LATER:
        return _later(speaker, said.heard)
    return hand_over(speaker)


def opt_out_answered(speaker: Speaker, said: Said) -> Turn:
    """Never call again, unless 以后都别打了吗 is denied."""
    text = plain(said.heard.speech)
    reading = read(speaker, NEVER_AGAIN, said.heard)
    if reading.label == Label.NO and not wants_opt_out(text):
        return go_on_after(speaker, speaker.dialogue.interrupted)
    if reading.label in {Label.ASK_HUMAN, Label.WRONG_PERSON, Label.CALLBACK_LATER}:
        return answer(speaker, said, reading)
    # They said so once, and have not taken it back.
    result = CallResult.REFUSED if speaker.script.guardian else CallResult.OPTED_OUT
    return end(speaker, speaker.say("opted_out", phone=speaker.script.phone), result, OptOut())


def ask_never_again(speaker: Speaker) -> Turn:
    """Make sure that 不要再打了 was meant."""
    interrupted = speaker.dialogue.phase.value
    prompts = speaker.say("opt_out_ask")
    return speaker.listen(prompts, speaker.for_yes_no(), phase=Phase.OPT_OUT, interrupted=interrupted)


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


def go_on_after(speaker: Speaker, interrupted: str | None) -> Turn:
    """Go back to what was interrupted by a wish that was not meant."""
    prompts = speaker.say("waited")
    if interrupted in {Phase.CALLER, Phase.DESK}:
        return inbound.listen_again(speaker, prompts)
    if interrupted == Phase.MESSAGE_OFFER:
        return message.offer(speaker, prompts, "message_offer")
    return interrupting.once_more(speaker, prompts, phase=interrupted)


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
