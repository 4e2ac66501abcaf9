"""What may stand in a case's one line: no phone number, nothing longer than a table's cell."""

import re

from community.model.private_text import hide_private

#: 021-62150100, 6215-0100 or 62150100; 2024-2026 is two years.
_LANDLINE = re.compile(r"(?<![\d*-])(?!(?:19|20)\d\d-(?:19|20)\d\d)(?:0\d{2,3}[-\s]?)?\d{3,4}-?\d{4}(?![\d*-])")


def hide_numbers(text: str) -> str:
    """Mask mobile, landline and identity numbers in a text that goes to lists, notices and groups."""
    return _LANDLINE.sub(lambda match: f"****{match[0][-4:]}", hide_private(text))


def shorten(text: str, most: int) -> str:
    """Make one line of a text and cut it to `most` characters, with … where something is missing."""
    text = " ".join(storable(text).split())
    return text if len(text) <= most else text[: most - 1] + "…"


def storable(text: str) -> str:
    """The text without NUL, which no PostgreSQL column takes."""
    return text.replace("\0", "")
