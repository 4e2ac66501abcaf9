"""A policy document, its passages, and which of them may be quoted on a given day."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDocument:
    """One version of one document.

    Attributes:
        document_number: 文号, normalised: 青禾办发〔2026〕3号.
        version: 1, 2, 3… of the same number; only the newest is not `outdated`.
        supersedes: 文号 (or titles) of what it replaces.
        expires_on: the last day on which it is in force; None for no end.
        file_name: bare name of the imported file.
    """

    id: int
    title: str
    document_number: str
    version: int = 1
    issuer: str = ""
    issued_on: date | None = None
    effective_on: date | None = None
    expires_on: date | None = None
    district: str = ""
    supersedes: tuple[str, ...] = ()
    file_name: str = ""
    digest: str = ""
    outdated: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """One clause of a document, as it is quoted: its heading without marks, and its words."""

    heading: str
    text: str


class Standing(StrEnum):
    """How a document stands on a given day."""

    #: It may be quoted.
    IN_FORCE = "in_force"
    #: Published, but it starts later.
    NOT_YET = "not_yet"
    #: Its last day has passed.
    EXPIRED = "expired"
    #: A document in force has replaced it.
    SUPERSEDED = "superseded"


class AnswerStatus(StrEnum):
    """What came of a question."""

    #: A passage in force answers it.
    ANSWERED = "answered"
    #: Several documents could be meant; the resident chooses.
    CHOOSE = "choose"
    #: Only something that has ended, or has not begun, speaks of it.
    EXPIRED = "expired"
    #: The documents do not say.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyAnswer:
    """The answer to one question.

    Attributes:
        document: where it comes from; None when unknown or when the resident must choose.
        heading: heading of the passage.
        passage: the whole passage, for staff and for checks.
        text: what is said to the resident, source included.
        quote: the sentences of the passage that `text` quotes; for the telephone.
        confidence: 0 to 1.
        choices: two or three documents to choose from, the likeliest first.
        doubtful: staff should look at it: it was near to not being answered at all.
        written_id: of the answer that staff wrote, where it is one; `document` then only names its author and day.
    """

    status: AnswerStatus
    text: str
    document: PolicyDocument | None = None
    heading: str = ""
    passage: str = ""
    quote: str = ""
    confidence: float = 0.0
    choices: tuple[PolicyDocument, ...] = ()
    doubtful: bool = False
    written_id: int | None = None


_NUMBER = re.compile(
    r"[^\s《》（）()，。；;、,：:“”]{1,30}?[〔\[(（【［]\s*(?:19|20)\d\d\s*[〕\])）】］]\s*(?:第\s*)?\d{1,5}\s*号"
)
_YEAR = re.compile(r"[〔\[(（【［]\s*((?:19|20)\d\d)\s*[〕\])）】］]\s*(?:第\s*)?(\d{1,5})\s*号")


def normal_number(text: str) -> str:
    """Write a 文号 the official way: full-width brackets around the year, no blanks, digits half width."""
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").replace("\u3000", "")
    return _YEAR.sub(lambda m: f"〔{m[1]}〕{int(m[2])}号", plain).strip("《》\"'")


def numbers_in(text: str) -> list[str]:
    """Find every 文号 that a text mentions, normalised, in order."""
    return [normal_number(match[0]) for match in _NUMBER.finditer(text)]


def standings(documents: Iterable[PolicyDocument], today: date) -> Mapping[int, tuple[Standing, PolicyDocument | None]]:
    """Say how each document stands on `today`, and for a superseded one what replaced it.

    A document is superseded only by one that has itself begun; one that replaced it and then expired leaves it replaced.
    """
    current = [document for document in documents if not document.outdated]
    replaced: dict[str, PolicyDocument] = {}
    for document in sorted(current, key=lambda one: (one.effective_on or date.min, one.id)):
        if _has_begun(document, today):
            replaced.update(dict.fromkeys((normal_number(name) for name in document.supersedes), document))
    result: dict[int, tuple[Standing, PolicyDocument | None]] = {}
    for document in current:
        successor = replaced.get(document.document_number) or replaced.get(document.title)
        if successor is not None and successor.id != document.id and not _is_same_title_only(document, successor):
            result[document.id] = (Standing.SUPERSEDED, successor)
        elif not _has_begun(document, today):
            result[document.id] = (Standing.NOT_YET, None)
        elif document.expires_on is not None and document.expires_on < today:
            result[document.id] = (Standing.EXPIRED, None)
        else:
            result[document.id] = (Standing.IN_FORCE, None)
    return result


def _has_begun(document: PolicyDocument, today: date) -> bool:
    begins = document.effective_on or document.issued_on
    return begins is None or begins <= today


def _is_same_title_only(document: PolicyDocument, successor: PolicyDocument) -> bool:
    """A replacement named by title alone must not replace documents that came after the successor."""
    if document.document_number in {normal_number(name) for name in successor.supersedes}:
        return False
    return (document.effective_on or date.min) >= (successor.effective_on or date.min)
