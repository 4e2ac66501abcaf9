"""From a launch to the last call: who is rung, when, and what becomes of each."""

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from community.clock import MovableClock
from community.errors import CommunityError
from community.model.calls.call import AttemptStatus, CallResult, Outcome
from community.model.calls.campaign import TargetStatus
from community.model.staff import Role
from community.store.campaigns import campaign_by_id
from community.store.database import Database
from community.store.notices import notices
from tests.harness.dialling import WELLBEING, Exchange, Street, generous, rulebook

ZHANG, LI, WANG = "+8613912340001", "+8613912340002", "+8613912340003"


@pytest.fixture
def street(database: Database, clock: MovableClock) -> Street:
    return Street(database, clock, rulebook(), Exchange(clock))


async def test_everybody_in_the_audience_is_rung_once_and_a_full_answer_completes(street: Street) -> None:
    street.move_in(ZHANG)
    street.move_in(LI)
    street.move_in(WANG, tags=("党员",))
    campaign = street.start()
    await street.engine.tick()
    await street.engine.tick()
    assert sorted(street.exchange.numbers) == [ZHANG, LI]
    street.hang_up(Outcome.ANSWERED, result=CallResult.COMPLETED)
    street.hang_up(Outcome.ANSWERED, result=CallResult.COMPLETED)
    assert [target["status"] for target in street.targets()] == [TargetStatus.COMPLETED] * 2
    await street.pass_time(seconds=2)
    with street.database.reading() as conn:
        assert campaign_by_id(conn, campaign).status == "finished"


async def test_an_attempt_is_written_down_before_the_carrier_is_asked_and_rides_in_the_urls(street: Street) -> None:
    street.move_in(ZHANG)
    street.start()
    await street.engine.tick()
    [post], [attempt] = street.exchange.posts, street.attempts()
    assert post.urls.attempt_id == attempt["id"]
    assert post.urls.token == attempt["token"]
    assert attempt["status"] == AttemptStatus.PLACED
    assert attempt["carrier_id"] in street.exchange.calls


async def test_nobody_picks_up_so_it_is_tried_again_later_and_then_a_case_is_opened(street: Street) -> None:
    street.rules = generous()
    street.engine = street.another_engine("worker-2")
    street.move_in(ZHANG)
    street.start(
        """
name: 高温关怀
purpose: 天气热，问问您好不好
retries: {no_answer: {after: 30m, times: 1}}
questions: [{id: fine, kind: yes_no, say: 您今天身体还好吗}]
"""
    )
    await street.engine.tick()
    await street.pass_time(seconds=40)
    street.hang_up(Outcome.NO_ANSWER)
    rang_until = street.clock.now()
    [target] = street.targets()
    assert target["next_at"] == rang_until + timedelta(minutes=30)
    await street.pass_time(minutes=29)
    assert len(street.exchange.posts) == 1
    await street.pass_time(minutes=1)
    assert len(street.exchange.posts) == 2
    street.hang_up(Outcome.NO_ANSWER)
    [target], [case] = street.targets(), street.cases()
    assert (target["status"], target["case_id"]) == (TargetStatus.CASE, case["id"])
    assert case["kind"] == "unreached"
    assert ZHANG[-8:] not in case["summary"]


async def test_nobody_is_called_at_noon_or_at_night(street: Street) -> None:
    street.move_in(ZHANG)
    campaign = street.create(
        "{name: 早晚, purpose: 问候, hours: ['08:00-22:00'], questions: [{id: a, kind: yes_no, say: 您好吗}]}"
    )
    street.approve(campaign)
    street.clock.advance(timedelta(hours=11, minutes=30))  # 21:30 in Shanghai
    street.launch(campaign)
    await street.engine.tick()
    assert street.exchange.posts == []
    await street.pass_time(hours=10, minutes=29)
    assert street.exchange.posts == []
    await street.pass_time(minutes=1)
    assert street.exchange.numbers == [ZHANG]


async def test_one_person_in_three_lists_is_called_at_most_once_an_hour_and_three_times_a_day(street: Street) -> None:
    street.move_in(ZHANG)
    for _ in range(5):
        street.start(
            "{name: 问候, purpose: 问候, hours: ['08:00-21:00'], questions: [{id: a, kind: yes_no, say: 您好吗}]}"
        )
    calls: list[float] = []
    for _ in range(24 * 4):
        await street.engine.tick()
        if street.open_attempts():
            calls.append((street.clock.now() - street.attempts()[0]["created_at"]).total_seconds() / 3600)
            street.hang_up(Outcome.ANSWERED, result=CallResult.COMPLETED)
        street.clock.advance(timedelta(minutes=15))
    assert len(calls) == 5
    assert all(later - earlier >= 1 for earlier, later in pairwise(calls))
    assert sum(1 for hour in calls if hour < 14) == 3


