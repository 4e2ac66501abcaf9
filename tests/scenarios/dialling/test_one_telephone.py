"""Several residents behind one telephone: what was said there, and what was promised there, holds for all of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from community.clock import MovableClock
from community.model.actor import Actor
from community.model.calls.call import AttemptStatus, CallResult, Outcome
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
