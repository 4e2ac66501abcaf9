"""A campaign's questionnaire: what is asked of whom, in which hours, and what happens with each answer.

Staff write it as YAML; docs/questionnaire.md explains it, docs/questionnaire.schema.json is its JSON Schema.
"""

import operator
import re
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from community.model.calls.call import Outcome
from community.model.cases.case import CaseKind, Priority
from community.model.duration import Duration
from community.model.questionnaires.audience import Audience
from community.model.questionnaires.strict_model import Name, QuestionId, StrictModel, Text


class QuestionKind(StrEnum):
    """What sort of answer a question wants."""

    YES_NO = "yes_no"
    NEED_HELP = "need_help"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    TIME_PERIOD = "time_period"
    FREE_TEXT = "free_text"


#: What any answer may turn out to be, whatever was asked.
COMMON_LABELS: tuple[str, ...] = (
    "unclear",
    "repeat_request",
    "wrong_person",
    "refuse",
    "distress",
    "ask_human",
    "callback_later",
    "silence",
)

#: What an answer to each kind may be besides; `needs` stands for every `needs:…`. The options of a choice are labels too.
LABELS_OF_KIND: dict[QuestionKind, tuple[str, ...]] = {
    QuestionKind.YES_NO: ("yes", "no"),
    QuestionKind.NEED_HELP: (
        "none",
        "needs",
        "needs:medical",
        "needs:visit",
        "needs:supplies",
        "needs:repair",
        "needs:other",
    ),
    QuestionKind.CHOICE: (),
    QuestionKind.NUMBER: ("value",),
    QuestionKind.DATE: ("value",),
    QuestionKind.TIME_PERIOD: ("value", "early_morning", "morning", "noon", "afternoon", "evening", "night", "any"),
    QuestionKind.FREE_TEXT: ("keep",),
}

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "≥": operator.ge,
    "≤": operator.le,
    "=": operator.eq,
    "": operator.eq,
}
_NUMERIC_LABEL = re.compile(r"^(>=|<=|≥|≤|>|<|=|)\s*(-?\d+(?:\.\d+)?)$")


def answer_matches(label: str, value: Any, wanted: str) -> bool:
    """Tell whether an answer is what `escalate.when` or `next` speaks of.

    Args:
        label, value: what the answer was taken to mean.
        wanted: a label, `needs` for every need, an option's text, a part of the day, a number or a comparison (`>=38`).
    """
    if wanted in (label, value):
        return True
    if wanted == "needs":
        return label.startswith("needs:")
    if isinstance(value, dict):
        return wanted == value.get("part")
    compared = _NUMERIC_LABEL.match(wanted)
    if compared is None or isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return _COMPARE[compared[1]](value, float(compared[2]))


class LegalGround(StrEnum):
    """Why we may call at all (个人信息保护法 13)."""

    CONSENT = "consent"
    STATUTORY_DUTY = "statutory_duty"
    EMERGENCY = "emergency"


LEGAL_GROUND_NAMES: dict[LegalGround, str] = {
    LegalGround.CONSENT: "本人同意",
    LegalGround.STATUTORY_DUTY: "法定职责",
    LegalGround.EMERGENCY: "突发事件应急",
}


class Escalation(StrictModel):
    """An answer that a human must look at: when the answer's label is one of `when`, a case is opened."""

    #: Labels (`no`, `yes`, `needs:medical`, `distress`…), option texts, or comparisons of numbers (`>=38`, `<3`).
    when: Annotated[list[Text], Field(min_length=1)]
    priority: Priority = Priority.URGENT
    kind: Literal[CaseKind.WORRYING, CaseKind.CALLBACK, CaseKind.QUESTION, CaseKind.LIST_CHECK] = CaseKind.WORRYING
    #: What the resident is told at once.
    say: Text | None = None
    #: The rest of the questions is dropped.
    end: bool = False


class Question(StrictModel):
    """One question."""

    id: QuestionId
    kind: QuestionKind
    say: Text
    #: Said instead of `say` when it has to be asked again; None says `say` again, slower.
    say_again: Text | None = None
    #: For `choice`: the options, keys 1…9 in this order.
    options: Annotated[list[Text], Field(max_length=9)] = []
    #: For `yes_no`: what a yes asserts (方便, 收到了…), to read 没有不方便 rightly.
    yes_means: Text | None = None
    #: For `number`: what is believable.
    minimum: float | None = None
    maximum: float | None = None
    #: It asks about the resident's health: asked with the resident's own consent only, except in an emergency.
    about_health: bool = False
    #: The answer is read back and confirmed.
    confirm: bool = False
    escalate: list[Escalation] = []
    #: Next question by label or option; `end` ends. Else the one below.
    next: dict[str, str] = {}

    def escalation_for(self, label: str, value: Any) -> Escalation | None:
        """The most urgent escalation that an answer meets; None when it worries nobody."""
        met = [rule for rule in self.escalate if any(answer_matches(label, value, wanted) for wanted in rule.when)]
        return max(met, key=lambda rule: rule.priority.rank, default=None)


