"""Staff and their sessions."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table

from community.store.base import UtcDateTime, metadata

staff = Table(
    "staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("login", String(80), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    #: Role
    Column("role", String(20), nullable=False),
    #: Argon2id.
    Column("password_hash", String(200), nullable=False),
    #: The password was given out once and must be replaced at the first sign-in.
    Column("must_change_password", Boolean, nullable=False),
    #: The grid a grid worker looks after; empty for the whole community.
    Column("grid", String(60), nullable=False, server_default=""),
    Column("on_duty", Boolean, nullable=False),
    Column("failed_sign_ins", Integer, nullable=False, server_default="0"),
    Column("locked_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
)

sessions = Table(
    "session",
    metadata,
    #: SHA-256 of the cookie's value.
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("csrf_token", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)
