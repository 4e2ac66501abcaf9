"""Last month's real messages as a replay's input, and two replays compared: what a change would change."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from community.errors import InvalidInput
from community.model.cases.case_text import hide_numbers
from community.store.messages import ANSWERED, IGNORED, conversations, messages

#: What is compared of each line; texts and cases are compared as they are written.
COMPARED = ("speaks", "replies", "intent", "emergency", "services", "asks", "case")
#: Numbers that differ from run to run and mean nothing.
_VOLATILE = frozenset({"number", "id"})


def month_lines(conn: Connection, *, since: datetime, zone: ZoneInfo, most: int) -> Iterator[dict[str, Any]]:
    """Give the messages since a moment as lines of a replay, in order; telephone and identity numbers are masked.

    People and chats get numbers in place of names; what each wrote stays as it was.
    """
    query = (
        select(messages, conversations.c.scene, conversations.c.chat_id, conversations.c.person_id)
        .join(conversations, messages.c.conversation_id == conversations.c.id)
        .where(messages.c.received_at >= since, messages.c.status.in_((ANSWERED, IGNORED)))
        .order_by(messages.c.id.desc())
        .limit(most)
    )
    chats: dict[str, str] = {}
    people: dict[str, str] = {}
    for row in reversed(conn.execute(query).all()):
        chat = row.chat_id if row.scene == "group" and row.chat_id else row.conversation_id
        yield {
            "conversation": chats.setdefault(f"{row.channel}:{chat}", f"c{len(chats) + 1}"),
            "person": people.setdefault(row.conversation_id, f"p{len(people) + 1}"),
            "group": row.scene == "group",
            "mentioned": bool(row.addressed),
            "text": hide_numbers(row.text),
            "at": row.received_at.astimezone(zone).isoformat(timespec="seconds"),
        }


def read_replay(content: bytes, name: str) -> list[Mapping[str, Any]]:
    """Read the output of a replay, one object a line.

    Raises:
        InvalidInput: a line is no JSON object.
    """
    lines: list[Mapping[str, Any]] = []
    for number, line in enumerate(content.decode("utf-8-sig", errors="replace").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            document = json.loads(line)
        except ValueError:
            document = None
        if not isinstance(document, dict):
            raise InvalidInput(f"{name} 第 {number} 行不是 JSON 对象：请用 chat replay 的输出")
        lines.append(document)
    return lines


def differences(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> list[tuple[int, dict[str, tuple[Any, Any]]]]:
    """Return the lines that came out otherwise: the line's number from 1, and of each part what it was and is.

    Raises:
        InvalidInput: the two replays have not the same number of lines.
    """
    if len(before) != len(after):
        raise InvalidInput(f"两份输出行数不同（{len(before)} 和 {len(after)}）：要用同一份消息各放一遍")
    changed = []
    for number, (old, new) in enumerate(zip(before, after, strict=True), start=1):
        parts = {
            name: (old.get(name), new.get(name)) for name in COMPARED if _plain(old.get(name)) != _plain(new.get(name))
        }
        if parts:
            changed.append((number, parts))
    return changed


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items() if name not in _VOLATILE}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
