"""Somebody needs help now: say whom to call, tell the community at once, and stay on the line."""

from dataclasses import replace

from community.model.calls.call import CallResult
from community.model.cases.case import CaseKind, Priority
from community.model.hazards.distress import DISTRESS_NAMES, kind_of
from community.model.hazards.emergency_numbers import in_region
from community.model.meaning.call.asides import is_distress
from community.model.meaning.speech import plain
from community.usecases.recognise_emergency import recognise_emergency
from voice.script.dialogue import Phase
from voice.script.speaking import Speaker
from voice.script.steps import Heard, Listen, Prompt
from voice.script.turn import RaiseCase, Turn

#: How often we speak while staying on the line, and how long we listen each time.
_ROUNDS = 4
_LISTEN = Listen(digits=1, timeout=12, long=True, hints=("救命", "120", "999", "没事了", "不用了"))


def begin(speaker: Speaker, heard: Heard) -> Turn:
    """Tell the resident and the community; connect the duty phone where there is one, else stay."""
    kind = kind_of(plain(heard.speech), recognise_emergency(heard.speech))
    case = RaiseCase(
        key="distress",
        kind=CaseKind.WORRYING,
        summary=f"电话里求助：{DISTRESS_NAMES[kind]}，请立即联系本人",
        description=f"原话：{heard.speech}",
        priority=Priority.EMERGENCY,
        danger=True,
        settles=True,
    )
    prompts = _advice(speaker, kind)
    speaker = Speaker(speaker.script, replace(speaker.dialogue, dangers=(kind,)))
    if speaker.script.duty_number:
        told = [*prompts, *speaker.say("emergency_transfer")]
        return speaker.transfer(told, [case], result=CallResult.DISTRESS)
    told = [*prompts, *speaker.say("emergency_stay")]
    return speaker.listen(told, _LISTEN, effects=[case], phase=Phase.EMERGENCY, result=CallResult.DISTRESS, rounds=1)


def nobody_on_duty(speaker: Speaker) -> Turn:
    """Say that the duty phone was not answered, and stay on the line."""
    told = [*speaker.say("emergency_transfer_failed"), *speaker.say("emergency_stay")]
    return speaker.listen(told, _LISTEN, phase=Phase.EMERGENCY, rounds=1)


def stay(speaker: Speaker, heard: Heard) -> Turn:
    """Stay on the line a while, with advice for whatever else turns out; end only after that, and never abruptly."""
    dialogue = speaker.dialogue
    another = _another_danger(speaker, heard)
    # Who tells of another danger is heard for as long as anybody else.
    rounds = 1 if another else dialogue.rounds + 1
    if rounds > _ROUNDS:
        return speaker.hang_up(speaker.say("emergency_end"), rounds=rounds)
    prompts = speaker.say("emergency_listening" if heard.is_silence else "emergency_stay")
    if another:
        prompts = [*_advice(speaker, another), *prompts]
    dangers = (*dialogue.dangers, another) if another else dialogue.dangers
    return speaker.listen(prompts, _LISTEN, phase=Phase.EMERGENCY, rounds=rounds, dangers=dangers)


def _another_danger(speaker: Speaker, heard: Heard) -> str:
    """A kind of danger that no advice was given for yet; empty for none."""
    text, emergency = plain(heard.speech), recognise_emergency(heard.speech)
    if emergency is None and not is_distress(text):
        return ""
    kind = kind_of(text, emergency)
    return "" if kind in speaker.dialogue.dangers else kind


def _advice(speaker: Speaker, kind: str) -> list[Prompt]:
    told = speaker.say(f"emergency.{kind}")
    return [replace(prompt, text=in_region(prompt.text, speaker.script.region)) for prompt in told]
