"""Several residents behind one telephone: what was said there, and what was promised there, holds for all of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from community.clock import MovableClock
from community.model.actor import Actor
from community.model.calls.call import AttemptStatus, CallResult, Outcome
from community.model.rulebook import CallCaps
from community.store.audit import audit_lines
from community.store.calls import running_call
from community.store.database import Database
from community.store.residents import residents
from community.usecases.mark_wrong_number import mark_wrong_number
from community.usecases.promise_callback import promise_callback
from community.usecases.stop_calling_guardian import stop_calling_guardian
from tests.harness.dialling import Exchange, Street, generous, rulebook

DAUGHTER, ZHANG = "+8613912349999", "+8613912340001"
VOICE = Actor.system("voice")


@pytest.fixture
def street(database: Database, clock: MovableClock) -> Street:
    return Street(database, clock, rulebook(), Exchange(clock))


def says_wrong_number(street: Street, attempt: str) -> None:
    with street.database.begin() as conn:
        call = running_call(conn, attempt)
        assert call is not None
        mark_wrong_number(conn, call, said="打错了", rules=street.rules, actor=VOICE, now=street.clock.now())
    street.hang_up(Outcome.ANSWERED, result=CallResult.WRONG_PERSON, callee="guardian")


def says_never_again(street: Street, attempt: str) -> None:
    with street.database.begin() as conn:
        call = running_call(conn, attempt)
        assert call is not None
        stop_calling_guardian(conn, call, rules=street.rules, actor=VOICE, now=street.clock.now())
    street.hang_up(Outcome.ANSWERED, result=CallResult.REFUSED, callee="guardian")


@pytest.mark.parametrize(
    ("says", "action"), [(says_wrong_number, "phone.wrong"), (says_never_again, "guardian.opted_out")]
)
async def test_a_guardian_who_wants_no_call_for_one_is_not_rung_for_the_others(
    street: Street, says: Callable[[Street, str], None], action: str
) -> None:
    street.rules = generous()
    street.engine = street.another_engine("worker-2")
    people = [street.move_in(guardian_phone=DAUGHTER) for _ in range(3)]
    with_own_phone = street.move_in(ZHANG, guardian_phone=DAUGHTER)
    of_another = street.move_in(guardian_phone="+8613912348888")
    street.start()
    await street.engine.tick()
    [attempt] = [row for row in street.open_attempts() if row["number"] == DAUGHTER]
    for other in street.open_attempts():
        if other["number"] != DAUGHTER:
            street.tell(other["id"], AttemptStatus.ENDED, Outcome.ANSWERED, key=other["id"])
    says(street, attempt["id"])
    for _ in range(8):
        await street.pass_time(minutes=10)

    assert street.exchange.numbers.count(DAUGHTER) == 1
    found = {row["resident_id"]: row["status"] for row in street.targets()}
    assert {found[resident] for resident in people} == {"case"}, "nobody is forgotten: staff look for another contact"
    assert {case["kind"] for case in street.cases() if case["resident_id"] in people} >= {"list_check"}
    assert any("另有3位居民" in case["description"] for case in street.cases())
    with street.database.reading() as conn:
        bad = dict(conn.execute(select(residents.c.id, residents.c.guardian_bad_number)).tuples().all())
        told = select(audit_lines.c.subject).where(audit_lines.c.action == action)
        subjects = sorted(conn.execute(told).scalars())
    marked = [*people, with_own_phone]
    assert {resident for resident, number in bad.items() if number == DAUGHTER} == set(marked)
    assert bad[of_another] == ""
    assert subjects == sorted(f"resident:{resident}" for resident in marked), "each has a line in the audit"


async def test_the_promised_moment_is_the_moment_of_the_next_call(street: Street) -> None:
    street.move_in(ZHANG)
    street.clock.advance(timedelta(seconds=100))
    street.start()
    await street.engine.tick()
    [attempt] = street.attempts()
    street.clock.advance(timedelta(seconds=20))
    now = street.clock.now()
    with street.database.reading() as conn:
        call = running_call(conn, attempt["id"])
        assert call is not None
        promised = promise_callback(conn, call, now + timedelta(minutes=30), rules=street.rules, now=now)
    assert promised == datetime(2026, 7, 15, 11, 5, tzinfo=ZoneInfo("Asia/Shanghai")), "the hour is over at 11:01:40"
    street.hang_up(Outcome.ANSWERED, result=CallResult.CALLBACK_LATER, callback_at=promised.isoformat())
    assert street.targets()[0]["next_at"] == promised
    street.clock.advance(promised - street.clock.now() - timedelta(seconds=1))
    await street.engine.tick()
    assert street.exchange.numbers == [ZHANG]
    await street.pass_time(seconds=1)
    assert street.exchange.numbers == [ZHANG, ZHANG]


SHANGHAI = ZoneInfo("Asia/Shanghai")
OF_WANG = """
name: 王家的事
purpose: 问问您家里的事
audience: {tags: [高龄]}
questions:
  - {id: fine, kind: yes_no, say: 您今天身体还好吗}
