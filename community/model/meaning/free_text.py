"""Free speech: kept as it was said, unless nothing was."""

import re

from community.model.meaning.reading import UNCLEAR, Label, Reading, words
from community.model.meaning.speech import without_fillers


def read(text: str) -> Reading:
    """Keep what says anything at all; 没有 says something too."""
    said = without_fillers(text)
    if not re.search(r"[一-鿿a-z0-9]", said) or re.fullmatch(r"(?:这|那|就|是|我|你|的|了|喂|嗯|呃|个)*", said):
        return UNCLEAR
    return words(Label.KEEP, confidence=0.9)
