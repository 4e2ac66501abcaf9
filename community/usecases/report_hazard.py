"""Take one hazard that a resident reported: a new case, or the open one that it repeats."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.cases.case import Case, CaseKind, NewCase, Priority
from community.model.hazards.hazard_report import HazardReport
from community.model.rulebook import Rulebook
from community.store import cases as store
from community.usecases.note_case import note_case
from community.usecases.open_case import open_case


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedHazard:
    """A report that became a case.

    Attributes:
        created: False when it repeats a case that this resident had opened, or the message was taken before.
        repeats: it repeats an earlier message's case.
    """

    case_id: int
    number: str
    created: bool
    repeats: bool
    priority: Priority
    category_name: str
    place: str


def report_hazard(
    conn: Connection,
    report: HazardReport,
    *,
    source_key: str,
    conversation_id: str,
    rules: Rulebook,
    now: datetime,
    reporter_name: str = "",
) -> ReportedHazard:
    """Open a case for a report; the same message again, or the same hazard told twice, is the same case.

    Args:
        source_key: `message:<id>:<n>`, n counting the hazards of one message.
    """
    actor = Actor.resident(conversation_id)
    known = store.case_by_source_key(conn, source_key)
    earlier = known or _told_before(conn, report, conversation_id)
    if earlier is not None:
        if known is None:
            note_case(conn, earlier.id, report.text, actor=actor, now=now, source_key=source_key)
        return _reported(earlier, rules, created=False, repeats=known is None)
    new = NewCase(
        kind=CaseKind.HAZARD,
        source_key=source_key,
        summary=_summary(report, rules),
        description=report.text,
        category=report.category,
        danger=report.danger,
        address=report.address,
        location_text=report.location_text,
        conversation_id=conversation_id,
        reporter_name=reporter_name,
    )
    opened = open_case(conn, new, rules=rules, actor=actor, now=now)
    return _reported(store.case_by_id(conn, opened.id), rules, created=opened.created, repeats=False)


def _told_before(conn: Connection, report: HazardReport, conversation_id: str) -> Case | None:
    """The open case of this conversation with the same category at the same place."""
    wanted = store.CaseFilter(
        open=True, kinds=(CaseKind.HAZARD,), category=report.category, conversation_id=conversation_id
    )
    return next((case for case in store.list_cases(conn, wanted) if _same_place(case, report)), None)


def _same_place(case: Case, report: HazardReport) -> bool:
    if not report.has_location or not case.location_text:
        return True
    if case.address.contradicts(report.address):
        return False
    if not case.address.is_empty and not report.address.is_empty:
        return True
    return case.location_text in report.location_text or report.location_text in case.location_text


def _summary(report: HazardReport, rules: Rulebook) -> str:
    name = rules.hazards[report.category].name if report.category in rules.hazards else report.category
    return f"{name}，{report.location_text}" if report.location_text else name


def _reported(case: Case, rules: Rulebook, *, created: bool, repeats: bool) -> ReportedHazard:
    hazard = rules.hazards.get(case.category or "")
    return ReportedHazard(
        case_id=case.id,
        number=case.number,
        created=created,
        repeats=repeats,
        priority=case.priority,
        category_name=hazard.name if hazard else "",
        place=case.location_text or str(case.address),
    )
