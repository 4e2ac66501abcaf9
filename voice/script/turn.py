"""What one turn of a conversation comes to: the new state, what is said, and what has to be done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from community.model.address import Address
from community.model.cases.case import CaseKind, Priority
from community.model.hazards.emergency_numbers import MAINLAND
from community.model.hazards.wish import Wish
from community.model.meaning.reading import Reading
from community.model.meaning.second_opinion import AnswerOpinion
from community.model.questionnaires.questionnaire import Questionnaire
from voice.script.dialogue import Dialogue
from voice.script.steps import Heard, Language, Step


@dataclass(frozen=True, slots=True)
class EarlierCall:
    """A call of ours that somebody may be calling back for."""

    at: datetime
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """What is known of a call that came in.

    Attributes:
        wanted: a campaign wants something of the caller, so that its questions are asked.
        people: who may be calling, as they are asked for (是张女士); empty where that is known, or cannot be asked.
        earlier: our last call to them, if they may be told of it.
        greeted: they have heard who we are.
    """

    wanted: bool
    people: tuple[str, ...] = ()
    earlier: EarlierCall | None = None
    greeted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Everything about a call that does not change during it.

    Attributes:
        caller: who calls, as the resident knows us; phone: the number to call back, as it is spoken.
        duty_number: E.164 that 找人工 is connected to; empty for none.
        name: the resident's.
        answered: what an earlier call or channel has already answered, by question.
        again: we spoke before and were not finished.
        guardian: the phone is not the resident's own but that of their guardian (紧急联系人).
        kin: what the guardian is asked for where they are no family (邻居); empty for family.
        health_consent: the resident's consent to questions about health is on record.
        inbound: somebody rang us; None for a call of ours.
        records: the line can record what is said after the tone.
        region: whose emergency numbers are told.
        opinion: the second opinion on answers.
        now, zone: the moment, and the community's time zone.
        next_call: from when somebody would like to be called to when we really can; None when a person calls instead.
            Looked up only where it is said.
    """

    questionnaire: Questionnaire
    caller: str
    phone: str
    duty_number: str
    name: str
    language: Language
    zone: tzinfo
    now: datetime
    opinion: AnswerOpinion
    next_call: Callable[[datetime], datetime | None]
    answered: Mapping[str, Reading] = field(default_factory=dict)
    again: bool = False
    guardian: bool = False
    kin: str = ""
    health_consent: bool = False
    inbound: Inbound | None = None
    records: bool = True
    region: str = MAINLAND


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What came back after a step.

    Attributes:
        heard: words and keys.
        transfer: how the connection to the duty phone ended (`completed`, `busy`…); empty when none was tried.
        answer: the assistant's answer to a question asked back; None when there is none.
        wish: what of the words must be looked after, whatever was asked; None for nothing.
        machine: the carrier took what picked up for a machine.
    """

    heard: Heard
    transfer: str = ""
    answer: str | None = None
    wish: Wish | None = None
    machine: bool = False


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    """Keep an answer."""

    question: str
    heard: Heard
    reading: Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class RaiseCase:
    """Open a case at once.

    Attributes:
        key: what it is about within this target; the same key is the same case.
        summary: one Chinese line for lists.
        category: a code of hazards.yml, for hazards only.
        address, location_text: the place, where it is not the resident's home.
        settles: it takes over the target, so that no second case is opened for it when the call is over.
    """

    key: str
    kind: CaseKind
    summary: str
    description: str = ""
    priority: Priority | None = None
    danger: bool = False
    category: str | None = None
    address: Address = field(default_factory=Address)
    location_text: str = ""
    settles: bool = False


@dataclass(frozen=True, slots=True)
class OptOut:
    """Never call this resident again; said by a guardian, never call the guardian again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthConsent:
    """The resident agreed to be asked about their health, or said no."""

    given: bool


@dataclass(frozen=True, slots=True)
class WrongNumber:
    """The number that was dialled is not this resident's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLeft:
    """Something was said for staff.

    Attributes:
        words: as they were understood; empty for what was recorded.
        recording: the carrier's id of the recording, with its seconds; empty for none. With neither, nothing was heard.
    """

    words: str = ""
    recording: str = ""
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class RecordNoMore:
    """The resident took back the consent to be recorded."""


@dataclass(frozen=True, slots=True)
class CallerKnown:
    """The caller is the one we asked for."""


@dataclass(frozen=True, slots=True)
class NotThisCaller:
    """The caller is not the one we asked for; the next one was asked for."""


@dataclass(frozen=True, slots=True)
class MachineHeard:
    """What picked up is a machine."""


Effect = (
    RecordAnswer
    | RaiseCase
    | OptOut
    | HealthConsent
    | WrongNumber
    | MachineHeard
    | MessageLeft
    | RecordNoMore
    | CallerKnown
    | NotThisCaller
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn."""

    dialogue: Dialogue
    step: Step
    effects: tuple[Effect, ...] = ()
