"""Whom to call in an emergency, by region: our texts name the mainland's numbers, and are told with those of the community's own."""

import re
from collections.abc import Mapping

MAINLAND = "CN"
#: 999 stands for police, fire and ambulance alike; in Taiwan 119 brings both of the last two.
_NUMBERS: Mapping[str, Mapping[str, str]] = {
    MAINLAND: {},
    "HK": {"110": "999", "119": "999", "120": "999", "122": "999", "96110": "18222", "12356": "18111"},
    "MO": {"110": "999", "119": "999", "120": "999", "122": "999", "96110": "993", "12356": "28525222"},
    "TW": {"120": "119", "122": "110", "96110": "165", "12356": "1925"},
}
_SERVICES: Mapping[str, tuple[tuple[str, str], ...]] = {
    MAINLAND: (("119", "火警"), ("120", "急救"), ("110", "报警")),
    "HK": (("999", "紧急求助"),),
    "MO": (("999", "紧急求助"),),
    "TW": (("119", "火警急救"), ("110", "报警")),
}
REGIONS = tuple(_NUMBERS)
_NUMBER = r"(?:110|119|120|122|12356|96110)(?!\d)"
#: 打119、120或110: numbers that somebody is told to call, and nothing else that looks like one (补贴120元).
_TOLD = re.compile(rf"(?<=打)(\s*){_NUMBER}(?:\s*[、和或]\s*{_NUMBER})*")
_ONE = re.compile(_NUMBER)
_SEPARATOR = re.compile(r"[、和或]")


def in_region(text: str, region: str) -> str:
    """A text with the numbers that are called there; each named once in a row."""
    numbers = _NUMBERS[region]
    return _TOLD.sub(lambda found: _told(str(found[0]), numbers), text) if numbers else text


def services_in(region: str) -> tuple[tuple[str, str], ...]:
    """The emergency numbers there, each with what it is for."""
    return _SERVICES[region]


def _told(words: str, numbers: Mapping[str, str]) -> str:
    named = list(dict.fromkeys(numbers.get(number, number) for number in _ONE.findall(words)))
    before = words[: len(words) - len(words.lstrip())]
    if len(named) == 1:
        return f"{before}{named[0]}"
    last: str = _SEPARATOR.findall(words)[-1]
    return f"{before}{'、'.join(named[:-1])}{last}{named[-1]}"
