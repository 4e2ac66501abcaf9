"""Who may create, approve and launch a campaign, and what pausing and cancelling do to calls under way."""

from datetime import timedelta

import pytest
from sqlalchemy import text, update

from community.clock import MovableClock
from community.errors import CommunityError, Conflict, InvalidInput, Refused
from community.model.calls.call import AttemptStatus, CallResult, Outcome
from community.model.calls.campaign import CampaignStatus, TargetStatus
from community.model.calls.line import SIMULATED, Line
from community.store.campaigns import campaign_by_id, campaigns
from community.store.database import Database
from community.store.residents import phones, residents
from community.usecases.cancel_campaign import cancel_campaign
from community.usecases.check_integrity import check_integrity
from community.usecases.pause_campaign import pause_campaign
from community.usecases.resume_campaign import resume_campaign
from tests.harness.dialling import WELLBEING, Exchange, Street, generous, rulebook
from voice.carriers.base import CallEvent, EventKind
from voice.engine.apply import apply_event

ZHANG, LI = "+8613912340001", "+8613912340002"


@pytest.fixture
def street(database: Database, clock: MovableClock) -> Street:
    return Street(database, clock, generous(), Exchange(clock))


@pytest.fixture
def stage(sqlite: Database, clock: MovableClock) -> Street:
    """A street whose line is the simulated one."""
    return Street(sqlite, clock, generous(line=SIMULATED), Exchange(clock, name="simulated", rehearsal=True))


async def test_ones_own_campaign_is_approved_by_somebody_else(street: Street) -> None:
    street.move_in(ZHANG)
    campaign = street.create(by="wang")
    with pytest.raises(Refused, match="另一位同事"):
        street.approve(campaign, by="wang")
    with pytest.raises(Refused, match="网格员不能"):
        street.approve(campaign, by="grid")
    with pytest.raises(Refused, match="还没有批准"):
        street.launch(campaign)
    street.approve(campaign, by="li")
    assert street.launch(campaign).to_call == 1


async def test_an_emergency_may_override_the_approval_and_the_reason_is_kept(street: Street) -> None:
    street.move_in(ZHANG)
    campaign = street.create()
    with pytest.raises(Refused):
        street.launch(campaign, by="li", override_reason="台风两小时后登陆")
    street.launch(campaign, by="wang", override_reason="台风两小时后登陆")
    with street.database.reading() as conn:
        assert campaign_by_id(conn, campaign).override_reason == "台风两小时后登陆"


async def test_launching_twice_is_one_run(street: Street) -> None:
    street.move_in(ZHANG)
    campaign = street.start()
    assert street.launch(campaign).new is False
    await street.engine.tick()
    await street.pass_time(seconds=5)
    assert street.exchange.numbers == [ZHANG]


async def test_an_audience_of_nobody_is_said_at_once(street: Street) -> None:
    with pytest.raises(InvalidInput, match="没有人符合"):
        street.create()
    street.move_in()
    campaign = street.create()
    street.approve(campaign)
    with pytest.raises(Refused, match="没有电话号码"):
        street.launch(campaign)


async def test_whoever_cannot_be_called_is_excluded_with_the_reason(street: Street) -> None:
    street.move_in(ZHANG)
    street.move_in()
    street.move_in(LI, opted_out_at=street.clock.now())
    street.move_in("+8613800000123", sample=True)
    street.move_in("+18762345678")
    campaign = street.create()
    street.approve(campaign)
    launched = street.launch(campaign)
    assert launched.to_call == 1
    assert sum(launched.excluded.values()) == 4
    assert "示例居民，真实线路不拨打" in launched.excluded
    assert any("境外" in reason for reason in launched.excluded)


async def test_whoever_wants_calls_only_when_none_may_ring_is_named_at_launch(street: Street) -> None:
    street.move_in(ZHANG, preferred_hours="06:00-08:00")
    campaign = street.create()
    street.approve(campaign)
    with pytest.raises(Refused, match="没有可以打电话的时段"):
        street.launch(campaign)
    street.move_in(LI, preferred_hours="15:00-16:00")
    launched = street.launch(campaign)
    assert (launched.to_call, launched.excluded) == (1, {"没有可以打电话的时段": 1})


