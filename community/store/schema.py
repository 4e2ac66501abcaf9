"""Every table in one place: importing this module fills `metadata`."""

from community.store import (
    answers,
    attempts,
    audit,
    campaigns,
    cases,
    invitations,
    mailbox,
    messages,
    notices,
    outbox,
    policies,
    recordings,
    residents,
    staff,
    texts,
    workers,
    written_answers,
)
from community.store.base import metadata

__all__ = [
    "answers",
    "attempts",
    "audit",
    "campaigns",
    "cases",
    "invitations",
    "mailbox",
    "messages",
    "metadata",
    "notices",
    "outbox",
    "policies",
    "recordings",
    "residents",
    "staff",
    "texts",
    "workers",
    "written_answers",
]
