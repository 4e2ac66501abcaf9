"""Every text is sent once: lost replies, errors, kills, two workers, slow carriers and callbacks in any order."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from community.clock import MovableClock
from community.model.staff import Role
from community.store.database import Database
from community.store.notices import notices, read_all_notices
from community.store.pace import pace_of
from community.store.texts import refusals_of
from community.usecases.check_integrity import check_integrity
from tests.harness.texting import CARE, TextStreet, text_street
from voice.carriers.texting import TextUrls
from voice.engine.text_claim import Sender, claim_texts
from voice.engine.text_settle import text_pool
from voice.engine.timing import Timing

ZHANG, WANG = "+8613900000001", "+8613900000002"


@pytest.fixture
async def street(sqlite: Database, clock: MovableClock) -> AsyncIterator[TextStreet]:
    async with text_street(sqlite, clock) as made:
        yield made


async def invited(street: TextStreet, *numbers: str) -> None:
    """Residents whom one call did not reach; their texts are written, and due."""
    for number in numbers or (ZHANG,):
        street.street.move_in(number)
    street.street.start(CARE)
    await street.miss_call()
    await street.texter.tick()
    await street.street.pass_time(minutes=2, then_tick=False)


def alarms(street: TextStreet) -> list[str]:
    with street.street.database.reading() as conn:
        return [row.text for row in conn.execute(select(notices)) if "短信" in row.text]


def statuses(street: TextStreet) -> list[str]:
    return [row.status for row in street.rows()]


@pytest.mark.parametrize("fault", ["lost_reply", "error_after_placing", "unreadable"])
async def test_a_text_whose_reply_was_lost_is_found_and_not_sent_again(street: TextStreet, fault: str) -> None:
    street.twilio.texts.no_callbacks = True
    street.twilio.texts.faults.append(fault)
    await invited(street)
    await street.tick()
    assert statuses(street) == ["unknown"]
    for _ in range(6):
        await street.tick(minutes=1)
    assert len(street.twilio.texts.posts) == 1
    assert statuses(street) == ["delivered"]


async def test_a_callback_tells_of_a_text_whose_reply_was_lost(street: TextStreet) -> None:
    street.twilio.texts.faults.append("lost_reply")
    await invited(street)
    await street.tick()
    assert statuses(street) == ["delivered"]
    assert street.rows()[0].carrier_id in street.twilio.texts.sent


async def test_a_text_that_the_carrier_never_took_is_sent_once_more_and_then_given_up(street: TextStreet) -> None:
    street.twilio.texts.faults += ["error", "error"]
    await invited(street)
    await street.tick()
    await street.tick(seconds=30)
    assert len(street.twilio.texts.posts) == 1, "not before the carrier was asked twice, over two minutes"
    for _ in range(4):
        await street.tick(minutes=1)
    assert len(street.twilio.texts.posts) == 2
    for _ in range(6):
        await street.tick(minutes=1)
    assert len(street.twilio.texts.posts) == 2
    assert statuses(street) == ["refused"]
    assert street.street.targets()[0]["status"] == "waiting", "the telephone goes on"


async def test_while_the_carrier_cannot_be_asked_nothing_is_sent_again(street: TextStreet) -> None:
    street.twilio.texts.faults.append("error")
    street.twilio.texts.unreachable = True
    await invited(street)
    for _ in range(10):
        await street.tick(minutes=1)
    assert (len(street.twilio.texts.posts), statuses(street)) == (1, ["unknown"])
    street.twilio.texts.unreachable = False
    for _ in range(4):
        await street.tick(minutes=1)
    assert (len(street.twilio.texts.sent), statuses(street)) == (1, ["delivered"])


async def test_a_worker_killed_between_the_commit_and_the_post_loses_nothing(street: TextStreet) -> None:
    await invited(street)
    sender = Sender(worker_id="killed", line=street.texter._line, rules=street.street.rules, timing=Timing())
    with street.street.database.begin() as conn:
        (claimed,) = claim_texts(conn, sender, now=street.street.clock.now())
    assert statuses(street) == ["sending"]
    for _ in range(5):
        await street.tick(minutes=1)
    assert (len(street.twilio.texts.sent), statuses(street)) == (1, ["delivered"])
    assert street.rows()[0].fence > claimed.fence


async def test_the_audit_command_finds_texts_that_nobody_takes_up(street: TextStreet) -> None:
    await invited(street)
    await street.street.pass_time(minutes=20, then_tick=False)

    def findings() -> list[str]:
        with street.street.database.reading() as conn:
            found = check_integrity(conn, street.street.clock.now())
        return [each.code for each in found if each.code == "text_not_sent"]

    assert findings() == ["text_not_sent"]
    await street.tick()
    assert findings() == []


async def test_a_worker_killed_after_the_post_sends_nothing_twice(street: TextStreet) -> None:
    await invited(street)
    street.twilio.texts.no_callbacks = True
    sender = Sender(worker_id="killed", line=street.texter._line, rules=street.street.rules, timing=Timing())
    with street.street.database.begin() as conn:
        (claimed,) = claim_texts(conn, sender, now=street.street.clock.now())
    await street.texter._post(claimed, claimed.body)
    for _ in range(5):
        await street.tick(minutes=1)
    assert (len(street.twilio.texts.posts), statuses(street)) == (1, ["delivered"])


async def test_a_worker_that_slept_past_its_lease_sends_nothing(street: TextStreet) -> None:
    await invited(street)
    claimed_at = street.street.clock.monotonic()
    sender = Sender(worker_id="w", line=street.texter._line, rules=street.street.rules, timing=Timing())
    with street.street.database.begin() as conn:
        (claimed,) = claim_texts(conn, sender, now=street.street.clock.now())
    street.street.clock.advance(timedelta(minutes=5))
    await street.texter._send(claimed, claimed.body, claimed_at)
    assert street.twilio.texts.posts == []


async def test_many_workers_send_each_text_once(database: Database, clock: MovableClock) -> None:
    async with text_street(database, clock) as street:
        numbers = [f"+86139000001{n:02}" for n in range(12)]
        await invited(street, *numbers)
        workers = [street.another_texter(f"w{n}") for n in range(4)]
        await asyncio.gather(*(worker.tick() for worker in workers))
        for _ in range(3):
            await street.tick(minutes=1)
        assert sorted(text.to for text in street.twilio.texts.sent.values()) == numbers


async def test_429_slows_down_and_loses_nothing(street: TextStreet) -> None:
    street.twilio.texts.faults += [20429, 20429]
    await invited(street)
    await street.tick()
    assert statuses(street) == ["waiting"]
    for _ in range(4):
        await street.tick(minutes=1)
    assert (len(street.twilio.texts.sent), statuses(street)) == (1, ["delivered"])


async def test_an_account_that_cannot_send_is_told_to_staff_once_and_sends_when_it_can(street: TextStreet) -> None:
    street.twilio.texts.faults += ["unauthorised", "unauthorised"]
    await invited(street)
    for _ in range(6):
        await street.tick(seconds=40)
    (told,) = alarms(street)
    assert "TWILIO_AUTH_TOKEN" in told
    assert statuses(street) == ["delivered"]


@pytest.mark.parametrize("code", [21614, 21610])
async def test_a_number_that_takes_no_texts_gets_none_again_and_is_rung_as_before(
    street: TextStreet, code: int
) -> None:
    street.twilio.texts.faults.append(code)
    await invited(street)
    await street.tick()
    assert statuses(street) == ["refused"]
    with street.street.database.reading() as conn:
        assert refusals_of(conn, [ZHANG])
    street.street.start(CARE.replace("独居老人探访", "第二次探访"))
    await street.street.pass_time(minutes=40)
    street.nobody_answers()
    await street.tick(minutes=5)
    assert len(street.street.exchange.numbers) >= 2
    assert len(street.twilio.texts.posts) == 1


async def test_a_text_not_delivered_is_known_to_staff_and_the_first_word_stays(street: TextStreet) -> None:
    street.twilio.texts.fates[ZHANG] = 30006
    street.twilio.texts.repeat_callbacks = True
    await invited(street)
    await street.tick()
    (row,) = street.rows()
    assert (row.status, row.problem, row.error_code) == ("undelivered", "landline", "30006")
    assert "收不了短信" in row.error_text


async def test_what_the_carrier_took_and_the_account_could_not_send_is_told_to_staff_once(street: TextStreet) -> None:
    street.twilio.texts.fates |= {ZHANG: 30034, WANG: 30034}
    await invited(street, ZHANG, WANG)
    await street.tick()
    told = ["短信已暂停：短信号码没有登记，当地运营商不放行，请管理员在运营商后台完成登记"]
    assert alarms(street) == told
    with street.street.database.reading() as conn:
        pace = pace_of(conn, text_pool("twilio"))
    assert pace is not None
    assert pace.rests(street.street.clock.now()), "what waits would be lost like them"
    now = street.street.clock.now()
    await street.street.database.write(lambda conn: read_all_notices(conn, login="a", role=Role.ADMIN, now=now))
    assert await street.write(WANG, "你们是谁") == ""
    await street.tick(minutes=2)
    assert len(street.twilio.texts.sent) == 3, "it was tried again"
    assert alarms(street) == told, "and found as before, which is no news for an hour"


async def test_a_number_that_wants_no_texts_is_no_fault_of_the_account(street: TextStreet) -> None:
    street.twilio.texts.fates[ZHANG] = 21610
    await invited(street)
    await street.tick()
    assert statuses(street) == ["undelivered"]
    assert alarms(street) == []
    with street.street.database.reading() as conn:
        assert refusals_of(conn, [ZHANG])


async def test_callbacks_late_twice_and_in_any_order_never_move_a_text_backwards(street: TextStreet) -> None:
    street.twilio.texts.late = []
    await invited(street)
    await street.tick()
    assert statuses(street) == ["sent"]
    for url, form in [*reversed(street.twilio.texts.late), *street.twilio.texts.late]:
        assert (await street.twilio.texts.post(url, form))[0] == 204
    assert statuses(street) == ["delivered"]


async def test_a_forged_webhook_is_refused_and_a_strangers_text_is_not_touched(street: TextStreet) -> None:
    street.twilio.texts.late = []
    await invited(street)
    await street.tick()
    ((url, form), *_) = street.twilio.texts.late
    texts = street.twilio.texts
    for token in ("", "forged"):
        assert (await texts.post(url, form, token=token))[0] == 403
        incoming = {"MessageSid": "SM1", "From": ZHANG, "To": "+85230000000", "Body": "T"}
        assert (await texts.post(street.inbound, incoming, token=token))[0] == 403
    row = street.rows()[0]
    wrong = TextUrls(street.url, "twilio", row.id, "0" * 32).status
    assert (await texts.post(wrong, form))[0] == 404
    assert (await texts.post(TextUrls(street.url, "twilio", 999, row.token).status, form))[0] == 404
    assert (await texts.post(url, {**form, "MessageStatus": "exploded"}))[0] == 400
    other: dict[str, Any] = {**form, "MessageSid": "SM" + "f" * 32, "MessageStatus": "undelivered"}
    assert (await texts.post(url, other))[0] == 204
    assert statuses(street) == ["sent"], "another message's fate is not this one's"


async def test_a_message_that_comes_twice_is_taken_once(street: TextStreet) -> None:
    await invited(street)
    await street.tick()
    assert "都好吗" in await street.write(ZHANG, "1", sid="SMaaa")
    assert await street.write(ZHANG, "1", sid="SMaaa") == ""
    answers = await asyncio.gather(
        *(street.twilio.texts.write(street.inbound, ZHANG, "都好", sid="SMbbb") for _ in range(5))
    )
    assert {status for status, _ in answers} == {200}
    await street.tick()
    assert [text.direction for text in street.texts()] == ["out", "in", "out", "in", "out"]
