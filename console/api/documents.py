"""What the API's answers look like; names are the public ones, phones are masked."""

from datetime import datetime
from typing import Any

from community.model.cases.case import Case, CaseEvent
from community.model.phone import mask
from community.store.progress import CampaignFigures, CampaignLine
from community.store.result_lines import ResultLine


def campaign_json(line: CampaignLine) -> dict[str, Any]:
    """One campaign."""
    return {
        "id": line.id,
        "name": line.name,
        "status": line.status,
        "priority": line.priority,
        "rehearsal": line.rehearsal,
        "created_by": line.created_by,
        "created_at": _moment(line.created_at),
        "approved_by": line.approved_by,
        "launched_at": _moment(line.launched_at),
        "finished_at": _moment(line.finished_at),
        "targets": {"total": line.total, "resolved": line.resolved, **_counts(line)},
    }


def figures_json(line: CampaignLine, figures: CampaignFigures) -> dict[str, Any]:
    """One campaign's progress at this moment."""
    return {
        "targets": {"total": line.total, "resolved": line.resolved, **_counts(line)},
        "dialled": figures.dialled,
        "reached": figures.reached,
        "calls": figures.calls,
        "live_calls": figures.live_calls,
        "unknown_calls": figures.unknown_calls,
        "outcomes": {outcome.value: count for outcome, count in figures.outcomes.items()},
        "next_at": _moment(figures.next_at),
        "answers": [
            {"question": one.question_id, "label": one.label, "value": one.value, "count": one.count}
            for one in figures.answers
        ],
    }


def result_json(line: ResultLine) -> dict[str, Any]:
    """One resident's result in one campaign."""
    return {
        "name": line.name,
        "phone": mask(line.number) if line.number else None,
        "status": line.status,
        "outcome": line.outcome,
        "attempts": line.attempts,
        "reason": line.reason,
        "case": line.case_number,
        "answers": {
            question: {
                "heard": answer.heard,
                "digits": answer.digits,
                "label": answer.meaning[0],
                "value": answer.meaning[1],
                "confidence": answer.confidence,
                "corrected": answer.corrected_label is not None,
            }
            for question, answer in line.answers.items()
        },
    }


def case_json(case: Case) -> dict[str, Any]:
    """One case."""
    return {
        "number": case.number,
        "kind": case.kind,
        "category": case.category,
        "priority": case.priority,
        "danger": case.danger,
        "status": case.status,
        "summary": case.summary,
        "description": case.description,
        "place": case.place,
        "grid": case.grid,
        "rehearsal": case.rehearsal,
        "assignee": case.assignee,
        "opened_at": _moment(case.opened_at),
        "next_step_at": _moment(case.next_step_at),
        "closed_at": _moment(case.closed_at),
        "result": case.result,
    }


def event_json(event: CaseEvent) -> dict[str, Any]:
    """One line of a case's history."""
    return {"at": _moment(event.at), "actor": event.actor, "action": event.action, "text": event.text}


def _counts(line: CampaignLine) -> dict[str, int]:
    return {status.value: count for status, count in line.targets.items()}


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
