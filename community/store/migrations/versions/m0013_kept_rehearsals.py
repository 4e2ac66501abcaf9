"""Rehearsals that staff asked for in the console, and what came of them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "kept_rehearsal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("asked_by", sa.String(80), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("called", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(80), server_default="", nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report", sa.JSON(), nullable=True),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_kept_rehearsal_campaign_id"),
        sa.PrimaryKeyConstraint("id", name="pk_kept_rehearsal"),
        sa.UniqueConstraint("campaign_id", name="uq_kept_rehearsal_campaign_id"),
    )


def downgrade() -> None:
    """Drop it again."""
    op.drop_table("kept_rehearsal")
