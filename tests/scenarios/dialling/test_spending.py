"""What calls may cost: ceilings in calls and minutes that no worker overshoots, raised by a second person, renewed each day."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from community.clock import MovableClock
from community.errors import Conflict, InvalidInput, Refused
from community.model.calls.call import AttemptStatus, Outcome
from community.model.calls.spending import Spending
from community.model.staff import Role
from community.store import audit
from community.store.campaigns import campaign_by_id
from community.store.database import Database
from community.store.notices import notices
from community.usecases.pause_campaign import pause_campaign
from community.usecases.raise_ceiling import raise_ceiling
from community.usecases.resume_campaign import resume_campaign
from tests.harness.dialling import WELLBEING, Exchange, Street, generous

QUIET = "retries: {answered: {after: 1m, times: 0}}\n"


@pytest.fixture
def street(database: Database, clock: MovableClock) -> Street:
    street = Street(database, clock, generous(), Exchange(clock))
    for n in range(9):
        street.move_in(f"+86139123401{n:02}")
    return street


def standing(street: Street, campaign: int) -> Any:
    with street.database.reading() as conn:
        return campaign_by_id(conn, campaign)


def alarms(street: Street, role: Role = Role.SECRETARY) -> list[str]:
    with street.database.reading() as conn:
        return list(conn.execute(select(notices.c.text).where(notices.c.role == role)).scalars())


def end_all(street: Street, seconds: int = 55) -> None:
    for attempt in street.open_attempts():
        key = attempt["id"]
        street.tell(key, AttemptStatus.ENDED, Outcome.ANSWERED, key=key, duration=seconds)


async def test_minutes_run_out_and_a_second_person_lets_it_go_on(street: Street) -> None:
    campaign = street.start(WELLBEING + QUIET + "pace: {max_minutes: 3}\n")
    await street.engine.tick()
    # What is not over yet counts for a minute: no fourth call begins beside three that run.
    assert len(street.exchange.posts) == 3
    await street.pass_time(seconds=30)
    assert (len(street.exchange.posts), standing(street, campaign).status) == (3, "running")
    end_all(street)
    await street.pass_time(seconds=5)
    assert len(street.exchange.posts) == 3
    held = standing(street, campaign)
    assert (held.status, held.pause_cause) == ("paused", "ceiling")
    assert any("分钟，到了任务上限" in alarm for alarm in alarms(street))
    with pytest.raises(Refused, match="到了上限"):
        street.do(resume_campaign, campaign)
    with pytest.raises(Refused, match="自己新建的任务"):
        street.do(raise_ceiling, campaign, max_minutes=60)
    with pytest.raises(Refused, match="不能"):
        street.do(raise_ceiling, campaign, max_minutes=60, by="grid")
    with pytest.raises(InvalidInput, match="只能调得更高"):
        street.do(raise_ceiling, campaign, max_minutes=3, by="wang")
    with pytest.raises(InvalidInput, match="没有通数上限"):
        street.do(raise_ceiling, campaign, max_calls=60, by="wang")
    with pytest.raises(InvalidInput, match="请写明"):
        street.do(raise_ceiling, campaign, by="wang")
    assert street.do(raise_ceiling, campaign, max_minutes=600, by="wang") is True
    await street.pass_time(seconds=5)
    assert len(street.exchange.posts) == 9
    with street.database.reading() as conn:
        said = audit.list_lines(conn, subject=f"campaign:{campaign}")
    raised = next(line for line in said if line.action == "campaign.ceiling_raised")
    assert (raised.actor, raised.detail["max_minutes"]) == ("staff:wang", [3, 600])
    end_all(street)
    await street.pass_time(seconds=5)
    with pytest.raises(Conflict, match="上限不用再调"):
        street.do(raise_ceiling, campaign, max_minutes=900, by="wang")


async def test_several_workers_never_overshoot_a_campaigns_calls(street: Street) -> None:
    street.start(WELLBEING + "pace: {max_calls: 4}\n")
    others = [street.another_engine(f"worker-{n}") for n in range(2, 5)]
    await asyncio.gather(street.engine.tick(), *(other.tick() for other in others))
    await street.pass_time(seconds=5)
    await asyncio.gather(*(other.tick() for other in others))
    assert len(street.exchange.posts) == 4


async def test_a_days_ceiling_holds_all_campaigns_and_is_renewed_the_next_day(street: Street) -> None:
    street.rules = generous(spending=Spending(calls_per_day=5))
    street.engine = street.another_engine("worker-1")
    one, two = street.start(WELLBEING + QUIET), street.start(WELLBEING + QUIET)
    for _ in range(6):
        await street.pass_time(seconds=6)
        end_all(street)
    assert len(street.exchange.posts) == 5
    (told,) = [alarm for alarm in alarms(street) if "全天上限" in alarm]
    assert "明天自动继续" in told
    assert {standing(street, one).status, standing(street, two).status} == {"running"}
    await street.pass_time(days=1)
    assert len(street.exchange.posts) == 10
    # With a higher setting it goes on at once.
    end_all(street)
    street.rules = generous(spending=Spending(calls_per_day=500))
    street.engine = street.another_engine("worker-1")
    await street.pass_time(seconds=10)
    assert len(street.exchange.posts) > 10


async def test_workers_of_two_lines_share_the_days_ceiling(street: Street) -> None:
    street.rules = generous(spending=Spending(calls_per_day=4))
    street.engine = street.another_engine("worker-1")
    second = Exchange(street.clock, name="second")
    other = street.another_engine("worker-2", second)
    street.start()
    await asyncio.gather(street.engine.tick(), other.tick())
    await street.pass_time(seconds=5)
    await other.tick()
    assert len(street.exchange.posts) + len(second.posts) == 4


async def test_no_call_starts_two_seconds_after_a_pause_however_late_its_turn(street: Street) -> None:
    campaign = street.start()
    dialler = street.engine._dialler
    wait = dialler._wait_for_turn
    late = []

    async def held_up(due: float, own_until: float | None, last_look: Any) -> None:
        late.append(due)
        if len(late) == 1:
            street.do(pause_campaign, campaign, reason="核对")
            street.clock.advance(timedelta(seconds=2))
        await wait(due, own_until, last_look)

    dialler._wait_for_turn = held_up  # type: ignore[method-assign]
    await street.engine.tick()
    assert late
    assert street.exchange.posts == []
    assert {row["status"] for row in street.targets()} == {"waiting"}


async def test_the_pool_shares_calls_and_a_resident_sees_the_same_number_again(
    database: Database, clock: MovableClock
) -> None:
    pool = ("+85230000000", "+85230000001", "+85230000002")
    street = Street(database, clock, generous(), Exchange(clock, from_numbers=pool))
    people = [street.move_in(f"+86139123402{n:02}") for n in range(7)]
    street.start(WELLBEING + "retries: {no_answer: {after: 1m, times: 1}}\n")
    await street.engine.tick()
    first = {row["resident_id"]: row["from_number"] for row in street.attempts()}
    used = [list(first.values()).count(number) for number in pool]
    assert sorted(used) == [2, 2, 3]
    assert {post.from_number for post in street.exchange.posts} == set(pool)
    for attempt in street.open_attempts():
        street.tell(attempt["id"], AttemptStatus.ENDED, Outcome.NO_ANSWER, key=attempt["id"])
    await street.pass_time(minutes=2)
    again = {row["resident_id"]: row["from_number"] for row in street.attempts() if row["n"] == 2}
    assert again == first
    assert set(again) == set(people)


async def test_each_number_keeps_its_own_limits(database: Database, clock: MovableClock) -> None:
    rules = generous()
    rules = replace(rules, line=replace(rules.line, number_concurrent_calls=2))
    pool = ("+85230000000", "+85230000001")
    street = Street(database, clock, rules, Exchange(clock, from_numbers=pool))
    for n in range(9):
        street.move_in(f"+86139123403{n:02}")
    street.start()
    await street.engine.tick()
    await street.pass_time(seconds=2)
    live = [row["from_number"] for row in street.open_attempts()]
    assert sorted(live) == [pool[0], pool[0], pool[1], pool[1]]
    end_all(street)
    await street.pass_time(seconds=5)
    assert len(street.exchange.posts) == 8
    assert street.clock.now() - street.exchange.sent_at[0] < timedelta(minutes=1)
