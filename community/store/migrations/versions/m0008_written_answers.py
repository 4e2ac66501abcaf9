"""Questions that the documents did not answer, and the answers that staff write to them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "written_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("author_name", sa.String(80), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("second_look", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(120), server_default="", nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_by", sa.String(120), server_default="", nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_written_answer"),
    )
    op.create_index("ix_written_answer_state", "written_answer", ["state"])
    op.create_table(
        "policy_question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_key", sa.String(200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.String(200), nullable=True),
        sa.Column("reason", sa.String(20), nullable=False),
        sa.Column("told", sa.Text(), server_default="", nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(120), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["written_answer.id"], name="fk_policy_question_answer_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_policy_question_case_id"),
        sa.PrimaryKeyConstraint("id", name="pk_policy_question"),
        sa.UniqueConstraint("source_key", name="uq_policy_question_source_key"),
    )
    op.create_index("ix_policy_question_answer_id", "policy_question", ["answer_id"])
    op.create_index("ix_policy_question_state", "policy_question", ["state", "id"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("policy_question")
    op.drop_table("written_answer")
