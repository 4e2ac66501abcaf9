"""What follows a call that is over, outcome by outcome."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from community.model.calls.call import AttemptStatus, CallResult, Outcome
from community.model.calls.retry import (
    Circumstances,
    Decision,
    EndedCall,
    Fate,
    after_attempt,
    outcome_of_call,
    retry_wait,
)
from community.model.cases.case import CaseKind, Priority
from community.model.hours import CallingHours, QuietHours, Span
from community.model.questionnaires.questionnaire import DEFAULT_RETRIES, Questionnaire

TEN = datetime(2026, 7, 15, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")
QUESTIONS = {"name": "问候", "purpose": "问候", "questions": [{"id": "a", "kind": "yes_no", "say": "您好吗"}]}


def decide(
    outcome: Outcome | None, result: CallResult | None = None, *, count: int = 1, at: datetime = TEN, **about: object
) -> Decision:
    call = EndedCall(
        status=AttemptStatus.ENDED,
        outcome=outcome,
        result=result,
        callback_at=about.pop("callback_at", None),
        over_at=at,
        again_at=at + timedelta(seconds=30),
        transferred=bool(about.pop("transferred", False)),
    )
    facts: dict[str, object] = {
        "questionnaire": Questionnaire.model_validate(QUESTIONS),
        "counts": {outcome: count} if outcome else {},
        "other_number": False,
        "hours": CallingHours(zone=SHANGHAI, campaign=(Span(time(9), time(18)),), quiet=QuietHours()),
        "deadline": None,
        "completes": True,
        "cancelled": False,
    }
    return after_attempt(call, Circumstances(**(facts | about)))


@pytest.mark.parametrize("outcome", [o for o in Outcome if o is not Outcome.NOT_IN_SERVICE])
def test_each_outcome_waits_its_own_time_as_often_as_its_own_plan_says(outcome: Outcome) -> None:
    plan = DEFAULT_RETRIES[outcome]
    first = decide(outcome)
    assert first.fate is Fate.RETRY
    assert first.next_at is not None
    assert first.next_at >= TEN + plan.after
    assert decide(outcome, count=plan.times + 1).fate is Fate.CASE


def test_a_retry_that_falls_into_the_nap_waits_for_its_end() -> None:
    decision = decide(Outcome.NO_ANSWER, at=TEN + timedelta(hours=1, minutes=45))
    assert decision.next_at == TEN + timedelta(hours=4)


def test_whoever_was_not_rung_loses_no_attempt() -> None:
    decision = decide(None)
    assert (decision.fate, decision.next_at) == (Fate.RETRY, TEN + timedelta(seconds=30))


@pytest.mark.parametrize(
    ("result", "fate", "kind", "danger"),
    [
        (CallResult.COMPLETED, Fate.COMPLETED, None, False),
        (CallResult.OPTED_OUT, Fate.EXCLUDED, None, False),
        (CallResult.DISTRESS, Fate.CASE, CaseKind.WORRYING, True),
        (CallResult.SILENCE, Fate.CASE, CaseKind.WORRYING, False),
        (CallResult.UNCLEAR, Fate.CASE, CaseKind.WORRYING, False),
        (CallResult.HUMAN, Fate.CASE, CaseKind.CALLBACK, False),
        (CallResult.REFUSED, Fate.CASE, CaseKind.CALLBACK, False),
        (CallResult.WRONG_PERSON, Fate.CASE, CaseKind.LIST_CHECK, False),
    ],
)
def test_what_a_conversation_ends_with(result: CallResult, fate: Fate, kind: CaseKind | None, danger: bool) -> None:
    decision = decide(Outcome.ANSWERED, result)
    assert (decision.fate, decision.danger) == (fate, danger)
    if kind is not None:
        assert decision.case_kind is kind


def test_who_was_connected_to_a_colleague_on_duty_is_not_to_be_called_back_in_a_hurry() -> None:
    missed = decide(Outcome.ANSWERED, CallResult.HUMAN)
    connected = decide(Outcome.ANSWERED, CallResult.HUMAN, transferred=True)
    assert (missed.priority, missed.reason) == (Priority.URGENT, "要求和工作人员通话，请回电")
    assert (connected.priority, connected.reason) == (
        Priority.NORMAL,
        "已转接到值班电话，问卷没有答完，请向值班人员了解",
    )


def test_distress_is_an_emergency() -> None:
    assert decide(Outcome.ANSWERED, CallResult.DISTRESS).priority is Priority.EMERGENCY


def test_whoever_hung_up_in_the_middle_is_called_once_more_and_then_handed_over() -> None:
    assert decide(Outcome.ANSWERED, None).fate is Fate.RETRY
    assert decide(Outcome.ANSWERED, None, count=2).fate is Fate.CASE


def test_a_time_asked_for_at_night_becomes_the_next_morning() -> None:
    asked = datetime(2026, 7, 15, 15, 0, tzinfo=UTC)  # 23:00 in Shanghai
    decision = decide(Outcome.ANSWERED, CallResult.CALLBACK_LATER, callback_at=asked)
    assert decision.next_at == datetime(2026, 7, 16, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize("result", [CallResult.WRONG_PERSON, None])
def test_a_wrong_or_dead_number_gives_way_to_the_next_one(result: CallResult | None) -> None:
    outcome = Outcome.ANSWERED if result else Outcome.NOT_IN_SERVICE
    decision = decide(outcome, result, other_number=True)
    assert (decision.fate, decision.next_at, decision.number_spent) == (Fate.RETRY, TEN, True)


def test_after_the_deadline_nobody_is_called_and_a_person_takes_over() -> None:
    decision = decide(Outcome.NO_ANSWER, deadline=TEN + timedelta(minutes=20))
    assert (decision.fate, decision.case_kind) == (Fate.CASE, CaseKind.UNREACHED)


def test_a_cancelled_campaign_tries_nobody_again_but_keeps_what_was_answered() -> None:
    assert decide(Outcome.BUSY, cancelled=True).fate is Fate.EXCLUDED
    assert decide(Outcome.ANSWERED, CallResult.COMPLETED, cancelled=True).fate is Fate.COMPLETED


def test_a_rehearsal_completes_no_real_person() -> None:
    decision = decide(Outcome.ANSWERED, CallResult.COMPLETED, completes=False, hours=None)
    assert (decision.fate, decision.reason) == (Fate.EXCLUDED, "演练：没有真的打电话")


@pytest.mark.parametrize(
    ("planned", "waited"),
    [
        (timedelta(seconds=5), timedelta(seconds=5)),
        (timedelta(seconds=30), timedelta(seconds=10)),
        (timedelta(minutes=30), timedelta(seconds=30)),
        (timedelta(days=1), timedelta(minutes=1)),
    ],
)
def test_a_rehearsal_hurries(planned: timedelta, waited: timedelta) -> None:
    assert retry_wait(planned, rehearsal=True) == waited
    assert retry_wait(planned, rehearsal=False) == planned


@pytest.mark.parametrize(
    ("carrier", "answered_by", "result", "outcome"),
    [
        (Outcome.ANSWERED, "human", None, Outcome.ANSWERED),
        (Outcome.ANSWERED, "machine_start", None, Outcome.VOICEMAIL),
        (Outcome.ANSWERED, "machine_start", CallResult.SILENCE, Outcome.VOICEMAIL),
        (Outcome.ANSWERED, "machine_start", CallResult.COMPLETED, Outcome.ANSWERED),
        (Outcome.ANSWERED, "fax", None, Outcome.VOICEMAIL),
        (Outcome.CARRIER_ERROR, None, CallResult.SILENCE, Outcome.ANSWERED),
        (Outcome.BUSY, None, None, Outcome.BUSY),
    ],
)
def test_completed_at_the_carrier_proves_nothing(
    carrier: Outcome, answered_by: str | None, result: CallResult | None, outcome: Outcome
) -> None:
    assert outcome_of_call(carrier, answered_by, result) is outcome
