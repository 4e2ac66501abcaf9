"""What the API's answers about campaigns look like; names are the public ones, phones are masked."""

from typing import Any

from community.errors import NotFound
from community.model.calls.result_sheets import why_unreached
from community.model.moments import iso_text
from community.model.phone import mask
from community.store.answers import Answer
from community.store.kept_rehearsals import KeptRehearsal
from community.store.progress import CampaignFigures, CampaignLine
from community.store.result_lines import ResultLine
from community.usecases.show_campaign import line_to_json
from console.evidence import Evidence


def campaign_json(line: CampaignLine) -> dict[str, Any]:
    """One campaign: what the command line prints, with the counts of those who are done."""
    return {**line_to_json(line), "created_at": iso_text(line.created_at), "targets": _counts(line)}


def rehearsal_json(kept: KeptRehearsal | None) -> dict[str, Any]:
    """A campaign's last rehearsal; the report has the fields that the command line prints.

    Raises:
        NotFound: it was never rehearsed.
    """
    if kept is None:
        raise NotFound("这个任务还没有排练过：先 POST rehearse")
    return {
        "status": kept.status.value,
        "asked_by": kept.asked_by,
        "asked_at": iso_text(kept.asked_at),
        "ended_at": iso_text(kept.ended_at),
        "called": kept.called,
        "problem": kept.problem,
        "report": kept.report.to_json() if kept.report else None,
    }


def figures_json(line: CampaignLine, figures: CampaignFigures) -> dict[str, Any]:
    """One campaign's progress at this moment."""
    return {
        "targets": _counts(line),
        "dialled": figures.dialled,
        "reached": figures.reached,
        "calls": figures.calls,
        "live_calls": figures.live_calls,
        "unknown_calls": figures.unknown_calls,
        "outcomes": {outcome.value: count for outcome, count in figures.outcomes.items()},
        "next_at": iso_text(figures.next_at),
        "answers": [
            {"question": one.question_id, "label": one.label, "value": one.value, "count": one.count}
            for one in figures.answers
        ],
    }


def result_json(line: ResultLine) -> dict[str, Any]:
    """One resident's result in one campaign."""
    return {
        "target": line.target_id,
        "name": line.name,
        "phone": mask(line.number) if line.number else None,
        "address": line.address,
        "grid": line.grid,
        "status": line.status,
        "outcome": line.outcome,
        "attempts": line.attempts,
        "reason": line.reason,
        "case": line.case_number,
        "answers": {question: answer_json(answer) for question, answer in line.answers.items()},
    }


def unreached_json(line: ResultLine) -> dict[str, Any]:
    """One resident whom nobody has spoken with."""
    document = {key: value for key, value in result_json(line).items() if key not in {"answers", "reason"}}
    why = why_unreached(line.status, line.attempts, line.reason)
    return {**document, "why": why, "next_at": iso_text(line.next_at)}


def answer_json(answer: Answer) -> dict[str, Any]:
    """One answer, as it counts; and what it was taken for where staff corrected it."""
    label, value = answer.meaning
    is_corrected = answer.corrected_label is not None
    return {
        "heard": answer.heard,
        "digits": answer.digits,
        "label": label,
        "value": value,
        "confidence": answer.confidence,
        "channel": answer.channel,
        "corrected": is_corrected,
        "corrected_by": answer.corrected_by,
        "corrected_at": iso_text(answer.corrected_at),
        "taken_for": {"label": answer.label, "value": answer.value} if is_corrected else None,
    }


def evidence_json(evidence: Evidence) -> dict[str, Any]:
    """One answer to be heard again, with the part of the call it stands in."""
    passage = evidence.passage
    return {
        "target": evidence.line.target_id,
        "name": evidence.line.name,
        "question": evidence.question.id,
        "say": evidence.question.say,
        "answer": answer_json(evidence.answer),
        "said": [{"speaker": one.speaker, "text": one.text, "digits": one.digits} for one in evidence.said],
        "recording": evidence.recording.id if evidence.recording else None,
        "begins": passage.begins if passage else None,
        "ends": passage.ends if passage else None,
    }


def _counts(line: CampaignLine) -> dict[str, int]:
    by_status = {status.value: count for status, count in line.targets.items()}
    return {"total": line.total, "resolved": line.resolved, **by_status}
