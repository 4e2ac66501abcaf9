"""Who is called: conditions on the roster, on what came of an earlier campaign, and lists that staff bring."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from community.model.duration import Duration
from community.model.questionnaires.strict_model import QuestionId, StrictModel, Text

_Texts = list[Text]
_Age = Annotated[int, Field(ge=0, le=130)]


class EarlierResult(StrEnum):
    """How somebody fared in an earlier campaign."""

    #: Every question that was due is answered.
    COMPLETED = "completed"
    #: A person took over: there is a case.
    CASE = "case"
    #: Rung, and nobody ever picked up.
    UNREACHED = "unreached"
    #: Did not want to answer.
    REFUSED = "refused"
    #: Picked up, but the questions were not finished.
    UNFINISHED = "unfinished"
    #: Not called, or not any more.
    EXCLUDED = "excluded"
    #: Still waits, or is being called.
    OPEN = "open"


EARLIER_RESULT_NAMES: dict[EarlierResult, str] = {
    EarlierResult.COMPLETED: "答完了",
    EarlierResult.CASE: "转了工单",
    EarlierResult.UNREACHED: "没联系上",
    EarlierResult.REFUSED: "不愿回答",
    EarlierResult.UNFINISHED: "接了没答完",
    EarlierResult.EXCLUDED: "没有打",
    EarlierResult.OPEN: "还没打完",
}

_EarlierResults = list[EarlierResult]


class EarlierCampaign(StrictModel):
    """Those whom an earlier campaign called; with `results` or `answers`, those of them whom every one given fits."""

    id: Annotated[int, Field(ge=1)]
    #: One of these came of it.
    results: _EarlierResults = []
    #: To each of these questions, one of these answers was given.
    answers: dict[QuestionId, Annotated[_Texts, Field(min_length=1)]] = {}


class Selection(StrictModel):
    """People of the roster; every condition given must hold."""

    #: At least one of these tags.
    tags: _Texts = []
    #: None of these.
    without_tags: _Texts = []
    grids: _Texts = []
    communities: _Texts = []
    buildings: _Texts = []
    age_from: _Age | None = None
    age_to: _Age | None = None
    #: Gave no answer to any campaign, by whatever channel, for so long.
    not_reported_since: Duration | None = None
    campaign: EarlierCampaign | None = None
    #: A file of people, by its name.
    list: Text | None = None

    @property
    def is_empty(self) -> bool:
        """Whether no condition is given, so that everybody is meant."""
        return all(getattr(self, key) in (None, []) for key in Selection.model_fields)


class Exclusion(Selection):
    """People who are not called although the audience means them, and why."""

    reason: Text


_Exclusions = list[Exclusion]


class Audience(Selection):
    """Who is called. An empty audience is everybody."""

    exclude: _Exclusions = []

    @property
    def lists(self) -> frozenset[str]:
        """The names of all lists that are needed."""
        return frozenset(each.list for each in (self, *self.exclude) if each.list)
