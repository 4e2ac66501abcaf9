"""What staff see before a campaign runs: whom it calls, what it takes; what was approved is kept and compared at the launch."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from community.clock import MovableClock
from community.errors import Conflict
from community.model.calls.call import AttemptStatus, Outcome
from community.model.calls.preview import CampaignPreview
from community.model.calls.spending import Spending
from community.store import audit
from community.store.campaigns import campaign_by_id
from community.store.database import Database
from community.usecases.approve_campaign import approve_campaign
from community.usecases.create_campaign import create_campaign
from community.usecases.preview_campaign import preview_campaign, preview_source
from tests.harness.dialling import WELLBEING, Exchange, Street, generous
from tests.scenarios.dialling.test_audiences import people


@pytest.fixture
def street(database: Database, clock: MovableClock) -> Street:
    return Street(database, clock, generous(), Exchange(clock))


def preview(street: Street, campaign: int) -> CampaignPreview:
    with street.database.reading() as conn:
        return preview_campaign(conn, campaign, rules=street.rules, now=street.clock.now())


def trail(street: Street, campaign: int) -> dict[str, Any]:
    with street.database.reading() as conn:
        return {line.action: line.detail for line in audit.list_lines(conn, subject=f"campaign:{campaign}")}


async def test_a_preview_counts_people_by_what_matters_to_staff(street: Street) -> None:
    street.rules = generous(spending=Spending(price_per_minute=0.1, price_per_call=0.05))
    street.move_in("+8613912340001", name="张桂兰", birth_date=date(1940, 1, 2), tags=("独居", "高龄"))
    street.move_in("+8657188880001", name="李建国", birth_date=date(1950, 8, 1))
    street.move_in(name="王秀英", guardian_phone="+8613912340003")
    street.move_in(name="赵无号")
    street.move_in("+8613912340005", opted_out_at=street.clock.now())
    street.move_in("+8613912340006", tags=("独居", "住院"))
    source = WELLBEING.replace("{tags: [独居]}", "{tags: [独居], exclude: [{tags: [住院], reason: 正在住院}]}")
    seen = preview(street, street.create(source))
    assert (seen.meant, seen.called) == (6, 3)
    assert seen.excluded == {"没有电话号码": 1, "本人要求不再来电": 1, "正在住院": 1}
    assert seen.numbers == {"手机": 1, "固定电话": 1, "紧急联系人的号码": 1}
    assert seen.ages == {"80–89 岁": 1, "70–79 岁": 1, "年龄不详": 1}
    assert (seen.grids, seen.tags) == ({"一格": 3}, {"独居": 3, "高龄": 1})
    assert seen.names == ["张** 139****0001", "李** 571****0001", "王** 139****0003"]
    assert 3 <= seen.estimate.calls <= 6
    assert seen.cost == pytest.approx(0.05 * seen.estimate.calls + 0.1 * seen.estimate.minutes)
    assert seen.finish_at is not None
    assert seen.finish_at > street.clock.now()
    assert seen.to_json()["estimate"]["minutes"] == seen.estimate.minutes
    assert any("第 1 题问的像是健康情况" in note for note in seen.notes)


async def test_whoever_was_called_lately_or_waits_elsewhere_is_counted_once(street: Street) -> None:
    for n in range(3):
        street.move_in(f"+861391234000{n}", tags=("独居", "高龄", "失能"))
    street.start()
    await street.engine.tick()
    first = street.open_attempts()[0]
    street.tell(first["id"], AttemptStatus.ENDED, Outcome.ANSWERED)
    several = WELLBEING.replace("[独居]", "[独居, 高龄, 失能]")
    seen = preview(street, street.create(several))
    assert (seen.called, seen.called_lately, seen.in_other_campaigns) == (3, 3, 3)
    street.clock.advance(timedelta(days=8))
    assert preview(street, 2).called_lately == 0


async def test_lists_are_reported_row_by_row_before_anything_is_written(street: Street) -> None:
    street.move_in("+8613912340001", name="张桂兰")
    lists = people([["姓名"], ["张桂兰"], ["张桂兰"], ["陈七"]])
    source = WELLBEING.replace("{tags: [独居]}", "{tags: [独身], list: 走访.xlsx}")
    with street.database.reading() as conn:
        seen = preview_source(conn, source, rules=street.rules, now=street.clock.now(), lists=lists)
    (check,) = seen.lists
    assert (check.rows, check.matched, check.twice) == (3, 2, 1)
    assert [(place[-5:], why) for place, why in check.problems] == [
        ("第 4 行", "名册里没有这个人，请核对姓名和电话，或先导入名册")
    ]
    assert any("标签“独身”在名册里没有，是不是“独居”？" in note for note in seen.notes)


async def test_the_approver_sees_the_same_and_what_they_approved_is_recorded(street: Street) -> None:
    street.move_in("+8613912340001")
    campaign = street.create()
    seen = preview(street, campaign)
    street.do(approve_campaign, campaign, rules=street.rules, seen=seen.called, by="wang")
    recorded = trail(street, campaign)["campaign.approved"]
    assert recorded == seen.summary()
    assert len(recorded["definition"]) == 16
    street.launch(campaign)
    launched = trail(street, campaign)["campaign.launched"]
    assert (launched["definition"], launched["changed"]) == (recorded["definition"], "")
    assert launched["legal_ground"] == "consent"


async def test_a_roster_that_changed_much_is_said_at_the_launch_and_to_the_approver(street: Street) -> None:
    street.move_in("+8613912340001")
    campaign = street.create()
    for n in range(20):
        street.move_in(f"+8613912341{n:03}")
    with pytest.raises(Conflict, match="您看到的是会打 1 人，现在是 21 人"):
        street.do(approve_campaign, campaign, rules=street.rules, seen=1, by="wang")
    street.approve(campaign)
    for n in range(20):
        street.move_in(f"+8613912342{n:03}")
    changed = street.launch(campaign).changed
    assert changed == "批准时会打 21 人，现在是 41 人：名册在批准以后变了很多，请核对"
    with street.database.reading() as conn:
        kept = campaign_by_id(conn, campaign).approved_preview
    assert kept is not None
    assert kept["changed"] == changed
    assert trail(street, campaign)["campaign.launched"]["changed"] == changed


async def test_own_experience_counts_once_there_is_enough_of_it(street: Street) -> None:
    for n in range(210):
        street.move_in(f"+861391234{n:04}")
    source = WELLBEING + "retries: {no_answer: {after: 1m, times: 0}}\n"
    street.start(source)
    usual = preview(street, street.create(WELLBEING)).estimate
    await street.engine.tick()
    for _ in range(3):
        for attempt in street.open_attempts():
            street.tell(attempt["id"], AttemptStatus.ENDED, Outcome.NO_ANSWER, key=attempt["id"])
        await street.pass_time(seconds=2)
    own = preview(street, street.create(WELLBEING)).estimate
    assert (usual.experience, own.experience) == (0, 210)
    assert own.unreached == 210 > usual.unreached
    assert own.minutes == 0 < usual.minutes
    assert own.calls == 3 * 210


async def test_a_campaign_with_a_list_is_launched_for_the_people_it_was_written_for(street: Street) -> None:
    zhang = street.move_in("+8613912340001", name="张桂兰")
    street.move_in("+8613912340002", name="李建国")
    lists = people([["姓名"], ["张桂兰"]])
    campaign = int(street.do(create_campaign, WELLBEING, rules=street.rules, lists=lists))
    street.approve(campaign)
    street.launch(campaign)
    await street.engine.tick()
    assert [row["resident_id"] for row in street.targets()] == [zhang]
    assert street.exchange.numbers == ["+8613912340001"]


async def test_texts_have_their_price_where_they_are_asked_for_and_carried(street: Street) -> None:
    """A mobile phone that does not answer gets a text, with the reminder a longer wait allows; a landline gets none."""
    priced = Spending(price_per_call=0.05, price_per_text=0.04)
    carrying = replace(
        generous().line, carries_texts=True, answer_link="https://shouwang.example.cn/answer/" + "x" * 24
    )
    street.rules = generous(spending=priced, line=carrying)
    for n in range(40):
        street.move_in(f"+861391234{n:04}")
        street.move_in(f"+8657188{n:06}")
    again = "retries: {no_answer: {times: 2, after: 1d}}\n"
    seen, reminded = (
        preview(street, street.create(WELLBEING + f"text: {{unreached: true{more}}}\n" + again))
        for more in ("", ", again: 4h")
    )
    assert 20 <= seen.estimate.texts < reminded.estimate.texts <= 80
    assert seen.cost == pytest.approx(0.05 * seen.estimate.calls + 0.04 * seen.estimate.texts)
    assert seen.to_json()["estimate"]["texts"] == seen.summary()["texts"] == seen.estimate.texts
    assert not any("短信" in note for note in seen.notes)
    assert preview(street, street.create(WELLBEING)).estimate.texts == 0
    street.rules = generous(spending=priced)
    unable = preview(street, street.create(WELLBEING + "text: {unreached: true}\n"))
    assert unable.estimate.texts == 0
    assert any("不能发短信" in note for note in unable.notes)
