"""A typhoon night, told from the staff's side: what is reported climbs until a named person has it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from community.clock import MovableClock
from community.errors import Conflict, Refused
from community.model.actor import Actor
from community.model.address import Address
from community.model.cases.case import Case, CaseStatus, Priority
from community.model.rulebook import Rulebook
from community.model.staff import Role
from community.store.cases import CaseFilter, case_by_id, events_of, list_cases, open_cases_without_clock
from community.store.database import Database
from community.store.notices import notices, notices_for
from community.store.outbox import outbox
from community.store.staff import staff_by_login, update_staff
from community.usecases.acknowledge_case import acknowledge_case
from community.usecases.change_case import change_case
from community.usecases.close_case import close_case
from community.usecases.escalate_due import escalate_due
from community.usecases.hand_over_case import hand_over_case
from community.usecases.reopen_case import reopen_case
from community.usecases.return_case import return_case
from community.usecases.set_duty import set_duty
from community.usecases.suspend_case import suspend_case
from tests.harness.neighbourhood import employ, report, sample_rules

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Night:
    """21:30 on 15 July 2026, everybody on duty, one 企业微信 robot and one of 飞书."""

    def __init__(self, database: Database, rules: Rulebook) -> None:
        self.database = database
        self.rules = rules
        self.clock = MovableClock(datetime(2026, 7, 15, 13, 30, tzinfo=UTC))
        with database.begin() as conn:
            employ(conn, now=self.clock.now())

    def report(self, **changes: object) -> Case:
        with self.database.begin() as conn:
            return report(conn, self.rules, self.clock.now(), **changes)

    def wait(self, **duration: float) -> int:
        """Let time pass, then let the ladders tick once."""
        self.clock.advance(timedelta(**duration))
        with self.database.begin() as conn:
            return escalate_due(conn, rules=self.rules, now=self.clock.now())

    def does(self, verb, case: Case, *words: object, who: str, **more: object) -> Case:
        with self.database.begin() as conn:
            return verb(conn, case.id, *words, actor=Actor.staff(who), now=self.clock.now(), **more)

    def told(self) -> list[str]:
        """The roles told on the console so far."""
        with self.database.reading() as conn:
            return list(conn.scalars(select(notices.c.role).order_by(notices.c.id)))

    def robots(self) -> list[tuple[str, str]]:
        with self.database.reading() as conn:
            return [
                (row.destination, row.payload["text"]) for row in conn.execute(select(outbox).order_by(outbox.c.id))
            ]

    def look(self, case: Case) -> Case:
        with self.database.reading() as conn:
            return case_by_id(conn, case.id)

    def everything_open(self) -> list[Case]:
        with self.database.reading() as conn:
            return list_cases(conn, CaseFilter(open=True))

    def history(self, case: Case) -> list[str]:
        with self.database.reading() as conn:
            return [event.action for event in events_of(conn, case.id)]


@pytest.fixture
def night(database: Database) -> Night:
    return Night(database, sample_rules("wecom", "feishu"))


def test_a_flood_that_nobody_takes_climbs_from_grid_worker_to_street(night: Night) -> None:
    """Urgent, 积水内涝: 30 minutes for the grid worker, 30 for the leader, an hour for the secretary, then the street."""
    case = night.report()
    assert (case.number, case.priority, case.status) == ("260715-001", Priority.URGENT, CaseStatus.DISPATCHED)
    assert night.told() == [Role.GRID_WORKER]

    assert night.wait(minutes=29) == 0
    assert night.wait(minutes=1) == 1
    assert night.wait(minutes=30) == 1
    assert night.wait(hours=1) == 1
    assert night.told() == [Role.GRID_WORKER, Role.GRID_LEADER, Role.SECRETARY, Role.STREET]

    night.wait(hours=2)
    night.wait(hours=2)
    assert night.told()[4:] == [Role.STREET, Role.STREET]
    assert night.look(case).step == 6


def test_each_step_reaches_the_console_and_every_group_once(night: Night) -> None:
    night.report(summary="车库进水，我的电话13800000007")
    night.wait(minutes=30)
    texts = night.robots()
    assert [destination for destination, _ in texts] == ["wecom", "feishu", "wecom", "feishu"]
    first, second = texts[0][1], texts[2][1]
    assert "【紧急】工单260715-001　第1步　请网格员接单" in first
    assert "第2步　请网格长接单" in second
    assert "锦绣苑3栋" in first
    assert "网格：第一网格" in first
    assert "7月15日21:30上报" in second
    assert "13800000007" not in first
    assert "138****0007" in first


def test_ticking_again_or_beside_itself_tells_nobody_twice(night: Night) -> None:
    night.report()
    night.wait(minutes=30)
    assert night.wait(seconds=0) == 0
    assert night.told() == [Role.GRID_WORKER, Role.GRID_LEADER]


def test_after_a_power_cut_the_case_goes_on_one_step_at_a_time(night: Night) -> None:
    case = night.report()
    assert night.wait(hours=9) == 1
    assert night.told() == [Role.GRID_WORKER, Role.GRID_LEADER]
    assert night.look(case).next_step_at == night.clock.now() + timedelta(minutes=30)


def test_a_grid_worker_who_takes_it_stops_the_clock_until_it_is_forgotten(night: Night) -> None:
    case = night.report()
    taken = night.does(acknowledge_case, case, who="chen", rules=night.rules)
    assert (taken.status, taken.assignee) == (CaseStatus.ACKNOWLEDGED, "chen")

    assert night.wait(hours=7) == 0
    assert night.wait(hours=1) == 1
    forgotten = night.look(case)
    assert (forgotten.status, forgotten.assignee) == (CaseStatus.DISPATCHED, "chen")
    assert night.told()[-1] == Role.GRID_LEADER
    assert "同事chen接单后一直没有办结" in night.robots()[-1][1]


def test_taking_it_again_says_that_work_goes_on(night: Night) -> None:
    case = night.report()
    night.does(acknowledge_case, case, who="chen", rules=night.rules)
    night.wait(hours=7)
    night.does(acknowledge_case, case, who="chen", rules=night.rules)
    assert night.wait(hours=7) == 0


def test_two_people_cannot_both_take_it(night: Night) -> None:
    case = night.report()
    night.does(acknowledge_case, case, who="chen", rules=night.rules)
    with pytest.raises(Conflict, match="chen"):
        night.does(acknowledge_case, case, who="he", rules=night.rules)


def test_an_emergency_goes_up_within_minutes_and_calls_everybody(night: Night) -> None:
    case = night.report(category="gas_leak", summary="楼道里煤气味很重", danger=True)
    assert case.priority is Priority.EMERGENCY
    night.wait(minutes=5)
    night.wait(minutes=5)
    assert night.told() == [Role.GRID_WORKER, Role.GRID_LEADER, Role.SECRETARY]
    with night.database.reading() as conn:
        assert all(payload["mention_all"] for payload in conn.scalars(select(outbox.c.payload)))


def test_a_broken_street_lamp_waits_for_the_office_to_open(night: Night) -> None:
    """路灯: 480 minutes of working time, from 9 o'clock the next morning: 6.5 hours on Thursday, 1.5 on Friday."""
    case = night.report(category="lighting", summary="3号楼下路灯不亮")
    assert case.next_step_at is not None
    assert case.next_step_at.astimezone(SHANGHAI) == datetime(2026, 7, 17, 10, 30, tzinfo=SHANGHAI)
    assert night.wait(hours=24) == 0


