"""A word to the community at the end of a call: offered, spoken after the tone, and handed to staff.

It is recorded unless the resident did not want to be recorded; then it is written down as it is understood.
"""

from collections.abc import Sequence
from typing import Any

from community.model.calls.call import CallResult
from community.model.meaning import Label, Reading
from community.model.meaning.call.asides import wants_opt_out
from community.model.meaning.speech import plain
from community.model.questionnaires.questionnaire import Message, Question, QuestionKind
from voice.script.dialogue import Phase
from voice.script.ending import end
from voice.script.speaking import Speaker
from voice.script.steps import Listen, Prompt
from voice.script.turn import Effect, MessageLeft, Said, Turn

OFFER = Question(id="message", kind=QuestionKind.YES_NO, say="还有话想对社区说吗？", yes_means="有")
WORDS = Question(id="message_words", kind=QuestionKind.FREE_TEXT, say="您请说。")
_FREE_SPEECH = Listen(digits=1, timeout=8, long=True)
_MISSES, _REPEATS = 1, 3
_LONGEST_ANSWER = 160
#: 有，楼道的灯坏了 says yes and the matter itself; an unclear word or two says neither.
_YES_WITH_WORDS, _WORDS = 8, 4


def offer_or_end(
    speaker: Speaker, prompts: Sequence[Prompt], result: CallResult, *effects: Effect, **changes: Any
) -> Turn:
    """After the last question: ask whether there is anything else to say where that is wished, or say goodbye."""
    if not _is_offered(speaker):
        return end(speaker, [*prompts, *speaker.closing()], result, *effects, **changes)
    # Whoever hangs up now has answered everything.
    return offer(speaker, prompts, "message_offer", effects=effects, result=result, **changes)


def offer(speaker: Speaker, prompts: Sequence[Prompt], words: str, **changes: Any) -> Turn:
    """Offer the tone."""
    told = [*prompts, *speaker.say(words), *speaker.say("message_keys")]
    fresh = {"phase": Phase.MESSAGE_OFFER, "misses": 0, "repeats": 0, "offered": True}
    return speaker.listen(told, speaker.for_yes_no(), **{**changes, **fresh})


def answered(speaker: Speaker, said: Said, reading: Reading) -> Turn | None:
    """What follows the reply to the offer; None when something about the call itself was said.

    A question that the assistant can answer is no message: it is answered, and the message offered again.
    """
    if said.answer:
        told = speaker.wording.spoken(said.answer[:_LONGEST_ANSWER], slow=speaker.dialogue.slow)
        return offer(speaker, told, "message_offer")
    return _to_offer(speaker, said, reading)


def _to_offer(speaker: Speaker, said: Said, reading: Reading) -> Turn | None:
    text = plain(said.heard.speech)
    with_words = reading.label == Label.YES and len(text) > _YES_WITH_WORDS
    if with_words or (reading.label == Label.UNCLEAR and len(text) >= _WORDS):
        return _taken(speaker, MessageLeft(words=said.heard.speech))
    if reading.label == Label.YES:
        return begin(speaker)
    if reading.label == Label.REPEAT_REQUEST and speaker.dialogue.repeats < _REPEATS:
        return _again(speaker, "repeated", repeats=speaker.dialogue.repeats + 1)
    if reading.label in {Label.SILENCE, Label.UNCLEAR} and speaker.dialogue.misses < _MISSES:
        words = "silent_once" if said.heard.is_silence else "unclear_once"
        return _again(speaker, words, misses=speaker.dialogue.misses + 1)
    if reading.label == Label.ASK_HUMAN or wants_opt_out(text):
        return None
    return _close(speaker, [])


def begin(speaker: Speaker) -> Turn:
    """The tone, or, for somebody who did not want to be recorded, free speech."""
    if speaker.dialogue.consent is False or not speaker.script.records:
        return _listen(speaker, "message_speak")
    return speaker.record(speaker.say("message_record"), phase=Phase.MESSAGE, misses=0)


def left(speaker: Speaker, said: Said) -> Turn:
    """Take what was said after the tone; an empty message is asked for once more, and then staff call back."""
    if said.heard.message:
        return _taken(speaker, MessageLeft(recording=said.heard.message, seconds=said.heard.message_seconds))
    if said.heard.speech.strip():
        return _taken(speaker, MessageLeft(words=said.heard.speech))
    if speaker.dialogue.misses < _MISSES:
        return _listen(speaker, "message_empty", misses=speaker.dialogue.misses + 1)
    return _close(speaker, speaker.say("message_missed"), MessageLeft())


def _is_offered(speaker: Speaker) -> bool:
    wanted = speaker.script.questionnaire.message is Message.OFFER or speaker.script.inbound is not None
    return wanted and not speaker.dialogue.offered


def _again(speaker: Speaker, words: str, **changes: Any) -> Turn:
    told = [*speaker.say(words), *speaker.say("message_offer"), *speaker.say("message_keys")]
    return speaker.slower().listen(told, speaker.for_yes_no(), **changes)


def _listen(speaker: Speaker, words: str, **changes: Any) -> Turn:
    return speaker.listen(speaker.say(words), _FREE_SPEECH, **{"phase": Phase.MESSAGE, "misses": 0, **changes})


def _taken(speaker: Speaker, effect: MessageLeft) -> Turn:
    return _close(speaker, speaker.say("message_kept"), effect)


def _close(speaker: Speaker, prompts: Sequence[Prompt], *effects: Effect) -> Turn:
    told = [*prompts, *speaker.closing()]
    return speaker.hang_up(told, effects)