async def test_whoever_changes_their_hours_to_such_after_the_launch_becomes_a_case(street: Street) -> None:
    resident = street.move_in(ZHANG)
    street.start()
    with street.database.begin() as conn:
        conn.execute(update(residents).where(residents.c.id == resident).values(preferred_hours="06:00-08:00"))
    await street.engine.tick()
    assert street.exchange.posts == []
    [target], [case] = street.targets(), street.cases()
    assert (target["status"], target["case_id"]) == (TargetStatus.CASE, case["id"])
    assert target["reason"] == "没有可以打电话的时段"


async def test_mainland_numbers_are_not_dialled_from_outside_without_a_reason(street: Street) -> None:
    street.rules = generous(line=Line(name="test", rehearsal=False, from_numbers=("+85230000000",)))
    street.move_in(ZHANG)
    street.move_in("+85291234567")
    campaign = street.create()
    street.approve(campaign)
    assert any("SHOUWANG_MAINLAND" in reason for reason in street.launch(campaign).excluded)
    await street.another_engine("worker-2").tick()
    assert street.exchange.numbers == ["+85291234567"]


async def test_a_paused_campaign_starts_no_call_and_takes_back_what_is_queued(street: Street) -> None:
    street.move_in(ZHANG)
    street.move_in(LI)
    campaign = street.start()
    await street.engine.tick()
    live, queued = street.attempts()
    street.tell(live["id"], AttemptStatus.IN_PROGRESS)
    street.do(pause_campaign, campaign)
    await street.pass_time(seconds=1)
    assert street.exchange.cancelled == [queued["carrier_id"]]
    assert {row["status"] for row in street.attempts()} == {AttemptStatus.IN_PROGRESS, AttemptStatus.CANCELLED}
    await street.pass_time(hours=1)
    assert len(street.exchange.posts) == 2
    street.tell(live["id"], AttemptStatus.ENDED, Outcome.ANSWERED)
    street.do(resume_campaign, campaign)
    await street.pass_time(seconds=1)
    assert len(street.exchange.posts) == 3


async def test_a_call_taken_back_from_the_carrier_may_have_rung_so_the_cap_counts_it(street: Street) -> None:
    street.rules = rulebook()
    street.engine = street.another_engine("worker-2")
    street.move_in(ZHANG)
    campaign = street.start(WELLBEING)
    await street.engine.tick()
    street.clock.advance(timedelta(minutes=20))
    street.do(pause_campaign, campaign)
    await street.engine.tick()
    assert len(street.exchange.cancelled) == 1
    street.do(resume_campaign, campaign)
    await street.pass_time(minutes=45)
    assert street.exchange.numbers == [ZHANG], "within the hour after it may have rung last"
    await street.pass_time(hours=4)  # the afternoon
    assert street.exchange.numbers == [ZHANG, ZHANG]


async def test_a_call_that_was_never_sent_to_the_carrier_is_not_counted(street: Street) -> None:
    street.rules = rulebook()
    street.engine = street.another_engine("worker-2")
    street.move_in(ZHANG)
    campaign = street.start(WELLBEING)
    claimed_at = street.clock.monotonic()
    claimed = await street.engine._claim()
    street.do(pause_campaign, campaign)
    await street.engine._dialler.dial(claimed, claimed_at=claimed_at)
    street.do(resume_campaign, campaign)
    await street.pass_time(seconds=5)
    assert street.exchange.numbers == [ZHANG]


async def test_a_campaign_paused_between_the_claim_and_the_call_is_not_dialled(street: Street) -> None:
    street.move_in(ZHANG)
    campaign = street.start()
    claimed_at = street.clock.monotonic()
    claimed = await street.engine._claim()
    street.do(pause_campaign, campaign)
    await street.engine._dialler.dial(claimed, claimed_at=claimed_at)
    assert street.exchange.posts == []
    [target] = street.targets()
    assert (target["status"], target["attempts"]) == (TargetStatus.WAITING, 0)


