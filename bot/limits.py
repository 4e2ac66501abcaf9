"""How much one person and one group may say, and what of a text is kept."""

import unicodedata
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnLimits:
    """The limits of chat.

    Attributes:
        text: characters of one message.
        backlog: messages of one person that may wait for an answer.
        per_minute: messages of one person in a minute, far above what fingers can do.
        group_per_minute: messages to the bot in one group in a minute.
        patience: how long a message may stay without an answer before its author is told 稍后答复.
        first_retry: wait after the first failure; doubles up to `longest_retry`.
        at_once: turns at the same time in one process.
        tries: failures of one message, while others are answered, before a person takes over.
    """

    text: int = 2000
    backlog: int = 30
    per_minute: int = 300
    group_per_minute: int = 60
    patience: timedelta = timedelta(seconds=8)
    first_retry: timedelta = timedelta(seconds=5)
    longest_retry: timedelta = timedelta(minutes=5)
    tries: int = 6
    at_once: int = 16

    def retry_after(self, tries: int) -> timedelta:
        """Return how long to wait after so many tries."""
        doubled = 1 << min(max(tries - 1, 0), 16)
        return min(self.first_retry * doubled, self.longest_retry)


#: Marks that turn the direction of what follows, so that a text can be shown as something else.
_DIRECTION = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def clean_text(text: str) -> str:
    """Return a text without what no database, model or page should be given: NUL, control and direction marks, broken characters.

    Line breaks, emoji and their joiners stay.
    """
    kept = (
        character
        for character in text.replace("\r\n", "\n").replace("\r", "\n")
        if character in "\n\t" or (unicodedata.category(character) not in {"Cc", "Cs"} and character not in _DIRECTION)
    )
    return "".join(kept).strip()
