"""The durable inbox of chat: conversations, and each message once."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from community.store.base import UtcDateTime, metadata

conversations = Table(
    "conversation",
    metadata,
    #: One person in one chat of one channel: `web:<id>`, `feishu:<app>:<chat>:<person>`.
    Column("id", String(200), primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("account", String(80), nullable=False, server_default=""),
    #: `group` or `private`.
    Column("scene", String(20), nullable=False),
    Column("chat_id", String(120), nullable=False, server_default=""),
    Column("person_id", String(120), nullable=False, server_default=""),
    Column("person_name", String(80), nullable=False, server_default=""),
    #: SHA-256 of the token that lets a web caller go on; NULL where the platform vouches for the person.
    Column("token_hash", String(64)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
)

messages = Table(
    "message",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String(20), nullable=False),
    Column("account", String(80), nullable=False, server_default=""),
    #: The platform's id of the message.
    Column("message_id", String(120), nullable=False),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("text", Text, nullable=False),
    #: Whether the bot was addressed (always, in private).
    Column("addressed", Boolean, nullable=False),
    #: What the channel needs to answer (platform ids), opaque to everybody else.
    Column("envelope", JSON, nullable=False),
    #: `waiting`, `running`, `answered`, `ignored`.
    Column("status", String(20), nullable=False),
    #: [{text, to: group | person, buttons}] once answered.
    Column("replies", JSON),
    #: The case that this message touched.
    Column("case_id", ForeignKey("case.id")),
    #: {intent, emergency, services, asks…}: what the turn was understood as.
    Column("understanding", JSON),
    #: 稍后答复 was said already: the true answer follows by itself.
    Column("deferred", Boolean, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("next_at", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("owner", String(64), nullable=False, server_default=""),
    Column("received_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    UniqueConstraint("channel", "account", "message_id"),
    Index("ix_message_due", "status", "next_at"),
    Index("ix_message_conversation", "conversation_id", "id"),
)
