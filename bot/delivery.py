"""Handing an answer on: into the outbox where the platform can be pushed to, into the mailbox where the caller fetches it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from bot.channels.base import Reply
from bot.replies import GROUP, PERSON, as_documents, from_document, merge
from community.store import mailbox, outbox
from community.store.messages import StoredMessage


def deliver(conn: Connection, message: StoredMessage, *, pushed: Collection[str], now: datetime) -> None:
    """Hand the stored answer of a message on, in the transaction that stored it.

    Args:
        conn: the unit of work.
        message: the answered message.
        pushed: channels that can be pushed to.
        now: the moment.
    """
    if message.channel not in pushed:
        mailbox.put_letter(
            conn,
            key=f"message:{message.id}",
            conversation_id=message.conversation_id,
            message_id=message.message_id,
            replies=message.replies,
            case_number=message.case_number,
            now=now,
        )
        return
    replies = [from_document(document) for document in message.replies]
    for number, reader in enumerate((GROUP, PERSON)):
        reply = merge(replies, to=reader)
        if reply is not None:
            push(conn, message, reply, key=f"message:{message.id}:reply:{number}", now=now)


def push(conn: Connection, message: StoredMessage, reply: Reply, *, key: str, now: datetime) -> None:
    """Put one reply to a message into the outbox; the same key again is the same reply."""
    payload: dict[str, Any] = {
        "conversation_id": message.conversation_id,
        "envelope": dict(message.envelope),
        **as_documents([reply])[0],
    }
    outbox.put(conn, key=key, destination=f"channel:{message.channel}", payload=payload, now=now)


def read_payload(payload: Mapping[str, Any]) -> Reply:
    """Read what the outbox holds for a channel; without `to` it is for the person alone."""
    return from_document(payload)
