"""Where in a call's recording and transcript an answer stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

#: Before the question begins, so that its first word is not lost; after the answer ends.
_BEFORE, _AFTER = 1.0, 1.5


class Said(Protocol):
    """One thing said in a call."""

    @property
    def speaker(self) -> str:
        """`service` or `resident`."""

    @property
    def text(self) -> str:
        """The words."""

    @property
    def question_id(self) -> str | None:
        """The question that it answers."""

    @property
    def at(self) -> datetime:
        """When the service began to say it, or when the resident had said it."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The part of a transcript in which a question was asked and answered.

    Attributes:
        first, last: places in the transcript, both included.
        begins, ends: seconds into the recording; None where that cannot be said.
    """

    first: int
    last: int
    begins: float | None = None
    ends: float | None = None


def passage_of(
    said: Sequence[Said], question_id: str, heard: str, *, ended_at: datetime | None, seconds: int | None
) -> Passage | None:
    """Find where a question was asked and its answer given; None where the transcript does not say.

    Args:
        heard: the answer's words; of several tries, the one with these words counts.
        ended_at: the end of the call, which ends the recording.
        seconds: the length of the recording.
    """
    tries = [place for place, one in enumerate(said) if one.speaker == "resident" and one.question_id == question_id]
    if not tries:
        return None
    last = next((place for place in reversed(tries) if heard and said[place].text == heard), tries[-1])
    asked = [place for place in range(last) if said[place].speaker == "service"]
    first = asked[-1] if asked else last
    if ended_at is None or not seconds:
        return Passage(first, last)
    began = ended_at - timedelta(seconds=seconds)
    begins = (said[first].at - began).total_seconds() - _BEFORE
    ends = (said[last].at - began).total_seconds() + _AFTER
    if ends <= 0:
        return Passage(first, last)
    return Passage(first, last, round(max(0.0, begins), 1), round(min(ends, float(seconds)), 1))
