"""Ceilings of a campaign that a second person raises, what its approver saw, its lists, and consent to health questions."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_CAMPAIGN_COLUMNS = (
    ("pause_cause", sa.String(20)),
    ("raised_max_calls", sa.Integer()),
    ("raised_max_minutes", sa.Integer()),
    ("approved_preview", sa.JSON()),
)
_RESIDENT_COLUMNS = ("health_consent_at", "health_consent_withdrawn_at")


def upgrade() -> None:
    """Add the columns, the table and the index."""
    for name, kind in _CAMPAIGN_COLUMNS:
        op.add_column("campaign", sa.Column(name, kind, nullable=True))
    for name in _RESIDENT_COLUMNS:
        op.add_column("resident", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_attempt_created_at", "attempt", ["created_at"])
    op.create_table(
        "campaign_listed_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("list_name", sa.String(200), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_campaign_listed_person_campaign_id"),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name="fk_campaign_listed_person_resident_id"),
        sa.PrimaryKeyConstraint("id", name="pk_campaign_listed_person"),
    )
    op.create_index(
        "ix_campaign_listed_person_list", "campaign_listed_person", ["campaign_id", "list_name", "resident_id"]
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("campaign_listed_person")
    op.drop_index("ix_attempt_created_at", "attempt")
    with op.batch_alter_table("resident") as batch:
        for name in _RESIDENT_COLUMNS:
            batch.drop_column(name)
    with op.batch_alter_table("campaign") as batch:
        for name, _ in _CAMPAIGN_COLUMNS:
            batch.drop_column(name)
