"""The moment at which somebody was promised another call, and on which telephone."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("target", sa.Column("promised_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("target", sa.Column("promised_number", sa.String(20), nullable=True))
    op.create_index("ix_target_promised_at", "target", ["promised_at"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_index("ix_target_promised_at", table_name="target")
    for column in ("promised_number", "promised_at"):
        op.drop_column("target", column)
