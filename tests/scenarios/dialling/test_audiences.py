"""Who is called: by earlier results and answers, by silence since, by lists from a file, and without whom staff left out."""

from datetime import timedelta

import pytest
from sqlalchemy import insert, select

from community.clock import MovableClock
from community.errors import InvalidInput
from community.files.tables import read_tables
from community.model.calls.call import AttemptStatus, CallResult, Outcome
from community.model.residents.people_list import PersonRow, read_people_list
from community.store.answers import answers
from community.store.calls import save_dialogue
from community.store.campaigns import campaign_by_id, targets
from community.store.database import Database
from community.store.people_lists import listed_of
from community.usecases.create_campaign import create_campaign
from community.usecases.judge_audience import judge_campaign
from tests.harness.dialling import Exchange, Street, generous
from tests.harness.lists import RULES, workbook

ASK = "questions: [{id: fine, kind: yes_no, say: 您好吗}, {id: heat, kind: number, say: 家里多少度}]"


def questionnaire(audience: str) -> str:
    return f"name: 回访\npurpose: 再问问您\naudience: {audience}\n{ASK}\n"


@pytest.fixture
def street(database: Database, clock: MovableClock) -> Street:
    return Street(database, clock, generous(), Exchange(clock))


def callable_names(street: Street, campaign: int) -> set[int]:
    return {person.resident_id for person in judged(street, campaign).callable}


def judged(street: Street, campaign: int):
    with street.database.reading() as conn:
        sheet = campaign_by_id(conn, campaign).questionnaire
        return judge_campaign(conn, campaign, sheet, rules=street.rules, now=street.clock.now())


def end(street: Street, attempt: str, outcome: Outcome, result: CallResult | None = None) -> None:
    if result is not None:
        with street.database.begin() as conn:
            save_dialogue(conn, attempt, {"result": result.value})
    street.tell(attempt, AttemptStatus.ENDED, outcome)


def answer(street: Street, resident: int, question: str, label: str, value: object = None, **more: object) -> None:
    with street.database.begin() as conn:
        target = conn.execute(select(targets.c.id).where(targets.c.resident_id == resident)).scalar_one()
        values = {"target_id": target, "question_id": question, "label": label, "value": value, "confidence": 1.0}
        values |= {"decided_by": "rules", "rehearsal": False, "at": street.clock.now()}
        conn.execute(insert(answers).values(**(values | more)))


async def test_an_earlier_campaigns_results_and_answers_choose_whom_to_call_again(street: Street) -> None:
    done, busy, refused, waiting = (street.move_in(f"+861391234000{n}") for n in range(4))
    first = street.start(questionnaire("{tags: [独居]}"))
    await street.engine.tick()
    by_resident = {row["resident_id"]: row for row in street.attempts()}
    end(street, by_resident[done]["id"], Outcome.ANSWERED, CallResult.COMPLETED)
    end(street, by_resident[refused]["id"], Outcome.ANSWERED, CallResult.REFUSED)
    end(street, by_resident[busy]["id"], Outcome.BUSY)
    answer(street, done, "fine", "no")
    answer(street, done, "heat", "value", 38)
    answer(street, refused, "fine", "yes", corrected_label="no")

    def meant(rest: str) -> set[int]:
        return callable_names(street, street.create(questionnaire(f"{{campaign: {{id: {first}{rest}}}}}")))

    assert meant("") == {done, busy, refused, waiting}
    assert meant(", results: [completed]") == {done}
    assert meant(", results: [unreached]") == {busy}
    assert meant(", results: [refused, completed]") == {done, refused}
    assert meant(", results: [case]") == {refused}
    assert meant(", results: [open]") == {busy, waiting}
    assert meant(', answers: {fine: ["no"]}') == {done, refused}
    assert meant(', answers: {fine: ["no"], heat: [">=38"]}') == {done}
    assert meant(', results: [refused], answers: {fine: ["no"]}') == {refused}


async def test_mistakes_about_an_earlier_campaign_are_named(street: Street) -> None:
    street.move_in("+8613912340000")
    first = street.create(questionnaire("{tags: [独居]}"))
    for audience, complaint in (
        ("{campaign: {id: 99}}", "没有 99 号任务"),
        (f"{{campaign: {{id: {first}, answers: {{cold: [yes]}}}}}}", "没有题 cold；有：fine、heat"),
        (f'{{campaign: {{id: {first}, answers: {{fine: ["maybe"]}}}}}}', "不会有回答“maybe”"),
        (f"{{campaign: {{id: {first}, results: [lost]}}}}", "只能是 completed"),
        ("{campaign: {results: [case]}}", "缺少 id"),
        ("{exclude: [{reason: 不打}]}", "会把所有人都排除"),
        ("{exclude: [{tags: [住院]}]}", "缺少 reason"),
        ("{list: 走访.xlsx}", "没有找到这个文件"),
        ("{not_reported_since: 一周}", "应写成 10s、30m、2h 或 1d"),
    ):
        with pytest.raises(InvalidInput, match=complaint.replace("[", r"\[")):
            street.create(questionnaire(audience))


