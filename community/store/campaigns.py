"""Campaigns and their targets."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from community.store.base import UtcDateTime, metadata

campaigns = Table(
    "campaign",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(120), nullable=False),
    #: CampaignStatus
    Column("status", String(20), nullable=False, index=True),
    #: CampaignPriority
    Column("priority", String(20), nullable=False),
    #: The questionnaire as loaded (`Questionnaire.model_dump(mode="json")`): later edits of the file change nothing here.
    Column("definition", JSON, nullable=False),
    #: The YAML as it was given, for people.
    Column("source", Text, nullable=False),
    #: Carried by the simulated carrier: everything it produces is marked 演练.
    Column("rehearsal", Boolean, nullable=False),
    Column("created_by", String(80), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("approved_by", String(80)),
    Column("approved_at", UtcDateTime),
    Column("launched_by", String(80)),
    Column("launched_at", UtcDateTime),
    #: Why it was launched without approval, in an emergency.
    Column("override_reason", Text),
    Column("paused_at", UtcDateTime),
    Column("pause_reason", Text),
    Column("finished_at", UtcDateTime),
)

targets = Table(
    "target",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign_id", ForeignKey("campaign.id"), nullable=False),
    Column("resident_id", ForeignKey("resident.id"), nullable=False, index=True),
    #: TargetStatus
    Column("status", String(20), nullable=False),
    #: The last attempt's Outcome.
    Column("outcome", String(20)),
    #: When it may be called (again); set while the status is `waiting`.
    Column("next_at", UtcDateTime),
    #: Attempts that reached the carrier.
    Column("attempts", Integer, nullable=False, server_default="0"),
    #: {outcome: how often}, for the retry plan.
    Column("outcome_counts", JSON, nullable=False),
    #: Which of the resident's phones is called next (position).
    Column("phone_position", Integer, nullable=False, server_default="0"),
    #: Why it is excluded.
    Column("reason", Text),
    Column("case_id", ForeignKey("case.id")),
    Column("resolved_at", UtcDateTime),
    UniqueConstraint("campaign_id", "resident_id"),
    Index("ix_target_due", "status", "next_at"),
    Index("ix_target_campaign_status", "campaign_id", "status"),
)
