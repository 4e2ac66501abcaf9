"""Somebody in danger is answered at once, every time; their words, told again, stay one case."""

from datetime import timedelta

import pytest
from aiohttp import web

from bot.channels.web import web_chat_routes
from community.model.actor import Actor
from community.model.address_text import extract_location
from community.model.hazards.emergency import Emergency
from community.store.cases import CaseFilter, events_of, list_cases
from community.store.outbox import outbox
from community.usecases.cancel_case import cancel_case
from community.usecases.change_report import change_report
from community.usecases.raise_emergency import places_of
from community.usecases.recognise_emergency import recognise_emergency
from tests.harness.neighbourhood import sample_rules


@pytest.fixture(scope="session")
def rules():
    return sample_rules("wecom")


def cases_of(desk):
    """Oldest first."""
    with desk.database.reading() as conn:
        return list_cases(conn, CaseFilter(), limit=100)[::-1]


def rings(desk):
    """What the staff's robot is to say."""
    with desk.database.reading() as conn:
        rows = conn.execute(outbox.select().where(outbox.c.destination == "wecom").order_by(outbox.c.id))
        return [row.payload["text"] for row in rows]


async def test_the_answer_to_where_are_you_stays_one_case_and_gives_it_the_place(desk):
    desk.rasa.mood = "failing"
    first = await desk.talks("着火了！！")
    assert "您现在在哪里" in first.replies[0]["text"]
    second = await desk.talks("锦绣苑7栋着火了")
    [case] = cases_of(desk)
    assert first.case_number == second.case_number == case.number
    assert "119" in second.replies[0]["text"]
    assert case.number in second.replies[0]["text"]
    assert "您现在在哪里" not in second.replies[0]["text"]
    assert (case.address.community, case.address.building, case.location_text) == ("锦绣苑", "7", "锦绣苑7栋")
    assert case.summary == "【紧急】起火，锦绣苑7栋"
    with desk.database.reading() as conn:
        assert [event.text for event in events_of(conn, case.id) if event.action == "noted"] == ["锦绣苑7栋着火了"]
    assert "锦绣苑7栋" in rings(desk)[-1], "who runs there hears where"


async def test_a_bare_place_is_answered_at_once_too_though_rasa_is_away(desk):
    desk.rasa.mood = "failing"
    first = await desk.talks("着火了！！")
    second = await desk.talks("我在锦绣苑7栋2单元，快来")
    assert (second.status, second.case_number) == ("answered", first.case_number)
    assert "119" in second.replies[0]["text"]
    third = await desk.talks("501室")
    assert third.case_number == first.case_number
    [case] = cases_of(desk)
    assert (case.address.building, case.address.unit, case.address.room) == ("7", "2", "501")


async def test_after_an_emergency_other_matters_and_corrections_go_to_the_assistant(desk):
    await desk.talks("锦绣苑7栋着火了")
    for text in ("不对，是5号楼", "锦绣苑2栋路灯不亮", "你好"):
        await desk.talks(text)
        desk.clock.advance(timedelta(minutes=1))
    assert desk.rasa.texts() == ["不对，是5号楼", "锦绣苑2栋路灯不亮", "你好"]


async def test_another_danger_another_place_and_another_quarter_of_an_hour_are_cases_of_their_own(desk):
    await desk.talks("锦绣苑7栋着火了")
    await desk.talks("锦绣苑3栋也着火了")
    await desk.talks("锦绣苑7栋有人触电了", person="li")
    desk.clock.advance(timedelta(minutes=16))
    await desk.talks("锦绣苑7栋着火了")
    assert len(cases_of(desk)) == 4


async def test_a_fire_that_is_told_after_a_false_alarm_was_closed_is_a_new_one(desk):
    await desk.talks("着火了")
    with desk.database.begin() as conn:
        case = list_cases(conn, CaseFilter())[0]
        cancel_case(conn, case.id, rules=desk.rules, actor=Actor.resident("web:1"), now=desk.clock.now())
    await desk.talks("又着火了")
    assert [one.status.is_open for one in cases_of(desk)] == [False, True]


async def test_one_person_cannot_flood_the_robots_and_is_answered_every_time(desk):
    said = [await desk.talks(f"锦绣苑{number}栋着火了") for number in range(1, 9)]
    found = cases_of(desk)
    assert len(found) == 3
    assert [one.case_number for one in said] == [found[min(place, 2)].number for place in range(8)]
    assert all("119" in one.replies[0]["text"] for one in said)
    assert found[2].address.building == "3", "what contradicts its place is noted only"
    with desk.database.reading() as conn:
        assert sum(event.action == "noted" for event in events_of(conn, found[2].id)) == 5
    assert len(rings(desk)) == 3
    desk.clock.advance(timedelta(minutes=61))
    await desk.talks("锦绣苑8栋着火了")
    assert len(cases_of(desk)) == 4