def test_nobody_of_the_grid_is_on_duty_so_the_leader_is_told_at_once(night: Night) -> None:
    with night.database.begin() as conn:
        set_duty(conn, "chen", on_duty=False, actor=Actor.staff("chen"), now=night.clock.now())
    night.report()
    assert night.told() == [Role.GRID_LEADER]
    assert "网格员无人在岗，已直接上报" in night.robots()[0][1]


def test_a_grid_worker_of_another_grid_does_not_count_as_on_duty(night: Night) -> None:
    with night.database.begin() as conn:
        chen = staff_by_login(conn, "chen")
        update_staff(conn, chen.id, grid="第二网格")
    night.report()
    assert night.told() == [Role.GRID_LEADER]


def test_returned_it_goes_to_the_leader_at_once_and_twice_is_enough(night: Night) -> None:
    case = night.report()
    returned = night.does(return_case, case, "这是物业的泵房", who="chen", rules=night.rules)
    assert returned.status is CaseStatus.RETURNED
    assert night.told() == [Role.GRID_WORKER, Role.GRID_LEADER]
    night.does(return_case, case, "也不归我", who="he", rules=night.rules)
    with pytest.raises(Refused, match="不能再退"):
        night.does(return_case, case, "还是不归我", who="zhou", rules=night.rules)
    assert night.wait(hours=1) == 1


