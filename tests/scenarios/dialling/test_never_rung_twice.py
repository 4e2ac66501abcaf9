"""A POST whose fate is not known, a worker that dies or sleeps, a carrier that fails: nobody is rung twice, nobody lost."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from community.clock import MovableClock
from community.model.calls.call import AttemptStatus, CallResult, Outcome
from community.model.calls.campaign import TargetStatus
from community.model.staff import Role
from community.store.cases import events_of
from community.store.database import Database
from community.store.notices import notices
from community.store.pace import pace_of
from community.usecases.show_campaign import show_campaign
from tests.harness.dialling import Exchange, Street, generous, reply
from voice.carriers.base import Acceptance, CallEvent, EventKind, FoundCall, PlaceRequest, PlaceResult
from voice.carriers.twilio.errors import refusal
from voice.engine.apply import apply_event

ZHANG, LI = "+8613912340001", "+8613912340002"

PATIENT = """
name: 问候
purpose: 问候
hours: ["08:00-21:00"]
retries: {unknown: {after: 30m, times: 2}}
questions: [{id: a, kind: yes_no, say: 您好吗}]
"""


@pytest.fixture
def street(database: Database, clock: MovableClock) -> Street:
    return Street(database, clock, generous(), Exchange(clock))


def lost_reply(_request: PlaceRequest) -> PlaceResult:
    return reply(Acceptance.UNKNOWN, error_code="timeout", error_text="线路方没有及时应答")


async def test_a_lost_reply_is_not_dialled_again_but_found_at_the_carrier(street: Street) -> None:
    street.exchange.answer, street.exchange.keeps_unknown = lost_reply, True
    street.move_in(ZHANG)
    street.start(PATIENT)
    await street.engine.tick()
    [attempt] = street.attempts()
    assert attempt["status"] == AttemptStatus.UNKNOWN
    await street.pass_time(seconds=11)
    [attempt] = street.attempts()
    assert attempt["status"] == AttemptStatus.PLACED
    assert attempt["carrier_id"] in street.exchange.calls
    await street.pass_time(hours=1)
    assert street.exchange.numbers == [ZHANG]


async def test_a_callback_with_the_attempts_id_adopts_a_call_of_unknown_fate(street: Street) -> None:
    street.exchange.answer = lost_reply
    street.move_in(ZHANG)
    street.start(PATIENT)
    await street.engine.tick()
    [attempt] = street.attempts()
    street.tell(attempt["id"], AttemptStatus.RINGING, carrier_id="CA77")
    [attempt] = street.attempts()
    assert (attempt["status"], attempt["carrier_id"]) == (AttemptStatus.RINGING, "CA77")


async def test_one_that_stays_unknown_waits_the_retry_time_and_is_asked_about_right_before_the_next_call(
    street: Street,
) -> None:
    street.exchange.answer = lost_reply
    street.move_in(ZHANG)
    street.start(PATIENT)
    await street.engine.tick()
    for _ in range(29):
        await street.pass_time(minutes=1)
    assert len(street.exchange.posts) == 1
    street.exchange.answer = lambda _request: reply()
    street.exchange.asked.clear()
    await street.pass_time(minutes=2)
    await street.pass_time(seconds=2)
    assert len(street.exchange.posts) == 2
    assert street.exchange.asked[-1] == ZHANG, "the carrier was asked right before"
    assert [row["outcome"] for row in street.attempts()] == [Outcome.UNKNOWN, None]


async def test_a_call_that_turns_up_right_before_the_redial_is_adopted_and_nobody_is_rung_again(
    street: Street,
) -> None:
    street.exchange.answer = lost_reply
    street.move_in(ZHANG)
    street.start(PATIENT)
    await street.engine.tick()
    created = street.clock.now()
    for _ in range(29):
        await street.pass_time(minutes=1)
    street.clock.advance(timedelta(minutes=2))
    await street.engine._look_after()
    await street.engine._asked()
    assert street.attempts()[0]["outcome"] == Outcome.UNKNOWN
    street.exchange.calls["CAlate"] = FoundCall(
        carrier_id="CAlate",
        to=ZHANG,
        from_number="+85230000000",
        status=AttemptStatus.ENDED,
        outcome=Outcome.NO_ANSWER,
        created_at=created,
    )
    await street.engine._claim_and_dial()
    assert len(street.exchange.posts) == 1
    assert street.attempts()[-1]["carrier_id"] == "CAlate"
    assert street.attempts()[-1]["outcome"] == Outcome.NO_ANSWER


async def test_while_the_carrier_cannot_be_asked_an_unknown_call_is_never_dialled_again(street: Street) -> None:
    street.exchange.answer, street.exchange.reachable = lost_reply, False
    street.move_in(ZHANG)
    street.start(PATIENT)
    await street.engine.tick()
    for _ in range(20):
        await street.pass_time(minutes=20)
    assert len(street.exchange.posts) == 1
    [attempt] = street.attempts()
    assert attempt["status"] == AttemptStatus.UNKNOWN


async def test_a_worker_that_dies_before_the_post_leaves_no_doubt_behind_for_ever(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(PATIENT)
    await street.engine._claim()  # and then it is killed
    [attempt] = street.attempts()
    assert attempt["status"] == AttemptStatus.PLACING
    survivor = street.another_engine("worker-2")
    street.clock.advance(timedelta(seconds=61))
    await survivor.tick()
    assert street.attempts()[0]["status"] == AttemptStatus.UNKNOWN
    for _ in range(34):
        street.clock.advance(timedelta(minutes=1))
        await survivor.tick()
    assert street.exchange.numbers == [ZHANG]
    assert [row["status"] for row in street.attempts()] == [AttemptStatus.ENDED, AttemptStatus.PLACED]


async def test_a_worker_that_slept_past_its_lease_does_not_dial(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(PATIENT)
    claimed_at = street.clock.monotonic()
    claimed = await street.engine._claim()
    street.clock.advance(timedelta(minutes=2))  # SIGSTOP, a frozen machine
    await street.another_engine("worker-2").tick()
    await street.engine._dialler.dial(claimed, claimed_at=claimed_at)
    assert street.exchange.posts == []


async def test_a_stale_workers_word_is_refused(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(PATIENT)
    claimed = await street.engine._claim()
    street.clock.advance(timedelta(minutes=2))
    await street.another_engine("worker-2").tick()
    await street.engine._dialler._finish(claimed.calls[0], reply(carrier_id="CAstale"))
    [attempt] = street.attempts()
    assert (attempt["status"], attempt["carrier_id"]) == (AttemptStatus.UNKNOWN, None)


async def test_two_workers_share_the_work_and_nobody_gets_two_calls(street: Street) -> None:
    for number in range(40):
        street.move_in(f"+86139123400{number:02d}")
    street.start(PATIENT)
    other = street.another_engine("worker-2")
    for _ in range(4):
        await street.engine.tick()
        await other.tick()
        street.clock.advance(timedelta(seconds=1))
    assert len(street.exchange.posts) == 40
    assert len(set(street.exchange.numbers)) == 40


async def test_a_429_slows_the_shared_pace_and_uses_up_no_attempt(street: Street) -> None:
    street.exchange.answer = lambda _request: reply(Acceptance.REFUSED, slow_down=True, error_code="20429")
    street.move_in(ZHANG)
    street.start(PATIENT)
    await street.engine.tick()
    with street.database.reading() as conn:
        pace = pace_of(conn, "test")
    assert pace is not None
    assert pace.slow_factor == 2
    street.exchange.answer = lambda _request: reply()
    await street.pass_time(seconds=5)
    [target] = street.targets()
    assert (len(street.exchange.posts), target["attempts"], target["outcome_counts"]) == (2, 0, {})


async def test_an_account_fault_rests_the_engine_and_tells_the_administrator(street: Street) -> None:
    street.exchange.answer = lambda _request: reply(
        Acceptance.REFUSED, account_fault=True, error_code="20003", error_text="账号或密钥不对，请管理员检查"
    )
    street.move_in(ZHANG)
    street.move_in(LI)
    street.calls_per_second = 1
    engine = street.another_engine("worker-1")
    street.start(PATIENT)
    await engine.tick()
    for _ in range(20):
        street.clock.advance(timedelta(seconds=2))
        await engine.tick()
    assert len(street.exchange.posts) == 1
    assert [target["outcome_counts"] for target in street.targets()] == [{}, {}]
    street.exchange.answer = lambda _request: reply()
    for _ in range(30):
        street.clock.advance(timedelta(seconds=2))
        await engine.tick()
    assert sorted(set(street.exchange.numbers)) == [ZHANG, LI]


async def test_a_number_in_a_region_that_is_not_opened_holds_nobody_else_up(street: Street) -> None:
    street.exchange.answer = lambda request: refusal(400, 21215) if request.to == ZHANG else reply()
    street.move_in(ZHANG)
    street.move_in(LI)
    street.calls_per_second = 1
    engine = street.another_engine("worker-1")
    street.start(PATIENT)
    for _ in range(4):
        await engine.tick()
        street.clock.advance(timedelta(seconds=1.1))
    assert sorted(street.exchange.numbers) == [ZHANG, LI]
    outcomes = sorted(str(target["outcome_counts"]) for target in street.targets())
    assert outcomes == ["{'carrier_error': 1}", "{}"]


async def test_five_failures_in_a_row_rest_the_engine_which_resumes_by_itself(street: Street) -> None:
    street.exchange.answer = lambda _request: reply(Acceptance.REFUSED, error_text="连不上线路方")
    for number in range(12):
        street.move_in(f"+86139123400{number:02d}")
    street.calls_per_second = 1
    engine = street.another_engine("worker-1")
    street.start(PATIENT)
    for _ in range(20):
        await engine.tick()
        street.clock.advance(timedelta(seconds=1.1))
    assert len(street.exchange.posts) == 5
    street.exchange.answer = lambda _request: reply()
    for _ in range(40):
        await engine.tick()
        street.clock.advance(timedelta(seconds=1.1))
    assert len(set(street.exchange.numbers)) == 12
    with street.database.reading() as conn:
        told = {(row.role, row.text) for row in conn.execute(select(notices.c.role, notices.c.text))}
    for role in (Role.ADMIN, Role.SECRETARY, Role.COMMUNITY_STAFF):
        assert (role, "线路方连续出错，呼叫已自动暂停；30 秒后先试一通，线路恢复后会自动继续，不用人工操作") in told
        assert (role, "线路已恢复，呼叫已自动继续") in told


async def test_while_the_outage_lasts_one_call_is_tried_after_each_longer_rest(street: Street) -> None:
    """What staff see meanwhile names no seconds: each rest is longer than the one before."""
    street.exchange.answer = lambda _request: reply(Acceptance.REFUSED, error_text="连不上线路方")
    for number in range(12):
        street.move_in(f"+86139123400{number:02d}")
    street.calls_per_second = 1
    engine = street.another_engine("worker-1")
    campaign = street.start(PATIENT)
    tried = []
    for _ in range(110):
        before = len(street.exchange.posts)
        await engine.tick()
        tried += [street.clock.now()] * (len(street.exchange.posts) - before)
        street.clock.advance(timedelta(seconds=1.1))
    assert len(tried) == 7
    assert timedelta(seconds=30) <= tried[5] - tried[4] < timedelta(seconds=35)
    assert timedelta(seconds=60) <= tried[6] - tried[5] < timedelta(seconds=65)
    with street.database.reading() as conn:
        fault = show_campaign(conn, campaign, rules=street.rules, now=street.clock.now()).fault
        told = conn.execute(select(notices.c.role)).scalars().all()
    assert "隔一会儿试一通" in fault
    assert "30 秒" not in fault
    assert len(told) == len(set(told)), "staff are told once"


async def test_no_callback_comes_so_the_carrier_is_asked_how_the_call_ended(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(PATIENT)
    await street.engine.tick()
    [(carrier_id, call)] = street.exchange.calls.items()
    street.exchange.calls[carrier_id] = FoundCall(
        carrier_id=carrier_id,
        to=call.to,
        from_number=call.from_number,
        status=AttemptStatus.ENDED,
        outcome=Outcome.BUSY,
    )
    await street.pass_time(seconds=61)
    [attempt] = street.attempts()
    assert (attempt["status"], attempt["outcome"]) == (AttemptStatus.ENDED, Outcome.BUSY)


async def test_calls_that_ended_while_nobody_served_are_found_soon_after_a_start(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(PATIENT)
    await street.engine.tick()
    [(carrier_id, call)] = street.exchange.calls.items()
    street.exchange.calls[carrier_id] = replace(call, status=AttemptStatus.ENDED, outcome=Outcome.NO_ANSWER)
    at_once = asyncio.Event()
    at_once.set()
    await street.another_engine("after-the-crash").run(at_once)
    await street.pass_time(seconds=11)
    assert street.attempts()[0]["outcome"] == Outcome.NO_ANSWER


async def test_a_call_the_carrier_has_forgotten_is_given_up_after_the_longest_call(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(PATIENT)
    await street.engine.tick()
    street.exchange.calls.clear()
    await street.pass_time(minutes=5)
    assert street.attempts()[0]["status"] == AttemptStatus.PLACED
    await street.pass_time(minutes=26)
    assert street.attempts()[0]["outcome"] == Outcome.UNKNOWN


async def test_while_the_carrier_cannot_be_asked_a_call_it_took_is_never_given_up(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(PATIENT)
    await street.engine.tick()
    street.exchange.reachable = False
    for _ in range(6):
        await street.pass_time(minutes=10)
    [attempt] = street.attempts()
    assert (attempt["status"], street.exchange.numbers) == (AttemptStatus.PLACED, [ZHANG])
    street.exchange.reachable = True
    [(carrier_id, call)] = street.exchange.calls.items()
    street.exchange.calls[carrier_id] = replace(call, status=AttemptStatus.ENDED, outcome=Outcome.NO_ANSWER)
    await street.pass_time(seconds=31)
    assert street.attempts()[0]["outcome"] == Outcome.NO_ANSWER


async def given_up(street: Street) -> FoundCall:
    """A call that the carrier took, forgot, and that was given up; now the next one is due."""
    street.move_in(ZHANG)
    street.start(PATIENT)
    await street.engine.tick()
    [call] = street.exchange.calls.values()
    street.exchange.calls.clear()
    street.clock.advance(timedelta(minutes=31))
    await street.engine._look_after()
    await street.engine._asked()
    assert street.attempts()[0]["outcome"] == Outcome.UNKNOWN
    return call


async def test_a_call_given_up_that_the_carrier_knows_again_is_adopted_right_before_the_redial(street: Street) -> None:
    call = await given_up(street)
    street.exchange.calls[call.carrier_id] = call  # it waits in the queue, and will ring
    await street.engine._claim_and_dial()
    assert street.exchange.numbers == [ZHANG]
    before, attempt = street.attempts()
    assert (before["carrier_id"], attempt["carrier_id"]) == (None, call.carrier_id)
    assert attempt["status"] == AttemptStatus.PLACED
    street.exchange.calls[call.carrier_id] = replace(call, status=AttemptStatus.ENDED, outcome=Outcome.BUSY)
    await street.pass_time(seconds=61)
    assert street.attempts()[-1]["outcome"] == Outcome.BUSY
    assert street.exchange.numbers == [ZHANG]


async def test_a_call_given_up_is_not_dialled_again_while_the_carrier_cannot_be_asked(street: Street) -> None:
    await given_up(street)
    street.exchange.reachable = False
    for _ in range(3):
        await street.pass_time(seconds=11)
    assert street.exchange.numbers == [ZHANG]
    street.exchange.reachable = True
    await street.pass_time(seconds=11)
    assert street.exchange.numbers == [ZHANG, ZHANG], "the carrier says that it knows of none"


async def test_hours_that_end_while_the_carrier_is_asked_once_more_hold_the_call(street: Street) -> None:
    street.clock.advance(timedelta(hours=10, minutes=28))  # 20:28, nobody is called after 21:00
    await given_up(street)
    street.clock.advance(timedelta(seconds=50))
    ask = street.exchange.fetch

    async def ask_slowly(carrier_id: str) -> FoundCall | None:
        street.clock.advance(timedelta(seconds=12))
        return await ask(carrier_id)

    street.exchange.fetch = ask_slowly  # type: ignore[method-assign] # this carrier takes its time
    await street.engine._claim_and_dial()
    assert street.exchange.numbers == [ZHANG]
    assert street.attempts()[-1]["error_code"] == "outside_hours"


async def test_a_second_call_that_claims_to_be_this_attempt_is_refused(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(PATIENT)
    await street.engine.tick()
    [attempt] = street.attempts()
    street.tell(attempt["id"], AttemptStatus.ENDED, Outcome.BUSY, carrier_id="CAother")
    assert street.attempts()[0]["status"] == AttemptStatus.PLACED


async def test_a_machine_that_is_recognised_late_turns_an_answer_into_voicemail(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(PATIENT)
    await street.engine.tick()
    [attempt] = street.attempts()
    street.hang_up(Outcome.ANSWERED)
    machine = CallEvent(kind=EventKind.MACHINE, key="amd", answered_by="machine_start")
    with street.database.begin() as conn:
        apply_event(conn, attempt["id"], machine, rules=street.rules, now=street.clock.now())
    [attempt], [target] = street.attempts(), street.targets()
    assert attempt["outcome"] == Outcome.VOICEMAIL
    assert target["outcome_counts"] == {"voicemail": 1, "answered": 0}
    assert target["next_at"].isoformat() == "2026-07-15T06:00:00+00:00", "two hours later, and not at noon"


async def test_staff_read_on_the_case_of_a_silence_that_it_was_a_machine_after_all(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(PATIENT)
    await street.engine.tick()
    [attempt] = street.attempts()
    street.hang_up(Outcome.ANSWERED, result=CallResult.SILENCE)
    machine = CallEvent(kind=EventKind.MACHINE, key="amd", answered_by="machine_start")
    with street.database.begin() as conn:
        apply_event(conn, attempt["id"], machine, rules=street.rules, now=street.clock.now())
    [target], [case] = street.targets(), street.cases()
    assert (target["status"], target["case_id"]) == (TargetStatus.CASE, case["id"])
    with street.database.reading() as conn:
        notes = [event.text for event in events_of(conn, case["id"]) if event.action == "noted"]
    assert notes == ["线路后来判断，接电话的像是语音信箱，不一定是本人。请先再打一次看看。"]


async def test_a_person_who_pressed_a_key_is_no_machine(street: Street) -> None:
    street.move_in(ZHANG)
    street.start(PATIENT)
    await street.engine.tick()
    [attempt] = street.attempts()
    machine = CallEvent(kind=EventKind.MACHINE, key="amd", answered_by="machine_start")
    with street.database.begin() as conn:
        apply_event(conn, attempt["id"], machine, rules=street.rules, now=street.clock.now())
    street.hang_up(Outcome.ANSWERED, result=CallResult.COMPLETED)
    assert street.targets()[0]["status"] == TargetStatus.COMPLETED
