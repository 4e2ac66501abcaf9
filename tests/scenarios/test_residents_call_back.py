"""Residents ring the community's number: who missed our call, who never got one, and who does not say who they are."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from sqlalchemy import insert, select, update

from community.clock import MovableClock
from community.model.calls.call import AttemptStatus
from community.store.attempts import attempts
from community.store.campaigns import campaigns, targets
from community.store.cases import cases
from community.store.database import Database
from community.store.recordings import recordings
from community.store.residents import phones, residents
from community.usecases.check_integrity import check_integrity
from community.usecases.export_campaign import export_campaign
from tests.harness.telephone import TelephoneWorld, WrittenCall, sample_rules, telephone_world
from tests.harness.twilio_server import ACCOUNT, FROM_NUMBER, TOKEN, Person, TwilioServer
from voice.carriers.twilio.carrier import TwilioCarrier
from voice.carriers.twilio.signature import sign

NUMBER, STRANGER = "+8613800000001", "+8613800000777"
WELL = """
name: 访视
purpose: 想问问您的近况。
recording: never
questions: [{id: well, kind: yes_no, say: 您身体舒服吗？, yes_means: 舒服}]
"""
TYPHOON = """
name: 台风
purpose: 台风要来了。
recording: never
priority: emergency
questions: [{id: moves, kind: yes_no, say: 您愿意转移吗？, yes_means: 愿意}]
"""


class Neighbourhood:
    """People with phones, and a carrier they can ring us through."""

    def __init__(self, world: TelephoneWorld, twilio: TwilioServer, carrier: TwilioCarrier) -> None:
        self.world = world
        self.twilio = twilio
        self.carrier = carrier

    def wanted(self, number: str = NUMBER, questionnaire: str = WELL, **facts: Any) -> WrittenCall:
        """Somebody whom a campaign wants, and whose first call nobody answered."""
        call = self.world.write_call(number, questionnaire=questionnaire)
        now = self.world.clock.now()
        missed = {"status": "ended", "outcome": "no_answer", "placed_at": now, "ended_at": now}
        with self.world.database.begin() as conn:
            conn.execute(update(attempts).where(attempts.c.id == call.attempt_id).values(**missed))
            waiting = {"status": "waiting", "next_at": now + timedelta(hours=1), "outcome_counts": {"no_answer": 1}}
            conn.execute(update(targets).where(targets.c.id == call.target_id).values(**waiting))
            if facts:
                conn.execute(update(residents).where(residents.c.id == call.resident_id).values(**facts))
        return call

    async def rings(self, number: str, *says: Any, hang_up_at_end: bool = False) -> Person:
        person = self.twilio.people[number] = Person(list(says), hang_up_at_end=hang_up_at_end)
        self.twilio.ring(number, self.world.public_url)
        await self.twilio.quiet()
        return person

    def do(self, statement: Any) -> None:
        with self.world.database.begin() as conn:
            conn.execute(statement)

    def calls_in(self) -> list[Any]:
        with self.world.database.reading() as conn:
            inbound = select(attempts).where(attempts.c.direction == "inbound").order_by(attempts.c.created_at)
            return list(conn.execute(inbound))

    def cases(self) -> list[Any]:
        with self.world.database.reading() as conn:
            return list(conn.execute(select(cases).order_by(cases.c.id)))

    def findings(self) -> list[str]:
        with self.world.database.reading() as conn:
            return [finding.code for finding in check_integrity(conn, self.world.clock.now())]


@pytest.fixture
async def here(database: Database, clock: MovableClock) -> AsyncIterator[Neighbourhood]:
    async with TwilioServer() as twilio:
        carrier = TwilioCarrier(ACCOUNT, TOKEN, [FROM_NUMBER], api_base_url=twilio.base_url)
        async with telephone_world(database, clock, {"twilio": carrier}, ask_assistant=_assistant) as world:
            yield Neighbourhood(world, twilio, carrier)
        await carrier.close()


async def _assistant(question: str) -> str | None:
    return "满七十岁就可以申请。" if "津贴" in question else None


def heard(person: Person) -> str:
    return "".join(person.heard)


async def test_who_missed_the_call_rings_back_and_answers_everything(here: Neighbourhood) -> None:
    missed = here.wanted()
    granny = await here.rings(NUMBER, "舒服着呢", "没有")
    assert "您好，这里是青禾社区居委会" in heard(granny)
    assert "想问问您的近况" in heard(granny)
    assert "您身体舒服吗" in heard(granny)
    assert "还有话想对社区说吗" in heard(granny)
    assert here.world.labels(missed) == {"well": "yes"}
    assert here.world.answers(missed)["well"].channel == "inbound"
    (call,) = here.calls_in()
    assert (call.target_id, call.n, call.number, call.status, call.outcome) == (
        missed.target_id,
        2,
        NUMBER,
        "ended",
        "answered",
    )
    target = here.world.target(missed)
    assert (target.status, target.attempts) == ("completed", 0)
    assert here.cases() == []
    assert here.findings() == []
    with here.world.database.reading() as conn:
        line = json.loads(export_campaign(conn, call.campaign_id, "jsonl", now=here.world.clock.now()).decode())
    assert [one["outcome"] for one in line["attempts"]] == ["no_answer", "answered"]


async def test_consent_to_be_recorded_is_asked_as_on_a_call_of_ours(here: Neighbourhood) -> None:
    here.wanted(questionnaire=WELL.replace("recording: never", "recording: ask"))
    granny = await here.rings(NUMBER, "可以", "舒服", "没有")
    assert "我们想录音，方便核对" in heard(granny)
    (call,) = here.calls_in()
    assert here.twilio.recordings == [call.carrier_id]
    with here.world.database.reading() as conn:
        assert conn.execute(select(recordings.c.attempt_id)).scalar_one() == call.id


async def test_a_number_without_its_country_is_known_all_the_same(here: Neighbourhood) -> None:
    missed = here.wanted("+8613900000001")
    await here.rings("13900000001", "舒服", "没有")
    assert here.world.labels(missed) == {"well": "yes"}


async def test_the_most_urgent_of_two_campaigns_is_asked(here: Neighbourhood) -> None:
    here.wanted()
    urgent = here.wanted("+8613800000002", TYPHOON)
    here.do(update(campaigns).where(campaigns.c.name == "台风").values(priority="emergency"))
    first = select(residents.c.id).order_by(residents.c.id).limit(1).scalar_subquery()
    here.do(update(targets).where(targets.c.id == urgent.target_id).values(resident_id=first))
    granny = await here.rings(NUMBER, "愿意", "没有")
    assert "您愿意转移吗" in heard(granny)
    assert here.world.labels(urgent) == {"moves": "yes"}


async def test_hanging_up_in_the_middle_uses_up_no_try_and_calls_back_as_planned(here: Neighbourhood) -> None:
    missed = here.wanted()
    planned = here.world.target(missed).next_at
    await here.rings(NUMBER, None, hang_up_at_end=True)
    target = here.world.target(missed)
    assert (target.status, target.next_at, target.outcome_counts) == ("waiting", planned, {"no_answer": 1})
    assert here.findings() == []


async def test_a_family_on_one_phone_is_asked_who_it_is_by_surname_only(here: Neighbourhood) -> None:
    missed = here.wanted(sex="female")
    husband = {"household_id": _home(here, missed), "name": "张建国", "sex": "male", "sample": True}
    now = here.world.clock.now()
    with here.world.database.begin() as conn:
        his = conn.execute(insert(residents).values(**husband, created_at=now, updated_at=now)).inserted_primary_key
        conn.execute(insert(phones).values(resident_id=his[0], number=NUMBER, position=0))
    wife = await here.rings(NUMBER, "是我", "舒服", "没有")
    assert "请问您是王女士吗" in wife.heard[0]
    assert "王桂英" not in wife.heard[0]
    assert "近况" not in wife.heard[0]
    assert here.world.labels(missed) == {"well": "yes"}


async def test_the_husband_on_the_same_phone_hears_nothing_of_hers(here: Neighbourhood) -> None:
    missed = here.wanted(sex="female")
    now = here.world.clock.now()
    husband = {"household_id": _home(here, missed), "name": "张建国", "sex": "male", "sample": True}
    with here.world.database.begin() as conn:
        his = conn.execute(insert(residents).values(**husband, created_at=now, updated_at=now)).inserted_primary_key
        conn.execute(insert(phones).values(resident_id=his[0], number=NUMBER, position=0))
    person = await here.rings(NUMBER, "不是", "楼道的灯坏了", "没有")
    assert "近况" not in heard(person)
    assert "给您打过电话" not in heard(person)
    assert here.world.target(missed).status == "waiting"
    (case,) = here.cases()
    assert (case.kind, case.resident_id, case.room) == ("callback", None, "001")
    assert "楼道的灯坏了" in case.description
    assert f"来电号码：{NUMBER}" in case.description


async def test_a_guardian_rings_back_and_answers_for_the_resident(here: Neighbourhood) -> None:
    missed = here.wanted(guardian_phone=STRANGER, guardian_name="李强")
    daughter = await here.rings(STRANGER, "我是她女儿", "舒服", "没有")
    assert "您是王桂英的家人吗" in daughter.heard[0]
    assert "近况" not in daughter.heard[0]
    assert here.world.labels(missed) == {"well": "yes"}
    assert here.world.target(missed).status == "completed"


async def test_who_answered_already_hears_why_we_called_and_may_ask(here: Neighbourhood) -> None:
    done = here.wanted()
    here.do(update(targets).where(targets.c.id == done.target_id).values(status="completed", next_at=None))
    granny = await here.rings(NUMBER, "高龄津贴怎么领？", "好的没事了")
    assert "今天上午我们给您打过电话" in heard(granny)
    assert "想问问您的近况" in heard(granny)
    assert "满七十岁就可以申请" in heard(granny)
    assert here.cases() == []


async def test_a_question_without_an_answer_becomes_a_case(here: Neighbourhood) -> None:
    await here.rings(STRANGER, "加装电梯要什么材料？", "没有了")
    (case,) = here.cases()
    assert (case.kind, case.priority) == ("question", "normal")
    assert "加装电梯" in case.description
    assert STRANGER in case.description
    assert STRANGER not in case.summary


async def test_a_stranger_leaves_a_message_after_the_tone(here: Neighbourhood) -> None:
    person = await here.rings(STRANGER, "你们让人来看看我家的水管", "有", "水管漏了，滴滴答答")
    assert "给您打过电话" not in heard(person)
    assert "请在嘀声以后说" in "".join(u.text for u in _transcript(here))
    (case,) = here.cases()
    assert (case.kind, case.resident_id) == ("callback", None)
    with here.world.database.reading() as conn:
        (kept,) = conn.execute(select(recordings)).all()
    assert (kept.kind, kept.attempt_id, kept.status) == ("message", case.attempt_id, "waiting")


async def test_a_cry_for_help_is_an_emergency_at_once(here: Neighbourhood) -> None:
    person = await here.rings(STRANGER, "救命啊，我摔倒了起不来", None, None, None, None)
    assert "请马上打120叫救护车" in heard(person)
    (case,) = here.cases()
    assert (case.kind, case.priority, case.danger) == ("worrying", "emergency", True)
    assert STRANGER in case.description


async def test_never_call_again_is_confirmed_and_kept(here: Neighbourhood) -> None:
    missed = here.wanted()
    here.do(update(targets).where(targets.c.id == missed.target_id).values(status="completed", next_at=None))
    person = await here.rings(NUMBER, "你们不要再打电话来了", "是的")
    assert "您是说以后都别打了吗" in heard(person)
    assert here.world.resident(missed).opted_out_at is not None


async def test_somebody_unknown_who_wants_no_calls_for_a_parent_is_told_no_name(here: Neighbourhood) -> None:
    person = await here.rings(STRANGER, "你们不要再给我妈打电话了", "是")
    assert "这位家人" in heard(person)
    (case,) = here.cases()
    assert (case.kind, STRANGER in case.description) == ("list_check", True)
    assert "请核实是哪一位" in case.summary


async def test_somebody_unknown_who_wants_no_calls_is_looked_for_in_the_list(here: Neighbourhood) -> None:
    await here.rings(STRANGER, "不要再给我打电话了", "是")
    (case,) = here.cases()
    assert case.kind == "list_check"
    assert STRANGER in case.description


async def test_who_wants_a_person_and_finds_nobody_is_called_back(here: Neighbourhood) -> None:
    person = await here.rings(STRANGER, "0")
    assert "工作人员会给您回电话" in heard(person) + "".join(u.text for u in _transcript(here))
    (case,) = here.cases()
    assert (case.kind, case.priority) == ("callback", "urgent")


async def test_a_hidden_number_is_taken_like_any_other(here: Neighbourhood) -> None:
    await here.rings("anonymous", "楼下垃圾没人收", "没有")
    (case,) = here.cases()
    assert "没有显示号码" in case.description
    (call,) = here.calls_in()
    assert call.number == ""


async def test_silence_and_nothing_at_all_open_no_case(here: Neighbourhood) -> None:
    await here.rings(STRANGER)
    await here.rings(NUMBER, "打错了，不好意思")
    assert here.cases() == []
    assert [call.status for call in here.calls_in()] == ["ended", "ended"]


async def test_at_night_a_call_is_taken_all_the_same(here: Neighbourhood, clock: MovableClock) -> None:
    missed = here.wanted()
    clock.advance(timedelta(hours=13))
    await here.rings(NUMBER, "舒服", "没有")
    assert here.world.target(missed).status == "completed"


async def test_the_repeated_webhook_is_one_call_and_says_the_same(here: Neighbourhood) -> None:
    here.wanted()
    bodies = await asyncio.gather(*(_ask(here, "CA" + "c" * 32) for _ in range(4)))
    assert {status for status, _ in bodies} == {200}
    assert len({body for _, body in bodies}) == 1
    assert len(here.calls_in()) == 1


@pytest.mark.parametrize("token", ["", "forged"])
async def test_nobody_is_believed_without_a_signature(here: Neighbourhood, token: str) -> None:
    assert (await _ask(here, "CA" + "d" * 32, token=token))[0] == 403
    assert (await _ask(here, "CA" + "d" * 32, token=token, path="/voice/inbound/status"))[0] == 403
    assert here.calls_in() == []


async def test_the_end_of_an_unknown_call_and_a_strange_request_change_nothing(here: Neighbourhood) -> None:
    assert (await _ask(here, "CA" + "e" * 32, path="/voice/inbound/status", CallStatus="completed"))[0] == 204
    assert (await _ask(here, "not a sid!"))[0] == 400
    assert here.calls_in() == []


async def test_an_error_inside_is_an_apology_in_the_ear(here: Neighbourhood, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(here.world.database, "write", broken)
    status, body = await _ask(here, "CA" + "f" * 32)
    assert status == 200
    assert "对不起，线路出了问题" in body


async def test_our_own_call_that_rings_meanwhile_is_taken_back(here: Neighbourhood) -> None:
    ringing = here.world.write_call(NUMBER, questionnaire=WELL)
    facts = {"status": AttemptStatus.RINGING, "carrier_id": "CA" + "9" * 32, "placed_at": here.world.clock.now()}
    here.do(update(attempts).where(attempts.c.id == ringing.attempt_id).values(**facts))
    cancelled: list[str] = []

    async def cancel(carrier_id: str) -> bool:
        cancelled.append(carrier_id)
        return True

    here.carrier.cancel = cancel  # type: ignore[method-assign]
    await here.rings(NUMBER, "舒服", "没有")
    assert cancelled == ["CA" + "9" * 32]
    assert here.world.labels(ringing) == {"well": "yes"}
    assert here.world.target(ringing).status == "completed"
    assert here.world.attempt(ringing).status == "ringing"


async def test_a_rehearsal_marks_what_comes_of_it_and_a_real_line_takes_nothing_of_it(here: Neighbourhood) -> None:
    missed = here.wanted()
    here.do(update(campaigns).values(rehearsal=True))
    await here.rings(NUMBER, "没什么事")
    assert here.world.target(missed).status == "waiting"


def _home(here: Neighbourhood, call: WrittenCall) -> int:
    return int(here.world.resident(call).household_id)


def _transcript(here: Neighbourhood) -> list[Any]:
    (call,) = here.calls_in()
    return here.world.transcript(WrittenCall(call.id, call.token, 0, 0, call.number, call.carrier))


async def _ask(
    here: Neighbourhood, sid: str, *, token: str = TOKEN, path: str = "/voice/inbound", **form: str
) -> tuple[int, str]:
    url = here.world.public_url + path
    fields = {"CallSid": sid, "From": NUMBER, "To": FROM_NUMBER, "CallStatus": "ringing", **form}
    headers = sign(token, url, fields) if token else {}
    async with aiohttp.ClientSession() as session, session.post(url, data=fields, headers=headers) as response:
        return response.status, await response.text()


async def test_who_takes_back_that_they_want_no_calls_is_heard_further(here: Neighbourhood) -> None:
    person = await here.rings(STRANGER, "你们不要再打电话来了", "不是不是", "没事了，谢谢")
    assert heard(person).count("有什么事请说") == 2
    assert here.cases() == []


@pytest.mark.parametrize(("duty", "cases_opened"), [("completed", 0), ("busy", 1)])
async def test_the_duty_phone_is_connected_and_where_nobody_picks_up_there_staff_call_back(
    sqlite: Database, clock: MovableClock, duty: str, cases_opened: int
) -> None:
    carrier = TwilioCarrier(ACCOUNT, TOKEN, [FROM_NUMBER])
    rules = replace(sample_rules(), duty_number="+85221234567")
    async with TwilioServer() as twilio, telephone_world(sqlite, clock, {"twilio": carrier}, rules=rules) as world:
        here = Neighbourhood(world, twilio, carrier)
        sid = "CA" + "7" * 32
        _, welcome = await _ask(here, sid)
        _, dial = await _ask(here, sid, path=_action(here, welcome), Digits="0")
        assert "<Dial" in dial
        assert "+85221234567" in dial
        await _ask(here, sid, path=_action(here, dial), DialCallStatus=duty)
        await _ask(here, sid, path="/voice/inbound/status", CallStatus="completed")
        assert [case.kind for case in here.cases()] == ["callback"] * cases_opened
    await carrier.close()


def _action(here: Neighbourhood, twiml: str) -> str:
    found = re.search(r'action="([^"]+)"', twiml)
    assert found is not None
    return found[1].removeprefix(here.world.public_url)
