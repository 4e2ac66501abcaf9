"""`policies` on the command line, as staff and integrators use it."""

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from community.model.actor import Actor
from community.model.staff import Role
from community.store.database import Database
from community.store.migrate import upgrade
from community.usecases.add_staff import add_staff
from community.usecases.answer_policy import answer_policy
from community.usecases.keep_question import keep_question

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path, now: datetime) -> Path:
    """A data directory with one member of staff who may import."""
    database = Database(f"sqlite:///{tmp_path / 'shouwang.db'}")
    upgrade(database)
    with database.begin() as conn:
        add_staff(conn, login="wang", name="王工", role=Role.ADMIN, actor=Actor.system("test"), now=now)
    database.close()
    return tmp_path


def shouwang(home: Path, *arguments: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    environment = {**os.environ, "SHOUWANG_DATA_DIR": str(home), "SHOUWANG_COMMUNITY_DIR": str(ROOT / "sample")}
    environment.pop("SHOUWANG_DATABASE_URL", None)
    command = [sys.executable, "-m", "shouwang", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=environment, input=stdin, capture_output=True, check=False, timeout=120
    )


def test_import_reports_each_file_and_fails_when_one_was_rejected(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "文件"
    folder.mkdir()
    (folder / "坏的.md").write_text("没有头部", encoding="utf-8")
    (folder / "敬老.md").write_text("标题：敬老办法\n文号：青〔2026〕1号\n\n一、标准\n每月五十元。", encoding="utf-8")
    done = shouwang(home, "policies", "import", str(folder), "--as", "wang", "--json")
    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert (report["created"], report["rejected"]) == (1, 1)
    assert {one["file"]: one["result"] for one in report["files"]} == {"坏的.md": "rejected", "敬老.md": "created"}
    listed = json.loads(shouwang(home, "policies", "list", "--json").stdout)
    assert [one["number"] for one in listed] == ["青〔2026〕1号"]


def test_ask_file_answers_line_by_line_in_order(home: Path, tmp_path: Path) -> None:
    assert shouwang(home, "policies", "import", str(ROOT / "sample/policies"), "--as", "wang").returncode == 0
    lines = [
        {"question": "养狗登记要带什么材料", "conversation": "a", "at": "2026-07-15"},
        "这不是 JSON",
        {"question": "那要钱吗", "conversation": "a", "at": "2026-07-15T09:00:00+08:00"},
        {"question": "今天吃什么"},
        {"text": "没有问题"},
        {"question": "养狗登记", "at": "明天"},
    ]
    text = "\n".join(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    path = tmp_path / "questions.jsonl"
    path.write_text(text, encoding="utf-8")
    done = shouwang(home, "policies", "ask", "--file", str(path))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert len(answers) == len(lines)
    assert set(answers[0]) == {"status", "document", "passage", "text", "confidence", "choices"}
    assert answers[0]["document"] == {
        "file": "yangquan-dengji-2026.md",
        "title": "青禾街道养犬登记管理办法",
        "number": "青禾办发〔2026〕12号",
    }
    assert [list(answer) == ["error"] for answer in answers] == [False, True, False, False, True, True]
    assert answers[2]["document"]["file"] == "yangquan-dengji-2026.md"
    assert answers[3] == answers[3] | {"status": "unknown", "document": None, "passage": None, "choices": []}


def test_nobody_imports_without_an_account(home: Path) -> None:
    done = shouwang(home, "policies", "import", str(ROOT / "sample/policies"), "--as", "nobody")
    assert done.returncode == 1
    assert "nobody" in done.stderr.decode()


def test_asking_nothing_is_wrong_usage(home: Path) -> None:
    assert shouwang(home, "policies", "ask").returncode == 2


def test_staff_reply_on_the_command_line_and_the_next_question_is_answered(home: Path, now: datetime) -> None:
    database = Database(f"sqlite:///{home / 'shouwang.db'}")
    with database.begin() as conn:
        for number, text in enumerate(("社区有没有轮椅可以借", "轮椅哪里可以借", "哪里能办护照")):
            answer = answer_policy(conn, text, today=now.date())
            keep_question(conn, text, answer, source_key=f"m:{number}", conversation_id=None, now=now)
    database.close()
    listed = json.loads(shouwang(home, "policies", "questions", "--json").stdout)
    assert [[one["text"] for one in group] for group in listed["questions"]] == [
        ["社区有没有轮椅可以借", "轮椅哪里可以借"],
        ["哪里能办护照"],
    ]
    first, second = (str(one["id"]) for one in listed["questions"][0])
    text = "有的，到居委会一楼借。"
    done = shouwang(home, "policies", "reply", first, second, "--text", text, "--as", "wang", "--json")
    assert json.loads(done.stdout) == {"answer": 1, "published": True, "told": 0}
    asked = json.loads(shouwang(home, "policies", "ask", "想借个轮椅，哪里有", "--json").stdout)
    assert (asked["status"], asked["passage"], asked["document"]["title"]) == ("answered", text, "社区答复")
    again = shouwang(home, "policies", "reply", first, "--text", text, "--as", "wang")
    assert again.returncode == 1
    assert "有同事处理了" in again.stderr.decode()
    assert shouwang(home, "policies", "withdraw", "1", "--as", "wang").returncode == 0
    assert json.loads(shouwang(home, "policies", "ask", "想借个轮椅，哪里有", "--json").stdout)["status"] == "unknown"
