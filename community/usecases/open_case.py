"""Open a case: something that a human must finish."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from community.errors import InvalidInput
from community.model.actor import Actor
from community.model.address import Address
from community.model.cases.case import Case, CaseKind, CaseStatus, NewCase, Priority
from community.model.cases.case_text import hide_numbers, shorten, storable
from community.model.cases.escalation import StepReason
from community.model.rulebook import Rulebook
from community.store import audit
from community.store import cases as store
from community.usecases.tell_step import step_now

_DEFAULT_PRIORITY: dict[CaseKind, Priority] = {
    CaseKind.HAZARD: Priority.NORMAL,
    CaseKind.UNREACHED: Priority.URGENT,
    CaseKind.WORRYING: Priority.URGENT,
    CaseKind.QUESTION: Priority.NORMAL,
    CaseKind.CALLBACK: Priority.NORMAL,
    CaseKind.LIST_CHECK: Priority.NORMAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCase:
    """A case and whether this call created it."""

    id: int
    number: str
    created: bool
    priority: Priority


def open_case(conn: Connection, new: NewCase, *, rules: Rulebook, actor: Actor, now: datetime) -> OpenedCase:
    """Open a case and tell the first in line at once; the same source key again is the same case.

    Raises:
        InvalidInput: the category is not one of hazards.yml, or the kind has no category.
    """
    existing = store.case_by_source_key(conn, new.source_key)
    if existing is not None:
        return _opened(existing, created=False)
    priority = priority_of(new.kind, new.category, rules, danger=new.danger, asked=new.priority)
    case_id = store.insert_case(conn, _values(conn, new, priority, rules, now))
    if case_id is None:
        existing = store.case_by_source_key(conn, new.source_key)
        assert existing is not None, "the source key was taken a moment ago"  # noqa: S101 - cases are never deleted
        return _opened(existing, created=False)
    case = store.case_by_id(conn, case_id)
    store.add_event(conn, case.id, at=now, actor=actor, action="opened", text=case.description)
    detail = {"number": case.number, "kind": case.kind, "category": case.category, "priority": case.priority}
    audit.append(conn, at=now, actor=actor, action="case.opened", subject=f"case:{case.id}", detail=detail)
    return _opened(step_now(conn, case, StepReason.OPENED, rules=rules, actor=actor, now=now), created=True)


def priority_of(
    kind: CaseKind, category: str | None, rules: Rulebook, *, danger: bool, asked: Priority | None = None
) -> Priority:
    """How urgent a case is: danger first, then what was asked for, then its category's or kind's default.

    Raises:
        InvalidInput: the category is not one of hazards.yml, or the kind has no category.
    """
    if category is not None and (kind is not CaseKind.HAZARD or category not in rules.hazards):
        raise InvalidInput(f"隐患种类“{category}”不对：只能用 hazards.yml 里的 code，而且只用于隐患工单")
    if danger:
        return Priority.EMERGENCY
    return asked or (rules.hazards[category].priority if category else _DEFAULT_PRIORITY[kind])


def _values(conn: Connection, new: NewCase, priority: Priority, rules: Rulebook, now: datetime) -> dict[str, Any]:
    category = new.category or ("other" if new.kind is CaseKind.HAZARD else None)
    day = now.astimezone(rules.timezone).strftime("%y%m%d")
    return {
        "number": f"{day}-{store.next_number(conn, day):03d}",
        "source_key": new.source_key,
        "kind": new.kind,
        "category": category,
        "priority": priority,
        "danger": new.danger,
        "status": CaseStatus.REPORTED,
        "summary": hide_numbers(shorten(new.summary, 200)),
        "description": storable(new.description),
        **place_values(new.address),
        "location_text": shorten(new.location_text, 200),
        "grid": shorten(new.grid or rules.grid_of(new.address), 60),
        "resident_id": new.resident_id,
        "reporter_name": shorten(new.reporter_name, 80),
        "conversation_id": new.conversation_id,
        "campaign_id": new.campaign_id,
        "target_id": new.target_id,
        "attempt_id": new.attempt_id,
        "rehearsal": new.rehearsal,
        "ladder": store.ladder_to_json(rules.ladder_for(new.kind, priority, category)),
        "next_step_at": now,
        "opened_at": now,
    }


def place_values(address: Address) -> dict[str, str]:
    """The columns that hold an address, each part no longer than its column."""
    return {
        "community": shorten(address.community, 80),
        "building": shorten(address.building, 40),
        "unit": shorten(address.unit, 20),
        "room": shorten(address.room, 20),
    }


def _opened(case: Case, *, created: bool) -> OpenedCase:
    return OpenedCase(id=case.id, number=case.number, created=created, priority=case.priority)