"""


async def promised_another_call(street: Street, *, wish: timedelta = timedelta(minutes=30)) -> datetime:
    """Zhang's phone is picked up at ten, and another call is promised."""
    await street.engine.tick()
    attempt = street.open_attempts()[-1]
    street.clock.advance(timedelta(seconds=20))
    now = street.clock.now()
    with street.database.reading() as conn:
        call = running_call(conn, attempt["id"])
        assert call is not None
        promised = promise_callback(conn, call, now + wish, rules=street.rules, now=now)
    assert promised is not None
    street.hang_up(Outcome.ANSWERED, result=CallResult.CALLBACK_LATER, callback_at=promised.isoformat())
    return promised


async def minutes_until(street: Street, moment: datetime) -> None:
    """The engine works every minute until then."""
    while street.clock.now() < moment:
        await street.pass_time(seconds=min(60.0, (moment - street.clock.now()).total_seconds()))


def on_the_phone(street: Street) -> list[int]:
    """For whom calls go on."""
    return [attempt["resident_id"] for attempt in street.open_attempts()]


async def test_a_call_for_somebody_else_on_the_telephone_does_not_push_a_promised_one_back(street: Street) -> None:
    zhang, wang = street.move_in(ZHANG), street.move_in(ZHANG, tags=("高龄",), name="王建国")
    street.start()
    promised = await promised_another_call(street, wish=timedelta(hours=4, minutes=58))
    assert promised == datetime(2026, 7, 15, 15, 0, tzinfo=SHANGHAI)
    street.start(OF_WANG)
    await minutes_until(street, datetime(2026, 7, 15, 11, 2, tzinfo=SHANGHAI))
    assert on_the_phone(street) == [wang], "long before the promise there is time for both"
    street.hang_up(Outcome.NO_ANSWER)
    for _ in range(7):
        await street.pass_time(minutes=30)
    assert street.clock.now() < promised
    assert on_the_phone(street) == [], "in the hour before it nobody else is rung there"
    await minutes_until(street, promised)
    assert on_the_phone(street) == [zhang]


async def test_only_a_more_urgent_matter_goes_before_a_promised_call(street: Street) -> None:
    street.move_in(ZHANG)
    wang = street.move_in(ZHANG, tags=("高龄",), name="王建国")
    street.start()
    promised = await promised_another_call(street, wish=timedelta(hours=5))
    await minutes_until(street, promised - timedelta(minutes=20))
    street.start(OF_WANG + "priority: emergency\n")
    await street.engine.tick()
    assert on_the_phone(street) == [wang]


async def test_of_two_promises_on_one_telephone_each_has_its_own_hour(street: Street) -> None:
    street.rules = rulebook(caps=CallCaps(per_hour=1, per_day=6))
    street.engine = street.another_engine("worker-2")
    zhang, wang = street.move_in(ZHANG), street.move_in(ZHANG, tags=("高龄",), name="王建国")
    street.start()
    first = await promised_another_call(street, wish=timedelta(hours=5))
    street.start(OF_WANG)
    await minutes_until(street, datetime(2026, 7, 15, 11, 2, tzinfo=SHANGHAI))
    second = await promised_another_call(street, wish=first - street.clock.now() - timedelta(minutes=30))
    assert second == first + timedelta(hours=1)
    await minutes_until(street, first)
    assert on_the_phone(street) == [zhang]
    street.hang_up(Outcome.ANSWERED, result=CallResult.COMPLETED)
    await minutes_until(street, second + timedelta(minutes=1))
    assert on_the_phone(street) == [wang]


async def test_a_person_who_was_promised_a_call_is_not_rung_for_another_matter_on_another_phone(street: Street) -> None:
    zhang = street.move_in(ZHANG, "+8613912340002", tags=("独居", "高龄"))
    street.start()
    promised = await promised_another_call(street, wish=timedelta(hours=5))
    await minutes_until(street, promised - timedelta(minutes=20))
    street.start(OF_WANG)
    await minutes_until(street, promised)
    assert on_the_phone(street) == [zhang]
    assert street.open_attempts()[-1]["campaign_id"] == street.targets()[0]["campaign_id"]


async def test_a_promised_call_comes_before_all_who_waited_longer(street: Street) -> None:
    street.engine = street.another_engine("slow", calls_per_second=1)
    zhang = street.move_in(ZHANG)
    for n in range(30):
        street.move_in(f"+86139123411{n:02}")
    street.start()
    promised = await promised_another_call(street)
    assert len(street.attempts()) == 1
    street.clock.advance(promised - street.clock.now())
    await street.engine.tick()
    assert on_the_phone(street) == [zhang]
