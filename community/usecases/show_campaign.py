"""Show how a campaign stands, as staff read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from community.errors import NotFound
from community.model.calls.campaign import CampaignStatus, TargetStatus
from community.model.moments import iso_text
from community.model.rulebook import Rulebook
from community.store.cases import CaseFilter, count_cases
from community.store.pace import pace_of
from community.store.progress import CampaignFigures, CampaignLine, campaign_figures, campaign_line, campaign_source
from community.store.targets import count_reasons
from community.usecases.judge_audience import judge_campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignView:
    """One campaign at this moment.

    Attributes:
        audience: whom it calls, or would call if it were launched now.
        excluded: who is not called, by reason.
        cases: how many cases came of it.
        fault: why calls rest at the moment, in Chinese; empty while they do not.
    """

    line: CampaignLine
    figures: CampaignFigures
    audience: int
    excluded: Mapping[str, int]
    cases: int
    fault: str

    def to_json(self) -> dict[str, Any]:
        """A document for programs."""
        line, figures = self.line, self.figures
        completed = line.targets.get(TargetStatus.COMPLETED, 0)
        funnel = {"targets": line.total, "dialled": figures.dialled, "reached": figures.reached, "completed": completed}
        return {
            **line_to_json(line),
            "audience": self.audience,
            "excluded": dict(self.excluded),
            "attempts": {outcome.value: count for outcome, count in figures.outcomes.items()},
            "calls": figures.calls,
            "live": figures.live_calls,
            "unknown": figures.unknown_calls,
            "answered": figures.reached,
            "cases": self.cases,
            "funnel": funnel,
            "next_call_at": iso_text(figures.next_at),
            "answers": [
                {"question": each.question_id, "label": each.label, "value": each.value, "count": each.count}
                for each in figures.answers
            ],
            "fault": self.fault or None,
        }


def show_campaign(conn: Connection, campaign_id: int, *, rules: Rulebook, now: datetime) -> CampaignView:
    """Look at one campaign.

    Raises:
        NotFound: there is no such campaign.
    """
    line = campaign_line(conn, campaign_id)
    if line is None:
        raise NotFound(f"没有 {campaign_id} 号外呼任务：请用 campaign list 查看编号")
    if line.status in {CampaignStatus.DRAFT, CampaignStatus.APPROVED}:
        judged = judge_campaign(conn, campaign_id, campaign_source(conn, campaign_id)[0], rules=rules, now=now)
        audience, excluded = judged.size, judged.reasons
    else:
        audience, excluded = line.total, count_reasons(conn, campaign_id)
    pace = pace_of(conn, rules.line.name)
    return CampaignView(
        line=line,
        figures=campaign_figures(conn, campaign_id),
        audience=audience,
        excluded=excluded,
        cases=sum(count_cases(conn, CaseFilter(campaign_id=campaign_id)).values()),
        fault=(pace.fault or "") if pace is not None and pace.rests(now) else "",
    )


def line_to_json(line: CampaignLine) -> dict[str, Any]:
    """One campaign's line as a document for programs."""
    return {
        "id": line.id,
        "name": line.name,
        "status": line.status.value,
        "priority": line.priority.value,
        "rehearsal": line.rehearsal,
        "created_by": line.created_by,
        "approved_by": line.approved_by,
        "launched_by": line.launched_by,
        "launched_at": iso_text(line.launched_at),
        "override_reason": line.override_reason,
        "pause_reason": line.pause_reason,
        "finished_at": iso_text(line.finished_at),
        "targets": {status.value: line.targets.get(status, 0) for status in TargetStatus},
        "total": line.total,
    }
