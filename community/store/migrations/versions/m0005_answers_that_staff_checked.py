"""Who listened to an answer and found that it was understood rightly."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the columns."""
    op.add_column("answer", sa.Column("checked_by", sa.String(80), nullable=True))
    op.add_column("answer", sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("answer") as batch:
        batch.drop_column("checked_at")
        batch.drop_column("checked_by")
