"""How often one telephone was rung, for whomever it was."""

from collections.abc import Sequence

from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the index."""
    op.create_index("ix_attempt_number_created", "attempt", ["number", "created_at"])


def downgrade() -> None:
    """Drop it again."""
    op.drop_index("ix_attempt_number_created", table_name="attempt")
