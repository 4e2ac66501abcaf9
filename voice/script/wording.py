"""The sentences of wording.yml, filled in, cut into breaths, and written for the resident's language."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from importlib import resources
from typing import Any

import yaml
from opencc import OpenCC

from voice.script.steps import Language, Prompt

#: Characters between two pauses, at most.
LONGEST_BREATH = 20
_SENTENCE_END = re.compile(r"(?<=[。！？；!?;\n])")
_PAUSE = re.compile(r"(?<=[，、：,:])")
_SPOKEN = re.compile(r"[^，。！？；、：,!?;:\s]+")
#: Brackets and marks that a voice stumbles over.
_UNSPOKEN = str.maketrans(
    {
        "（": "，",
        "）": "，",
        "(": "，",
        ")": "，",
        "《": "",
        "》": "",
        "“": "",
        "”": "",
        "「": "",
        "」": "",
        "*": "",
        "#": "",
        "/": "，",
        "~": "到",
    }
)
_MARKS = re.compile(r"[，。！？；、：,.!?;:…]$")
_COMMAS = ("，", "、", "：", ",")
_ASKS = re.compile(r"(?:[吗嗎呢么呀咩]|什么|哪[里儿个些天]|多少.?|几.|(?:是|有|要)(?:不|没).{1,6})$")
#: Questionnaires are written in simplified characters; voices of other languages read their own.
_SCRIPTS = {Language.CANTONESE: "s2hk", Language.TAIWANESE_MANDARIN: "s2tw"}


class Wording:
    """The sentences of one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._texts: dict[str, Any] = _load()[language]

    def prompts(self, place: str, *, slow: bool = False, **values: object) -> list[Prompt]:
        """The sentences at a place of the file (`emergency.fire`), filled in."""
        return [Prompt(str(line).format(**values), slow=slow) for line in self._find(place)]

    def text(self, place: str, **values: object) -> str:
        """One text that is part of a sentence."""
        return str(self._find(place)).format(**values)

    def spoken(self, text: str, *, slow: bool = False) -> list[Prompt]:
        """Somebody else's text (a question, an answer of the assistant) as sentences in this language."""
        return [Prompt(sentence, slow=slow) for sentence in sentences(self.written(text))]

    def written(self, text: str) -> str:
        """A text in the characters of this language, and with its word for you."""
        converter = _SCRIPTS.get(self.language)
        written = _converter(converter).convert(text) if converter else text
        # Cantonese has no 您; questionnaires are written in Mandarin.
        return written.replace("您", "你") if self.language is Language.CANTONESE else written

    def day(self, value: date, today: date) -> str:
        """今天, 明天, or 7月15日星期三."""
        if (value - today).days in {0, 1}:
            return self.text("time.today" if value == today else "time.tomorrow")
        weekday: str = self._find("time.weekdays")[value.weekday()]
        return self.text("time.date", month=value.month, day=value.day) + weekday

    def clock(self, hour: int, minute: int) -> str:
        """3点, 3点半, 3点20分, on a clock of twelve hours."""
        key = {0: "time.hour", 30: "time.half"}.get(minute, "time.minute")
        return self.text(key, hour=(hour - 1) % 12 + 1 if hour else 12, minute=minute)

    def moment(self, value: datetime, today: date) -> str:
        """明天下午3点."""
        return self.day(value.date(), today) + self.part(part_of_day(value.hour)) + self.clock(value.hour, value.minute)

    def part_at(self, value: datetime) -> str:
        """The part of the day of a moment: 上午."""
        return self.part(part_of_day(value.hour))

    def part(self, name: str) -> str:
        """上午, 下午 and so on."""
        return self.text(f"time.parts.{name}")

    def period(self, value: dict[str, Any]) -> str:
        """下午, or 下午3点到5点."""
        start, end = value.get("from"), value.get("to")
        if not start and not end:
            return self.part(value["part"])
        first = int(str(start or end).split(":")[0])
        shape = "from_to" if start and end else "from" if start else "to"
        told = {"from": self._clock_text(start), "to": self._clock_text(end)}
        return self.text(f"time.{shape}", part=self.part(part_of_day(first)), **told)

    def _clock_text(self, text: str | None) -> str:
        if not text:
            return ""
        hour, minute = text.split(":")
        return self.clock(int(hour), int(minute))

    def _find(self, key: str) -> Any:
        value: Any = self._texts
        for part in key.split("."):
            value = value[part]
        return value


@cache
def wording(language: Language) -> Wording:
    """The sentences of a language."""
    return Wording(language)


def sentences(text: str) -> list[str]:
    """A text as sentences that are said with a pause after each; long ones are cut at their commas."""
    found = []
    for sentence in _SENTENCE_END.split(text.translate(_UNSPOKEN)):
        if len(sentence) <= 2 * LONGEST_BREATH:
            found.append(sentence)
        else:
            found.extend(_PAUSE.split(sentence))
    return [piece.strip() for piece in found if _SPOKEN.search(piece)]


def as_written(spoken: Sequence[str]) -> str:
    """Sentences that were said one after the other, as they are read: each ends with a mark, the last with a full stop."""
    text = "".join(_ended(sentence.strip()) for sentence in spoken if sentence.strip())
    return text[:-1] + "。" if text.endswith(_COMMAS) else text


def _ended(sentence: str) -> str:
    if _MARKS.search(sentence):
        return sentence
    return sentence + ("？" if _ASKS.search(sentence) else "。")


def breaths(text: str) -> list[str]:
    """The parts of a text between pauses."""
    return _SPOKEN.findall(text)


def part_of_day(hour: int) -> str:
    """The part of the day that an hour lies in."""
    for limit, part in (
        (5, "night"),
        (8, "early_morning"),
        (12, "morning"),
        (13, "noon"),
        (18, "afternoon"),
        (22, "evening"),
    ):
        if hour < limit:
            return part
    return "night"


@cache
def _load() -> dict[Language, dict[str, Any]]:
    source = resources.files("voice.script").joinpath("wording.yml").read_text(encoding="utf-8")
    return {Language(name): texts for name, texts in yaml.safe_load(source).items()}


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)
