"""A replay's lines: what is read from the file, and how what the assistant made of one is written."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from sqlalchemy import Connection

from bot.channels.base import IncomingMessage
from bot.replies import from_document, numbered
from community.errors import InvalidInput
from community.model.address import Address
from community.model.cases.case import Case, CaseKind
from community.model.hazards.hazard_report import HazardReport
from community.model.hazards.report_draft import Draft
from community.model.rulebook import Rulebook
from community.store import cases as store
from community.store.messages import StoredMessage
from community.usecases.open_case import priority_of

CHANNEL = "replay"
MENTION = "@社区助手"
#: What platforms write into a text where something else than text came.
_ATTACHMENTS = {"[图片]": "image", "[照片]": "image", "[视频]": "video", "[语音]": "audio"}
_LONGEST = 100_000


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value


class ReplayLine(BaseModel):
    """One line of the file.

    Attributes:
        conversation: one chat; lines without one stand alone.
        at: when it was written; without it, shortly after the line before.
    """

    model_config = ConfigDict(extra="ignore", strict=True)

    conversation: Annotated[str, BeforeValidator(_as_text), Field(max_length=80)] = ""
    person: Annotated[str, BeforeValidator(_as_text), Field(max_length=60)] = ""
    group: bool = False
    mentioned: bool = False
    text: str
    at: Annotated[AwareDatetime, Field(strict=False)] | None = None


def read_line(line: bytes) -> ReplayLine:
    """Read one line.

    Raises:
        InvalidInput: it is not a line of a replay; the sentence says why.
    """
    if len(line) > _LONGEST:
        raise InvalidInput("这一行太长，一条消息不超过 10 万字节", code="too_long")
    try:
        document = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InvalidInput('这一行不是 JSON，应写成 {"conversation": "1", "text": "3号楼路灯坏了"} 这样') from error
    if not isinstance(document, dict):
        raise InvalidInput("这一行应是一个 JSON 对象")
    try:
        return ReplayLine.model_validate({key: value for key, value in document.items() if value is not None})
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"]) or "整行"
        raise InvalidInput(f"这一行的 {where} 不对：请按 docs/manual/try-chat.md 里的写法填") from error


def as_message(line: ReplayLine, conversation: str, number: int) -> IncomingMessage:
    """A line as a channel would hand it on.

    Args:
        conversation: the chat's name, the line's own or one made up for it.
        number: of the line, unique in its file.
    """
    text = line.text.replace(MENTION, " ").strip()
    attachment = next((kind for mark, kind in _ATTACHMENTS.items() if mark in text), "")
    for mark in _ATTACHMENTS:
        text = text.replace(mark, " ").strip()
    return IncomingMessage(
        channel=CHANNEL,
        account="",
        message_id=str(number),
        conversation_id=f"{CHANNEL}:{conversation}:{line.person}",
        scene="group" if line.group else "private",
        text=text,
        addressed=not line.group or line.mentioned or MENTION in line.text,
        chat_id=conversation,
        person_id=line.person,
        person_name=line.person,
        attachment=attachment,
    )


@dataclass(frozen=True, slots=True)
class Drafts:
    """The report that a person was telling before a line, and after it."""

    before: Draft
    after: Draft

    @property
    def changed(self) -> bool:
        """Whether the line added to it, or ended it."""
        return self.before != self.after


def written(
    message: StoredMessage | None, drafts: Drafts, known: Sequence[Case], others: Iterable[Draft], *, replay: "Facts"
) -> dict[str, Any]:
    """What became of a line, as integrators read it.

    Args:
        message: as it was answered; None where the assistant kept silent.
        known: every report of the conversation, oldest first.
        others: what other people of the conversation are still telling.
    """
    understood = message.understanding if message else {}
    asks = _asks(message)
    touched = replay.touched(message, drafts, known, asks=asks)
    drafted = [report for draft in (drafts.after, *others) for report in replay.drafted(draft)]
    return {
        "speaks": bool(message and message.replies),
        "replies": [_reply(reply) for reply in (message.replies if message else ())],
        "intent": understood.get("intent"),
        "emergency": bool(understood.get("emergency")),
        "services": list(understood.get("services") or ()),
        "asks": asks,
        "case": touched,
        "cases": [*(replay.opened(case) for case in known), *drafted],
    }


@dataclass(frozen=True, slots=True)
class Facts:
    """Writes reports down; `notes` are what residents added to each case, by its id."""

    rules: Rulebook
    notes: Mapping[int, Sequence[str]]

    def touched(
        self, message: StoredMessage | None, drafts: Drafts, known: Sequence[Case], *, asks: str | None
    ) -> dict[str, Any] | None:
        """The report that a line is about; None where it is about none."""
        if message is None:
            return None
        case = next((case for case in known if case.number == message.case_number), None)
        if case is not None:
            return self.opened(case)
        if drafts.before.has_detail and not drafts.after.has_detail:
            return self.drafted(drafts.before, status="cancelled")[0]
        if (drafts.changed or asks in ("location", "detail")) and (reports := self.drafted(drafts.after)):
            return reports[0]
        return None

    def opened(self, case: Case) -> dict[str, Any]:
        """A report that became a case."""
        return {
            "number": case.number,
            "status": "open" if case.status.is_open else "cancelled",
            "category": case.category,
            "priority": case.priority.value,
            "danger": case.danger,
            "address": asdict(case.address),
            "location_text": case.location_text,
            "note": "\n".join([case.description, *self.notes.get(case.id, ())]),
        }

    def drafted(self, draft: Draft, *, status: str = "draft") -> list[dict[str, Any]]:
        """What is being told; a place alone counts as one."""
        if draft.has_detail:
            return [self._report(report, status) for report in draft.complete()]
        return [self._place(draft, status)] if draft.location_text else []

    def _report(self, report: HazardReport, status: str) -> dict[str, Any]:
        priority = priority_of(CaseKind.HAZARD, report.category, self.rules, danger=report.danger)
        return {
            "number": None,
            "status": status,
            "category": report.category,
            "priority": priority.value,
            "danger": report.danger,
            "address": asdict(report.address),
            "location_text": report.location_text,
            "note": report.text,
        }

    def _place(self, draft: Draft, status: str) -> dict[str, Any]:
        return {
            "number": None,
            "status": status,
            "category": None,
            "priority": None,
            "danger": False,
            "address": asdict(draft.address or Address()),
            "location_text": draft.location_text,
            "note": "",
        }


def reports_of(conn: Connection, conversations: Iterable[str]) -> tuple[list[Case], dict[int, list[str]]]:
    """Every report of some conversations, oldest first, and what residents added to each."""
    wanted = [store.CaseFilter(kinds=(CaseKind.HAZARD,), conversation_id=one) for one in conversations]
    known = sorted((case for one in wanted for case in store.list_cases(conn, one)), key=lambda case: case.id)
    return known, {case.id: _added(conn, case) for case in known}


def _added(conn: Connection, case: Case) -> list[str]:
    """What residents added; corrections are noted with their words too."""
    events = store.events_of(conn, case.id)
    return [one.text for one in events if one.action == "noted" and not one.actor.startswith("system")]


def _asks(message: StoredMessage | None) -> str | None:
    """What the answer asks for: the place, what happened, or a confirmation."""
    if message is None:
        return None
    if message.understanding.get("suspected"):
        return "confirm"
    asks = message.understanding.get("asks")
    if asks is None and any(reply.get("buttons") for reply in message.replies):
        return "confirm"
    return str(asks) if asks else None


def _reply(document: Mapping[str, Any]) -> dict[str, str]:
    reply = from_document(document)
    return {"text": numbered(reply), "to": reply.to}
