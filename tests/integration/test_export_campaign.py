"""A campaign's results on their way to staff and to programs."""

import io
import json
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Connection, insert, select, update

from community.errors import NotFound
from community.store.answers import Answer, correct_answer, save_answer
from community.store.attempts import attempts
from community.store.campaigns import campaigns, targets
from community.store.database import Database
from community.store.residents import residents
from community.usecases.export_campaign import SHEET_NAMES, export_campaign
from community.usecases.load_questionnaire import load_questionnaire
from tests.harness.lists import NOW, bring_in

QUESTIONNAIRE = """\
name: 高温关怀
purpose: 天热了，问问您的情况
questions:
  - {id: ok, kind: yes_no, say: 您还好吗？, yes_means: 身体好}
  - {id: temperature, kind: number, say: 家里多少度？}
  - {id: way, kind: choice, say: 怎么降温？, options: [空调, 电风扇]}
  - {id: visit, kind: time_period, say: 什么时候方便？}
  - {id: wish, kind: free_text, say: 还有什么话？}
"""


def _campaign(conn: Connection, *, rehearsal: bool = False) -> int:
    definition = load_questionnaire(QUESTIONNAIRE).model_dump(mode="json")
    values = {
        "name": "高温关怀",
        "status": "running",
        "priority": "normal",
        "definition": definition,
        "source": QUESTIONNAIRE,
        "rehearsal": rehearsal,
        "created_by": "lin",
        "created_at": NOW,
    }
    return conn.execute(insert(campaigns).values(**values).returning(campaigns.c.id)).scalar_one()


def _target(conn: Connection, campaign_id: int, resident_id: int, **values: Any) -> int:
    row = {"campaign_id": campaign_id, "resident_id": resident_id, "status": "completed", "outcome_counts": {}} | values
    return conn.execute(insert(targets).values(**row).returning(targets.c.id)).scalar_one()


def _attempt(conn: Connection, target_id: int, *, campaign_id: int, resident_id: int, n: int, outcome: str) -> None:
    row = {
        "id": f"{target_id:016d}{n:016d}",
        "token": "t",
        "target_id": target_id,
        "campaign_id": campaign_id,
        "resident_id": resident_id,
        "n": n,
        "number": "+8613800000001",
        "carrier": "simulated",
        "carrier_id": f"CA{target_id}-{n}",
        "status": "ended",
        "outcome": outcome,
        "dialogue": {},
        "rehearsal": False,
        "created_at": NOW,
        "placed_at": NOW + timedelta(minutes=n),
    }
    conn.execute(insert(attempts).values(**row))


def _answer(target_id: int, question_id: str, label: str, value: Any, heard: str) -> Answer:
    return Answer(
        target_id=target_id,
        question_id=question_id,
        attempt_id=None,
        heard=heard,
        digits="",
        label=label,
        value=value,
        confidence=0.9,
        decided_by="rules",
        rehearsal=False,
        at=NOW,
    )


@pytest.fixture
def campaign_id(database: Database) -> int:
    """One resident who answered everything at the second call, one who was never reached."""
    bring_in(
        database,
        "姓名,电话,住址,网格\n张三,13800000001、0571-88880000,锦绣苑3-2-501,第一网格\n=李四,13800000002,柳巷1号,\n".encode(),
        "名单.csv",
    )
    with database.begin() as conn:
        people = list(conn.scalars(select(residents.c.id).order_by(residents.c.id)))
        campaign = _campaign(conn)
        done = _target(conn, campaign, people[0], outcome="answered", resolved_at=NOW)
        _attempt(conn, done, campaign_id=campaign, resident_id=people[0], n=1, outcome="no_answer")
        _attempt(conn, done, campaign_id=campaign, resident_id=people[0], n=2, outcome="answered")
        for answer in (
            _answer(done, "ok", "unclear", None, "嗯"),
            _answer(done, "ok", "yes", None, "好着呢"),
            _answer(done, "temperature", "value", 31, "三十一度"),
            _answer(done, "way", "value", "电风扇", "开风扇"),
            _answer(done, "visit", "value", {"part": "afternoon", "from": "15:00", "to": "17:00"}, "下午三点到五点"),
            _answer(done, "wish", "keep", None, '=HYPERLINK("http://evil")'),
        ):
            save_answer(conn, answer)
        _target(conn, campaign, people[1], status="excluded", reason="本人要求不再拨打")
    return campaign


