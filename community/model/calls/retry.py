"""What follows a call that is over: done, another try, a case, or nothing more; decided without touching anything."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from community.model.calls.call import OUTCOME_NAMES, RESULT_NAMES, AttemptStatus, CallResult, Outcome
from community.model.cases.case import CaseKind, Priority
from community.model.hours import CallingHours
from community.model.questionnaires.questionnaire import Questionnaire

#: In a rehearsal minutes pass as seconds; short waits stay as they are, and none is longer than the last figure.
_REHEARSAL_SPEED = 60
_REHEARSAL_REAL_WAIT = timedelta(seconds=10)
_REHEARSAL_LONGEST_WAIT = timedelta(minutes=1)

#: A resident who said this did speak to us, whatever a machine detector thought.
SPOKEN_BY_A_PERSON = frozenset(
    {
        CallResult.COMPLETED,
        CallResult.CALLBACK_LATER,
        CallResult.HUMAN,
        CallResult.WRONG_PERSON,
        CallResult.OPTED_OUT,
        CallResult.REFUSED,
        CallResult.DISTRESS,
    }
)

_MACHINES = ("machine", "fax")

UNKNOWABLE_REASON = "电话打没打出去，线路方没有答复，怕重复打扰没有再打，请人工联系"
OPTED_OUT_REASON = "本人要求不再来电"
CANCELLED_REASON = "任务已取消"
REHEARSED_REASON = "演练：没有真的打电话"


class Fate(StrEnum):
    """What becomes of a target after one attempt."""

    COMPLETED = "completed"
    RETRY = "retry"
    CASE = "case"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedCall:
    """One attempt that is over.

    Attributes:
        outcome: None where nobody was rung and no attempt is used up (refused for a passing reason, cancelled by us).
        result: what the script made of the conversation, if there was one.
        callback_at: when the resident asked to be called.
        over_at: when the call ended; the retry clock starts here, never when it was queued.
        again_at: for attempts that used up nothing, when the next one may be made at the earliest.
        unknowable: nobody can be asked whether it rang, so that another call could be the second.
        transferred: the duty phone picked up.
    """

    status: AttemptStatus
    outcome: Outcome | None
    result: CallResult | None
    callback_at: datetime | None
    over_at: datetime
    again_at: datetime
    unknowable: bool = False
    transferred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What else the decision depends on.

    Attributes:
        counts: {outcome: how often}, this attempt included.
        other_number: another phone of the resident or the guardian is left; looked at where `tries_other_number`.
        hours: None in a rehearsal, whose residents do not sleep.
        deadline: no call later than this.
        completes: False for a real resident in a rehearsal, who is never taken for reached.
        cancelled: the campaign was cancelled meanwhile.
    """

    questionnaire: Questionnaire
    counts: Mapping[Outcome, int]
    other_number: bool
    hours: CallingHours | None
    deadline: datetime | None
    completes: bool
    cancelled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What to do with the target.

    Attributes:
        next_at: for a retry.
        promised: the resident was told so.
        reason: one sentence for staff.
        number_spent: the number that was dialled is not to be dialled again for this resident.
        next_number: nobody picks up there; the next try in this campaign goes to the next number of the household.
    """

    fate: Fate
    next_at: datetime | None = None
    promised: bool = False
    reason: str = ""
    number_spent: bool = False
    next_number: bool = False
    case_kind: CaseKind = CaseKind.UNREACHED
    priority: Priority | None = None
    danger: bool = False


def outcome_of_call(carrier: Outcome | None, answered_by: str | None, result: CallResult | None) -> Outcome | None:
    """Say how a call ended from what the carrier, the machine detector and the script each know.

    "Completed" at the carrier proves only that something picked up: a machine is voicemail unless a person spoke,
    and whoever spoke with us did answer, whatever the carrier calls the end of the line.
    """
    if result in SPOKEN_BY_A_PERSON:
        return Outcome.ANSWERED
    if carrier is Outcome.ANSWERED and (answered_by or "").startswith(_MACHINES):
        return Outcome.VOICEMAIL
    if result is not None and carrier in {Outcome.CARRIER_ERROR, Outcome.UNKNOWN, Outcome.NO_ANSWER}:
        return Outcome.ANSWERED
    return carrier


def retry_wait(planned: timedelta, *, rehearsal: bool) -> timedelta:
    """How long to wait for the next try; a rehearsal does not keep people waiting for half an hour."""
    if not rehearsal:
        return planned
    hurried = max(planned / _REHEARSAL_SPEED, _REHEARSAL_REAL_WAIT)
    return min(planned, hurried, _REHEARSAL_LONGEST_WAIT)


def tries_other_number(outcome: Outcome | None, result: CallResult | None) -> bool:
    """Whether another number of the household may be tried after such a call: its own was dead, wrong or not picked up."""
    return outcome is not None and (outcome is not Outcome.ANSWERED or result is CallResult.WRONG_PERSON)


def after_attempt(call: EndedCall, about: Circumstances) -> Decision:
    """Decide what follows one attempt."""
    decision = _decide(call, about)
    if about.cancelled and decision.fate is Fate.RETRY:
        return Decision(fate=Fate.EXCLUDED, reason=CANCELLED_REASON)
    if decision.fate is Fate.COMPLETED and not about.completes:
        return Decision(fate=Fate.EXCLUDED, reason=REHEARSED_REASON)
    return decision


def _decide(call: EndedCall, about: Circumstances) -> Decision:
    if call.outcome is None:
        return _again(call.again_at, about)
    if call.outcome is Outcome.UNKNOWN and call.unknowable:
        return Decision(fate=Fate.CASE, priority=about.questionnaire.unreached_priority, reason=UNKNOWABLE_REASON)
    if call.outcome is Outcome.NOT_IN_SERVICE:
        return _wrong_number(call, about, "电话是空号或已停机")
    if call.outcome is Outcome.ANSWERED:
        return _after_conversation(call, about)
    return _planned_retry(call, about, call.over_at)


def _after_conversation(call: EndedCall, about: Circumstances) -> Decision:
    result = call.result or CallResult.INCOMPLETE
    if result in _ENDS:
        return _ENDS[result]
    if result is CallResult.WRONG_PERSON:
        return _wrong_number(call, about, "接电话的不是本人")
    if result in _CASES:
        kind, priority, reason = _CASES[result]
        if result is CallResult.HUMAN and call.transferred:
            kind, priority, reason = _ON_THE_DUTY_PHONE
        danger = result is CallResult.DISTRESS
        return Decision(fate=Fate.CASE, case_kind=kind, priority=priority, reason=reason, danger=danger)
    tries_left = about.counts.get(Outcome.ANSWERED, 0) <= about.questionnaire.retry_for(Outcome.ANSWERED).times
    if result is CallResult.CALLBACK_LATER and tries_left and call.callback_at:
        return replace(_again(max(call.callback_at, call.over_at), about), promised=True)
    decision = _planned_retry(call, about, call.over_at)
    if result is CallResult.CALLBACK_LATER and decision.fate is Fate.CASE:
        return Decision(fate=Fate.CASE, case_kind=CaseKind.CALLBACK, reason="几次约了再打都没有答完，请人工回电")
    return decision


#: Results after which nothing is left to do.
_ENDS: dict[CallResult, Decision] = {
    CallResult.COMPLETED: Decision(fate=Fate.COMPLETED),
    CallResult.OPTED_OUT: Decision(fate=Fate.EXCLUDED, reason=OPTED_OUT_REASON),
}

#: Results that no further call by us can settle.
_CASES: dict[CallResult, tuple[CaseKind, Priority, str]] = {
    CallResult.DISTRESS: (CaseKind.WORRYING, Priority.EMERGENCY, "电话里求助，请立即联系本人"),
    CallResult.SILENCE: (CaseKind.WORRYING, Priority.URGENT, "接了电话却一直没有出声，请上门看看"),
    CallResult.UNCLEAR: (CaseKind.WORRYING, Priority.URGENT, "几次都没有听懂，请人工联系"),
    CallResult.HUMAN: (CaseKind.CALLBACK, Priority.URGENT, "要求和工作人员通话，请回电"),
    CallResult.REFUSED: (CaseKind.CALLBACK, Priority.NORMAL, "不愿在电话里回答，请人工了解情况"),
}
#: They wanted a person and spoke with one; what is still open, staff ask the colleague on duty.
_ON_THE_DUTY_PHONE = (CaseKind.CALLBACK, Priority.NORMAL, "已转接到值班电话，问卷没有答完，请向值班人员了解")


def _planned_retry(call: EndedCall, about: Circumstances, base: datetime) -> Decision:
    assert call.outcome is not None  # noqa: S101 - the caller looked; for the type checker
    plan = about.questionnaire.retry_for(call.outcome)
    if about.counts.get(call.outcome, 0) > plan.times:
        if about.other_number and call.outcome is not Outcome.ANSWERED:
            return replace(_again(call.over_at, about), next_number=True)
        return _unreached(call, about)
    return _again(base + retry_wait(plan.after, rehearsal=about.hours is None), about)


def _again(moment: datetime, about: Circumstances) -> Decision:
    if about.hours is None:
        return Decision(fate=Fate.RETRY, next_at=moment)
    opening = about.hours.next_opening(moment)
    if opening is None:
        return _too_late(about, "以后没有可以打电话的时段")
    if about.deadline is not None and opening > about.deadline:
        return _too_late(about, "任务截止前没有联系上")
    return Decision(fate=Fate.RETRY, next_at=opening)


def _wrong_number(call: EndedCall, about: Circumstances, reason: str) -> Decision:
    if about.other_number:
        return replace(_again(call.over_at, about), number_spent=True)
    return Decision(
        fate=Fate.CASE,
        case_kind=CaseKind.LIST_CHECK,
        reason=f"{reason}，也没有别的号码，请核对名册并设法联系本人",
        number_spent=True,
    )


def _unreached(call: EndedCall, about: Circumstances) -> Decision:
    tries = sum(about.counts.values())
    assert call.outcome is not None  # noqa: S101 - the caller looked; for the type checker
    last = RESULT_NAMES[CallResult.INCOMPLETE] if call.outcome is Outcome.ANSWERED else OUTCOME_NAMES[call.outcome]
    return Decision(
        fate=Fate.CASE,
        priority=about.questionnaire.unreached_priority,
        reason=f"打了{tries}次，最后一次{last}，请人工联系",
    )


def _too_late(about: Circumstances, reason: str) -> Decision:
    return Decision(fate=Fate.CASE, priority=about.questionnaire.unreached_priority, reason=f"{reason}，请人工联系")
