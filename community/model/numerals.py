"""Chinese numerals of door plates and of figures that are spelt out: 三 is 3, 十四 is 14, 五零一 is 501."""

import re

_DIGITS = {character: index for index, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "幺": 1, "两": 2}
_UNITS = {"十": 10, "百": 100}
_NUMERALS = re.compile(r"[零〇一二三四五六七八九十百幺两]+")


#: Fewer figures in a row may be words: 三四个人, 一五一十.
_SPELT = re.compile(r"[零〇一二三四五六七八九幺两](?:[ ,、-]*[零〇一二三四五六七八九幺两]){5,}")


def figures_of(text: str) -> str:
    """A text with long rows of figures that are spelt out as figures: 幺三九 零零零幺 is 1390001."""
    return _SPELT.sub(lambda row: "".join(str(_DIGITS[sign]) for sign in row[0] if sign in _DIGITS), text)


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