async def test_many_strangers_at_once_ring_the_robots_ten_times_a_minute(desk, aiohttp_client):
    app = web.Application()
    app.add_routes(web_chat_routes(desk.turns, desk.database, rules=desk.rules, secret="key"))
    caller = await aiohttp_client(app)
    answers = []
    for number in range(14):
        body = {"conversation_id": f"stranger-{number}", "message_id": "1", "text": f"锦绣苑{number + 1}栋着火了"}
        answers.append(await (await caller.post("/chat/messages", json=body)).json())
    assert len(cases_of(desk)) == 10
    assert all("119" in answer["replies"][0]["text"] for answer in answers)
    assert ["case" in answer for answer in answers] == [True] * 10 + [False] * 4, "a stranger's number is nobody's"
    known = await desk.talks("锦绣苑9栋着火了")
    assert known.case_number == cases_of(desk)[-1].number, "who is known is not held up by strangers"
    desk.clock.advance(timedelta(minutes=2))
    body = {"conversation_id": "stranger-99", "message_id": "1", "text": "锦绣苑9栋着火了"}
    assert "case" in await (await caller.post("/chat/messages", json=body)).json()


async def test_another_danger_told_by_the_same_person_joins_what_runs_and_its_number_is_told(desk):
    first = await desk.talks("锦绣苑7栋着火了")
    second = await desk.talks("我妈晕倒了叫不醒")
    [case] = cases_of(desk)
    assert first.case_number == second.case_number == case.number
    assert "120" in second.replies[0]["text"]
    assert rings(desk)[-1].endswith("补充：还有急病。")
    await desk.talks("我妈还没醒，晕倒了")
    assert len(rings(desk)) == 2, "the same again rings nobody"


async def test_that_it_is_over_is_noted_and_a_person_still_looks(desk):
    desk.rasa.mood = "failing"
    first = await desk.talks("锦绣苑7栋着火了")
    desk.clock.advance(timedelta(minutes=30))
    over = await desk.talks("火已经灭了，没事了")
    assert (over.status, over.case_number) == ("answered", first.case_number)
    assert "平安就好" in over.replies[0]["text"]
    [case] = cases_of(desk)
    assert case.status.is_open
    assert "居民说已经没有危险" in rings(desk)[-1]
    again = await desk.talks("又烧起来了，快来")
    assert "119" in again.replies[0]["text"]


async def test_it_is_over_means_nothing_where_nobody_was_in_danger(desk):
    await desk.talks("没事了")
    assert desk.rasa.texts() == ["没事了"]
    assert cases_of(desk) == []


async def test_two_who_tell_of_the_same_building_have_cases_that_name_each_other(desk):
    await desk.talks("锦绣苑7栋着火了")
    await desk.talks("锦绣苑7栋着火了，快来", person="li")
    one, other = cases_of(desk)
    with desk.database.reading() as conn:
        told = [[event.text for event in events_of(conn, case.id) if event.action == "noted"] for case in (one, other)]
    assert [other.number in told[0][-1], one.number in told[1][-1]] == [True, True]


async def test_a_correction_leaves_the_summary_of_an_emergency_urgent(desk):
    await desk.talks("锦绣苑7栋着火了")
    [case] = cases_of(desk)
    place = extract_location("锦绣苑5栋", places_of(desk.rules))
    with desk.database.begin() as conn:
        changed = change_report(
            conn, case, text="不对，是5栋", source_key="m:1", rules=desk.rules, now=desk.clock.now(), place=place
        )
    assert changed.summary == "【紧急】起火，锦绣苑5栋"


async def test_who_may_be_in_danger_is_asked_and_yes_raises_it(desk, monkeypatch):
    monkeypatch.setattr("bot.emergencies.recognise_emergency", suspecting("老人好像不太对劲"))
    asked = await desk.talks("老人好像不太对劲")
    assert "您是不是遇到危险了" in asked.replies[0]["text"]
    assert len(asked.replies) > 1, "what was asked is answered all the same"
    assert cases_of(desk) == []
    yes = await desk.talks("是的")
    [case] = cases_of(desk)
    assert yes.case_number == case.number
    assert "120" in yes.replies[0]["text"]
    assert "老人好像不太对劲" in case.description


async def test_yes_to_anything_else_raises_nothing(desk):
    await desk.talks("你好")
    await desk.talks("是的")
    assert cases_of(desk) == []


def suspecting(doubtful):
    """The recogniser as it is, and one line of which it is not sure."""

    def recognise(text, *, asked=True):
        if text == doubtful:
            return Emergency(("120",), "medical", "medical", suspected=True) if asked else None
        return recognise_emergency(text, asked=asked)

    return recognise
