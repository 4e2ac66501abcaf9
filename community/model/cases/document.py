"""A case as programs read it: one shape for the command line and the API; moments in UTC."""

from collections.abc import Iterable
from typing import Any

from community.model.cases.case import Case, CaseEvent
from community.model.moments import iso_text


def case_document(case: Case) -> dict[str, Any]:
    """One case."""
    return {
        "id": case.id,
        "number": case.number,
        "kind": case.kind,
        "category": case.category,
        "priority": case.priority,
        "danger": case.danger,
        "status": case.status,
        "summary": case.summary,
        "description": case.description,
        "place": case.place,
        "address": {
            "community": case.address.community,
            "building": case.address.building,
            "unit": case.address.unit,
            "room": case.address.room,
        },
        "location_text": case.location_text,
        "grid": case.grid,
        "resident_id": case.resident_id,
        "conversation_id": case.conversation_id,
        "campaign_id": case.campaign_id,
        "target_id": case.target_id,
        "attempt_id": case.attempt_id,
        "rehearsal": case.rehearsal,
        "step": case.step,
        "role": case.ladder[case.rung].role if case.rung >= 0 else None,
        "next_step_at": iso_text(case.next_step_at),
        "assignee": case.assignee,
        "acknowledged_at": iso_text(case.acknowledged_at),
        "opened_at": iso_text(case.opened_at),
        "closed_at": iso_text(case.closed_at),
        "result": case.result,
    }


def whole_case_document(case: Case, events: Iterable[CaseEvent]) -> dict[str, Any]:
    """One case with its ladder and everything that happened to it, oldest first."""
    ladder = [{"role": step.role, "wait_seconds": int(step.wait.total_seconds())} for step in case.ladder]
    return {**case_document(case), "ladder": ladder, "events": [event_document(event) for event in events]}


def event_document(event: CaseEvent) -> dict[str, Any]:
    """One line of a case's history."""
    return {
        "at": event.at.isoformat(),
        "actor": event.actor,
        "action": event.action,
        "text": event.text,
        "detail": event.detail,
    }
