"""A reading: what an answer was taken to mean, and how sure that is."""

from dataclasses import dataclass
from typing import Any


class Label:
    """The labels that every kind of question shares; the others are an answer's own."""

    YES = "yes"
    NO = "no"
    #: No help is needed.
    NONE = "none"
    #: `value` holds an option, a number, an ISO date or {part, from, to}.
    VALUE = "value"
    #: Free speech, kept as it was heard.
    KEEP = "keep"

    UNCLEAR = "unclear"
    SILENCE = "silence"
    REPEAT_REQUEST = "repeat_request"
    WRONG_PERSON = "wrong_person"
    REFUSE = "refuse"
    DISTRESS = "distress"
    ASK_HUMAN = "ask_human"
    CALLBACK_LATER = "callback_later"
    #: A question about health that was left out because the resident did not agree to it.
    NOT_ASKED = "not_asked"


#: Labels that say something about the call instead of answering the question.
NOT_ANSWERS = frozenset(
    {
        Label.UNCLEAR,
        Label.SILENCE,
        Label.REPEAT_REQUEST,
        Label.WRONG_PERSON,
        Label.REFUSE,
        Label.DISTRESS,
        Label.ASK_HUMAN,
        Label.CALLBACK_LATER,
        Label.NOT_ASKED,
    }
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood.

    Attributes:
        label: `yes`, `no`, `none`, `needs:medical`…, `keep`, `value`, or one of the labels common to every kind.
        value: with the label `value`, what it is: an option exactly as given, a number, an ISO date, or {part, from, to}.
        confidence: 0…1.
        decided_by: `keys`, `rules`, `model` or `staff`.
    """

    label: str
    value: Any = None
    confidence: float = 1.0
    decided_by: str = "rules"

    @property
    def is_answer(self) -> bool:
        """Whether the question is answered by it."""
        return self.label not in NOT_ANSWERS


UNCLEAR = Reading(Label.UNCLEAR, confidence=0.0)


def keys(label: str, value: Any = None) -> Reading:
    """A reading of pressed keys: always sure."""
    return Reading(label, value, 1.0, "keys")


def words(label: str, value: Any = None, confidence: float = 0.9) -> Reading:
    """A reading of spoken words."""
    return Reading(label, value, confidence, "rules")
