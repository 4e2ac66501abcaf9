"""The wish to be left alone, which says nothing of danger: 别再打电话了, 退订."""

import re

from community.model.calls.text_rules import wants_no_texts
from community.model.meaning.call.asides import is_distress, wants_opt_out
from community.model.meaning.speech import plain

_PIECES = re.compile(r"[^，。！？；,.!?;\s]+[，。！？；,.!?;\s]*")
#: More words than these tell something else beside it.
_LONGEST = 20


def without_goodbye(text: str) -> str:
    """A text without the pieces that only ask for no calls or no texts; the same text where there are none."""
    pieces = _PIECES.findall(text)
    left = [piece for piece in pieces if not _says_goodbye(piece)]
    return text if len(left) == len(pieces) else "".join(left)


def _says_goodbye(piece: str) -> bool:
    said = plain(piece)
    return len(piece) <= _LONGEST and not is_distress(said) and (wants_no_texts(piece) or wants_opt_out(said))
