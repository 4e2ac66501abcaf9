"""What a rehearsal needs of the tables: a copy of the roster in which everybody may be called, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, exists, func, insert, or_, select, update

from community.model.calls.call import Direction, Outcome
from community.model.calls.campaign import TargetStatus
from community.model.calls.text_message import TextKind, TextStatus
from community.model.cases.case import CaseKind, Priority
from community.model.phone import is_sample
from community.store.answers import answers
from community.store.attempts import attempts
from community.store.campaigns import campaigns, targets
from community.store.cases import cases
from community.store.residents import households, phones, resident_tags, residents
from community.store.result_counts import CONNECTED
from community.store.texts import text_messages, text_opt_outs, text_refusals

_ROSTER = (households, residents, resident_tags, phones, text_refusals, text_opt_outs)
#: What an audience may ask about earlier campaigns.
_PAST = (campaigns, targets, attempts, answers)


#: What the carrier took.
_SENT = (TextStatus.SENT, TextStatus.DELIVERED, TextStatus.UNDELIVERED)


class Reached(StrEnum):
    """How a person was reached first."""

    #: They picked up.
    PHONE = "phone"
    #: They rang us.
    INBOUND = "inbound"
    SMS = "sms"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsedCampaign:
    """What came of a rehearsed campaign.

    Attributes:
        targets: status, reason and moment of each resolved or open target.
        reached: how each target was reached first; those that nobody reached are left out.
        never_dialled: how many were not rung and not reached, because they may not be.
        calls: direction, outcome and seconds of each call.
        cases: kind and priority of each.
        texts_sent: the bodies of what we wrote; texts_received: how many residents wrote.
    """

    targets: Sequence[tuple[TargetStatus, str | None, datetime | None]]
    reached: Sequence[Reached]
    never_dialled: int
    calls: Sequence[tuple[Direction, Outcome | None, int]]
    cases: Sequence[tuple[CaseKind, Priority]]
    texts_sent: Sequence[str]
    texts_received: int


def copy_roster(reader: Connection, writer: Connection, *, with_past: bool) -> None:
    """Copy the roster; in the copy nobody is a sample, so that everybody can be called.

    Args:
        with_past: earlier campaigns too, with their calls and answers, because an audience speaks of them.
    """
    for table in (*_ROSTER, *(_PAST if with_past else ())):
        rows = [dict(row) for row in reader.execute(select(table)).mappings()]
        if rows:
            writer.execute(insert(table), [_as_real(row) for row in rows])
    writer.execute(update(residents).values(sample=False))
    if with_past:
        # They are over: only the rehearsed one is dialled.
        writer.execute(update(campaigns).values(status="finished"))


def next_due(conn: Connection, campaign_id: int) -> datetime | None:
    """When the next target of a campaign may be called; None when none waits."""
    waiting = (targets.c.campaign_id == campaign_id, targets.c.status == TargetStatus.WAITING)
    due: datetime | None = conn.execute(select(func.min(targets.c.next_at)).where(*waiting)).scalar_one()
    return due


def rehearsed(conn: Connection, campaign_id: int) -> RehearsedCampaign:
    """Everything that came of a rehearsed campaign."""
    own = targets.c.campaign_id == campaign_id
    people = (targets.c.id, targets.c.status, targets.c.reason, targets.c.resolved_at, targets.c.attempts)
    rows = conn.execute(select(*people).where(own)).all()
    reached = _reached_first(conn, campaign_id)
    columns = (attempts.c.direction, attempts.c.outcome, attempts.c.duration)
    calls = conn.execute(select(*columns).where(attempts.c.campaign_id == campaign_id))
    opened = conn.execute(select(cases.c.kind, cases.c.priority).where(cases.c.campaign_id == campaign_id))
    return RehearsedCampaign(
        targets=[(TargetStatus(row.status), row.reason, row.resolved_at) for row in rows],
        reached=list(reached.values()),
        never_dialled=sum(
            row.status == TargetStatus.EXCLUDED and not row.attempts and row.id not in reached for row in rows
        ),
        calls=[
            (Direction(row.direction), Outcome(row.outcome) if row.outcome else None, row.duration or 0)
            for row in calls
        ],
        cases=[(CaseKind(row.kind), Priority(row.priority)) for row in opened],
        texts_sent=list(conn.execute(select(text_messages.c.body).where(text_messages.c.status.in_(_SENT))).scalars()),
        texts_received=conn.execute(
            select(func.count()).select_from(text_messages).where(text_messages.c.direction == "in")
        ).scalar_one(),
    )


def next_text(conn: Connection, *, again: timedelta | None) -> datetime | None:
    """When the next text may be sent, or the next reminder written; None when none is to come.

    Args:
        again: after how long somebody who did not answer gets a reminder.
    """
    waiting = text_messages.c.status == TextStatus.WAITING
    due: datetime | None = conn.execute(select(func.min(text_messages.c.next_at)).where(waiting)).scalar_one()
    moments = [due, _first_unanswered(conn, again)] if again is not None else [due]
    return min((moment for moment in moments if moment is not None), default=None)


def _first_unanswered(conn: Connection, again: timedelta) -> datetime | None:
    """When the first of those is reminded who got one invitation, still wait and wrote nothing."""
    other = text_messages.alias("other")
    wrote_or_reminded = exists().where(
        other.c.target_id == text_messages.c.target_id,
        other.c.id != text_messages.c.id,
        or_(other.c.kind == TextKind.INVITATION, other.c.direction == "in"),
    )
    query = (
        select(func.min(text_messages.c.tried_at))
        .join(targets, targets.c.id == text_messages.c.target_id)
        .where(
            text_messages.c.kind == TextKind.INVITATION,
            text_messages.c.status.in_(_SENT),
            targets.c.status == TargetStatus.WAITING,
            targets.c.written_result.is_(None),
            ~wrote_or_reminded,
        )
    )
    sent_at: datetime | None = conn.execute(query).scalar_one()
    return None if sent_at is None else sent_at + again


def _reached_first(conn: Connection, campaign_id: int) -> dict[int, Reached]:
    """How each target was reached first: by a call that a person picked up or made, or by an answer in writing."""
    picked_up = func.coalesce(attempts.c.answered_at, attempts.c.created_at)
    spoken = select(attempts.c.target_id, attempts.c.direction, picked_up).where(
        attempts.c.campaign_id == campaign_id, CONNECTED
    )
    written = (
        select(answers.c.target_id, answers.c.channel, answers.c.at)
        .join(targets, targets.c.id == answers.c.target_id)
        .where(targets.c.campaign_id == campaign_id, answers.c.channel.in_([Reached.SMS, Reached.LINK]))
    )
    moments = [
        (at, target_id, Reached.INBOUND if direction == Direction.INBOUND else Reached.PHONE)
        for target_id, direction, at in conn.execute(spoken)
    ]
    moments += [(at, target_id, Reached(channel)) for target_id, channel, at in conn.execute(written)]
    first: dict[int, Reached] = {}
    for _, target_id, how in sorted(moments):
        first.setdefault(target_id, how)
    return first


def _as_real(row: dict[str, Any]) -> dict[str, Any]:
    if "case_id" in row:
        # Cases stay where they are.
        row["case_id"] = None
    for column in ("number", "guardian_phone"):
        number = row.get(column)
        if number and is_sample(number):
            row[column] = number.replace("+86138", "+86139", 1)
    return row
