"""Logs: event names with key-values; one filter masks every phone and identity number that slips in."""

import logging
import re
import sys
import warnings
from collections.abc import MutableMapping
from typing import Any

import structlog

_PHONE = re.compile(r"(?<!\d)(\+?(?:86)?1[3-9]\d)(\d{4})(\d{4})(?!\d)")
_IDENTITY = re.compile(r"(?<!\d)(\d{6})\d{8}(\d{3}[\dXx])(?!\d)")


def set_up_logs(level: str) -> None:
    """Send logs to stderr, readable, from `level` on."""
    logging.basicConfig(level=level.upper(), stream=sys.stderr, format="%(message)s")
    for handler in logging.getLogger().handlers:
        # A library may set its own logger to debug when it is imported: what is shown is decided here.
        handler.setLevel(level.upper())
    for chatty in (
        "aiohttp.access",
        "alembic",
        "jieba",
        "twilio",
        "alibabacloud-tea",
        "darabonba-core",
        "credentials",
    ):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", message="pkg_resources is deprecated", category=UserWarning)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            mask_numbers,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def mask_numbers(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide the middle of every mobile number and identity number in an event."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = _masked(value)
    return event


def _masked(text: str) -> str:
    return _IDENTITY.sub(r"\1********\2", _PHONE.sub(r"\1****\3", text))
