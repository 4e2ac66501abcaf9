"""Prove that nobody is forgotten: look for people, cases, notices and audit lines that nothing would ever take up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from community.store import audit, forgotten, outbox
from community.store.cases import CaseFilter, list_cases, open_cases_without_clock
from community.store.texts import forgotten_texts

#: What runs late by less than this may only be waiting for its turn.
_PATIENCE = timedelta(minutes=15)
#: The carrier keeps a queued call for a day at most: by then it is known what became of it.
_UNKNOWN_AT_MOST = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that was forgotten or tampered with.

    Attributes:
        code: for programs.
        subject: what it is about: `target:3`, `case:260715-003`…
        message: a Chinese sentence that says who must do what.
    """

    code: str
    subject: str
    message: str


def check_integrity(conn: Connection, now: datetime) -> list[Finding]:
    """Look at every open target, call, case, letter and text, and recompute the audit chain; nothing is changed."""
    return [
        *_targets(conn),
        *_calls(conn, now),
        *_cases(conn, now),
        *_letters(conn, now),
        *_texts(conn, now),
        *_audit_trail(conn),
    ]


def _targets(conn: Connection) -> Iterator[Finding]:
    checks = (
        ("no_next_time", forgotten.waiting_without_time(conn), "在等呼叫，却没有下次时间：请管理员联系维护人员"),
        ("campaign_over", forgotten.open_in_campaigns_that_are_over(conn), "任务已结束，却还在等呼叫：请管理员核对"),
        ("no_open_call", forgotten.calling_without_call(conn), "标着呼叫中，却没有进行中的呼叫：请管理员联系维护人员"),
        ("no_reason", forgotten.resolved_without_why(conn), "已了结，却没有工单或原因：请社工核对并补开工单"),
        ("two_calls", forgotten.doubled_open_targets(conn), "同时有两个进行中的呼叫：请管理员立即联系维护人员"),
    )
    for code, found, message in checks:
        for target_id in found:
            yield Finding(code=code, subject=f"target:{target_id}", message=f"外呼对象 {target_id} {message}")


def _calls(conn: Connection, now: datetime) -> Iterator[Finding]:
    for attempt_id in forgotten.calls_nobody_asks_about(conn, now, patience=_PATIENCE):
        message = f"呼叫 {attempt_id} 早该核对结果却没有：请管理员检查服务是否在运行"
        yield Finding(code="call_not_followed", subject=f"attempt:{attempt_id}", message=message)
    for attempt_id in forgotten.unknown_since(conn, now - _UNKNOWN_AT_MOST):
        message = f"呼叫 {attempt_id} 一天多了仍不知是否打通：请管理员到线路方后台核对"
        yield Finding(code="call_unknown", subject=f"attempt:{attempt_id}", message=message)


def _cases(conn: Connection, now: datetime) -> Iterator[Finding]:
    for case in open_cases_without_clock(conn):
        if not case.assignee:
            message = f"工单 {case.number} 没有销号，却没有人管也没有升级时间：请值班人员接单"
            yield Finding(code="case_without_clock", subject=f"case:{case.number}", message=message)
    for case in list_cases(conn, CaseFilter(overdue_at=now - _PATIENCE), limit=1000):
        message = f"工单 {case.number} 早该升级却没有：请管理员检查服务是否在运行"
        yield Finding(code="case_overdue", subject=f"case:{case.number}", message=message)


def _letters(conn: Connection, now: datetime) -> Iterator[Finding]:
    for letter in outbox.unsent_since(conn, now - _PATIENCE):
        message = f"一条发往 {letter.destination} 的通知没有送到：请管理员检查通知地址和网络"
        yield Finding(code="letter_not_sent", subject=f"letter:{letter.key}", message=message)


def _texts(conn: Connection, now: datetime) -> Iterator[Finding]:
    for text_id in forgotten_texts(conn, now - _PATIENCE):
        message = f"短信 {text_id} 早该发出或核对却没有：请管理员检查服务是否在运行、线路能不能发短信"
        yield Finding(code="text_not_sent", subject=f"text:{text_id}", message=message)


def _audit_trail(conn: Connection) -> Iterator[Finding]:
    broken = audit.verify(conn)
    if broken is not None:
        message = f"{broken.reason}：请审计人员保全数据库并查明"
        yield Finding(code="audit_broken", subject=f"audit:{broken.position}", message=message)
