"""`staff` and `cases` as they are typed: what they print, and with which exit code they end."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from community.errors import CommunityError, Conflict, Refused
from community.store.cases import case_by_number
from shouwang.commands.cases import cases_command
from shouwang.commands.staff import staff_command
from shouwang.wiring import open_office
from tests.harness.neighbourhood import report

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Type a command into a fresh community."""
    monkeypatch.setenv("SHOUWANG_DATA_DIR", str(tmp_path))

    def typed(*words: str) -> Result:
        group = {"cases": cases_command, "staff": staff_command}[words[0]]
        result = CliRunner().invoke(group, words[1:], standalone_mode=False)
        if isinstance(result.exception, CommunityError):
            raise result.exception
        return result

    return typed


def printed(result: Result) -> Any:
    assert result.exception is None, result.output
    return json.loads(result.stdout)


@pytest.fixture
def number(run: Run) -> str:
    """A flood is reported; a grid worker and a leader are there."""
    for login, role in (("chen", "grid_worker"), ("he", "grid_leader")):
        assert run("staff", "add", login, "--name", "同事", "--role", role).exception is None
    with open_office() as office, office.database.begin() as conn:
        return report(conn, office.rules, office.clock.now()).number


def test_a_new_colleague_gets_a_password_once(run: Run) -> None:
    new = printed(
        run("staff", "add", "wang", "--name", "王芳", "--role", "grid_worker", "--grid", "第一网格", "--json")
    )
    assert set(new) == {"login", "password"}
    [member] = printed(run("staff", "list", "--json"))
    assert (member["login"], member["role"], member["grid"], member["on_duty"]) == (
        "wang",
        "grid_worker",
        "第一网格",
        True,
    )
    assert new["password"] not in json.dumps(member)
    again = printed(run("staff", "reset-password", "wang", "--json"))
    assert again["password"] != new["password"]


def test_a_role_or_grid_that_does_not_exist_is_wrong_usage(run: Run) -> None:
    assert type(run("staff", "add", "w", "--name", "王", "--role", "boss").exception).__name__ == "BadParameter"
    wrong = run("staff", "add", "w", "--name", "王", "--role", "grid_worker", "--grid", "第九网格")
    assert "第一网格" in str(wrong.exception)


def test_duty_is_switched(run: Run, number: str) -> None:
    assert printed(run("staff", "duty", "off", "chen", "--json"))["on_duty"] is False
    assert printed(run("staff", "duty", "on", "chen", "--as", "chen", "--json"))["on_duty"] is True
    with pytest.raises(Refused):
        run("staff", "duty", "off", "he", "--as", "chen")


def test_a_case_from_first_look_to_reopening(run: Run, number: str) -> None:
    [listed] = printed(run("cases", "list", "--json"))
    assert (listed["number"], listed["status"], listed["priority"]) == (number, "dispatched", "urgent")
    taken = printed(run("cases", "ack", number, "--as", "chen", "--json"))
    assert (taken["status"], taken["assignee"]) == ("acknowledged", "chen")
    run("cases", "note", number, "已联系物业", "--as", "chen")
    given = printed(run("cases", "handover", number, "--as", "chen", "--to", "he", "--reason", "要协调", "--json"))
    assert given["assignee"] == "he"
    closed = printed(run("cases", "close", number, "--as", "he", "--result", "已排空", "--json"))
    assert (closed["status"], closed["result"], closed["next_step_at"]) == ("closed", "已排空", None)
    assert printed(run("cases", "list", "--json")) == []
    opened = printed(run("cases", "reopen", number, "--as", "he", "--reason", "又积水", "--json"))
    assert opened["status"] == "reopened"
    shown = printed(run("cases", "show", number, "--json"))
    assert [event["action"] for event in shown["events"]] == [
        "opened",
        "step",
        "acknowledged",
        "noted",
        "handed_over",
        "closed",
        "reopened",
        "step",
    ]
    assert shown["ladder"][0] == {"role": "grid_worker", "wait_seconds": 1800}


def test_people_read_sentences(run: Run, number: str) -> None:
    assert "没有进展会再往上报" in run("cases", "ack", number, "--as", "chen").output
    shown = run("cases", "show", number).output
    assert "地下车库进水" in shown
    assert "接单" in shown
    assert number in run("cases", "list").output
    assert "销号。" in run("cases", "close", number, "--as", "chen", "--result", "好了").output


def test_somebody_elses_case_is_refused_and_nothing_changes(run: Run, number: str) -> None:
    run("cases", "ack", number, "--as", "chen")
    with pytest.raises(Conflict):
        run("cases", "ack", number, "--as", "he")
    with open_office() as office, office.database.reading() as conn:
        assert case_by_number(conn, number).assignee == "chen"


def test_without_a_name_nothing_is_changed(run: Run, number: str) -> None:
    assert type(run("cases", "ack", number).exception).__name__ == "MissingParameter"
