"""Durations as people write them in files, `10s`, `30m`, `2h`, `1d`, and as they read them, 3小时20分."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_PATTERN = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*([smhd])\s*$")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_duration(text: str) -> timedelta:
    """Read `10s`, `30m`, `2h` or `1d`.

    Raises:
        ValueError: with a Chinese sentence, when it is none of these.
    """
    match = _PATTERN.match(text)
    if not match:
        raise ValueError(f"时长“{text}”写法不对，应写成 10s、30m、2h 或 1d 这样")
    return timedelta(seconds=float(match[1]) * _SECONDS[match[2]])


def format_duration(value: timedelta) -> str:
    """Write a duration the way `parse_duration` reads it."""
    seconds = int(value.total_seconds())
    for unit in "dhm":
        if seconds and seconds % _SECONDS[unit] == 0:
            return f"{seconds // _SECONDS[unit]}{unit}"
    return f"{seconds}s"


def span_text(span: timedelta, *, hours_of_days: bool = False) -> str:
    """Say how long: 45秒, 12分钟, 3小时20分, 2天.

    Args:
        hours_of_days: say the hours beside whole days too: 2天4小时.
    """
    seconds = max(0, int(span.total_seconds()))
    minutes = seconds // 60
    if minutes < 1:
        return f"{seconds}秒"
    if minutes < 60:
        return f"{minutes}分钟"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}小时{minutes}分" if minutes else f"{hours}小时"
    days, hours = divmod(hours, 24)
    return f"{days}天{hours}小时" if hours and hours_of_days else f"{days}天"


def _validate(value: Any) -> Any:
    return value if isinstance(value, timedelta) else parse_duration(str(value))


#: A timedelta that files write as `30m`.
Duration = Annotated[
    timedelta,
    BeforeValidator(_validate),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d+(\.\d+)?[smhd]$", "examples": ["30m"]}),
]
