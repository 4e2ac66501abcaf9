"""Attempts: one dialling, or one call that came in, each; the carrier's events about them; what was said in them."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from community.store.base import UtcDateTime, metadata

#: The attempts that are not over; queries that use the partial index spell it the same way.
OPEN_CONDITION = "status in ('placing', 'placed', 'ringing', 'in_progress', 'unknown')"
#: Those of them that we dial, which the partial unique index holds apart.
_OPEN_AND_DIALLED = f"{OPEN_CONDITION} and direction = 'outbound'"

attempts = Table(
    "attempt",
    metadata,
    #: uuid4 hex; rides in every callback URL.
    Column("id", String(32), primary_key=True),
    #: Random; rides in every callback URL beside the id.
    Column("token", String(32), nullable=False),
    #: Direction: who called whom.
    Column("direction", String(10), nullable=False, server_default="outbound"),
    #: Empty for a call that came in, as long as it is about nothing that we ask; likewise the campaign, and the resident
    #: as long as the caller is not known.
    Column("target_id", ForeignKey("target.id")),
    Column("campaign_id", ForeignKey("campaign.id"), index=True),
    Column("resident_id", ForeignKey("resident.id")),
    #: 1, 2, 3… within the target; 0 without one.
    Column("n", Integer, nullable=False),
    #: E.164 of the other side (empty where a caller hides it), and our own.
    Column("number", String(20), nullable=False),
    Column("from_number", String(20), nullable=False, server_default=""),
    Column("carrier", String(20), nullable=False),
    #: The carrier's own id of the call (Twilio: CallSid).
    Column("carrier_id", String(64), unique=True),
    #: AttemptStatus and, once over, Outcome.
    Column("status", String(20), nullable=False),
    Column("outcome", String(20)),
    #: Highest SequenceNumber applied so far.
    Column("sequence", Integer, nullable=False, server_default="-1"),
    #: Who dials it, until when, and which claim this is (a stale worker's fence is lower and its writes are refused).
    Column("owner", String(64), nullable=False, server_default=""),
    Column("lease_until", UtcDateTime),
    Column("fence", Integer, nullable=False, server_default="0"),
    Column("error_code", String(20)),
    #: What staff can do about it, in Chinese.
    Column("error_text", Text),
    #: `human`, `machine…`, `fax`, `unknown`, once detected.
    Column("answered_by", String(30)),
    #: The state of the conversation (voice.script), with its step number.
    Column("dialogue", JSON, nullable=False),
    #: The number of the step that was said last: two webhooks for one step move it once.
    Column("dialogue_step", Integer, nullable=False, server_default="0"),
    Column("recording", JSON),
    #: When the carrier is asked for recordings whose callback did not come; empty where none is awaited.
    Column("recording_check_at", UtcDateTime, index=True),
    Column("rehearsal", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    #: When the carrier accepted it, when it rang, was picked up, was over.
    Column("placed_at", UtcDateTime),
    Column("ringing_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    #: Seconds, as the carrier says.
    Column("duration", Integer),
    #: When the carrier is to be asked about it next, and how often it was asked while the status was `unknown`.
    Column("check_at", UtcDateTime),
    Column("asks", Integer, nullable=False, server_default="0"),
    UniqueConstraint("target_id", "n"),
    Index("ix_attempt_status_check", "status", "check_at"),
    # For the caps of a person and of a telephone.
    Index("ix_attempt_resident_created", "resident_id", "created_at"),
    Index("ix_attempt_number_created", "number", "created_at"),
    # For the ceilings of a day, over all campaigns.
    Index("ix_attempt_created_at", "created_at"),
    # One phone is never rung twice at a time, whatever the campaign.
    Index(
        "uq_attempt_open_number",
        "number",
        unique=True,
        sqlite_where=text(_OPEN_AND_DIALLED),
        postgresql_where=text(_OPEN_AND_DIALLED),
    ),
    Index(
        "ix_attempt_open",
        "number",
        sqlite_where=text(OPEN_CONDITION),
        postgresql_where=text(OPEN_CONDITION),
    ),
)

call_events = Table(
    "call_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("attempt_id", ForeignKey("attempt.id"), nullable=False, index=True),
    #: What makes a repeated callback the same one.
    Column("key", String(120), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("detail", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    #: Whether it moved the call, or came too late.
    Column("applied", Boolean, nullable=False),
    UniqueConstraint("attempt_id", "key"),
)

utterances = Table(
    "utterance",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("attempt_id", ForeignKey("attempt.id"), nullable=False, index=True),
    #: `service` or `resident`.
    Column("speaker", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("digits", String(40), nullable=False, server_default=""),
    Column("confidence", Float),
    Column("question_id", String(60)),
    Column("at", UtcDateTime, nullable=False),
)

pace = Table(
    "pace",
    metadata,
    #: A carrier's numbers, or one campaign with a pace of its own (`campaign:<id>`).
    Column("pool", String(60), primary_key=True),
    #: The next call may not start before.
    Column("next_at", UtcDateTime, nullable=False),
    #: Who reserved the last slots.
    Column("owner", String(64), nullable=False, server_default=""),
    #: How much slower than the limit the carrier wants us, and when it last said so.
    Column("slow_factor", Float, nullable=False, server_default="1"),
    Column("slowed_at", UtcDateTime),
    #: Failures of the carrier in a row, and until when it rests because of them.
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("resting_until", UtcDateTime),
    #: What staff can do about it, in Chinese.
    Column("fault", Text),
)
