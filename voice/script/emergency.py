"""Somebody needs help now: say whom to call, tell the community at once, and stay on the line."""

import re

from community.model.calls.call import CallResult
from community.model.cases.case import CaseKind, Priority
from community.model.meaning.speech import plain
from voice.script.dialogue import Phase
from voice.script.speaking import Speaker
from voice.script.steps import Heard, Listen
from voice.script.turn import RaiseCase, Turn

_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("gas", re.compile(r"煤气|天然气|漏气|燃气")),
    ("fire", re.compile(r"着(?:起)?火|起火|冒烟|烧起来")),
    ("despair", re.compile(r"不想活|活不下去|活够|活着(?:没|有什么)意思|自杀|寻(?:死|短)|跳楼|农药|想死|哭")),
    ("police", re.compile(r"砸|撬|踹|闯|抢|打我|杀|被(?:锁|关)在|贼")),
)
_ADDRESSED = {
    "gas": "可能燃气泄漏",
    "fire": "可能起火",
    "despair": "说了轻生或极度难过的话",
    "police": "可能正受侵害",
    "medical": "可能急病或受伤",
}
#: How often we speak while staying on the line, and how long we listen each time.
_ROUNDS = 4
_LISTEN = Listen(digits=1, timeout=12, long=True, hints=("救命", "120", "没事了", "不用了"))


def kind_of(text: str) -> str:
    """Which advice fits: `medical`, `fire`, `gas`, `police` or `despair`."""
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), "medical")


def begin(speaker: Speaker, heard: Heard) -> Turn:
    """Tell the resident and the community; connect the duty phone where there is one, else stay."""
    kind = kind_of(plain(heard.speech))
    case = RaiseCase(
        key="distress",
        kind=CaseKind.WORRYING,
        summary=f"电话里求助：{_ADDRESSED[kind]}，请立即联系本人",
        description=f"原话：{heard.speech}",
        priority=Priority.EMERGENCY,
        danger=True,
        settles=True,
    )
    prompts = speaker.say(f"emergency.{kind}")
    if speaker.script.duty_number:
        told = [*prompts, *speaker.say("emergency_transfer")]
        return speaker.transfer(told, [case], result=CallResult.DISTRESS)
    told = [*prompts, *speaker.say("emergency_stay")]
    return speaker.listen(told, _LISTEN, effects=[case], phase=Phase.EMERGENCY, result=CallResult.DISTRESS, rounds=1)


def stay(speaker: Speaker, text: str) -> Turn:
    """Stay on the line a while, repeating what matters; end only after that, and never abruptly."""
    rounds = speaker.dialogue.rounds + 1
    if rounds > _ROUNDS:
        return speaker.hang_up(speaker.say("emergency_end"), rounds=rounds)
    prompts = speaker.say("emergency_stay" if text else "emergency_listening")
    return speaker.listen(prompts, _LISTEN, phase=Phase.EMERGENCY, rounds=rounds)
