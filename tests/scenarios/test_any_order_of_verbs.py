"""Whatever staff do in whatever order: an open case has a clock, a closed one is quiet, a step is told once."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from community.clock import MovableClock
from community.errors import CommunityError
from community.model.actor import Actor
from community.model.cases.case import Case, CaseStatus
from community.store.audit import seal, verify
from community.store.cases import CaseFilter, case_events, list_cases
from community.store.database import Database
from community.store.outbox import outbox
from community.store.schema import metadata
from community.usecases.acknowledge_case import acknowledge_case
from community.usecases.change_case import change_case
from community.usecases.close_case import close_case
from community.usecases.escalate_due import escalate_due
from community.usecases.hand_over_case import hand_over_case
from community.usecases.reopen_case import reopen_case
from community.usecases.return_case import return_case
from community.usecases.set_duty import set_duty
from community.usecases.suspend_case import suspend_case
from tests.harness.neighbourhood import EVERYBODY, employ, report, sample_rules

PEOPLE = st.sampled_from(sorted(EVERYBODY))
CASES = st.integers(0, 3)
RULES = sample_rules("wecom")


class Office(RuleBasedStateMachine):
    """A community with its staff, in which anything may happen."""

    @initialize()
    def open_office(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.database = Database(f"sqlite:///{Path(self.folder.name) / 'test.db'}")
        metadata.create_all(self.database.engine)
        self.clock = MovableClock(datetime(2026, 7, 15, 2, 0, tzinfo=UTC))
        self.steps: dict[int, int] = {}
        with self.database.begin() as conn:
            employ(conn, now=self.clock.now())
            report(conn, RULES, self.clock.now(), source_key="first")

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    def cases(self) -> list[Case]:
        with self.database.reading() as conn:
            return list_cases(conn, CaseFilter())

    def does(self, verb, n: int, *words: object, who: str, **more: object) -> None:
        found = self.cases()
        try:
            with self.database.begin() as conn:
                verb(conn, found[n % len(found)].id, *words, actor=Actor.staff(who), now=self.clock.now(), **more)
        except CommunityError:
            pass  # refused: then nothing may have changed, which the invariants see

    @rule(n=CASES, category=st.sampled_from(["gas_leak", "flooding", "lighting"]))
    def somebody_reports(self, n: int, category: str) -> None:
        with self.database.begin() as conn:
            report(conn, RULES, self.clock.now(), source_key=f"message:{n}", category=category)

    @rule(minutes=st.sampled_from([1, 20, 90, 600, 5000]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))
        with self.database.begin() as conn:
            escalate_due(conn, rules=RULES, now=self.clock.now())

    @rule(n=CASES, who=PEOPLE)
    def acknowledge(self, n: int, who: str) -> None:
        self.does(acknowledge_case, n, who=who, rules=RULES)

    @rule(n=CASES, who=PEOPLE, to=PEOPLE)
    def hand_over(self, n: int, who: str, to: str) -> None:
        self.does(hand_over_case, n, to, "忙", who=who, rules=RULES)

    @rule(n=CASES, who=PEOPLE)
    def give_back(self, n: int, who: str) -> None:
        self.does(return_case, n, "不归我", who=who, rules=RULES)

    @rule(n=CASES, who=PEOPLE, days=st.integers(0, 9))
    def put_off(self, n: int, who: str, days: int) -> None:
        day = self.clock.now().astimezone(RULES.timezone).date() + timedelta(days=days)
        self.does(suspend_case, n, day, "等", who=who, rules=RULES)

    @rule(n=CASES, who=PEOPLE)
    def close(self, n: int, who: str) -> None:
        self.does(close_case, n, "好了", who=who)

    @rule(n=CASES, who=PEOPLE)
    def reopen(self, n: int, who: str) -> None:
        self.does(reopen_case, n, "没好", who=who, rules=RULES)

    @rule(n=CASES, who=PEOPLE, danger=st.booleans(), category=st.sampled_from(["tree", "lighting", None]))
    def correct(self, n: int, who: str, danger: bool, category: str | None) -> None:
        self.does(change_case, n, who=who, rules=RULES, danger=danger, category=category)

    @rule(who=PEOPLE, on_duty=st.booleans())
    def switch_duty(self, who: str, on_duty: bool) -> None:
        with self.database.begin() as conn:
            set_duty(conn, who, on_duty=on_duty, actor=Actor.staff(who), now=self.clock.now())

    @invariant()
    def every_open_case_has_a_clock_and_no_closed_one(self) -> None:
        for case in self.cases() if hasattr(self, "database") else []:
            assert (case.next_step_at is None) == (case.status is CaseStatus.CLOSED)
            assert case.status is not CaseStatus.ACKNOWLEDGED or case.assignee is not None
            assert 0 <= case.rung < len(case.ladder)

    @invariant()
    def steps_only_go_up_and_each_is_written_down_and_sent_once(self) -> None:
        if not hasattr(self, "database"):
            return
        for case in self.cases():
            assert case.step >= self.steps.get(case.id, 0)
            self.steps[case.id] = case.step
        with self.database.reading() as conn:
            events = conn.execute(select(case_events).where(case_events.c.action == "step")).all()
            keys = list(conn.scalars(select(outbox.c.key).where(outbox.c.key.contains(":step:"))))
        told = sorted(f"case:{event.case_id}:step:{event.detail['step']}:wecom" for event in events)
        assert told == sorted(keys)
        assert len(told) == sum(self.steps.values())

    @invariant()
    def the_audit_trail_is_whole(self) -> None:
        if hasattr(self, "database"):
            with self.database.begin() as conn:
                seal(conn)
                assert verify(conn) is None


TestAnyOrder = Office.TestCase
TestAnyOrder.settings = settings(max_examples=12, stateful_step_count=30, deadline=None)
