"""Calls that come in: about nothing we ask, or from nobody we know; messages after the tone, and recordings to look up."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_OPEN = "status in ('placing', 'placed', 'ringing', 'in_progress', 'unknown')"
_DIALLED = f"{_OPEN} and direction = 'outbound'"
_MAY_BE_EMPTY = ("target_id", "campaign_id", "resident_id")


def upgrade() -> None:
    """Add the columns, and let an attempt stand without a target."""
    op.drop_index("uq_attempt_open_number", "attempt")
    op.add_column("attempt", sa.Column("direction", sa.String(10), server_default="outbound", nullable=False))
    op.add_column("attempt", sa.Column("recording_check_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("recording", sa.Column("kind", sa.String(10), server_default="call", nullable=False))
    with op.batch_alter_table("attempt") as batch:
        for name in _MAY_BE_EMPTY:
            batch.alter_column(name, existing_type=sa.Integer(), nullable=True)
    op.create_index("ix_attempt_recording_check_at", "attempt", ["recording_check_at"])
    op.create_index(
        "uq_attempt_open_number",
        "attempt",
        ["number"],
        unique=True,
        sqlite_where=sa.text(_DIALLED),
        postgresql_where=sa.text(_DIALLED),
    )
    op.create_index(
        "ix_attempt_open", "attempt", ["number"], sqlite_where=sa.text(_OPEN), postgresql_where=sa.text(_OPEN)
    )


def downgrade() -> None:
    """Take them away again; there is no room for calls without a target."""
    for name in ("ix_attempt_open", "uq_attempt_open_number", "ix_attempt_recording_check_at"):
        op.drop_index(name, "attempt")
    with op.batch_alter_table("attempt") as batch:
        batch.drop_column("direction")
        batch.drop_column("recording_check_at")
        for name in _MAY_BE_EMPTY:
            batch.alter_column(name, existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("recording") as batch:
        batch.drop_column("kind")
    op.create_index(
        "uq_attempt_open_number",
        "attempt",
        ["number"],
        unique=True,
        sqlite_where=sa.text(_OPEN),
        postgresql_where=sa.text(_OPEN),
    )
