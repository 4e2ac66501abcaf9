"""What is written by text beside the point: something broken or needed, doubts who we are, and wishes for somebody else."""

from collections.abc import AsyncIterator

import pytest

from community.clock import MovableClock
from community.store.cases import events_of
from community.store.database import Database
from community.store.targets import person_of
from tests.harness.texting import TextStreet, text_street
from tests.scenarios.test_text_stories import missed

ZHANG = "+8613900000001"


@pytest.fixture
async def street(sqlite: Database, clock: MovableClock) -> AsyncIterator[TextStreet]:
    async with text_street(sqlite, clock) as made:
        yield made


async def test_what_is_written_instead_of_an_answer_or_beside_one_is_passed_on(street: TextStreet) -> None:
    resident = street.street.move_in(ZHANG)
    await missed(street)
    await street.write(ZHANG, "1")
    said = await street.write(ZHANG, "楼道里的灯坏了好几天了")
    assert said.startswith("您说的事，已经转给社区了。\n您这两天都好吗？")
    assert "您家用什么降温" in await street.write(ZHANG, "都好")
    said = await street.write(ZHANG, "空调，就是楼下的下水道堵了没人管")
    assert said.startswith("您说的事，已经转给社区了。\n")
    assert "谢谢您" in said
    cases = [(case["kind"], case["category"], case["resident_id"]) for case in street.street.cases()]
    assert cases == [("hazard", "lighting", resident), ("hazard", "sewer", resident)]
    assert street.street.cases()[0]["summary"] == "短信里说“楼道里的灯坏了好几天了”，请处理"
    assert street.street.targets()[0]["status"] == "completed"


async def test_whoever_takes_us_for_cheats_is_told_once_who_we_are(street: TextStreet) -> None:
    street.street.move_in(ZHANG)
    await missed(street)
    assert "我们是" in await street.write(ZHANG, "喂 哪个哦")
    told = await street.write(ZHANG, "你是骗子吧")
    assert ("不问密码" in told, "您这两天都好吗" in told) == (True, True)
    assert "这次不问了" in await street.write(ZHANG, "骗子")


async def test_what_is_needed_is_passed_on_from_the_first_text_on(street: TextStreet) -> None:
    street.street.move_in(ZHANG)
    await missed(street)
    said = await street.write(ZHANG, "我降压药吃完了没人去拿")
    assert said.startswith("您说的事，已经转给社区了。\n您这两天都好吗？")
    (case,) = street.street.cases()
    assert (case["kind"], "降压药吃完了" in case["description"]) == ("callback", True)
    await street.write(ZHANG, "都好")
    again = await street.write(ZHANG, "家里没米了没人去买")
    assert again.startswith("您说的事，已经转给社区了。\n您家用什么降温？")
    assert [case["kind"] for case in street.street.cases()] == ["callback", "callback"]


@pytest.mark.parametrize("words", ["灯坏过，物业修好了", "今天的菜真贵啊", "我坐电梯下楼"])
async def test_who_wishes_nothing_opens_no_case(street: TextStreet, words: str) -> None:
    street.street.move_in(ZHANG)
    await missed(street)
    await street.write(ZHANG, "1")
    assert "已经转给社区" not in await street.write(ZHANG, words)
    assert street.street.cases() == []


async def test_a_relative_who_wants_no_calls_for_a_resident_is_asked_once_and_staff_look_at_it(
    street: TextStreet,
) -> None:
    resident = street.street.move_in(ZHANG)
    await missed(street)
    await street.write(ZHANG, "1")
    asked = await street.write(ZHANG, "别再打给我妈了，她听不见")
    assert asked == "您是要我们以后都不给这位家人打电话吗？\n回1：是，以后都不要；回2：不是，接着回答"
    (case,) = street.street.cases()
    assert (case["kind"], case["resident_id"], "她听不见" in case["description"]) == ("list_check", resident, True)
    assert "已经转给工作人员" in await street.write(ZHANG, "是的")
    assert street.street.targets()[0]["status"] == "case"
    assert street.street.targets()[0]["case_id"] == case["id"]
    with street.street.database.reading() as conn:
        assert not person_of(conn, resident).opted_out, "that only the resident may wish"
    for _ in range(4):
        await street.street.pass_time(hours=1)
    assert len(street.street.exchange.numbers) == 1


async def test_a_relative_who_did_not_mean_it_so_goes_on_with_the_question(street: TextStreet) -> None:
    street.street.move_in(ZHANG)
    await missed(street)
    await street.write(ZHANG, "1")
    await street.write(ZHANG, "不要给我爸打电话")
    assert "您这两天都好吗" in await street.write(ZHANG, "2")
    assert "降温" in await street.write(ZHANG, "都好")
    assert street.street.targets()[0]["status"] == "waiting"


@pytest.mark.parametrize(
    ("reply", "told"), [("1", "转给工作人员"), ("不是", "还打电话"), ("不要给我妈打了", "转给工作人员")]
)
async def test_a_relative_is_asked_the_same_where_no_question_is_open(
    street: TextStreet, reply: str, told: str
) -> None:
    resident = street.street.move_in(ZHANG, name="张桂兰")
    asked = await street.write(ZHANG, "以后别给我妈打电话")
    assert ("这位家人" in asked, "张" in asked) == (True, False)
    assert told in await street.write(ZHANG, reply)
    (case,) = street.street.cases()
    assert (case["kind"], case["resident_id"]) == ("list_check", resident)


async def test_an_unknown_number_is_told_no_name_and_asked_for_one(street: TextStreet) -> None:
    street.street.move_in(ZHANG, name="张桂兰")
    asked = await street.write("+85261234567", "别再打给我妈了")
    assert ("哪位家人" in asked, "张" in asked) == (True, False)
    assert "他们会核实" in await street.write("+85261234567", "张桂兰，锦绣苑3栋501")
    (case,) = street.street.cases()
    assert ("+85261234567" in case["description"], case["resident_id"]) == (True, None)
    with street.street.database.reading() as conn:
        assert "张桂兰，锦绣苑3栋501" in [event.text for event in events_of(conn, case["id"])]
