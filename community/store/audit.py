"""The audit trail: every state change leaves a line, and each line carries the hash of the one before."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, Integer, String, Table, bindparam, insert, select, update

from community.model.actor import Actor
from community.store.base import UtcDateTime, insert_once, metadata

audit_lines = Table(
    "audit_line",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(120), nullable=False),
    #: `campaign.launched`, `case.closed`, `attempt.ended`…
    Column("action", String(60), nullable=False, index=True),
    #: `campaign:3`, `case:17`…
    Column("subject", String(120), nullable=False, index=True),
    #: Why and with what, free of names, phones and addresses in clear.
    Column("detail", JSON, nullable=False),
    #: Place in the chain and the hash over this line and the one before; set by the sealing tick moments later.
    Column("position", Integer, unique=True),
    Column("hash", String(64)),
)

audit_heads = Table(
    "audit_head",
    metadata,
    #: Always 1: there is one chain.
    Column("id", Integer, primary_key=True, autoincrement=False),
    #: The last sealed line; so that lines cut off at the end are missed.
    Column("position", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

#: What stands before the first line.
GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the trail; `position` and `hash` are None until it is sealed."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]
    position: int | None
    hash: str | None


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """The first place at which the trail is not what was sealed.

    Attributes:
        position: place in the chain.
        line_id: id of the row found there; None when it is missing.
        reason: a Chinese sentence.
    """

    position: int
    line_id: int | None
    reason: str


# Values are given beside it, so that it is compiled once for all lines; nobody asks for the new line's id.
_APPEND = insert(audit_lines).inline()


def append(
    conn: Connection,
    *,
    at: datetime,
    actor: Actor,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one line, in the transaction of the change itself.

    Args:
        action: what happened: `case.closed`, `campaign.launched`…
        subject: what it happened to: `case:17`…
        detail: why and with what; no names, phones or addresses in clear.
    """
    values = {"at": at, "actor": str(actor), "action": action, "subject": subject, "detail": dict(detail or {})}
    conn.execute(_APPEND, values)


def seal(conn: Connection, *, limit: int = 1000) -> int:
    """Chain the lines written since the last time; whoever comes while another seals does nothing.

    Returns:
        How many lines were sealed; `limit` means that there may be more.
    """
    insert_once(conn, audit_heads, {"id": 1, "position": 0, "hash": GENESIS}, unique="id")
    head = conn.execute(select(audit_heads).with_for_update(skip_locked=True)).one_or_none()
    if head is None:
        return 0
    position, previous = head.position, head.hash
    unsealed = select(audit_lines).where(audit_lines.c.position.is_(None)).order_by(audit_lines.c.id).limit(limit)
    lines = [_line(row) for row in conn.execute(unsealed)]
    links = []
    for line in lines:
        position += 1
        previous = _hash(position, line, previous)
        links.append({"line": line.id, "its_position": position, "its_hash": previous})
    if links:
        statement = update(audit_lines).where(audit_lines.c.id == bindparam("line"))
        conn.execute(statement.values(position=bindparam("its_position"), hash=bindparam("its_hash")), links)
        conn.execute(update(audit_heads).values(position=position, hash=previous))
    return len(lines)


def head_of(conn: Connection) -> tuple[int, str]:
    """Position and hash of the last sealed line: written down elsewhere, they prove that the trail was not rewritten."""
    row = conn.execute(select(audit_heads)).one_or_none()
    return (row.position, row.hash) if row else (0, GENESIS)


def verify(conn: Connection, *, known: Mapping[int, str] | None = None) -> BrokenLine | None:
    """Recompute the chain.

    Args:
        known: {position: hash} written down elsewhere earlier, which must still be true.

    Returns:
        The first line that was changed, removed or put in afterwards; None when the trail is whole.
    """
    known = dict(known or {})
    last, head = head_of(conn)
    known.setdefault(last, head)
    expected, previous = 0, GENESIS
    sealed = select(audit_lines).where(audit_lines.c.position.is_not(None)).order_by(audit_lines.c.position)
    for row in conn.execute(sealed.execution_options(yield_per=1000)):
        line = _line(row)
        expected += 1
        if line.position != expected:
            return BrokenLine(expected, None, f"第 {expected} 条审计记录不见了")
        previous = _hash(expected, line, previous)
        if line.hash != previous or known.get(expected, previous) != previous:
            return BrokenLine(expected, line.id, f"第 {expected} 条审计记录（编号 {line.id}）被改动过")
        if expected > last:
            return BrokenLine(expected, line.id, f"第 {expected} 条审计记录（编号 {line.id}）是后来塞进去的")
    if expected < last:
        return BrokenLine(expected + 1, None, f"第 {expected + 1} 条审计记录不见了")
    return None


def list_lines(
    conn: Connection, *, subject: str = "", before_id: int | None = None, limit: int = 50
) -> list[AuditLine]:
    """The trail for reading, newest first.

    Args:
        subject: only what happened to this (`case:17`); empty for everything.
        before_id: id of the last line already shown.
    """
    query = select(audit_lines).order_by(audit_lines.c.id.desc()).limit(limit)
    if subject:
        query = query.where(audit_lines.c.subject == subject)
    if before_id is not None:
        query = query.where(audit_lines.c.id < before_id)
    return [_line(row) for row in conn.execute(query)]


def _hash(position: int, line: AuditLine, previous: str) -> str:
    document = {
        "position": position,
        "id": line.id,
        "at": line.at.isoformat(timespec="microseconds"),
        "actor": line.actor,
        "action": line.action,
        "subject": line.subject,
        "detail": line.detail,
        "previous": previous,
    }
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _line(row: Any) -> AuditLine:
    return AuditLine(row.id, row.at, row.actor, row.action, row.subject, row.detail, row.position, row.hash)
