"""Try policy files before they are published: last month's real questions, answered without them and with them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from community.errors import CommunityError
from community.files.policy_file import read_policy_text
from community.model.policies.policy import PolicyAnswer
from community.model.policies.policy_text import ParsedPolicy, parse_policy
from community.store.asked_policies import asked_policies
from community.usecases.answer_policy import index_of
from community.usecases.import_policies import PolicyFile

#: How far back real questions are taken, and how many different ones.
LOOK_BACK = timedelta(days=31)
MOST_QUESTIONS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedFile:
    """A file as it would be imported: its title and passages, or why it would not be."""

    file: str
    title: str = ""
    document_number: str = ""
    passages: int = 0
    reason: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedAnswer:
    """A question that would be answered in another way, and how often it was asked."""

    question: str
    times: int
    before: PolicyAnswer
    after: PolicyAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTrial:
    """What would change.

    Attributes:
        questions: how many different questions were tried.
        changed: those whose answer changes, the most asked first.
    """

    files: Sequence[TriedFile]
    questions: int
    changed: Sequence[ChangedAnswer]


def try_policies(conn: Connection, files: Iterable[PolicyFile], *, today: date, now: datetime) -> PolicyTrial:
    """Answer last month's questions without and with the files; nothing is written."""
    tried: list[TriedFile] = []
    policies: list[tuple[str, ParsedPolicy]] = []
    for file in files:
        try:
            policy = parse_policy(read_policy_text(file.name, file.content))
        except CommunityError as error:
            tried.append(TriedFile(file=file.name, reason=f"{file.name}：{error.message}"))
            continue
        policies.append((file.name, policy))
        tried.append(
            TriedFile(
                file=file.name,
                title=policy.title,
                document_number=policy.document_number,
                passages=len(policy.passages),
                warnings=policy.warnings,
            )
        )
    questions = asked_policies(conn, since=now - LOOK_BACK, most=MOST_QUESTIONS)
    present = index_of(conn)
    coming = present.with_policies(policies)
    changed = []
    for question, times in questions:
        before, after = present.answer(question, today=today), coming.answer(question, today=today)
        if _said(before) != _said(after):
            changed.append(ChangedAnswer(question=question, times=times, before=before, after=after))
    changed.sort(key=lambda one: -one.times)
    return PolicyTrial(files=tried, questions=len(questions), changed=changed)


def _said(answer: PolicyAnswer) -> tuple[str, str, str, tuple[str, ...]]:
    """What a resident would notice: the kind of answer, its words and its source."""
    return (answer.status, answer.quote, answer.text, tuple(one.title for one in answer.choices))
