"""Policy documents and their passages."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    ForeignKey,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
    update,
)

from community.model.actor import Actor
from community.model.policies.policy import Passage, PolicyDocument
from community.model.policies.policy_text import ParsedPolicy
from community.store.base import UtcDateTime, metadata

#: Ids in one IN (…) list.
_BATCH = 500

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


def newest_version(conn: Connection, document_number: str) -> PolicyDocument | None:
    """Return the newest version of a document number, or None."""
    query = select(policy_documents).where(policy_documents.c.document_number == document_number)
    row = conn.execute(query.order_by(policy_documents.c.version.desc()).limit(1)).mappings().first()
    return _document(row) if row else None


def add_document(
    conn: Connection, policy: ParsedPolicy, *, version: int, file_name: str, digest: str, actor: Actor, now: datetime
) -> int:
    """Insert one version of a document with its passages, mark the versions before it outdated, return its id."""
    older = policy_documents.c.document_number == policy.document_number
    conn.execute(update(policy_documents).where(older).values(outdated=True))
    added = conn.execute(
        insert(policy_documents).values(
            title=policy.title,
            document_number=policy.document_number,
            version=version,
            issuer=policy.issuer,
            issued_on=policy.issued_on,
            effective_on=policy.effective_on,
            expires_on=policy.expires_on,
            district=policy.district,
            supersedes="、".join(policy.supersedes),
            file_name=file_name,
            digest=digest,
            outdated=False,
            imported_by=str(actor),
            imported_at=now,
        )
    )
    document_id: int = added.inserted_primary_key.id if added.inserted_primary_key else 0
    rows = [
        {"document_id": document_id, "position": position, "heading": passage.heading, "text": passage.text}
        for position, passage in enumerate(policy.passages)
    ]
    conn.execute(insert(passages), rows)
    return document_id


def list_documents(conn: Connection, *, with_outdated: bool = False) -> list[PolicyDocument]:
    """Return the documents, oldest import first; older versions only when asked for."""
    query = select(policy_documents).order_by(policy_documents.c.id)
    if not with_outdated:
        query = query.where(policy_documents.c.outdated.is_(False))
    return [_document(row) for row in conn.execute(query).mappings()]


def get_document(conn: Connection, document_id: int) -> PolicyDocument | None:
    """Return one version of a document, or None."""
    row = conn.execute(select(policy_documents).where(policy_documents.c.id == document_id)).mappings().first()
    return _document(row) if row else None


def passages_of(conn: Connection, document_ids: Collection[int]) -> dict[int, list[Passage]]:
    """Return the passages of the documents named, in their order."""
    result: dict[int, list[Passage]] = {document_id: [] for document_id in document_ids}
    wanted = sorted(document_ids)
    for start in range(0, len(wanted), _BATCH):
        some = wanted[start : start + _BATCH]
        query = (
            select(passages)
            .where(passages.c.document_id.in_(some))
            .order_by(passages.c.document_id, passages.c.position)
        )
        for row in conn.execute(query):
            result[row.document_id].append(Passage(row.heading, row.text))
    return result


def store_version(conn: Connection) -> tuple[int, int]:
    """Return a value that changes whenever a document is added or taken away: (highest id, how many)."""
    highest, count = conn.execute(select(func.max(policy_documents.c.id), func.count())).one()
    return int(highest or 0), int(count)


def _document(row: RowMapping) -> PolicyDocument:
    return PolicyDocument(
        id=row["id"],
        title=row["title"],
        document_number=row["document_number"],
        version=row["version"],
        issuer=row["issuer"],
        issued_on=row["issued_on"],
        effective_on=row["effective_on"],
        expires_on=row["expires_on"],
        district=row["district"],
        supersedes=tuple(part for part in row["supersedes"].split("、") if part),
        file_name=row["file_name"],
        digest=row["digest"],
        outdated=row["outdated"],
    )
