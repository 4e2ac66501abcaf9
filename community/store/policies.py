"""Policy documents and their passages."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from community.store.base import UtcDateTime, metadata

policy_documents = Table(
    "policy_document",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", String(200), nullable=False),
    #: 文号
    Column("document_number", String(120), nullable=False),
    #: 1, 2, 3… of the same document number; only the newest is current.
    Column("version", Integer, nullable=False),
    Column("issuer", String(200), nullable=False, server_default=""),
    Column("issued_on", Date),
    Column("effective_on", Date),
    Column("expires_on", Date),
    Column("district", String(120), nullable=False, server_default=""),
    #: 文号 of the document that this one replaces.
    Column("supersedes", String(400), nullable=False, server_default=""),
    #: Bare name of the imported file, and the SHA-256 of its text.
    Column("file_name", String(200), nullable=False),
    Column("digest", String(64), nullable=False),
    #: A newer version of the same document number is there.
    Column("outdated", Boolean, nullable=False),
    Column("imported_by", String(120), nullable=False),
    Column("imported_at", UtcDateTime, nullable=False),
    UniqueConstraint("document_number", "version"),
)

passages = Table(
    "passage",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("document_id", ForeignKey("policy_document.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", Integer, nullable=False),
    Column("heading", String(200), nullable=False, server_default=""),
    Column("text", Text, nullable=False),
)
