"""A rehearsal: the whole campaign against simulated residents, nobody rung, nothing left behind."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from sqlalchemy import func, insert, select

from community.clock import MovableClock
from community.errors import InvalidInput, NotFound
from community.model.actor import Actor
from community.model.calls.spending import Spending
from community.model.questionnaires.questionnaire import Questionnaire
from community.model.residents.people_list import PersonRow
from community.settings import load_settings
from community.store.attempts import attempts
from community.store.campaigns import campaigns, targets
from community.store.database import Database
from community.store.residents import households, phones, residents
from community.usecases.create_campaign import create_campaign
from shouwang.commands.rehearse import try_answers
from shouwang.rehearsal import rehearse, rehearse_campaign
from shouwang.wiring import Office
from tests.harness.telephone import HEAT, sample_rules


def _people(database: Database, clock: MovableClock, count: int) -> None:
    now = clock.now()
    with database.begin() as conn:
        conn.execute(
            insert(households).values(id=1, community="锦绣苑", building="3", address_text="3栋", grid="第一网格")
        )
        for i in range(count):
            values = {"id": i + 1, "household_id": 1, "name": f"居民{i}", "sample": True}
            conn.execute(
                insert(residents).values(**values, birth_date=date(1940, 1, 1), created_at=now, updated_at=now)
            )
            conn.execute(insert(phones).values(resident_id=i + 1, number=f"+861380000{i:04d}", position=0))


@pytest.fixture
def office(sqlite: Database, clock: MovableClock, tmp_path: Path) -> Office:
    _people(sqlite, clock, 12)
    settings = load_settings({"SHOUWANG_DATA_DIR": str(tmp_path)})
    return Office(settings=settings, database=sqlite, clock=clock, rules=sample_rules())


async def test_everybody_is_resolved_and_nothing_is_left_behind(office: Office) -> None:
    result = await rehearse(office, HEAT, seed=3)
    assert sum(result.targets.values()) == 12
    assert result.unresolved == 0
    assert result.finished is not None
    assert result.calls >= 12
    json.dumps(result.to_json())
    with office.database.reading() as conn:
        for table in (campaigns, attempts):
            assert conn.execute(select(func.count()).select_from(table)).scalar_one() == 0


async def test_the_same_seed_is_the_same_rehearsal(office: Office) -> None:
    first, second = await rehearse(office, HEAT, seed=5), await rehearse(office, HEAT, seed=5)
    assert (first.targets, first.cases) == (second.targets, second.cases)


async def test_it_says_what_the_campaign_costs_and_how_much_work_it_leaves(office: Office) -> None:
    spending = Spending(price_per_minute=0.1, price_per_call=0.02)
    priced = replace(office, rules=replace(office.rules, spending=spending))
    result = await rehearse(priced, HEAT, seed=3)
    assert result.billed_minutes >= result.talk_minutes > 0
    assert result.cost == pytest.approx(0.1 * result.billed_minutes + 0.02 * result.calls)
    assert result.staff_cases == sum(result.cases.values()) > 0
    assert (await rehearse(office, HEAT, seed=3)).cost is None


async def test_it_ends_where_the_campaign_would_stand_still_at_its_ceiling(office: Office) -> None:
    result = await rehearse(office, HEAT + "pace: {max_calls: 5}\n", seed=3)
    assert (result.calls, result.finished) == (5, None)
    assert "5 通" in result.stopped
    assert result.unresolved > 0


async def test_it_knows_what_came_of_earlier_campaigns(office: Office, clock: MovableClock) -> None:
    with office.database.begin() as conn:
        earlier = conn.execute(
            insert(campaigns).values(
                name="上次",
                status="finished",
                priority="normal",
                definition=Questionnaire.model_validate(yaml.safe_load(HEAT)).model_dump(mode="json"),
                source=HEAT,
                rehearsal=False,
                created_by="li",
                created_at=clock.now(),
            )
        ).inserted_primary_key[0]
        for resident_id, status in ((1, "completed"), (2, "case"), (3, "case")):
            values = {"campaign_id": earlier, "resident_id": resident_id, "status": status, "outcome_counts": {}}
            conn.execute(insert(targets).values(**values))
    source = HEAT + f"audience: {{campaign: {{id: {earlier}, results: [case]}}}}\n"
    result = await rehearse(office, source, seed=3)
    assert sum(result.targets.values()) == 2


async def test_a_campaign_that_was_written_down_plays_as_its_file_does(office: Office, clock: MovableClock) -> None:
    """Its list means whom it meant when it was written down."""
    lists = {"走访.csv": [PersonRow(f"第 {n} 行", None, n) for n in (2, 3, 5, 7)] + [PersonRow("第 9 行", None)]}
    with office.database.begin() as conn:
        campaign = create_campaign(
            conn, HEAT, rules=office.rules, actor=Actor.system("test"), now=clock.now(), lists=lists
        )
    from_file = await rehearse(office, HEAT, seed=3, lists=lists)
    assert sum(from_file.targets.values()) == 4
    assert await rehearse_campaign(office, campaign, seed=3) == from_file
    with pytest.raises(NotFound):
        await rehearse_campaign(office, 99)


async def test_a_wrong_questionnaire_is_refused(office: Office) -> None:
    with pytest.raises(InvalidInput):
        await rehearse(office, "name: 没有题目\npurpose: 试试。\nquestions: []\n")


def test_answers_are_tried_line_by_line_and_a_bad_line_is_an_error_in_its_place() -> None:
    lines = [
        '{"kind": "yes_no", "question": "您方便吗？", "yes_means": "方便", "speech": "没有不方便", "confidence": 0.9}',
        "not json",
        '{"kind": "date", "question": "哪天？", "today": "2026-07-15", "speech": "下下周一"}',
        '{"kind": "poem", "speech": "床前明月光"}',
        "",
        '{"kind": "choice", "question": "哪种？", "options": ["甲", "乙"], "digits": "2"}',
    ]
    first, second, third, fourth, fifth, sixth = try_answers(lines)
    assert first["label"] == "yes"
    assert "error" in second
    assert third == {"label": "value", "value": "2026-07-27", "confidence": 0.9, "decided_by": "rules"}
    assert "kind" in fourth["error"]["message"]
    assert "error" in fifth
    assert (sixth["value"], sixth["decided_by"]) == ("乙", "keys")
