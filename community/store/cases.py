"""Cases, their history, and the notices their ladder sends."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from community.store.base import UtcDateTime, metadata

cases = Table(
    "case",
    metadata,
    Column("id", Integer, primary_key=True),
    #: What people say: `260715-003` (day, then a running number of that day).
    Column("number", String(20), nullable=False, unique=True),
    #: The event that opened it; the same event again is the same case.
    Column("source_key", String(160), nullable=False, unique=True),
    #: CaseKind, category code (hazards only), Priority, CaseStatus
    Column("kind", String(20), nullable=False),
    Column("category", String(40)),
    Column("priority", String(20), nullable=False),
    Column("danger", Boolean, nullable=False),
    Column("status", String(20), nullable=False),
    Column("summary", Text, nullable=False),
    Column("description", Text, nullable=False, server_default=""),
    Column("community", String(80), nullable=False, server_default=""),
    Column("building", String(40), nullable=False, server_default=""),
    Column("unit", String(20), nullable=False, server_default=""),
    Column("room", String(20), nullable=False, server_default=""),
    Column("location_text", String(200), nullable=False, server_default=""),
    Column("grid", String(60), nullable=False, server_default=""),
    Column("resident_id", ForeignKey("resident.id"), index=True),
    Column("reporter_name", String(80), nullable=False, server_default=""),
    Column("conversation_id", String(200), index=True),
    Column("campaign_id", ForeignKey("campaign.id"), index=True),
    Column("target_id", Integer),
    Column("attempt_id", String(32)),
    Column("rehearsal", Boolean, nullable=False),
    #: A copy of the ladder it started with: [{role, wait_seconds}].
    Column("ladder", JSON, nullable=False),
    #: How many steps have fired, and when the next one does (NULL: a named person has it).
    Column("step", Integer, nullable=False, server_default="0"),
    Column("next_step_at", UtcDateTime),
    #: Login of who works on it.
    Column("assignee", String(80)),
    Column("acknowledged_at", UtcDateTime),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("result", Text),
    Index("ix_case_due", "status", "next_step_at"),
)

case_events = Table(
    "case_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("case.id"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(120), nullable=False),
    #: `opened`, `step`, `acknowledged`, `handed_over`, `closed`, `reopened`, `noted`…
    Column("action", String(30), nullable=False),
    #: Why, in the words of who did it.
    Column("text", Text, nullable=False, server_default=""),
    Column("detail", JSON, nullable=False),
)

notices = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("case_id", ForeignKey("case.id"), index=True),
    #: Role that is told on the console.
    Column("role", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("rehearsal", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("read_by", String(80)),
    Column("read_at", UtcDateTime),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    #: `case:<id>:step:<n>:<destination>`, `message:<id>:reply:<n>`…: one row for one thing to say.
    Column("key", String(200), nullable=False, unique=True),
    #: `wecom`, `dingtalk`, `feishu` (group robots), or `channel:<name>` (a reply to a resident).
    Column("destination", String(60), nullable=False),
    #: What to say, neutral of the destination's format.
    Column("payload", JSON, nullable=False),
    #: `pending`, `sending`, `sent`, `failed`.
    Column("status", String(20), nullable=False),
    #: Sendings whose result was a refusal that certainly delivered nothing, and those whose result is unknown.
    Column("refusals", Integer, nullable=False, server_default="0"),
    Column("unknowns", Integer, nullable=False, server_default="0"),
    Column("next_at", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("owner", String(64), nullable=False, server_default=""),
    Column("error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Index("ix_outbox_due", "status", "next_at"),
)