async def test_a_cancelled_campaign_hangs_up_nothing_and_excludes_the_rest(street: Street) -> None:
    street.move_in(ZHANG)
    street.concurrent_calls = 1
    street.move_in(LI)
    engine = street.another_engine("worker-1")
    campaign = street.start()
    await engine.tick()
    [attempt] = street.attempts()
    street.tell(attempt["id"], AttemptStatus.IN_PROGRESS)
    street.do(cancel_campaign, campaign, reason="台风转向")
    street.hang_up(Outcome.ANSWERED, result=CallResult.COMPLETED)
    done, left = street.targets()
    assert done["status"] == TargetStatus.COMPLETED
    assert (left["status"], left["reason"]) == (TargetStatus.EXCLUDED, "任务已取消：台风转向")
    assert street.exchange.cancelled == []
    with pytest.raises(Conflict):
        street.do(resume_campaign, campaign)


async def test_a_call_that_ends_while_its_campaign_is_being_cancelled_leaves_nobody_waiting(street: Street) -> None:
    street.move_in(ZHANG)
    campaign = street.start()
    await street.engine.tick()
    if street.database.is_sqlite:  # one writer at a time: the call ends first, and the campaign was read before
        street.hang_up(Outcome.BUSY)
        with street.database.begin() as conn:
            conn.execute(update(campaigns).where(campaigns.c.id == campaign).values(status=CampaignStatus.CANCELLED))
    else:
        [attempt] = street.attempts()
        ended = CallEvent(kind=EventKind.STATUS, key="end", status=AttemptStatus.ENDED, outcome=Outcome.BUSY)
        with street.database.begin() as conn:
            apply_event(conn, attempt["id"], ended, rules=street.rules, now=street.clock.now())
            street.do(cancel_campaign, campaign)
    [target] = street.targets()
    assert target["status"] == TargetStatus.WAITING
    await street.pass_time(seconds=1)
    [target] = street.targets()
    assert (target["status"], target["reason"]) == (TargetStatus.EXCLUDED, "任务已取消")
    with street.database.reading() as conn:
        assert check_integrity(conn, street.clock.now()) == []


async def test_the_people_of_a_paused_campaign_are_handed_over_when_its_time_is_up(street: Street) -> None:
    street.move_in(ZHANG)
    campaign = street.start(WELLBEING + "not_after: 2h\n")
    street.do(pause_campaign, campaign)
    await street.pass_time(hours=1, minutes=59)
    assert street.cases() == []
    await street.pass_time(minutes=2)
    [target], [case] = street.targets(), street.cases()
    assert (target["status"], target["case_id"]) == (TargetStatus.CASE, case["id"])
    assert "截止" in target["reason"]


def poison(street: Street, resident: int) -> None:
    """From now on the database refuses every case of this resident."""
    if street.database.is_sqlite:
        refuse = f'create trigger poison before insert on "case" when new.resident_id = {resident} '
        refuse += "begin select raise(abort, 'refused'); end"
    else:
        refuse = f'alter table "case" add constraint poison check (resident_id <> {resident})'
    with street.database.begin() as conn:
        conn.execute(text(refuse))


async def test_one_person_whose_case_cannot_be_opened_holds_up_nobody(street: Street) -> None:
    unlucky, without_number = street.move_in(ZHANG), street.move_in(LI)
    street.move_in("+8613912340003")
    street.start()
    with street.database.begin() as conn:
        dead = phones.c.resident_id.in_([unlucky, without_number])
        conn.execute(update(phones).where(dead).values(status="wrong"))
    poison(street, unlucky)
    await street.engine.tick()
    assert street.exchange.numbers == ["+8613912340003"]
    stuck, handed_over, _ = street.targets()
    assert (stuck["status"], handed_over["status"]) == (TargetStatus.WAITING, TargetStatus.CASE)
    assert stuck["next_at"] == street.clock.now() + timedelta(minutes=5)


async def test_one_person_who_cannot_be_judged_holds_up_nobody(street: Street) -> None:
    unlucky = street.move_in(ZHANG)
    street.move_in(LI)
    street.start()
    with street.database.begin() as conn:
        conn.execute(update(residents).where(residents.c.id == unlucky).values(preferred_hours="上午"))
    await street.engine.tick()
    assert street.exchange.numbers == [LI]


