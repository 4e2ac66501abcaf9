"""Answers: what was heard, what it was taken to mean, how sure; and corrections beside the original."""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from community.store.base import UtcDateTime, metadata

answers = Table(
    "answer",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("target_id", ForeignKey("target.id"), nullable=False),
    Column("attempt_id", ForeignKey("attempt.id"), index=True),
    Column("question_id", String(60), nullable=False),
    #: The recogniser's words.
    Column("heard", Text, nullable=False, server_default=""),
    Column("digits", String(40), nullable=False, server_default=""),
    #: `yes`, `no`, `none`, `needs:…`, `keep`, `value`, or one of the common labels (model.meaning).
    Column("label", String(40), nullable=False),
    #: The option, number, ISO date or {part, from, to} meant.
    Column("value", JSON),
    #: 0…1: how sure the reading is.
    Column("confidence", Float, nullable=False),
    #: `keys`, `rules`, `model` or `staff`.
    Column("decided_by", String(20), nullable=False),
    Column("recording", String(200)),
    Column("rehearsal", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("corrected_label", String(40)),
    Column("corrected_value", JSON),
    Column("corrected_by", String(80)),
    Column("corrected_at", UtcDateTime),
    UniqueConstraint("target_id", "question_id"),
)