class Retry(StrictModel):
    """What follows one outcome: how long to wait, and how many times at most, before a case is opened."""

    after: Duration = timedelta(minutes=30)
    times: Annotated[int, Field(ge=0, le=10)] = 2


DEFAULT_RETRIES: dict[Outcome, Retry] = {
    Outcome.NO_ANSWER: Retry(after=timedelta(minutes=30), times=2),
    Outcome.BUSY: Retry(after=timedelta(minutes=15), times=3),
    Outcome.VOICEMAIL: Retry(after=timedelta(hours=2), times=2),
    Outcome.REJECTED: Retry(after=timedelta(days=1), times=1),
    Outcome.SWITCHED_OFF: Retry(after=timedelta(hours=3), times=2),
    Outcome.NOT_IN_SERVICE: Retry(after=timedelta(0), times=0),
    Outcome.CARRIER_ERROR: Retry(after=timedelta(minutes=10), times=3),
    Outcome.UNKNOWN: Retry(after=timedelta(minutes=30), times=2),
    # Picked up, but the questions were not finished: hung up in the middle, or asked to be called later.
    Outcome.ANSWERED: Retry(after=timedelta(hours=1), times=1),
}


class Pace(StrictModel):
    """How fast this campaign dials, below the community's own limits."""

    calls_per_second: Annotated[float, Field(gt=0, le=100)] | None = None
    concurrent_calls: Annotated[int, Field(gt=0, le=5000)] | None = None
    #: Ceilings of the whole campaign; a second person may raise them.
    max_calls: Annotated[int, Field(gt=0, le=1_000_000)] | None = None
    max_minutes: Annotated[int, Field(gt=0, le=10_000_000)] | None = None


class Voicemail(StrictModel):
    """What is left on a machine; never anything about health."""

    leave: bool = False
    say: Text | None = None


class TextReminder(StrictModel):
    """The text message to whoever a call did not reach; never anything about health, anybody may read it."""

    unreached: bool = False
    #: What is written of the campaign; None says that we called in vain.
    say: Annotated[Text, StringConstraints(max_length=60)] | None = None
    #: So long after the call.
    after: Duration = timedelta(minutes=1)
    #: A second and last one so long after the first, if nothing came back; None for none.
    again: Duration | None = None


class Recording(StrEnum):
    """Whether the call is recorded once the resident agrees."""

    ASK = "ask"
    NEVER = "never"


class Message(StrEnum):
    """Whether residents are asked at the end if they have anything else to tell the community."""

    OFFER = "offer"
    NEVER = "never"


class Questionnaire(StrictModel):
    """A campaign as staff write it."""

    name: Name
    #: One short sentence: why we call.
    purpose: Text
    #: Who calls, as the resident knows them; None is the community's own name.
    caller: Text | None = None
    legal_ground: LegalGround = LegalGround.CONSENT
    #: Which consent, duty or event it is, for whoever asks later.
    legal_note: Text | None = None
    priority: Priority = Priority.NORMAL
    audience: Audience = Audience()
    #: `08:30-11:30`…, in the community's time zone; always within the community's own quiet hours.
    hours: Annotated[list[Annotated[str, StringConstraints(pattern=r"^\d\d:\d\d-\d\d:\d\d$")]], Field(min_length=1)] = [
        "09:00-11:30",
        "14:30-18:00",
    ]
    days: Literal["every_day", "workdays"] = "every_day"
    #: No call later than this after the launch.
    not_after: Duration | None = None
    retries: dict[Outcome, Retry] = {}
    pace: Pace = Pace()
    recording: Recording = Recording.ASK
    voicemail: Voicemail = Voicemail()
    message: Message = Message.NEVER
    text: TextReminder = TextReminder()
    #: Priority of the case for somebody whom no call reached.
    unreached_priority: Priority = Priority.URGENT
    questions: Annotated[list[Question], Field(min_length=1, max_length=30)]
    #: Said before goodbye.
    closing: Text | None = None

    @property
    def legal_text(self) -> str:
        """Why we may call, in words, with the note."""
        name = LEGAL_GROUND_NAMES[self.legal_ground]
        return f"{name}：{self.legal_note}" if self.legal_note else name

    def retry_for(self, outcome: Outcome) -> Retry:
        """The retry plan of one outcome."""
        return self.retries.get(outcome, DEFAULT_RETRIES[outcome])

    def question(self, question_id: str) -> Question:
        """The question with that id.

        Raises:
            KeyError: there is none.
        """
        for question in self.questions:
            if question.id == question_id:
                return question
        raise KeyError(question_id)

    def next_after(self, question_id: str, label: str, value: Any) -> Question | None:
        """The question that follows an answer, by `next` or by order; None when there are no more.

        Raises:
            KeyError: there is no question with that id.
        """
        asked = self.question(question_id)
        for wanted, target in asked.next.items():
            if answer_matches(label, value, wanted):
                return None if target == "end" else self.question(target)
        place = self.questions.index(asked) + 1
        return self.questions[place] if place < len(self.questions) else None