async def test_a_dead_number_is_marked_and_the_next_phone_then_the_guardian_is_tried(street: Street) -> None:
    guardian = "+8613912349999"
    street.move_in(ZHANG, LI, guardian_phone=guardian)
    street.start()
    for _ in range(3):
        await street.engine.tick()
        street.hang_up(Outcome.NOT_IN_SERVICE)
        street.clock.advance(timedelta(seconds=5))
    assert street.exchange.numbers == [ZHANG, LI, guardian]
    assert [row["dialogue"] for row in street.attempts()] == [{}, {}, {"callee": "guardian"}]
    [target], [case] = street.targets(), street.cases()
    assert target["status"] == TargetStatus.CASE
    assert case["kind"] == "list_check"


async def test_somebody_asks_to_be_called_at_three_and_is(street: Street) -> None:
    street.move_in(ZHANG)
    street.start()
    await street.engine.tick()
    street.hang_up(Outcome.ANSWERED, result=CallResult.CALLBACK_LATER, callback_at="2026-07-15T15:00:00+08:00")
    [target] = street.targets()
    assert target["next_at"].isoformat() == "2026-07-15T07:00:00+00:00"


async def test_whoever_opts_out_is_never_called_again_by_any_campaign(street: Street) -> None:
    street.move_in(ZHANG)
    street.start()
    street.start()
    await street.engine.tick()
    street.hang_up(Outcome.ANSWERED, result=CallResult.OPTED_OUT)
    await street.pass_time(hours=2)
    assert street.exchange.numbers == [ZHANG]
    assert {target["status"] for target in street.targets()} == {TargetStatus.EXCLUDED}
    assert {target["reason"] for target in street.targets()} == {"本人要求不再来电"}


async def test_a_household_with_one_phone_is_rung_once_an_hour_whoever_is_meant(street: Street) -> None:
    street.move_in(ZHANG, name="张桂兰")
    street.move_in(ZHANG, name="李建国")
    street.start()
    await street.engine.tick()
    [first] = street.attempts()
    await street.pass_time(minutes=1)
    assert street.exchange.numbers == [ZHANG]
    street.hang_up(Outcome.ANSWERED, result=CallResult.COMPLETED)
    await street.pass_time(minutes=1)
    assert street.exchange.numbers == [ZHANG]
    [waiting] = [target for target in street.targets() if target["status"] == TargetStatus.WAITING]
    assert waiting["next_at"] == first["placed_at"] + timedelta(hours=1), "put off to the end of the hour, not lost"
    await street.pass_time(minutes=57)
    assert street.exchange.numbers == [ZHANG]
    await street.pass_time(minutes=1)
    assert street.exchange.numbers == [ZHANG, ZHANG]
    street.hang_up(Outcome.ANSWERED, result=CallResult.COMPLETED)
    assert {target["status"] for target in street.targets()} == {TargetStatus.COMPLETED}


async def test_one_telephone_is_rung_three_times_a_day_for_its_own_people_and_as_the_guardian_of_others(
    street: Street,
) -> None:
    guardian = "+8613912349999"
    street.move_in(guardian)
    for _ in range(4):
        street.move_in(guardian_phone=guardian)
    street.move_in(ZHANG)
    street.start("{name: 问候, purpose: 问候, hours: ['08:00-21:00'], questions: [{id: a, kind: yes_no, say: 您好吗}]}")
    calls: list[float] = []
    for _ in range(30 * 4):
        await street.engine.tick()
        for attempt in street.open_attempts():
            if attempt["number"] == guardian:
                calls.append((street.clock.now() - street.attempts()[0]["created_at"]).total_seconds() / 3600)
            street.hang_up(Outcome.ANSWERED, result=CallResult.COMPLETED)
        street.clock.advance(timedelta(minutes=15))
    assert street.exchange.numbers.count(ZHANG) == 1
    assert len(calls) == 5
    assert all(later - earlier >= 1 for earlier, later in pairwise(calls))
    assert sum(1 for hour in calls if hour < 14) == 3
    assert {target["status"] for target in street.targets()} == {TargetStatus.COMPLETED}


