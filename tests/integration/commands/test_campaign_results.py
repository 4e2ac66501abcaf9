"""`campaign results`, `export` and `correct` as staff type them."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert, select, update

from community.errors import CommunityError
from community.model.actor import Actor
from community.model.staff import Role
from community.store.residents import phones, residents
from community.usecases.add_staff import add_staff
from shouwang.commands.campaign import campaign_command
from shouwang.wiring import open_office
from tests.harness.answered_campaign import Answered, add_answered_campaign


@pytest.fixture
def answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Answered:
    """A campaign of 24 with its calls and answers."""
    monkeypatch.setenv("SHOUWANG_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("SHOUWANG_DATABASE_URL", raising=False)
    with open_office() as office, office.database.begin() as conn:
        now = office.clock.now()
        add_staff(conn, "lin", name="林", role=Role.COMMUNITY_STAFF, actor=Actor.system("setup"), now=now)
        return add_answered_campaign(conn, now, size=24, rehearsal=True)


def run(*words: str) -> Result:
    result = CliRunner().invoke(campaign_command, list(words), standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result


def document(*words: str) -> Any:
    return json.loads(run(*words, "--json").stdout)


def test_results_are_printed_for_people_and_programs(answered: Answered) -> None:
    campaign = str(answered.campaign)
    figures = document("results", campaign)
    assert (figures["rehearsal"], figures["funnel"]["total"], figures["funnel"]["completed"]) == (True, 24, 18)
    printed = run("results", campaign).stdout
    for words in ("汇总（演练）", "无需跟进", "您这两天身体还好吗？", "幸福里1栋", "75%"):
        assert words in printed
    with pytest.raises(CommunityError, match="没有 99 号"):
        run("results", "99")


def test_a_file_is_what_its_name_says(answered: Answered, tmp_path: Path) -> None:
    campaign = str(answered.campaign)
    run("export", campaign, "--out", str(tmp_path / "r.csv"), "--sheet", "明细")
    content = (tmp_path / "r.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(rows) == 24
    assert {row["演练"] for row in rows} == {"演练"}
    assert rows[0]["您平时怎么降温？"] == "空调"
    assert rows[0]["来源"] == "电话"
    run("export", campaign, "--out", str(tmp_path / "r.xlsx"))
    assert (tmp_path / "r.xlsx").read_bytes()[:2] == b"PK"
    with pytest.raises(CommunityError, match="jsonl 没有分表"):
        run("export", campaign, "--format", "jsonl", "--out", "-", "--sheet", "明细")


def test_an_answer_is_corrected_by_the_number_that_was_called(answered: Answered, tmp_path: Path) -> None:
    campaign, phone = str(answered.campaign), f"139{answered.residents[1]:08d}"
    asked = ("correct", campaign, "--phone", phone, "--question", "well", "--as", "lin")
    opened = document(*asked, "--label", "no")
    assert (opened["target"], opened["opened"], opened["left_open"]) == (answered.targets[1], True, None)
    assert "还没有销号：请核实后销号" in run(*asked, "--label", "yes").stdout
    run("export", campaign, "--out", str(tmp_path / "r.jsonl"))
    line = json.loads((tmp_path / "r.jsonl").read_text(encoding="utf-8").splitlines()[1])
    assert line["case"] == opened["case"]
    assert line["answers"]["well"]["corrected_by"] == "lin"
    for words, said in (
        (("--phone", "13800009999"), "没有这个号码的居民"),
        (("--phone", phone, "--label", "maybe"), "没有这种回答"),
        (("--phone", phone, "--as", "nobody"), "没有账号"),
    ):
        with pytest.raises(CommunityError, match=said):
            run(*asked, "--label", "no", *words)


def test_two_residents_with_one_telephone_are_told_apart_by_name(answered: Answered) -> None:
    campaign, (first, second) = str(answered.campaign), answered.residents[:2]
    with open_office() as office, office.database.begin() as conn:
        number = conn.execute(select(phones.c.number).where(phones.c.resident_id == first)).scalar_one()
        conn.execute(insert(phones).values(resident_id=second, number=number, position=1))
        for resident, name in ((first, "张桂兰"), (second, "李德福")):
            conn.execute(update(residents).where(residents.c.id == resident).values(name=name))
    asked = ("correct", campaign, "--phone", number, "--question", "help", "--label", "none", "--as", "lin")
    with pytest.raises(CommunityError, match="请加上 --name"):
        run(*asked)
    assert document(*asked, "--name", "李德福")["target"] == answered.targets[1]
