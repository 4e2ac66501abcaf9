"""Residents whom no call reached get a text, answer it question by question, and are not rung again."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import update

from community.clock import MovableClock
from community.store.answers import readings_of_target
from community.store.campaigns import targets
from community.store.database import Database
from community.store.residents import residents
from community.store.targets import person_of
from community.store.texts import refusals_of, without_texts
from community.usecases.cancel_campaign import cancel_campaign
from community.usecases.pause_campaign import pause_campaign
from tests.harness.texting import CARE, LINE, TextStreet, text_street

ZHANG = "+8613900000001"


@pytest.fixture
async def street(sqlite: Database, clock: MovableClock) -> AsyncIterator[TextStreet]:
    async with text_street(sqlite, clock) as made:
        yield made


@pytest.fixture
async def each_street(database: Database, clock: MovableClock) -> AsyncIterator[TextStreet]:
    """The same on each database."""
    async with text_street(database, clock) as made:
        yield made


async def test_not_reached_then_a_text_then_three_replies_then_nobody_rings(each_street: TextStreet) -> None:
    street = each_street
    street.street.move_in(ZHANG, name="张桂兰", sex="female")
    street.street.start(CARE)
    await street.miss_call()
    await street.tick()
    assert street.twilio.texts.bodies(ZHANG) == [], "not in the same minute: they may be ringing back"
    await street.tick(minutes=2)
    (first,) = street.twilio.texts.bodies(ZHANG)
    assert "张女士" in first
    assert "独居老人探访" in first
    assert "都好" not in first, "anybody may read it: no question stands in it"
    assert "057100000000" in first
    question = await street.write(ZHANG, "1")
    assert "您这两天都好吗？" in question
    assert "回1：都好" in question
    following = await street.write(ZHANG, "都好，谢谢")
    assert "您家用什么降温？" in following
    assert "谢谢您" in await street.write(ZHANG, "2")
    (target,) = street.street.targets()
    assert (target["status"], target["written_by"]) == ("completed", "sms")
    for _ in range(3):
        await street.street.pass_time(hours=1)
        await street.tick()
    assert len(street.street.exchange.numbers) == 1
    assert len(street.twilio.texts.bodies(ZHANG)) == 4
    assert "".join(text.status[0] for text in street.texts()) == "drdrdrd", "delivered, received, delivered…"


async def missed(street: TextStreet, *, source: str = CARE, **by: float) -> None:
    """A campaign begins, its calls are in vain, and texts go out."""
    street.street.start(source)
    await street.miss_call()
    await street.tick()
    await street.tick(**(by or {"minutes": 2}))


async def test_who_sends_nothing_back_is_rung_as_planned_and_gets_one_more_text(each_street: TextStreet) -> None:
    street = each_street
    street.street.move_in(ZHANG)
    await missed(street, source=CARE.replace("{unreached: true}", "{unreached: true, again: 2h}"))
    await street.street.pass_time(minutes=31)
    assert len(street.street.exchange.numbers) == 2, "the retry plan stands"
    street.nobody_answers()
    for _ in range(8):
        await street.tick(hours=1)
    first, second = street.twilio.texts.bodies(ZHANG)
    assert "给您打过电话没打通" in first
    assert "还等着您的回音" in second


async def test_without_the_key_or_reached_nobody_gets_a_text(street: TextStreet) -> None:
    street.street.move_in(ZHANG)
    await missed(street, source=CARE.replace("text: {unreached: true}\n", ""))
    street.street.move_in("+8613900000009", tags=("高龄",))
    await missed(street, source=CARE.replace("独居]", "高龄]").replace("独居老人探访", "二"), minutes=30)
    texts = street.twilio.texts
    assert [len(texts.bodies(number)) for number in (ZHANG, "+8613900000009")] == [0, 1]


async def test_whoever_is_writing_is_not_rung_and_the_phone_asks_only_the_rest(each_street: TextStreet) -> None:
    street = each_street
    street.street.move_in(ZHANG)
    await missed(street)
    await street.write(ZHANG, "1")
    await street.write(ZHANG, "都好")
    await street.street.pass_time(minutes=29)
    assert len(street.street.exchange.numbers) == 1, "it would have rung a minute ago"
    await street.street.pass_time(minutes=2)
    assert len(street.street.exchange.numbers) == 2
    with street.street.database.reading() as conn:
        answered = readings_of_target(conn, street.street.targets()[0]["id"])
    assert {question: reading.label for question, reading in answered.items()} == {"fine": "yes"}


async def test_a_worrying_answer_opens_its_case_and_nonsense_is_asked_again_then_left_to_a_person(
    street: TextStreet,
) -> None:
    street.street.move_in(ZHANG)
    await missed(street)
    await street.write(ZHANG, "好的")
    again = await street.write(ZHANG, "今天的菜真贵啊")
    assert "没看明白" in again
    assert "您这两天都好吗" in again
    assert "降温" in await street.write(ZHANG, "不好")
    (case,) = street.street.cases()
    assert case["kind"] == "worrying"
    for _ in range(3):
        said = await street.write(ZHANG, "我家的猫又跑了")
    assert "有人联系您" in said
    assert street.street.targets()[0]["status"] == "case"


@pytest.mark.parametrize("word", ["T", "退订", "ｔｄ", "别再给我发短信了！"])
async def test_t_ends_all_texts_for_all_campaigns_until_they_are_wanted_again(
    sqlite: Database, clock: MovableClock, word: str
) -> None:
    async with text_street(sqlite, clock) as street:
        street.street.move_in(ZHANG, "+8613900000002")
        await missed(street)
        assert "不再给您发短信" in await street.write(ZHANG, word)
        await missed(street, source=CARE.replace("独居老人探访", "第二次探访"), hours=1)
        assert len(street.twilio.texts.sent) == 2, "nor to the other number"
        assert "还给您发短信" in await street.write(ZHANG, "恢复")
        with street.street.database.reading() as conn:
            assert (refusals_of(conn, [ZHANG]), without_texts(conn, [1])) == ({}, set())


async def test_what_the_carrier_has_obeyed_itself_is_not_answered_again(street: TextStreet) -> None:
    street.street.move_in(ZHANG)
    await missed(street)
    assert await street.write(ZHANG, "STOP", OptOutType="STOP") == ""
    with street.street.database.reading() as conn:
        assert refusals_of(conn, [ZHANG])


async def test_no_more_calls_is_asked_back_once_and_then_holds(street: TextStreet) -> None:
    street.street.move_in(ZHANG, sex="male")
    await missed(street)
    asked = await street.write(ZHANG, "不要再打电话了")
    assert "以后都不打电话" in asked
    assert "以后不再打扰您" in await street.write(ZHANG, "是的")
    assert street.street.targets()[0]["status"] == "excluded"
    for _ in range(4):
        await street.street.pass_time(hours=1)
    assert len(street.street.exchange.numbers) == 1


async def test_no_more_calls_from_somebody_who_is_asked_nothing(street: TextStreet) -> None:
    resident = street.street.move_in(ZHANG, sex="male")
    assert "张先生" in await street.write(ZHANG, "不要再打电话了")
    assert "还打电话" in await street.write(ZHANG, "2")
    await street.write(ZHANG, "不要再打电话了")
    assert "不再给张先生打电话" in await street.write(ZHANG, "是")
    with street.street.database.reading() as conn:
        assert person_of(conn, resident).opted_out


@pytest.mark.parametrize(
    "words",
    [
        "不要再给我打电话了",
        "你好，请不要再给我打电话",
        "别打电话了，烦死了",
        "请停止拨打我的电话。",
        "以后不要拨打我的手机了",
        "不要打电话给我",
        "把我的号码删了吧",
        "请勿来电",
        "你们不要一直打电话行不行",
    ],
)
@pytest.mark.parametrize("stage", ["asked nothing", "invited", "asked"])
async def test_whoever_writes_no_more_calls_is_asked_once_and_is_not_rung_again(
    street: TextStreet, stage: str, words: str
) -> None:
    resident = street.street.move_in(ZHANG)
    if stage != "asked nothing":
        await missed(street)
    if stage == "asked":
        await street.write(ZHANG, "1")
    asked = await street.write(ZHANG, words)
    assert "以后" in asked
    assert "打" in asked
    assert "回1" in asked or "回复1" in asked
    with street.street.database.reading() as conn:
        assert not person_of(conn, resident).opted_out, "one question first"
    await street.write(ZHANG, "1")
    with street.street.database.reading() as conn:
        assert person_of(conn, resident).opted_out
    assert street.street.cases() == [], "no emergency, and nothing left for staff"


FEVER = CARE.replace("您这两天都好吗？, yes_means: 都好", "您还发烧吗？")


@pytest.mark.parametrize("words", ["n", "N", "不", "退烧了", "退了", "已经退烧了，谢谢", "没发烧"])
async def test_an_answer_that_looks_like_an_opt_out_is_an_answer_while_a_question_is_open(
    street: TextStreet, words: str
) -> None:
    resident = street.street.move_in(ZHANG)
    await missed(street, source=FEVER)
    assert "您还发烧吗" in await street.write(ZHANG, "1")
    assert "降温" in await street.write(ZHANG, words)
    with street.street.database.reading() as conn:
        assert readings_of_target(conn, street.street.targets()[-1]["id"])["fine"].label == "no"
        assert (refusals_of(conn, [ZHANG]), without_texts(conn, [resident])) == ({}, set())


async def test_a_word_that_answers_nothing_is_asked_about_and_opts_out_of_nothing(street: TextStreet) -> None:
    street.street.move_in(ZHANG)
    await missed(street, source=FEVER)
    await street.write(ZHANG, "1")
    assert "没看明白" in await street.write(ZHANG, "退")
    assert "不再给您发短信" in await street.write(ZHANG, "退订")


@pytest.mark.parametrize("words", ["n", "退", "别发了"])
async def test_whoever_is_asked_nothing_opts_out_with_one_word(street: TextStreet, words: str) -> None:
    street.street.move_in(ZHANG)
    await missed(street)
    assert "不再给您发短信" in await street.write(ZHANG, words)


async def test_n_keeps_the_calls_when_no_more_calls_was_meant_otherwise(street: TextStreet) -> None:
    street.street.move_in(ZHANG, sex="male")
    await street.write(ZHANG, "不要再打电话了")
    assert "还打电话" in await street.write(ZHANG, "n")
    assert "不再给您发短信" in await street.write(ZHANG, "n"), "now nothing is asked any more"


@pytest.mark.parametrize("asked", [True, False])
async def test_danger_is_answered_at_once_whatever_was_asked(street: TextStreet, *, asked: bool) -> None:
    street.street.move_in(ZHANG)
    if asked:
        await missed(street)
        await street.write(ZHANG, "1")
    told = await street.write(ZHANG, "我家厨房着火了，救命")
    assert "119" in told
    assert "降温" not in told
    (case,) = street.street.cases()
    assert (case["priority"], bool(case["danger"]), case["building"], case["room"]) == ("emergency", True, "3", "501")
    assert case["resident_id"] is not None
    assert "补充" in await street.write(ZHANG, "锦绣苑3栋1单元501，快来")
    assert len(street.street.cases()) == 1


async def test_a_cry_for_help_ends_the_questions(street: TextStreet) -> None:
    street.street.move_in(ZHANG)
    await missed(street)
    await street.write(ZHANG, "1")
    told = await street.write(ZHANG, "我摔倒了起不来")
    assert "120" in told
    assert "降温" not in told
    assert street.street.targets()[0]["status"] == "case"


async def test_a_stranger_in_danger_is_told_whom_to_call_and_staff_learn_the_number(street: TextStreet) -> None:
    assert "120" in await street.write("+8613900000077", "我妈晕倒了叫不醒")
    (case,) = street.street.cases()
    assert case["priority"] == "emergency"
    assert "+8613900000077" in case["description"]


async def test_two_residents_on_one_phone_are_asked_one_after_the_other_by_surname(each_street: TextStreet) -> None:
    street = each_street
    street.street.move_in(ZHANG, name="张大山", sex="male")
    street.street.move_in(ZHANG, name="李秀英", sex="female")
    street.street.start(CARE)
    for _ in range(3):
        await street.miss_call()
        await street.street.pass_time(seconds=10, then_tick=False)
    await street.tick()
    await street.tick(minutes=2)
    await street.tick(minutes=2)
    assert len(street.twilio.texts.bodies(ZHANG)) == 2
    last = "李女士" if "李女士" in street.twilio.texts.bodies(ZHANG)[-1] else "张先生"
    other = {"李女士": "张先生", "张先生": "李女士"}[last]
    assert f"{last}：" in await street.write(ZHANG, "1")
    assert f"{last}：" in await street.write(ZHANG, "1")
    done = await street.write(ZHANG, "1")
    assert f"还有几句要问{other}" in done
    assert "您这两天都好吗" in await street.write(ZHANG, "1")
    await street.write(ZHANG, "2")
    await street.write(ZHANG, "都没有")
    with street.street.database.reading() as conn:
        answers = [readings_of_target(conn, target["id"]) for target in street.street.targets()]
    assert {each["fine"].label for each in answers} == {"yes", "no"}


async def test_an_unknown_number_gets_one_polite_sentence_and_staff_one_case_a_day(each_street: TextStreet) -> None:
    street = each_street
    stranger = "+85261234567"
    assert "057100000000" in await street.write(stranger, "请问居委会几点开门")
    await street.write(stranger, "我是新搬来的")
    assert await street.write(stranger, "谢谢！") == ""
    (case,) = street.street.cases()
    assert case["kind"] == "question"
    await street.write("10086", "您的话费余额不足")
    await street.write("+85261234568", "你好")
    assert len(street.street.cases()) == 1
    assert "青禾社区居委会" in street.twilio.texts.bodies("+85261234568")[0]
    assert street.twilio.texts.bodies("10086") == []


async def test_a_machine_that_answers_every_text_is_not_answered_for_ever(street: TextStreet) -> None:
    for _ in range(25):
        await street.write("+85261234567", "我正在开会，稍后回复您")
    assert len(street.twilio.texts.sent) == 20


async def test_nobody_is_written_to_in_the_quiet_hours(street: TextStreet) -> None:
    street.street.move_in(ZHANG)
    hours = 'hours: ["09:00-12:00", "14:30-21:00"]\ntext: {unreached: true, after: 20m}'
    street.street.start(CARE.replace("text: {unreached: true}", hours))
    await street.street.pass_time(hours=1, minutes=50, then_tick=False)
    await street.miss_call()
    for _ in range(6):
        await street.tick(minutes=25)
        assert street.twilio.texts.bodies(ZHANG) == []
    await street.tick(minutes=20)
    assert len(street.twilio.texts.bodies(ZHANG)) == 1
    await street.street.pass_time(hours=8, then_tick=False)
    assert "都好吗" in await street.write(ZHANG, "1"), "whoever writes at eleven at night is awake"


async def test_who_must_not_be_called_is_not_written_to(sqlite: Database, clock: MovableClock) -> None:
    async with text_street(sqlite, clock) as street:
        sample = street.street.move_in("+8613900000005", sample=True)
        landline = street.street.move_in("+8657187654321")
        out = street.street.move_in(ZHANG)
        street.street.start(CARE)
        await street.street.engine.tick()
        street.nobody_answers()
        with street.street.database.begin() as conn:
            conn.execute(
                update(targets)
                .where(targets.c.resident_id == sample)
                .values(status="waiting", outcome="busy", attempts=1)
            )
        await street.tick()
        with street.street.database.begin() as conn:
            conn.execute(update(residents).where(residents.c.id == out).values(opted_out_at=clock.now()))
        await street.tick(minutes=3)
        assert street.twilio.texts.posts == []
        rows = {row.resident_id: row for row in street.rows()}
        assert {row.status for row in rows.values()} == {"dropped"}
        assert "没有能收短信的号码" in rows[landline].error_text
        assert "没有能收短信的号码" in rows[sample].error_text


async def test_mainland_numbers_get_no_text_by_a_line_from_abroad(sqlite: Database, clock: MovableClock) -> None:
    async with text_street(sqlite, clock) as street:
        street.street.move_in(ZHANG)
        abroad = street.another_texter("abroad", line=replace(LINE, mainland_allowed_because=""))
        await street.write(ZHANG, "请问几点开门")
        sent = len(street.twilio.texts.posts)
        await street.twilio.texts.write(street.inbound, ZHANG, "在吗在吗在吗")
        await abroad.tick()
        assert len(street.twilio.texts.posts) == sent
        assert "SHOUWANG_MAINLAND_CALLS_ALLOWED_BECAUSE" in street.rows()[-1].error_text


async def test_a_link_goes_along_and_is_kept_nowhere(sqlite: Database, clock: MovableClock) -> None:
    def link(conn: object, target_id: int, now: object) -> str:
        return f"https://x.cn/a/{target_id}-{clock.now():%H%M%S}"

    async with text_street(sqlite, clock, make_link=link) as street:
        street.street.move_in(ZHANG)
        street.twilio.texts.no_callbacks = True
        street.twilio.texts.faults.append("lost_reply")
        await missed(street)
        for _ in range(4):
            await street.tick(minutes=1)
        (body,) = street.twilio.texts.bodies(ZHANG)
        assert "请点 https://x.cn/a/1-" in body
        assert "https" not in street.rows()[0].body
        assert street.rows()[0].status == "delivered", "it was found although its link is not known any more"


async def test_a_campaign_that_is_held_writes_nothing_and_a_cancelled_one_never(street: TextStreet) -> None:
    street.street.move_in(ZHANG)
    campaign = street.street.start(CARE)
    await street.miss_call()
    await street.tick()
    street.street.do(pause_campaign, campaign)
    await street.tick(minutes=10)
    assert street.twilio.texts.posts == []
    street.street.do(cancel_campaign, campaign, by="wang")
    await street.tick(minutes=10)
    assert [row.status for row in street.rows()] == ["dropped"]


async def test_the_first_text_names_no_matter_of_health(sqlite: Database, clock: MovableClock) -> None:
    async with text_street(sqlite, clock) as street:
        street.street.move_in(ZHANG)
        await missed(street, source=CARE.replace("独居老人探访", "高血压随访"))
        (body,) = street.twilio.texts.bodies(ZHANG)
        assert "血压" not in body
        assert "想问您几句话" in body


async def test_questions_about_health_are_asked_by_text_only_with_consent(street: TextStreet) -> None:
    street.street.move_in(ZHANG)
    await missed(street, source=CARE.replace("say: 您这两天都好吗？", "about_health: true, say: 您这两天都好吗？"))
    consent = await street.write(ZHANG, "1")
    assert "您这两天都好吗" not in consent
    assert "健康" in consent or "身体" in consent
    following = await street.write(ZHANG, "2")
    assert "您这两天都好吗" not in following
    assert "您家用什么降温" in following
    await street.write(ZHANG, "空调")
    with street.street.database.reading() as conn:
        answers = readings_of_target(conn, street.street.targets()[0]["id"])
    assert answers["fine"].label == "not_asked"
    assert answers["cooling"].value == "空调"


@pytest.mark.parametrize("asks", ["你们是谁啊", "是不是真的社区"])
@pytest.mark.parametrize("begun", [True, False], ids=["at a question", "at once"])
async def test_who_asks_who_we_are_learns_it_and_how_to_check(street: TextStreet, asks: str, begun: bool) -> None:
    street.street.move_in(ZHANG)
    await missed(street)
    if begun:
        await street.write(ZHANG, "1")
    for _ in range(4):
        told = await street.write(ZHANG, asks)
        assert "社区问问您的情况" in told
        assert "打057100000000核实" in told
        assert "您这两天都好吗？" in told, "asking costs nothing"
    assert "您家用什么降温？" in await street.write(ZHANG, "都好")


async def test_a_purpose_about_health_is_not_told_to_whoever_asks(street: TextStreet) -> None:
    street.street.move_in(ZHANG)
    await missed(street, source=CARE.replace("社区问问您的情况", "问问您的高血压"))
    told = await street.write(ZHANG, "你们是谁啊")
    assert "想问您几句话" in told
    assert "血压" not in told