async def test_one_person_who_cannot_be_handed_over_in_the_end_holds_up_nobody(street: Street) -> None:
    unlucky = street.move_in(ZHANG)
    street.move_in(LI)
    campaign = street.start(WELLBEING + "not_after: 1h\n")
    street.do(pause_campaign, campaign)
    poison(street, unlucky)
    await street.pass_time(hours=1, minutes=1)
    await street.pass_time(seconds=1)
    assert [target["status"] for target in street.targets()] == [TargetStatus.WAITING, TargetStatus.CASE]


async def test_at_the_end_of_the_hours_what_is_queued_at_the_carrier_is_taken_back(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(WELLBEING)
    await street.engine.tick()
    await street.pass_time(hours=1, minutes=31)  # 11:31, the hours end at 11:30
    assert len(street.exchange.cancelled) == 1
    [target] = street.targets()
    assert target["next_at"].isoformat() == "2026-07-15T06:30:00+00:00"
    assert target["attempts"] == 0


async def test_an_urgent_campaign_goes_first(street: Street) -> None:
    street.move_in(ZHANG, tags=("独居",))
    street.move_in(LI, tags=("失能",))
    street.concurrent_calls = 1
    engine = street.another_engine("worker-1")
    street.start(WELLBEING)
    street.start(
        "{name: 台风, purpose: 转移, priority: emergency, audience: {tags: [失能]}, "
        "questions: [{id: a, kind: yes_no, say: 您出门了吗}]}"
    )
    await engine.tick()
    assert street.exchange.numbers == [LI]


async def test_real_people_on_the_simulated_line_need_the_word_rehearsal_and_are_never_completed(stage: Street) -> None:
    stage.move_in(ZHANG)
    campaign = stage.create()
    stage.approve(campaign)
    with pytest.raises(Refused, match="--rehearsal"):
        stage.launch(campaign)
    stage.launch(campaign, rehearsal=True)
    await stage.engine.tick()
    stage.hang_up(Outcome.ANSWERED, result=CallResult.COMPLETED)
    [target], [attempt] = stage.targets(), stage.attempts()
    assert (target["status"], target["reason"]) == (TargetStatus.EXCLUDED, "演练：没有真的打电话")
    assert attempt["rehearsal"]


async def test_sample_people_are_rehearsed_at_any_hour_and_completed(stage: Street) -> None:
    stage.move_in("+8613800000001", sample=True)
    stage.clock.advance(timedelta(hours=15))  # one o'clock at night
    stage.start()
    await stage.engine.tick()
    stage.hang_up(Outcome.ANSWERED, result=CallResult.COMPLETED)
    assert stage.targets()[0]["status"] == TargetStatus.COMPLETED


async def test_a_real_line_does_not_touch_a_rehearsal_and_cannot_be_asked_for_one(stage: Street) -> None:
    stage.move_in("+8613800000001", sample=True)
    stage.start()
    real = Exchange(stage.clock)
    await stage.another_engine("worker-2", real).tick()
    assert real.posts == []


async def test_nothing_is_forgotten_at_any_point_of_a_campaign(street: Street) -> None:
    street.move_in(ZHANG)
    street.move_in(LI)
    street.start()
    for outcome in (Outcome.BUSY, Outcome.NO_ANSWER, Outcome.REJECTED):
        await street.engine.tick()
        with street.database.reading() as conn:
            assert check_integrity(conn, street.clock.now()) == []
        if street.open_attempts():
            street.hang_up(outcome)
        street.clock.advance(timedelta(minutes=20))
    with street.database.reading() as conn:
        assert {finding.code for finding in check_integrity(conn, street.clock.now())} <= {"call_not_followed"}


async def test_a_campaign_nobody_knows_is_said_to_be_unknown(street: Street) -> None:
    with pytest.raises(CommunityError, match="没有 7 号"):
        street.launch(7)


async def test_a_finished_campaign_stays_finished(street: Street) -> None:
    street.move_in(ZHANG)
    campaign = street.start()
    await street.engine.tick()
    street.hang_up(Outcome.ANSWERED, result=CallResult.COMPLETED)
    await street.pass_time(seconds=1)
    with street.database.reading() as conn:
        assert campaign_by_id(conn, campaign).status is CampaignStatus.FINISHED
    with pytest.raises(Conflict):
        street.launch(campaign)
