"""What may stand in a case's one line: no phone number, nothing longer than a table's cell."""

import re

_MOBILE = re.compile(r"(?<!\d)(?:\+?86[-\s]?)?(1[3-9]\d)[-\s]?(\d{4})[-\s]?(\d{4})(?!\d)")
#: 021-62150100, 6215-0100 or 62150100; 2024-2026 is two years.
_LANDLINE = re.compile(r"(?<![\d-])(?!(?:19|20)\d\d-(?:19|20)\d\d)(?:0\d{2,3}[-\s]?)?\d{3,4}-?\d{4}(?![\d-])")
_IDENTITY = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\w)")


def hide_numbers(text: str) -> str:
    """Mask phone and identity numbers in a text that goes to lists, notices and groups."""
    text = _IDENTITY.sub(r"\1********\2", text)
    text = _MOBILE.sub(r"\1****\3", text)
    return _LANDLINE.sub(_hide_landline, text)


def shorten(text: str, most: int) -> str:
    """Cut a text to `most` characters, with … where something is missing."""
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"


def _hide_landline(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[0])
    return f"****{digits[-4:]}"