async def test_after_the_deadline_whoever_is_left_becomes_a_case(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(
        "{name: 台风, purpose: 转移, not_after: 2h, retries: {busy: {after: 90m, times: 5}}, "
        "questions: [{id: a, kind: yes_no, say: 您出门了吗}]}"
    )
    await street.engine.tick()
    street.clock.advance(timedelta(minutes=40))
    street.hang_up(Outcome.BUSY)
    [target] = street.targets()
    assert target["status"] == TargetStatus.CASE
    assert "截止" in target["reason"]


ONE_TRY = """
name: 高温关怀
purpose: 天气热，问问您好不好
retries: {no_answer: {after: 30m, times: 0}, voicemail: {after: 30m, times: 0}}
questions: [{id: fine, kind: yes_no, say: 您今天身体还好吗}]
"""


async def test_when_nobody_picks_up_the_household_is_rung_in_its_order(street: Street) -> None:
    guardian = "+8613912349999"
    street.rules = generous()
    street.engine = street.another_engine("worker-2")
    street.move_in(ZHANG, LI, guardian_phone=guardian)
    street.start(ONE_TRY)
    for outcome in (Outcome.NO_ANSWER, Outcome.VOICEMAIL, Outcome.NO_ANSWER):
        await street.pass_time(minutes=1)
        street.hang_up(outcome)
    assert street.exchange.numbers == [ZHANG, LI, guardian]
    assert [row["dialogue"].get("callee") for row in street.attempts()] == [None, None, "guardian"]
    [target], [case] = street.targets(), street.cases()
    assert (target["status"], case["kind"]) == (TargetStatus.CASE, "unreached")
    street.start(ONE_TRY)
    await street.pass_time(minutes=1)
    assert street.exchange.numbers[-1] == ZHANG


async def test_whoever_has_only_a_guardians_phone_is_called_through_the_guardian(street: Street) -> None:
    guardian = "+8613912349999"
    street.move_in(guardian_phone=guardian)
    street.start()
    await street.engine.tick()
    assert street.exchange.numbers == [guardian]
    assert street.attempts()[0]["dialogue"] == {"callee": "guardian"}


async def test_a_guardians_number_that_is_wrong_is_left_alone_by_the_next_campaign(street: Street) -> None:
    street.rules = generous()
    street.engine = street.another_engine("worker-2")
    street.move_in(guardian_phone="+8613912349999")
    street.start()
    await street.engine.tick()
    street.hang_up(Outcome.NOT_IN_SERVICE)
    launched = street.create()
    street.approve(launched)
    with pytest.raises(CommunityError):
        street.launch(launched)
    assert len(street.exchange.posts) == 1


async def test_somebody_who_hangs_up_in_the_middle_is_not_told_on_to_the_family(street: Street) -> None:
    street.rules = generous()
    street.engine = street.another_engine("worker-2")
    street.move_in(ZHANG, guardian_phone="+8613912349999")
    street.start(ONE_TRY.replace("no_answer: {after: 30m, times: 0}", "answered: {after: 1m, times: 0}"))
    await street.engine.tick()
    street.hang_up(Outcome.ANSWERED)
    await street.pass_time(hours=1)
    assert street.exchange.numbers == [ZHANG]
    assert street.targets()[0]["status"] == TargetStatus.CASE


async def test_a_campaign_stops_at_its_ceiling_and_the_administrator_is_told(street: Street) -> None:
    for n in range(5):
        street.move_in(f"+861391234010{n}")
    campaign = street.start(WELLBEING + "pace: {max_calls: 3}\n")
    await street.engine.tick()
    assert len(street.exchange.posts) == 3
    await street.pass_time(seconds=5)
    assert (len(street.exchange.posts), street.exchange.cancelled) == (3, [])
    for attempt in street.open_attempts():
        street.tell(attempt["id"], AttemptStatus.ENDED, Outcome.ANSWERED, key=attempt["id"])
    await street.pass_time(seconds=5)
    await street.pass_time(hours=1)
    assert len(street.exchange.posts) == 3
    with street.database.reading() as conn:
        held = campaign_by_id(conn, campaign)
        (alarm,) = conn.execute(select(notices.c.text).where(notices.c.role == Role.ADMIN)).scalars()
    assert held.status == "paused"
    assert "已用 3 通、0 分钟，到了任务上限" in alarm
