"""Text messages beside the phone, and who wants none or can get none."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the tables."""
    _create_text_message()
    op.create_table(
        "text_refusal",
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("problem", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_text_refusal"),
    )
    op.create_table(
        "text_opt_out",
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"], ["resident.id"], name="fk_text_opt_out_resident_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("resident_id", name="pk_text_opt_out"),
    )


def downgrade() -> None:
    """Drop them again."""
    for table in ("text_opt_out", "text_refusal", "text_message"):
        op.drop_table(table)


def _create_text_message() -> None:
    op.create_table(
        "text_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("token", sa.String(32), server_default="", nullable=False),
        sa.Column("direction", sa.String(3), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("resident_id", sa.Integer(), nullable=True),
        sa.Column("question_id", sa.String(60), nullable=True),
        sa.Column("reply_to", sa.Integer(), nullable=True),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("own_number", sa.String(20), server_default="", nullable=False),
        sa.Column("carrier", sa.String(20), nullable=False),
        sa.Column("carrier_id", sa.String(64), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("owner", sa.String(64), server_default="", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("problem", sa.String(20), nullable=True),
        sa.Column("error_code", sa.String(20), nullable=True),
        sa.Column("error_text", sa.Text(), nullable=True),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["reply_to"], ["text_message.id"], name="fk_text_message_reply_to"),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name="fk_text_message_resident_id"),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name="fk_text_message_target_id"),
        sa.PrimaryKeyConstraint("id", name="pk_text_message"),
        sa.UniqueConstraint("carrier_id", name="uq_text_message_carrier_id"),
        sa.UniqueConstraint("key", name="uq_text_message_key"),
    )
    op.create_index("ix_text_message_target_id", "text_message", ["target_id"])
    op.create_index("ix_text_message_status_next_at", "text_message", ["status", "next_at"])
    op.create_index("ix_text_message_number_created_at", "text_message", ["number", "created_at"])
