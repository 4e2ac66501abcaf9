"""Private chats that speak for a resident, the codes that show it, and what was said when nothing was asked."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "chat_tie",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(200), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("number", sa.String(20), nullable=True),
        sa.Column("invitation_id", sa.Integer(), nullable=True),
        sa.Column("tied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(80), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_chat_tie_conversation_id"),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name="fk_chat_tie_resident_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitation.id"], name="fk_chat_tie_invitation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_chat_tie"),
        sa.UniqueConstraint("invitation_id", name="uq_chat_tie_invitation_id"),
    )
    op.create_index("ix_chat_tie_conversation_id", "chat_tie", ["conversation_id"])
    op.create_index("ix_chat_tie_resident_id", "chat_tie", ["resident_id"])
    op.create_table(
        "chat_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(200), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("nonce", sa.String(32), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_chat_code_conversation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_chat_code"),
    )
    op.create_index("ix_chat_code_conversation_id", "chat_code", ["conversation_id"])
    op.create_index("ix_chat_code_number_created_at", "chat_code", ["number", "created_at"])
    op.create_index("ix_chat_code_created_at", "chat_code", ["created_at"])
    op.create_table(
        "check_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resident_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(200), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["resident.id"], name="fk_check_in_resident_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversation.id"], name="fk_check_in_conversation_id"),
        sa.PrimaryKeyConstraint("id", name="pk_check_in"),
        sa.UniqueConstraint("key", name="uq_check_in_key"),
    )
    op.create_index("ix_check_in_resident_id", "check_in", ["resident_id"])


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("check_in")
    op.drop_table("chat_code")
    op.drop_table("chat_tie")
