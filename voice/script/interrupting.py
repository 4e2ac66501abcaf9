"""Words that answer nothing: a hum or a greeting does not end a question, and whoever doubts us learns who we are."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from community.model.calls.call import CallResult
from community.model.meaning.call.interjections import accuses, asks_who, doubts, is_greeting, is_hum
from community.model.meaning.reading import Reading
from community.model.meaning.speech import plain
from voice.script import answering, guardian
from voice.script.dialogue import Phase
from voice.script.ending import end
from voice.script.speaking import Speaker
from voice.script.steps import Prompt
from voice.script.turn import Said, Turn

#: After so many hums to one question a hum is taken for what it may mean; after so many doubts we let it be.
_HUMS, _DOUBTS, _ASKED_WHO = 1, 2, 4
#: After so many in a row nobody is there who answers.
_GREETINGS = 4
_PHASES = frozenset({Phase.GUARDIAN, Phase.READY, Phase.CONSENT, Phase.HEALTH, Phase.QUESTION, Phase.CONFIRM})
#: What we ask of our own, in the words of `wording.yml`.
_OWN_WORDS = {Phase.READY: "ready", Phase.CONSENT: "consent", Phase.HEALTH: "health_consent"}


def answer(speaker: Speaker, said: Said, reading: Reading) -> Turn | None:
    """What follows such words; None where something else was said.

    Args:
        reading: what the words would mean as an answer.
    """
    dialogue = speaker.dialogue
    if dialogue.phase not in _PHASES or said.heard.digits or said.heard.is_silence:
        return None
    text = plain(said.heard.speech)
    about = speaker.question.say if dialogue.phase is Phase.QUESTION else ""
    if _is_doubt(speaker, text, about, reading):
        return _reassure(speaker, text, about)
    # 嗯 to 对吗 is a yes as good as any.
    agrees = dialogue.phase is Phase.CONFIRM and reading.is_answer
    sure = reading.is_answer and reading.decided_by != "model"
    answers = sure and (agrees or dialogue.hums >= _HUMS)
    if dialogue.greetings > _GREETINGS and not answers:
        return end(speaker, speaker.say("unclear_end"), CallResult.UNCLEAR)
    if dialogue.hums < _HUMS and not agrees and _says_nothing(speaker, text, reading):
        return once_more(speaker, [], hums=dialogue.hums + 1, barge_in=False)
    return None


def counted(speaker: Speaker, said: Said) -> Speaker:
    """The speaker who counts such words: whatever else is said or pressed begins the count anew, silence leaves it."""
    if said.heard.is_silence:
        return speaker
    text = plain(said.heard.speech)
    greets = not said.heard.digits and (is_hum(text) or is_greeting(text))
    count = speaker.dialogue.greetings + 1 if greets else 0
    return Speaker(speaker.script, replace(speaker.dialogue, greetings=count))


def once_more(speaker: Speaker, prompts: Sequence[Prompt], *, barge_in: bool = True, **changes: Any) -> Turn:
    """Ask again what was being asked, whatever it was."""
    dialogue = speaker.dialogue
    phase = Phase(changes.pop("phase", dialogue.phase))
    # Whoever spoke into the first sentences has not heard who calls.
    opening = speaker.opening() if dialogue.step == 1 and not prompts else []
    prompts = [*prompts, *opening]
    if phase is Phase.QUESTION:
        return speaker.ask(prompts, speaker.question, barge_in=barge_in, keys_for_help=not dialogue.fluent, **changes)
    if phase is Phase.CONFIRM:
        pending, heard = speaker.pending()
        return answering.read_back(speaker, speaker.question, heard, pending, prompts=prompts, **changes)
    asked = guardian.question(speaker) if phase is Phase.GUARDIAN else speaker.say(_OWN_WORDS.get(phase, "consent"))
    return speaker.listen([*prompts, *asked], speaker.for_yes_no(), barge_in=barge_in, phase=phase, **changes)


def _is_doubt(speaker: Speaker, text: str, about: str, reading: Reading) -> bool:
    if accuses(text, about):
        return True
    # The first words on the phone are about who calls, whatever they might answer.
    later = speaker.dialogue.step > 1
    answers = later and speaker.dialogue.phase in {Phase.QUESTION, Phase.CONFIRM} and reading.is_answer
    return not answers and (doubts(text, about) or asks_who(text))


def _says_nothing(speaker: Speaker, text: str, reading: Reading) -> bool:
    if is_hum(text):
        return True
    if speaker.dialogue.phase is Phase.GUARDIAN:
        # 是我 may say who they are.
        return False
    if speaker.dialogue.phase is Phase.READY and reading.is_answer:
        return False
    first = speaker.dialogue.step <= 1
    return is_greeting(text) and (first or not reading.is_answer)


def _reassure(speaker: Speaker, text: str, about: str) -> Turn:
    count = speaker.dialogue.doubts + 1
    script = speaker.script
    names = {"caller": speaker.wording.written(script.caller), "name": speaker.wording.written(script.name)}
    if not doubts(text, about) and count <= _ASKED_WHO:
        return once_more(speaker, speaker.say("who_we_are", **names), doubts=count)
    if count > _DOUBTS:
        return end(speaker, speaker.say("doubted_end", phone=script.phone), CallResult.REFUSED)
    return once_more(speaker, speaker.say("doubted", phone=script.phone, **names), doubts=count)