def _sheet(content: bytes, name: str = "明细") -> list[dict[str, Any]]:
    """One sheet as dictionaries; no sheet of the file holds a formula."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    rows = list(book[name].iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_the_workbook_has_a_row_a_resident_and_a_column_a_question(database: Database, campaign_id: int) -> None:
    with database.reading() as conn:
        zhang, li = _sheet(export_campaign(conn, campaign_id, "xlsx", now=NOW))

    assert zhang["姓名"] == "张三"
    assert zhang["电话"] == "13800000001、0571-88880000"
    assert (zhang["住址"], zhang["网格"], zhang["状态"], zhang["呼叫结果"]) == (
        "锦绣苑3栋2单元501室",
        "第一网格",
        "已完成",
        "已接听",
    )
    assert (zhang["呼叫次数"], zhang["完成时间"]) == (2, "2026-07-15 10:00")
    assert (zhang["您还好吗？"], zhang["家里多少度？"], zhang["怎么降温？"]) == ("是（身体好）", 31, "电风扇")
    assert zhang["什么时候方便？"] == "下午15:00-17:00"
    assert (li["状态"], li["说明"], li["您还好吗？"]) == ("不呼叫", "本人要求不再拨打", None)


def test_what_a_sheet_would_run_stays_text(database: Database, campaign_id: int) -> None:
    with database.reading() as conn:
        zhang, li = _sheet(export_campaign(conn, campaign_id, "xlsx", now=NOW))

    assert zhang["还有什么话？"] == '=HYPERLINK("http://evil")'
    assert li["姓名"] == "=李四"


def test_the_lines_for_programs_say_everything(database: Database, campaign_id: int) -> None:
    with database.reading() as conn:
        lines = export_campaign(conn, campaign_id, "jsonl", now=NOW).decode().splitlines()

    zhang, li = (json.loads(line) for line in lines)
    assert (zhang["name"], zhang["phone"], zhang["status"], zhang["outcome"]) == (
        "张三",
        "+8613800000001",
        "completed",
        "answered",
    )
    assert [attempt["outcome"] for attempt in zhang["attempts"]] == ["no_answer", "answered"]
    assert set(zhang["attempts"][0]) == {"id", "carrier_id", "outcome", "placed_at"}
    assert zhang["answers"]["ok"] == {
        "heard": "好着呢",
        "digits": "",
        "label": "yes",
        "value": None,
        "confidence": 0.9,
        "recording": None,
    }
    assert zhang["answers"]["visit"]["value"] == {"part": "afternoon", "from": "15:00", "to": "17:00"}
    assert (zhang["case"], li["attempts"], li["answers"]) == (None, [], {})


def test_a_correction_counts_and_the_original_stays_beside_it(database: Database, campaign_id: int) -> None:
    with database.begin() as conn:
        target = conn.scalars(select(targets.c.id).order_by(targets.c.id)).first()
        assert target is not None
        assert correct_answer(conn, target_id=target, question_id="ok", label="no", value=None, by="lin", now=NOW)
        zhang = _sheet(export_campaign(conn, campaign_id, "xlsx", now=NOW))[0]
        line = json.loads(export_campaign(conn, campaign_id, "jsonl", now=NOW).splitlines()[0])

    assert zhang["您还好吗？"] == "否（工作人员已更正）"
    assert line["answers"]["ok"]["label"] == "no"
    assert line["answers"]["ok"]["taken_for"] == {"label": "yes", "value": None}


def test_a_rehearsal_is_marked_everywhere(database: Database, campaign_id: int) -> None:
    with database.begin() as conn:
        conn.execute(update(campaigns).values(rehearsal=True))
        content = export_campaign(conn, campaign_id, "xlsx", now=NOW)
        line = json.loads(export_campaign(conn, campaign_id, "jsonl", now=NOW).splitlines()[0])

    assert [row["演练"] for row in _sheet(content, "明细（演练）")] == ["演练", "演练"]
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == [f"{name}（演练）" for name in SHEET_NAMES]
    assert line["rehearsal"] is True


def test_a_campaign_that_does_not_exist_is_named(sqlite: Database) -> None:
    with sqlite.reading() as conn, pytest.raises(NotFound, match="99"):
        export_campaign(conn, 99, "xlsx", now=NOW)
