"""What Alibaba Cloud carries for us from one answer to its next callback (`dynamic_id`): the call, the step, what to do next.

Its callbacks come to one address for all calls, so that this, and no URL, says which call and step they belong to.
"""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

_FORM = re.compile(r"([0-9a-f]{32})-([0-9a-f]{8,32})-(\d{1,6})(?:-([a-z])(\d*)(?:\.(\d*))?)?")


class Next(StrEnum):
    """What to do when the words were said, without asking the conversation."""

    #: Ask the conversation.
    ASK = ""
    HANG_UP = "h"
    #: Connect the number that stands behind it.
    TRANSFER = "t"
    #: The call was connected with somebody else: keep out of it.
    KEEP_OUT = "o"
    #: Gather keys: how many (0: until #) and which came so far.
    KEYS = "k"


@dataclass(frozen=True, slots=True)
class Baton:
    """One `dynamic_id`.

    Attributes:
        step: the number of the step that was said, whose result the next callback brings.
        number: whom to connect, as it is dialled; for keys, how many end the input, 0 for many ended by #.
        keys: pressed so far.
    """

    attempt: str
    token: str
    step: int
    then: Next = Next.ASK
    number: str = ""
    keys: str = ""

    @classmethod
    def read(cls, text: str) -> "Baton | None":
        """Read one back; None where it is none of ours."""
        match = _FORM.fullmatch(text)
        if match is None or (match[4] or "") not in set(Next):
            return None
        return cls(match[1], match[2], int(match[3]), Next(match[4] or ""), match[5] or "", match[6] or "")

    def with_keys(self, keys: str) -> "Baton":
        """The same, with more keys."""
        return replace(self, keys=keys)

    def __str__(self) -> str:
        if self.then is Next.ASK:
            return f"{self.attempt}-{self.token}-{self.step}"
        keys = f".{self.keys}" if self.then is Next.KEYS else ""
        return f"{self.attempt}-{self.token}-{self.step}-{self.then}{self.number}{keys}"
