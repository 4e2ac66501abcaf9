"""One simulated resident on one call: hears the prompts, and answers in character."""

import random
import re
from dataclasses import dataclass

import cn2an

from voice.carriers.simulated.characters import Cast, Character

_OPTION = re.compile(r"([^，。！？；、,]{1,30}?)[请請]?(?:按|撳)(\d)")
_OPENING = re.compile(r"想录音|想錄音")
_HEALTH = re.compile(r"想问您的健康|想問您的健康|想問你嘅健康")
_READY = re.compile(r"方便说话|方便說話|方便講嘢")
_OPT_OUT = re.compile(r"以后都别打|以後都別打|以後都唔好打")
_CONFIRM = re.compile(r"对请按1|對請按1|啱請按1")
_STAYING = re.compile(r"我没有挂|我在听|我沒有掛|我在聽|我冇收線|我聽緊")
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("number", re.compile(r"按完数字|按完數字|按數字")),
    ("day", re.compile(r"四位数|四位數")),
    ("period", re.compile(r"上午请按1|上午請按1|上晝請按1")),
    ("need", re.compile(r"不需要请按2|不需要請按2|唔使請按2")),
    ("free", re.compile(r"说完停一下|說完停一下|停一停")),
)
_NUMBERS: tuple[tuple[str, str], ...] = (
    (r"体温|多少度", "三十六度五"),
    (r"高压|血压", "一百三"),
    (r"岁|年龄", "七十八"),
    (r"口人|几个人", "两个"),
    (r"几天|多久", "一个礼拜"),
)
#: So many have nothing against questions about their health; the others choose as with any question.
_TALK_OF_HEALTH = 0.9
_THINKING_SECONDS = (0.6, 2.5)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the resident does after a prompt; nothing at all is silence."""

    speech: str = ""
    digits: str = ""
    confidence: float = 0.9
    after: float = 1.0
    hang_up: bool = False


class SimulatedResident:
    """A resident on the phone.

    Args:
        cast: all characters, for their phrases.
        character: this resident's.
        number: with the seed it decides the answers, so that they stay the same through a campaign.
    """

    def __init__(self, cast: Cast, character: Character, number: str, seed: int) -> None:
        self._cast = cast
        self._character = character
        self._who = f"{seed}:{number}"
        self._random = random.Random(self._who)  # noqa: S311 - a play, no secret
        self._first = list(character.first)
        self._only = list(character.only) if character.only is not None else None
        self._replies = 0
        self._questions = 0
        self._mumbles = character.mumbles

    def answer(self, heard: str) -> Reply:
        """React to what was said on the line.

        Args:
            heard: all sentences up to the moment the line listens.
        """
        character = self._character
        if character.hang_up_after is not None and self._replies >= character.hang_up_after:
            return Reply(hang_up=True, after=0.5)
        self._replies += 1
        if character.opening is not None and self._replies == 1:
            return self._spoken(character.opening)
        if _OPENING.search(heard) and not self._questions:
            return self._consent()
        return self._scripted() or self._by_kind(heard)

    def _scripted(self) -> Reply | None:
        """Words that come whatever is asked."""
        self._questions += 1
        if self._questions <= self._character.at:
            return None
        if self._first:
            words = self._first.pop(0)
            return self._spoken(words) if words else Reply(after=0)
        if self._only is not None:
            return self._spoken(self._only.pop(0)) if self._only else Reply(after=0)
        return None

    def _consent(self) -> Reply:
        character = self._character
        if character.consent is not None:
            return self._spoken(character.consent)
        if character.only == []:
            return Reply(after=0)
        return self._spoken("可以") if self._speaks("consent") else self._keys("1")

    def _by_kind(self, heard: str) -> Reply:
        if _STAYING.search(heard):
            return self._spoken(self._phrase("stay", heard))
        yes = self._yes(heard)
        if yes is not None:
            return self._spoken(yes) if self._speaks(heard) else self._keys("1")
        kind = next((kind for kind, pattern in _KINDS if pattern.search(heard)), None)
        if kind == "number":
            return self._number(heard)
        if kind == "need" and not self._speaks(heard):
            return self._keys("2")
        return self._spoken(self._phrase(kind, heard)) if kind else self._choose(heard)

    def _yes(self, heard: str) -> str | None:
        """How they agree to what hardly anybody denies; None where they choose as with any question."""
        if _READY.search(heard):
            return "方便"
        if _HEALTH.search(heard) and self._luck("health") < _TALK_OF_HEALTH:
            return "可以"
        return "是的" if _OPT_OUT.search(heard) or _CONFIRM.search(heard) else None

    def _number(self, heard: str) -> Reply:
        number = next((said for pattern, said in _NUMBERS if re.search(pattern, heard)), "三")
        if self._speaks(heard):
            return self._spoken(self._phrase("number", heard).format(number=number))
        return self._keys(_as_keys(number))

    def _choose(self, heard: str) -> Reply:
        options = _OPTION.findall(heard)
        if not options:
            return self._spoken("嗯")
        options = [(text, key) for text, key in options if key != "0"]
        if len(options) == 2:
            index = 0 if self._luck(heard) < self._character.agrees else 1
            topic, names = ("agree", "deny")[index], {"yes": options[0][0], "no": options[1][0]}
            said = self._phrase(topic, heard).format(**names)
        else:
            index = int(self._luck(heard) * len(options))
            said = self._phrase("option", heard).format(option=options[index][0])
        return self._spoken(said) if self._speaks(heard) else self._keys(options[index][1])

    def _phrase(self, topic: str, heard: str) -> str:
        phrases = self._cast.phrases(self._character.accent, topic)
        return phrases[int(self._luck(f"{topic}{heard}") * len(phrases))]

    def _spoken(self, words: str) -> Reply:
        confidence = round(self._random.uniform(0.72, 0.96), 2)
        if self._mumbles > 0:
            self._mumbles -= 1
            confidence = 0.35
        return Reply(speech=words, confidence=confidence, after=self._random.uniform(*_THINKING_SECONDS))

    def _keys(self, digits: str) -> Reply:
        return Reply(digits=digits, after=self._random.uniform(*_THINKING_SECONDS))

    def _speaks(self, about: str) -> bool:
        return self._luck(f"speaks{about}") < self._character.speech

    def _luck(self, about: str) -> float:
        """0…1, the same for the same resident and matter."""
        return random.Random(f"{self._who}:{about}").random()  # noqa: S311 - a play, no secret


def _as_keys(number: str) -> str:
    known = {"三十六度五": "365", "一个礼拜": "7", "两个": "2"}
    return known.get(number) or str(int(cn2an.cn2an(number, "smart")))
