"""Import policy documents: each file by itself, all of it or nothing; a report says what became of each."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from community.errors import CommunityError, Conflict
from community.files.policy_file import read_policy_text
from community.model.actor import Actor
from community.model.policies.policy_text import parse_policy
from community.store import audit, policies


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """A file handed in: its bare name and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedPolicy:
    """What became of one file.

    Attributes:
        result: `created`, `updated` (a newer version of a number already there), `unchanged` or `rejected`.
        reason: a Chinese sentence, when rejected.
        warnings: what was guessed or ignored.
    """

    file: str
    result: str
    document_id: int | None = None
    title: str = ""
    document_number: str = ""
    version: int | None = None
    passages: int = 0
    reason: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyImport:
    """The report of one import."""

    files: list[ImportedPolicy] = field(default_factory=list)

    def count(self, result: str) -> int:
        """How many files ended as `result`."""
        return sum(1 for one in self.files if one.result == result)


def import_policies(conn: Connection, files: Iterable[PolicyFile], *, actor: Actor, now: datetime) -> PolicyImport:
    """Import each file in a savepoint of its own; a bad one stops none of the others and leaves nothing behind."""
    report = PolicyImport()
    for file in files:
        try:
            with conn.begin_nested():
                report.files.append(_import_one(conn, file, actor=actor, now=now))
        except IntegrityError:
            reason = Conflict(f"{file.name}：同一文号刚刚被别人导入了，请再导入一次").message
            report.files.append(ImportedPolicy(file=file.name, result="rejected", reason=reason))
        except CommunityError as error:
            report.files.append(
                ImportedPolicy(file=file.name, result="rejected", reason=f"{file.name}：{error.message}")
            )
    return report


def _import_one(conn: Connection, file: PolicyFile, *, actor: Actor, now: datetime) -> ImportedPolicy:
    text = read_policy_text(file.name, file.content)
    policy = parse_policy(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    before = policies.newest_version(conn, policy.document_number)
    if before is not None and before.digest == digest:
        return ImportedPolicy(
            file=file.name,
            result="unchanged",
            document_id=before.id,
            title=policy.title,
            document_number=policy.document_number,
            version=before.version,
            passages=len(policy.passages),
        )
    version = before.version + 1 if before else 1
    document_id = policies.add_document(
        conn, policy, version=version, file_name=file.name[:200], digest=digest, actor=actor, now=now
    )
    audit.append(
        conn,
        at=now,
        actor=actor,
        action="policy.imported",
        subject=f"policy:{document_id}",
        detail={"number": policy.document_number, "version": version, "file": file.name},
    )
    return ImportedPolicy(
        file=file.name,
        result="updated" if before else "created",
        document_id=document_id,
        title=policy.title,
        document_number=policy.document_number,
        version=version,
        passages=len(policy.passages),
        warnings=policy.warnings,
    )
