"""What a rehearsed campaign came to, in the figures that staff ask for before the real one, and how far a rehearsal is."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Self


class RehearsalStatus(StrEnum):
    """How far a rehearsal is that staff asked for."""

    #: For one before it.
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    #: It could not be played to its end.
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """What a campaign would come to.

    Attributes:
        targets, outcomes, cases: how many, by Chinese name.
        reached: how many people were reached first by which way, by Chinese name; each person is counted once.
        cases_by_kind: the work that is left to staff, by Chinese name of the kind.
        excluded: people who would not be called, by reason.
        calls: those we dial; calls_in: those that residents make.
        billed_minutes: each begun minute whole, as carriers bill it; of both.
        texts: those we send; billed_texts: as how many the carrier bills them; texts_in: those that residents write.
        texting: why no text is sent, or none with a link, although the questionnaire asks for it, in Chinese; else empty.
        duration: from the launch to the last resolved target.
        unresolved: people still open after a month, or when a ceiling was reached.
        cost: of calls, minutes and texts, in yuan; None where no price is set.
        staff_cases: cases that people will have to look after.
        stopped: why it stood still before the end, in Chinese; empty where it did not.
    """

    name: str
    targets: Mapping[str, int]
    reached: Mapping[str, int]
    outcomes: Mapping[str, int]
    cases: Mapping[str, int]
    cases_by_kind: Mapping[str, int]
    excluded: Mapping[str, int]
    calls: int
    calls_in: int
    talk_minutes: int
    texts: int
    billed_texts: int
    texts_in: int
    texting: str
    started: str
    finished: str | None
    duration: str
    duration_minutes: int
    unresolved: int
    billed_minutes: int
    cost: float | None
    staff_cases: int
    stopped: str

    def to_json(self) -> dict[str, Any]:
        """A document for programs."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self | None:
        """Read a document that was kept; None where a version with other figures kept it."""
        names = {field.name for field in fields(cls)}
        return cls(**document) if set(document) == names else None
