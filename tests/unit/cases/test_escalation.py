"""How a case climbs: the decisions alone, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.model.address import Address
from community.model.cases.case import Case, CaseKind, CaseStatus, LadderStep, Priority
from community.model.cases.escalation import (
    StepReason,
    acknowledgement_expires,
    after,
    decide,
    resumes_at,
    take_step,
)
from community.model.staff import Role
from tests.harness.neighbourhood import sample_rules

RULES = sample_rules()
SHANGHAI = ZoneInfo("Asia/Shanghai")
ROLES = (Role.GRID_WORKER, Role.GRID_LEADER, Role.SECRETARY, Role.STREET)
LADDER = tuple(LadderStep(role, timedelta(minutes=wait)) for role, wait in zip(ROLES, (30, 30, 60, 120), strict=True))


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def a_case(**changes: object) -> Case:
    values: dict[str, object] = dict.fromkeys(Case.__dataclass_fields__)
    values |= {
        "id": 1,
        "number": "260715-001",
        "kind": CaseKind.HAZARD,
        "priority": Priority.URGENT,
        "status": CaseStatus.DISPATCHED,
        "summary": "车库进水",
        "address": Address(),
        "grid": "",
        "ladder": LADDER,
        "step": 1,
        "rung": 0,
        "next_step_at": shanghai("2026-07-15 10:30"),
    }
    return Case(**{**values, **changes})


def everybody(_role: Role) -> bool:
    return True


def nobody(_role: Role) -> bool:
    return False


def test_a_case_whose_clock_still_runs_tells_nobody() -> None:
    assert decide(a_case(), rules=RULES, on_duty=everybody, now=shanghai("2026-07-15 10:29:59")) is None


def test_a_case_that_nobody_took_tells_the_next_role() -> None:
    decision = decide(a_case(), rules=RULES, on_duty=everybody, now=shanghai("2026-07-15 10:30"))
    assert decision is not None
    assert (decision.reason, decision.role, decision.step) == (StepReason.WAITED, Role.GRID_LEADER, 2)
    assert decision.next_step_at == shanghai("2026-07-15 11:00")


def test_the_last_role_is_told_again_and_again() -> None:
    case = a_case(rung=3, step=9)
    decision = decide(case, rules=RULES, on_duty=everybody, now=shanghai("2026-07-15 10:30"))
    assert decision is not None
    assert (decision.role, decision.step, decision.repeated) == (Role.STREET, 10, True)


def test_a_role_of_which_nobody_is_on_duty_is_passed_over_at_once() -> None:
    decision = decide(a_case(), rules=RULES, on_duty=lambda role: role is Role.STREET, now=shanghai("2026-07-15 10:30"))
    assert decision is not None
    assert decision.role is Role.STREET
    assert decision.skipped == (Role.GRID_LEADER, Role.SECRETARY)
    assert not decision.nobody_on_duty


def test_with_nobody_on_duty_at_all_the_last_role_is_told_all_the_same() -> None:
    decision = take_step(
        a_case(rung=-1), StepReason.OPENED, rules=RULES, on_duty=nobody, now=shanghai("2026-07-15 10:30")
    )
    assert decision.role is Role.STREET
    assert decision.nobody_on_duty


def test_after_hours_of_downtime_one_step_is_told_and_the_clock_runs_from_now() -> None:
    late = shanghai("2026-07-15 19:00")
    decision = decide(a_case(), rules=RULES, on_duty=everybody, now=late)
    assert decision is not None
    assert (decision.step, decision.role) == (2, Role.GRID_LEADER)
    assert decision.next_step_at == late + timedelta(minutes=30)


def test_an_acknowledged_case_that_is_forgotten_climbs() -> None:
    case = a_case(status=CaseStatus.ACKNOWLEDGED, assignee="chen")
    decision = decide(case, rules=RULES, on_duty=everybody, now=shanghai("2026-07-15 10:30"))
    assert decision is not None
    assert (decision.reason, decision.role) == (StepReason.FORGOTTEN, Role.GRID_LEADER)


def test_a_case_put_off_starts_again_at_the_first_role() -> None:
    case = a_case(status=CaseStatus.SUSPENDED, rung=2, step=3)
    decision = decide(case, rules=RULES, on_duty=everybody, now=shanghai("2026-07-15 10:30"))
    assert decision is not None
    assert (decision.reason, decision.role, decision.step) == (StepReason.RESUMED, Role.GRID_WORKER, 4)


def test_a_closed_case_never_moves() -> None:
    case = a_case(status=CaseStatus.CLOSED, next_step_at=None)
    assert decide(case, rules=RULES, on_duty=everybody, now=shanghai("2030-01-01 00:00")) is None


@pytest.mark.parametrize(
    ("priority", "start", "wait", "expected"),
    [
        # emergencies and urgent cases do not wait for the office to open
        (Priority.EMERGENCY, "2026-07-15 23:50", timedelta(minutes=15), "2026-07-16 00:05"),
        (Priority.URGENT, "2026-07-18 23:00", timedelta(hours=2), "2026-07-19 01:00"),
        # 17:00 on Friday: half an hour is left, the rest is Monday's
        (Priority.NORMAL, "2026-07-17 17:00", timedelta(hours=4), "2026-07-20 14:30"),
        # the lunch break does not count
        (Priority.NORMAL, "2026-07-15 11:30", timedelta(hours=1), "2026-07-15 14:30"),
        # 14 February 2026 is a Saturday and a workday (调休 for the Spring Festival)
        (Priority.NORMAL, "2026-02-13 17:00", timedelta(hours=1), "2026-02-14 09:30"),
        # 16 February to 23 February 2026: the Spring Festival
        (Priority.NORMAL, "2026-02-14 17:00", timedelta(hours=1), "2026-02-24 09:30"),
    ],
)
def test_waits_run_in_the_time_that_counts(priority: Priority, start: str, wait: timedelta, expected: str) -> None:
    assert after(priority, wait, rules=RULES, now=shanghai(start)) == shanghai(expected)


def test_a_normal_case_put_off_to_a_sunday_comes_back_on_monday_morning() -> None:
    assert resumes_at(Priority.NORMAL, date(2026, 7, 19), rules=RULES) == shanghai("2026-07-20 09:00")


def test_an_urgent_case_put_off_to_a_sunday_comes_back_on_sunday() -> None:
    assert resumes_at(Priority.URGENT, date(2026, 7, 19), rules=RULES) == shanghai("2026-07-19 09:00")


@pytest.mark.parametrize("priority", list(Priority))
def test_every_acknowledgement_expires(priority: Priority) -> None:
    now = shanghai("2026-07-15 10:00")
    assert now < acknowledgement_expires(priority, rules=RULES, now=now) < now + timedelta(days=14)


_LADDERS = st.lists(
    st.builds(LadderStep, st.sampled_from(ROLES), st.integers(1, 600).map(lambda minutes: timedelta(minutes=minutes))),
    min_size=1,
    max_size=6,
).map(tuple)


@settings(max_examples=200, deadline=None)
@given(
    ladder=_LADDERS,
    priority=st.sampled_from(list(Priority)),
    duty=st.lists(st.sets(st.sampled_from(ROLES)), min_size=12, max_size=12),
    delays=st.lists(st.integers(0, 10_000), min_size=12, max_size=12),
)
def test_whoever_is_on_duty_a_case_left_alone_climbs_to_the_top_and_keeps_a_clock(
    ladder: tuple[LadderStep, ...], priority: Priority, duty: list[set[Role]], delays: list[int]
) -> None:
    case = a_case(ladder=ladder, priority=priority, rung=-1, step=0)
    rungs = []
    for manned, delay in zip(duty, delays, strict=True):
        assert case.next_step_at is not None
        now = case.next_step_at + timedelta(minutes=delay)
        decision = decide(case, rules=RULES, on_duty=manned.__contains__, now=now)
        assert decision is not None
        assert decision.next_step_at > now
        assert decision.step == case.step + 1
        assert decision.rung >= case.rung
        assert decision.role in manned or decision.rung == len(ladder) - 1
        rungs.append(decision.rung)
        case = replace(case, step=decision.step, rung=decision.rung, next_step_at=decision.next_step_at)
    assert rungs[len(ladder) - 1 :] == [len(ladder) - 1] * (12 - len(ladder) + 1)