def test_handed_over_it_has_to_be_taken_or_it_climbs_on(night: Night) -> None:
    case = night.report()
    night.does(acknowledge_case, case, who="chen", rules=night.rules)
    given = night.does(hand_over_case, case, "lin", "我在另一栋救人", who="chen", rules=night.rules)
    assert (given.status, given.assignee) == (CaseStatus.DISPATCHED, "lin")
    with night.database.reading() as conn:
        [notice] = notices_for(conn, login="lin", role=Role.COMMUNITY_STAFF)
    assert "转给社工同事lin" in notice.text
    assert night.wait(minutes=30) == 1
    assert night.told()[-1] == Role.GRID_LEADER


def test_put_off_it_comes_back_by_itself_and_starts_from_the_first_role(night: Night) -> None:
    case = night.report(category="lighting", summary="路灯不亮")
    suspended = night.does(suspend_case, case, date(2026, 7, 20), "等供电公司", who="he", rules=night.rules)
    assert suspended.status is CaseStatus.SUSPENDED
    assert night.wait(days=4) == 0
    assert night.wait(hours=12) == 1
    assert night.look(case).status is CaseStatus.DISPATCHED
    assert night.told() == [Role.GRID_WORKER, Role.GRID_WORKER]


def test_an_emergency_cannot_be_put_off(night: Night) -> None:
    case = night.report(danger=True)
    with pytest.raises(Refused, match="特急"):
        night.does(suspend_case, case, date(2026, 7, 20), "等", who="he", rules=night.rules)


def test_closed_it_is_quiet_and_reopened_it_starts_anew_with_new_step_numbers(night: Night) -> None:
    case = night.report()
    night.wait(minutes=30)
    night.does(close_case, case, "水泵已排空积水", who="chen")
    assert night.wait(days=2) == 0
    again = night.does(reopen_case, case, "又积水了", who="he", rules=night.rules)
    assert (again.status, again.step, again.result) == (CaseStatus.REOPENED, 3, None)
    assert night.told() == [Role.GRID_WORKER, Role.GRID_LEADER, Role.GRID_WORKER]
    assert night.history(case) == ["opened", "step", "step", "closed", "reopened", "step"]


def test_what_turns_dangerous_starts_at_once_on_the_emergency_ladder(night: Night) -> None:
    case = night.report()
    night.does(acknowledge_case, case, who="chen", rules=night.rules)
    raised = night.does(change_case, case, who="he", rules=night.rules, danger=True, reason="有人困在车里")
    assert (raised.priority, raised.status) == (Priority.EMERGENCY, CaseStatus.DISPATCHED)
    assert raised.next_step_at == night.clock.now() + timedelta(minutes=5)
    assert "情况变急" in night.robots()[-1][1]


def test_a_correction_of_the_place_moves_the_case_to_the_other_grid_and_says_so(night: Night) -> None:
    case = night.report()
    moved = night.does(change_case, case, who="chen", rules=night.rules, address=Address("锦绣苑", "12"))
    assert moved.grid == "第二网格"
    assert night.told() == [Role.GRID_WORKER, Role.GRID_WORKER]
    same = night.does(change_case, case, who="chen", rules=night.rules, address=Address("锦绣苑", "12"))
    assert same == moved
    assert night.history(case).count("changed") == 1


def test_a_rehearsal_climbs_on_the_console_only(night: Night) -> None:
    night.report(rehearsal=True, conversation_id=None)
    night.wait(minutes=30)
    assert night.robots() == []
    with night.database.reading() as conn:
        texts = list(conn.scalars(select(notices.c.text)))
    assert len(texts) == 2
    assert all(text.startswith("【演练】") for text in texts)


def test_through_the_whole_night_no_open_case_is_without_a_clock(night: Night) -> None:
    for number in range(12):
        night.report(source_key=f"message:{number}:0", category=["flooding", "tree", "gas_leak"][number % 3])
    verbs = ["ack", "return", "close", "nothing"]
    for hour in range(8):
        night.wait(minutes=47)
        for case in night.everything_open():
            verb = verbs[(case.id + hour) % 4]
            if verb == "ack" and case.status is not CaseStatus.ACKNOWLEDGED:
                night.does(acknowledge_case, case, who="chen", rules=night.rules)
            if verb == "return" and night.history(case).count("returned") < 2:
                night.does(return_case, case, "不归我", who="chen", rules=night.rules)
            if verb == "close":
                night.does(close_case, case, "已处理", who="he")
            with night.database.reading() as conn:
                assert open_cases_without_clock(conn) == []
