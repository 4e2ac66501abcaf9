"""By which channel a question was answered, what writing made of a target, and the conversations in writing."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the columns and the table."""
    op.add_column("answer", sa.Column("channel", sa.String(10), server_default="phone", nullable=False))
    op.add_column("target", sa.Column("written_by", sa.String(10), nullable=True))
    op.add_column("target", sa.Column("written_result", sa.String(20), nullable=True))
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=True),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["target_id"], ["target.id"], name="fk_invitation_target_id"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
    )
    op.create_index("ix_invitation_target_id_channel", "invitation", ["target_id", "channel"])


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("invitation")
    with op.batch_alter_table("target") as batch:
        batch.drop_column("written_result")
        batch.drop_column("written_by")
    with op.batch_alter_table("answer") as batch:
        batch.drop_column("channel")
