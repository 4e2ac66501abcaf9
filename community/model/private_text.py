"""Phone and identity numbers inside a text: found, and hidden before a line goes where others read it."""

import re
from collections.abc import Collection, Iterator
from enum import StrEnum


class PrivateKind(StrEnum):
    """What sort of number a person should not show to everybody."""

    PHONE = "phone"
    IDENTITY = "identity"


#: Digits of any width, with the blanks and hyphens people put between them.
_GAP = r"[\s\-－·.]?"
_START, _END = r"(?<![0-9０-９])", r"(?![0-9０-９])"
#: GB 11643-1999: 17 digits and a check character.
_IDENTITY = re.compile(rf"{_START}[1-9１-９](?:{_GAP}[0-9０-９]){{16}}{_GAP}[0-9０-９XxＸｘ]{_END}")
#: A mainland mobile number, with or without +86 or 0086.
_MOBILE = re.compile(
    rf"(?:(?:\+|＋|00)86{_GAP}|{_START}86{_GAP}|{_START})[1１]{_GAP}[3-9３-９](?:{_GAP}[0-9０-９]){{9}}{_END}"
)


def find_private(text: str, *, keep: Collection[str] = ()) -> list[PrivateKind]:
    """Return the kinds of private numbers in a text.

    Args:
        text: what somebody wrote.
        keep: published numbers, which are not private.
    """
    kinds: list[PrivateKind] = []
    for kind, _match in _private(text, keep):
        if kind not in kinds:
            kinds.append(kind)
    return kinds


def private_numbers(text: str) -> list[tuple[PrivateKind, str]]:
    """Return every private number of a text as it was written, with its kind."""
    return list(_private(text, ()))


def hide_private(text: str, *, keep: Collection[str] = ()) -> str:
    """Return the text with the middle of every private number as stars (138****1234)."""
    for _kind, match in _private(text, keep):
        text = text.replace(match, _starred(match))
    return text


def _private(text: str, keep: Collection[str]) -> Iterator[tuple[PrivateKind, str]]:
    published = {_digits(number)[-11:] for number in keep if number}
    for kind, pattern in ((PrivateKind.IDENTITY, _IDENTITY), (PrivateKind.PHONE, _MOBILE)):
        for match in pattern.finditer(text):
            if _digits(match[0])[-11:] not in published:
                yield kind, match[0]


def _digits(text: str) -> str:
    return "".join(str(int(character)) if character.isdigit() else "" for character in text)


def _starred(number: str) -> str:
    plain = _digits(number)
    if len(plain) >= 17:
        return f"{plain[:6]}********{number[-2:]}"
    return f"{plain[-11:-8]}****{plain[-4:]}"