async def test_whoever_answered_anything_lately_is_not_asked_for_again(street: Street) -> None:
    lately, long_ago, never, only_refused = (street.move_in(f"+861391234000{n}") for n in range(4))
    street.start(questionnaire("{tags: [独居]}"))
    answer(street, long_ago, "fine", "yes")
    street.clock.advance(timedelta(days=8))
    answer(street, lately, "fine", "yes", channel="link")
    answer(street, only_refused, "fine", "refuse")
    again = street.create(questionnaire("{not_reported_since: 7d}"))
    assert callable_names(street, again) == {long_ago, never, only_refused}
    assert callable_names(street, street.create(questionnaire("{not_reported_since: 30d}"))) == {never, only_refused}


def people(rows: list[list[object]], name: str = "走访.xlsx") -> dict[str, list[PersonRow]]:
    return {name: read_people_list(name, read_tables(name, workbook(rows)), RULES)}


def create_with(street: Street, audience: str, lists: dict[str, list[PersonRow]]) -> int:
    return int(street.do(create_campaign, questionnaire(audience), rules=street.rules, lists=lists))


async def test_a_list_with_a_header_names_people_as_an_import_does(street: Street) -> None:
    zhang = street.move_in("+8613912340001", name="张桂兰")
    street.move_in("+8613912340002", name="李建国")
    wang = street.move_in("+8613912340003", name="王秀英")
    lists = people(
        [
            ["姓名", "联系电话"],
            ["张桂兰", "139 1234 0001"],
            ["王秀英", ""],
            ["赵六", "13912340002"],
            ["陈七", "13912349999"],
            ["张桂兰", "13912340001"],
        ]
    )
    campaign = create_with(street, "{tags: [独居]}", lists)
    assert callable_names(street, campaign) == {zhang, wang}
    with street.database.reading() as conn:
        rows = listed_of(conn, campaign)["走访.xlsx"]
    assert [(row.place[-5:], row.resident_id, row.problem[:12]) for row in rows] == [
        ("第 2 行", zhang, ""),
        ("第 3 行", wang, ""),
        ("第 4 行", None, "名册里有这个号码，但姓名"),
        ("第 5 行", None, "名册里没有这个人，请核对"),
        ("第 6 行", zhang, ""),
    ]


async def test_a_bare_list_of_phones_names_or_numbers_is_understood_too(street: Street) -> None:
    zhang = street.move_in("+8613912340001", name="张桂兰")
    li = street.move_in("+8613912340002", name="李建国")
    one = street.move_in("+8613912340003", name="王秀英")
    two = street.move_in("+8613912340004", name="王秀英")
    fifth = street.move_in("+8613912340005", name="周五妹")
    rows: list[list[object]] = [["13912340001"], ["李建国"], ["王秀英"], [fifth], ["???"], [None], [900000]]
    campaign = create_with(street, "{}", people(rows))
    assert callable_names(street, campaign) == {zhang, li, fifth}
    with street.database.reading() as conn:
        problems = {row.place[-5:]: row.problem for row in listed_of(conn, campaign)["走访.xlsx"] if row.problem}
    assert problems == {
        "第 3 行": "名册里对得上的不止一人，请补上电话或身份证号",
        "第 5 行": "这一行看不出是谁，请写姓名、电话、身份证号或居民编号",
        "第 7 行": "名册里没有这个居民编号，请核对",
    }
    # Numbers that count the rows are nobody's.
    assert callable_names(street, create_with(street, "{}", people([[two, "张桂兰"], [fifth, "李建国"]]))) == {
        zhang,
        li,
    }
    assert callable_names(street, create_with(street, "{}", people([["居民编号"], [one], [two]]))) == {one, two}


async def test_each_exclusion_keeps_its_own_reason_to_the_end(street: Street) -> None:
    stays = street.move_in("+8613912340001")
    hospital = street.move_in("+8613912340002", tags=("独居", "住院"))
    visited = street.move_in("+8613912340003", name="王秀英")
    audience = (
        "{tags: [独居], exclude: [{tags: [住院], reason: 正在住院}, {list: 已上门.xlsx, reason: 网格员已经上门}]}"
    )
    lists = people([["姓名"], ["王秀英"]], "已上门.xlsx")
    campaign = create_with(street, audience, lists)
    assert judged(street, campaign).reasons == {"正在住院": 1, "网格员已经上门": 1}
    street.approve(campaign)
    street.launch(campaign)
    reasons = {row["resident_id"]: (row["status"], row["reason"]) for row in street.targets()}
    assert reasons == {
        stays: ("waiting", None),
        hospital: ("excluded", "正在住院"),
        visited: ("excluded", "网格员已经上门"),
    }


async def test_a_list_that_nobody_speaks_of_is_refused(street: Street) -> None:
    street.move_in("+8613912340001", name="张桂兰")
    lists = people([["姓名"], ["张桂兰"]], "甲.xlsx") | people([["姓名"], ["张桂兰"]], "乙.xlsx")
    with pytest.raises(InvalidInput, match="没有用到名单“乙"):
        create_with(street, "{list: 甲.xlsx}", lists)
