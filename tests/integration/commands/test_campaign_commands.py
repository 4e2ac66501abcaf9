"""`campaign` as staff type it: exit codes, JSON, and nothing half written."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert

from community.errors import CommunityError
from community.model.actor import Actor
from community.model.staff import Role
from community.store.residents import households, phones, residents
from community.store.workers import beat
from community.usecases.add_staff import add_staff
from shouwang.commands.campaign import campaign_command
from shouwang.wiring import open_office

QUESTIONS = "{name: 问候, purpose: 问候, questions: [{id: a, kind: yes_no, say: 您好吗}]}"


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A community with staff, one sample resident and a questionnaire."""
    monkeypatch.setenv("SHOUWANG_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("SHOUWANG_DATABASE_URL", raising=False)
    (tmp_path / "q.yml").write_text(QUESTIONS, encoding="utf-8")
    with open_office() as office, office.database.begin() as conn:
        now, setup = office.clock.now(), Actor.system("setup")
        for login, role in (("lin", Role.COMMUNITY_STAFF), ("zhou", Role.SECRETARY)):
            add_staff(conn, login, name=login, role=role, actor=setup, now=now)
        home = conn.execute(insert(households).values(community="锦绣苑", building="3")).inserted_primary_key[0]
        person = {"household_id": home, "name": "张桂兰", "sample": True, "created_at": now, "updated_at": now}
        resident = conn.execute(insert(residents).values(**person)).inserted_primary_key[0]
        conn.execute(insert(phones).values(resident_id=resident, number="+8613800000001", position=0))
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(campaign_command, list(words), standalone_mode=False)


def document(result: Result) -> Any:
    if result.exception is not None:
        raise result.exception
    return json.loads(result.stdout)


def test_from_a_file_to_a_run(house: Path) -> None:
    created = document(run("create", str(house / "q.yml"), "--as", "lin", "--json"))
    campaign = str(created["id"])
    with pytest.raises(CommunityError, match="另一位同事"):
        document(run("approve", campaign, "--as", "lin", "--json"))
    assert document(run("approve", campaign, "--as", "zhou", "--json"))["status"] == "approved"
    with pytest.raises(CommunityError, match="没有正在运行的服务"):
        document(run("launch", campaign, "--as", "lin", "--json"))
    assert document(run("show", campaign, "--json"))["status"] == "approved"
    with open_office() as office, office.database.begin() as conn:
        beat(conn, "worker-1", role="worker", carrier="simulated", now=datetime.now(UTC))
    launched = document(run("launch", campaign, "--as", "lin", "--json"))
    assert (launched["new"], launched["to_call"], launched["rehearsal"]) == (True, 1, True)
    assert document(run("launch", campaign, "--as", "lin", "--json"))["new"] is False
    assert document(run("pause", campaign, "--as", "lin", "--reason", "核对名册", "--json"))["status"] == "paused"
    assert document(run("resume", campaign, "--as", "lin", "--json"))["status"] == "running"
    shown = document(run("show", campaign, "--json"))
    assert shown["targets"] == {"waiting": 1, "calling": 0, "completed": 0, "case": 0, "excluded": 0}
    assert document(run("cancel", campaign, "--as", "lin", "--json"))["targets"]["excluded"] == 1
    [line] = document(run("list", "--json"))["campaigns"]
    assert (line["id"], line["status"]) == (created["id"], "cancelled")


def test_results_are_exported_as_lines_of_json_or_a_workbook(house: Path) -> None:
    campaign = str(document(run("create", str(house / "q.yml"), "--as", "lin", "--json"))["id"])
    run("approve", campaign, "--as", "zhou")
    with open_office() as office, office.database.begin() as conn:
        beat(conn, "worker-1", role="worker", carrier="simulated", now=datetime.now(UTC))
    run("launch", campaign, "--as", "lin")
    out = house / "out.jsonl"
    run("export", campaign, "--out", str(out))
    [line] = [json.loads(text) for text in out.read_text(encoding="utf-8").splitlines()]
    assert (line["name"], line["status"], line["attempts"]) == ("张桂兰", "waiting", [])
    run("export", campaign, "--format", "xlsx", "--out", str(house / "out.xlsx"))
    assert (house / "out.xlsx").read_bytes()[:2] == b"PK"


@pytest.mark.parametrize("words", [("show", "7"), ("approve", "7", "--as", "zhou"), ("pause", "7", "--as", "lin")])
def test_a_campaign_that_does_not_exist_is_a_refusal(house: Path, words: tuple[str, ...]) -> None:
    with pytest.raises(CommunityError, match="没有 7 号"):
        document(run(*words))


def test_a_login_that_does_not_exist_creates_nothing(house: Path) -> None:
    with pytest.raises(CommunityError, match="没有账号"):
        document(run("create", str(house / "q.yml"), "--as", "nobody"))
    assert document(run("list", "--json"))["campaigns"] == []


def test_a_missing_file_is_named(house: Path) -> None:
    with pytest.raises(CommunityError, match=r"打不开 none\.yml"):
        document(run("create", str(house / "none.yml"), "--as", "lin"))


def test_a_campaign_is_previewed_from_its_file_and_by_its_number(house: Path) -> None:
    (house / "走访.csv").write_text("姓名,电话\n张桂兰,13800000001\n陈七,13800000077\n", encoding="utf-8")
    sheet = "{name: 问候, purpose: 问候, audience: {list: 走访.csv}, questions: [{id: a, kind: yes_no, say: 您好吗}]}"
    (house / "l.yml").write_text(sheet, encoding="utf-8")
    seen = document(run("preview", str(house / "l.yml"), "--json"))
    assert (seen["meant"], seen["called"], seen["names"]) == (1, 1, ["张** 138****0001"])
    assert seen["lists"][0]["problems"] == [["第 3 行", "名册里没有这个人，请核对姓名和电话，或先导入名册"]]
    created = document(run("create", str(house / "l.yml"), "--as", "lin", "--json"))
    assert created["lists"] == seen["lists"]
    assert document(run("preview", str(created["id"]), "--json"))["called"] == 1
    told = run("preview", str(created["id"])).output
    for words in ("会打 1 人", "预计拨打", "分钟", "预计开工单", "第 3 行：名册里没有这个人", "依据：本人同意"):
        assert words in told


def test_a_list_given_beside_the_questionnaire_is_its_audience(house: Path) -> None:
    (house / "名单.csv").write_text("13800000001\n", encoding="utf-8")
    words = ("create", str(house / "q.yml"), "--list", str(house / "名单.csv"), "--as", "lin", "--json")
    assert document(run(*words))["audience"] == 1
    with pytest.raises(CommunityError, match="打不开名单"):
        document(run("create", str(house / "q.yml"), "--list", "nowhere.csv", "--as", "lin"))


def test_ceilings_are_raised_by_somebody_else(house: Path) -> None:
    (house / "c.yml").write_text(QUESTIONS[:-1] + ", pace: {max_calls: 2}}", encoding="utf-8")
    campaign = str(document(run("create", str(house / "c.yml"), "--as", "lin", "--json"))["id"])
    with pytest.raises(CommunityError, match="不能"):
        document(run("raise", campaign, "--max-calls", "9", "--as", "lin", "--json"))
    assert document(run("raise", campaign, "--max-calls", "9", "--as", "zhou", "--json")) == {"id": 1, "goes_on": False}
    assert document(run("preview", campaign, "--json"))["max_calls"] == 9
