"""What a campaign would do if it were launched now: whom it means, whom it calls, what it takes; seen before it is approved."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from community.model.calls.estimate import Estimate
from community.model.questionnaires.questionnaire import Questionnaire

#: A list of people that changed by more than this share, and by more than so many people, is not the one approved.
_MUCH, _FEW = 0.1, 3
AGE_BANDS = (
    (0, 59, "60 岁以下"),
    (60, 69, "60–69 岁"),
    (70, 79, "70–79 岁"),
    (80, 89, "80–89 岁"),
    (90, 130, "90 岁以上"),
)
AGE_UNKNOWN, NO_GRID = "年龄不详", "未分网格"


@dataclass(frozen=True, slots=True)
class ListCheck:
    """One list of people: how many of its rows mean somebody, and why each of the others does not.

    Attributes:
        twice: rows that mean somebody whom a row above means.
        problems: place of the row, and what is wrong with it.
    """

    name: str
    rows: int
    matched: int
    twice: int
    problems: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPreview:
    """What a campaign would do.

    Attributes:
        meant: people whom the audience means; called: those of them who would be called.
        excluded: those who would not, by reason.
        grids, tags, ages, numbers: those who would be called, counted; one person may have several tags.
        called_lately: of them, those whom another campaign called in the last seven days.
        in_other_campaigns: of them, those who wait in another campaign that runs: one call at a time, all the same.
        names: the first of them, hidden but for the surname, with the masked number.
        finish_at: when the last would be resolved; None where that is not within a month.
        cost: of calls, minutes and texts, in yuan; None where no price is set.
        notes: what looks like a mistake, one sentence each.
        definition: a short hash of the questionnaire.
    """

    meant: int
    called: int
    excluded: Mapping[str, int]
    grids: Mapping[str, int]
    tags: Mapping[str, int]
    ages: Mapping[str, int]
    numbers: Mapping[str, int]
    called_lately: int
    in_other_campaigns: int
    names: Sequence[str]
    lists: Sequence[ListCheck]
    estimate: Estimate
    finish_at: datetime | None
    cost: float | None
    max_calls: int | None
    max_minutes: int | None
    legal_ground: str
    legal_note: str | None
    definition: str
    notes: Sequence[str] = field(default_factory=tuple)

    def to_json(self) -> dict[str, Any]:
        """A document for programs."""
        document = asdict(self)
        document["estimate"]["working"] = round(self.estimate.working.total_seconds() / 60)
        document["estimate"]["waiting"] = round(self.estimate.waiting.total_seconds() / 60)
        document["finish_at"] = self.finish_at.isoformat() if self.finish_at else None
        return document

    def summary(self) -> dict[str, Any]:
        """What is recorded of it when somebody approves it."""
        return {
            "meant": self.meant,
            "called": self.called,
            "excluded": dict(self.excluded),
            "calls": self.estimate.calls,
            "minutes": self.estimate.minutes,
            "texts": self.estimate.texts,
            "cases": self.estimate.cases,
            "cost": self.cost,
            "definition": self.definition,
        }


def definition_hash(questionnaire: Questionnaire) -> str:
    """A short hash of everything a questionnaire says."""
    text = json.dumps(questionnaire.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def what_changed(approved_called: int, called: int) -> str:
    """Say that a list of people is no longer the one that was approved; empty where it is, or nearly."""
    difference = abs(called - approved_called)
    if difference <= _FEW or difference <= approved_called * _MUCH:
        return ""
    return f"批准时会打 {approved_called} 人，现在是 {called} 人：名册在批准以后变了很多，请核对"


def hidden_name(name: str) -> str:
    """张桂兰 → 张**."""
    return name[:1] + "*" * max(1, len(name) - 1)


def age_band(years: int | None) -> str:
    """The band of an age."""
    if years is None:
        return AGE_UNKNOWN
    return next(name for low, high, name in AGE_BANDS if low <= years <= high)
