"""How campaigns get on: figures, result lines and transcripts for those who watch them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, case, func, select

from community.model.calls.call import OPEN, AttemptStatus, Direction, Outcome
from community.model.calls.campaign import CampaignStatus, TargetStatus
from community.model.cases.case import Priority
from community.model.questionnaires.questionnaire import Questionnaire
from community.store.attempts import attempts, pace, utterances
from community.store.campaigns import campaigns, targets
from community.store.recordings import StoredRecording, recordings_of
from community.store.result_counts import AnswerCount, answer_counts, reached_people
from community.store.result_lines import ResultLine, results, with_answers

_OPEN_STATUSES = [status.value for status in OPEN]


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignLine:
    """One campaign with its counts of targets by status."""

    id: int
    name: str
    status: CampaignStatus
    priority: Priority
    rehearsal: bool
    created_by: str
    created_at: datetime
    approved_by: str | None
    approved_at: datetime | None
    launched_by: str | None
    launched_at: datetime | None
    override_reason: str | None
    pause_reason: str | None
    finished_at: datetime | None
    targets: Mapping[TargetStatus, int]

    @property
    def total(self) -> int:
        """All targets that are or were to be called."""
        return sum(self.targets.values())

    @property
    def resolved(self) -> int:
        """Targets that need no further call."""
        return sum(count for status, count in self.targets.items() if status.is_final)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFigures:
    """One campaign's figures at this moment.

    Attributes:
        dialled: targets with at least one call that the carrier took.
        reached: targets whose phone a person picked up at least once.
        outcomes: calls that are over, by outcome.
        live_calls: calls that are not over.
        unknown_calls: of these, those of which it is not known whether they rang.
        next_at: when the next waiting target may be called.
    """

    dialled: int
    reached: int
    calls: int
    outcomes: Mapping[Outcome, int]
    live_calls: int
    unknown_calls: int
    next_at: datetime | None
    answers: Sequence[AnswerCount]


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One thing said in a call, by the service or by the resident."""

    speaker: str
    text: str
    digits: str
    confidence: float | None
    question_id: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One call with everything that is known of it."""

    id: str
    direction: Direction
    target_id: int | None
    n: int
    number: str
    carrier: str
    carrier_id: str | None
    status: AttemptStatus
    outcome: Outcome | None
    error_text: str | None
    answered_by: str | None
    recording: Mapping[str, Any] | None
    rehearsal: bool
    created_at: datetime
    placed_at: datetime | None
    ringing_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    duration: int | None
    utterances: Sequence[Utterance]
    recordings: Sequence[StoredRecording]


def list_campaign_lines(
    conn: Connection, *, status: CampaignStatus | None = None, limit: int = 50, offset: int = 0
) -> list[CampaignLine]:
    """The campaigns, newest first."""
    query = select(campaigns).order_by(campaigns.c.id.desc()).limit(limit).offset(offset)
    if status is not None:
        query = query.where(campaigns.c.status == status)
    rows = conn.execute(query).all()
    counts = _target_counts(conn, [row.id for row in rows])
    return [_campaign_line(row, counts.get(row.id, {})) for row in rows]


def campaign_line(conn: Connection, campaign_id: int) -> CampaignLine | None:
    """One campaign; None when there is no such one."""
    row = conn.execute(select(campaigns).where(campaigns.c.id == campaign_id)).one_or_none()
    return None if row is None else _campaign_line(row, _target_counts(conn, [row.id]).get(row.id, {}))


def campaign_source(conn: Connection, campaign_id: int) -> tuple[Questionnaire, str]:
    """The questionnaire of a campaign as it was loaded, and its YAML as it was given."""
    row = conn.execute(select(campaigns.c.definition, campaigns.c.source).where(campaigns.c.id == campaign_id)).one()
    return Questionnaire.model_validate(row.definition), row.source


def campaign_figures(conn: Connection, campaign_id: int) -> CampaignFigures:
    """Count one campaign."""
    of_campaign = attempts.c.campaign_id == campaign_id
    by_outcome = conn.execute(
        select(attempts.c.outcome, func.count())
        .where(of_campaign, attempts.c.outcome.is_not(None))
        .group_by(attempts.c.outcome)
    ).all()
    calls = conn.execute(
        select(
            func.count().label("all"),
            func.coalesce(func.sum(case((attempts.c.status.in_(_OPEN_STATUSES), 1), else_=0)), 0).label("live"),
            func.coalesce(func.sum(case((attempts.c.status == AttemptStatus.UNKNOWN, 1), else_=0)), 0).label("unknown"),
        ).where(of_campaign)
    ).one()
    dialled, reached = reached_people(conn, campaign_id)
    return CampaignFigures(
        dialled=dialled,
        reached=reached,
        calls=calls.all,
        outcomes={Outcome(outcome): count for outcome, count in by_outcome},
        live_calls=calls.live,
        unknown_calls=calls.unknown,
        next_at=_next_call_at(conn, campaign_id),
        answers=_answer_counts(conn, campaign_id),
    )


def results_of_resident(
    conn: Connection, resident_id: int, *, limit: int = 20
) -> list[tuple[CampaignLine, ResultLine]]:
    """What one resident was asked, newest campaign first."""
    rows = conn.execute(
        results().where(targets.c.resident_id == resident_id).order_by(targets.c.campaign_id.desc()).limit(limit)
    ).all()
    lines = {
        row.id: _campaign_line(row, {})
        for row in conn.execute(select(campaigns).where(campaigns.c.id.in_([row.campaign_id for row in rows])))
    }
    return [(lines[row.campaign_id], line) for row, line in zip(rows, with_answers(conn, rows), strict=True)]


def calls_of_target(conn: Connection, target_id: int) -> list[CallRecord]:
    """Every call made for one target, first to last, with what was said."""
    return _calls(conn, select(attempts).where(attempts.c.target_id == target_id).order_by(attempts.c.n))


def calls_by_id(conn: Connection, attempt_ids: Collection[str]) -> dict[str, CallRecord]:
    """These calls with what was said, by id."""
    return {call.id: call for call in _calls(conn, select(attempts).where(attempts.c.id.in_(list(attempt_ids))))}


def _calls(conn: Connection, query: Select[Any]) -> list[CallRecord]:
    rows = conn.execute(query).all()
    said: dict[str, list[Utterance]] = {row.id: [] for row in rows}
    for row in conn.execute(
        select(utterances).where(utterances.c.attempt_id.in_(list(said))).order_by(utterances.c.id)
    ):
        said[row.attempt_id].append(
            Utterance(
                speaker=row.speaker,
                text=row.text,
                digits=row.digits,
                confidence=row.confidence,
                question_id=row.question_id,
                at=row.at,
            )
        )
    kept = recordings_of(conn, list(said))
    return [_call_record(row, said[row.id], kept.get(row.id, ())) for row in rows]


def carrier_rest(conn: Connection, now: datetime) -> datetime | None:
    """Until when calls rest because the carrier failed several times in a row; None while they do not."""
    return conn.execute(select(func.max(pace.c.resting_until)).where(pace.c.resting_until > now)).scalar_one_or_none()


def _target_counts(conn: Connection, campaign_ids: Sequence[int]) -> dict[int, dict[TargetStatus, int]]:
    counts: dict[int, dict[TargetStatus, int]] = {}
    for campaign_id, status, count in conn.execute(
        select(targets.c.campaign_id, targets.c.status, func.count())
        .where(targets.c.campaign_id.in_(campaign_ids))
        .group_by(targets.c.campaign_id, targets.c.status)
    ):
        counts.setdefault(campaign_id, {})[TargetStatus(status)] = count
    return counts


def _campaign_line(row: Row[Any], counts: Mapping[TargetStatus, int]) -> CampaignLine:
    return CampaignLine(
        id=row.id,
        name=row.name,
        status=CampaignStatus(row.status),
        priority=Priority(row.priority),
        rehearsal=row.rehearsal,
        created_by=row.created_by,
        created_at=row.created_at,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        launched_by=row.launched_by,
        launched_at=row.launched_at,
        override_reason=row.override_reason,
        pause_reason=row.pause_reason,
        finished_at=row.finished_at,
        targets=counts,
    )


def _next_call_at(conn: Connection, campaign_id: int) -> datetime | None:
    return conn.execute(
        select(func.min(targets.c.next_at)).where(
            targets.c.campaign_id == campaign_id, targets.c.status == TargetStatus.WAITING
        )
    ).scalar_one_or_none()


def _answer_counts(conn: Connection, campaign_id: int) -> list[AnswerCount]:
    """Options one by one; numbers, dates and parts of the day only by label."""
    counts: Counter[tuple[str, str, str | None]] = Counter()
    for one in answer_counts(conn, campaign_id):
        counts[one.question_id, one.label, one.value if isinstance(one.value, str) else None] += one.count
    return [
        AnswerCount(question_id=question, label=label, value=value, count=count)
        for (question, label, value), count in counts.most_common()
    ]


def _call_record(row: Row[Any], said: Sequence[Utterance], kept: Sequence[StoredRecording]) -> CallRecord:
    return CallRecord(
        id=row.id,
        direction=Direction(row.direction),
        target_id=row.target_id,
        n=row.n,
        number=row.number,
        carrier=row.carrier,
        carrier_id=row.carrier_id,
        status=AttemptStatus(row.status),
        outcome=None if row.outcome is None else Outcome(row.outcome),
        error_text=row.error_text,
        answered_by=row.answered_by,
        recording=row.recording,
        rehearsal=row.rehearsal,
        created_at=row.created_at,
        placed_at=row.placed_at,
        ringing_at=row.ringing_at,
        answered_at=row.answered_at,
        ended_at=row.ended_at,
        duration=row.duration,
        utterances=said,
        recordings=kept,
    )
