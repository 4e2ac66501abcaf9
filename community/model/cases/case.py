"""A case: anything a human must finish."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from community.model.address import Address
from community.model.staff import Role


class CaseKind(StrEnum):
    """What sort of thing a human must finish."""

    #: 隐患: something dangerous or broken in the community; the only kind with a category.
    HAZARD = "hazard"
    #: 未联系上: a resident whom no call reached.
    UNREACHED = "unreached"
    #: 需关注: an answer, or a silence, that worries.
    WORRYING = "worrying"
    #: 咨询: a question the documents do not answer.
    QUESTION = "question"
    #: 回电: a resident wants to speak with a person.
    CALLBACK = "callback"
    #: 核对名册: a number or name in the list is wrong.
    LIST_CHECK = "list_check"


class Priority(StrEnum):
    """How fast a case climbs. Emergency and urgent run in natural time, normal in working time."""

    NORMAL = "normal"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """Larger is more urgent."""
        return list(Priority).index(self)


class CaseStatus(StrEnum):
    """Where a case stands; the words are those of 数字城管 and 网格 work (CJ/T 315, GB/T 30428)."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    HANDLED = "handled"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    RETURNED = "returned"
    SUSPENDED = "suspended"
    REOPENED = "reopened"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something."""
        return self is not CaseStatus.CLOSED


CASE_KIND_NAMES: dict[CaseKind, str] = {
    CaseKind.HAZARD: "隐患上报",
    CaseKind.UNREACHED: "未联系上",
    CaseKind.WORRYING: "需要关注",
    CaseKind.QUESTION: "居民咨询",
    CaseKind.CALLBACK: "要求回电",
    CaseKind.LIST_CHECK: "核对名册",
}

PRIORITY_NAMES: dict[Priority, str] = {
    Priority.NORMAL: "一般",
    Priority.URGENT: "紧急",
    Priority.EMERGENCY: "特急",
}

CASE_STATUS_NAMES: dict[CaseStatus, str] = {
    CaseStatus.REPORTED: "上报",
    CaseStatus.ACCEPTED: "受理",
    CaseStatus.DISPATCHED: "派单",
    CaseStatus.ACKNOWLEDGED: "接单",
    CaseStatus.HANDLED: "处置",
    CaseStatus.CONFIRMED: "核查",
    CaseStatus.CLOSED: "销号",
    CaseStatus.RETURNED: "退单",
    CaseStatus.SUSPENDED: "挂账",
    CaseStatus.REOPENED: "重开",
}


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One rung: who is told, and how long we wait for them before the next rung."""

    role: Role
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """What is needed to open a case.

    Attributes:
        source_key: unique key of the event that opens it (`message:<id>:<n>`, `target:<id>:unreached`,
            `answer:<target>:<question>`…): the same key twice is the same case.
        summary: one Chinese line for lists and notices; no phone number in it.
        description: the whole story as the resident told it.
        category: a code of hazards.yml, for hazards only.
        danger: somebody may be hurt now; makes the priority emergency.
        priority: None takes the category's or the kind's default.
        rehearsal: produced by the simulated carrier; tells nobody but the console.
    """

    kind: CaseKind
    source_key: str
    summary: str
    description: str = ""
    category: str | None = None
    danger: bool = False
    priority: Priority | None = None
    address: Address = field(default_factory=Address)
    location_text: str = ""
    grid: str | None = None
    resident_id: int | None = None
    reporter_name: str = ""
    conversation_id: str | None = None
    campaign_id: int | None = None
    target_id: int | None = None
    attempt_id: str | None = None
    rehearsal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as it stands.

    Attributes:
        number: what people say: `260715-003`.
        ladder: the copy it started with; later edits of the file do not touch it.
        step: how many times its ladder has told somebody; never goes back.
        rung: place on the ladder of whoever was told last, counted from 0; -1 before the first.
        next_step_at: when it climbs by itself: nobody acknowledged, the acknowledgement expired, or the suspension is
            over. Every open case has one.
        assignee: login of the named person who has it.
    """

    id: int
    number: str
    kind: CaseKind
    category: str | None
    priority: Priority
    danger: bool
    status: CaseStatus
    summary: str
    description: str
    address: Address
    location_text: str
    grid: str
    resident_id: int | None
    reporter_name: str
    conversation_id: str | None
    campaign_id: int | None
    target_id: int | None
    attempt_id: str | None
    rehearsal: bool
    ladder: tuple[LadderStep, ...]
    step: int
    rung: int
    next_step_at: datetime | None
    assignee: str | None
    acknowledged_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    result: str | None

    @property
    def place(self) -> str:
        """Where it is, in one line: the address, then the resident's own words for it."""
        address = str(self.address)
        words = self.location_text.strip()
        if not words or words in address:
            return address
        return f"{address}（{words}）" if address else words


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One line of a case's history."""

    at: datetime
    actor: str
    action: str
    text: str
    detail: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What the console shows to everybody of a role, or to one named person."""

    id: int
    case_id: int | None
    role: Role
    login: str | None
    text: str
    rehearsal: bool
    created_at: datetime
    read_by: str | None
    read_at: datetime | None
