"""Chinese numerals of door plates: 三 is 3, 十四 is 14, 五零一 is 501."""

import re

_DIGITS = {character: index for index, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "幺": 1, "两": 2}
_UNITS = {"十": 10, "百": 100}
_NUMERALS = re.compile(r"[零〇一二三四五六七八九十百幺两]+")


def plate_number(text: str) -> str:
    """Turn 三, 十四, 五零一 or 012 into plain digits; anything else stays as it is, in capitals."""
    if re.fullmatch(r"[0-9]+", text):
        return str(int(text))
    if not _NUMERALS.fullmatch(text):
        return text.upper()
    if not any(character in _UNITS for character in text):
        return str(int("".join(str(_DIGITS[character]) for character in text)))
    total, current = 0, 0
    for character in text:
        if character in _UNITS:
            total += (current or 1) * _UNITS[character]
            current = 0
        else:
            current = _DIGITS[character]
    return str(total + current)
