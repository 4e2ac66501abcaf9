"""Last month's messages leave the house without names or numbers, in the form that a replay takes; on both databases."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from community.store.database import Database
from shouwang.chat_month import month_lines
from tests.integration.test_trying_policies import said


def test_the_months_messages_are_masked_and_in_order(database: Database, now: datetime) -> None:
    said(database, "3号楼路灯坏了，我电话13812345678", 1, now - timedelta(days=2), "report_hazard")
    said(database, "高龄津贴多少钱", 2, now - timedelta(days=1))
    said(database, "很久以前的话", 3, now - timedelta(days=40))
    with database.reading() as conn:
        lines = list(month_lines(conn, since=now - timedelta(days=31), zone=ZoneInfo("Asia/Shanghai"), most=10))
    assert [line["text"] for line in lines] == ["3号楼路灯坏了，我电话138****5678", "高龄津贴多少钱"]
    assert lines[0] == lines[0] | {
        "conversation": "c1",
        "person": "p1",
        "group": False,
        "mentioned": True,
        "at": "2026-07-13T10:00:00+08:00",
    }
