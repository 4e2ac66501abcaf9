"""Open the case that a target ends with when no call can settle it."""

from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.calls.retry import Decision
from community.model.cases.case import NewCase
from community.model.rulebook import Rulebook
from community.store.campaigns import Campaign
from community.store.targets import Target, home_of
from community.usecases.open_case import open_case


def open_target_case(
    conn: Connection,
    campaign: Campaign,
    target: Target,
    decision: Decision,
    *,
    rules: Rulebook,
    actor: Actor,
    now: datetime,
    attempt_id: str | None = None,
) -> int:
    """Open the case and return its id; the same target and kind of case again is the same case."""
    address, grid = home_of(conn, target.resident_id)
    new = NewCase(
        kind=decision.case_kind,
        source_key=f"target:{target.id}:{decision.case_kind}",
        summary=f"{campaign.name}：{decision.reason}",
        danger=decision.danger,
        priority=decision.priority,
        address=address,
        grid=grid or None,
        resident_id=target.resident_id,
        campaign_id=campaign.id,
        target_id=target.id,
        attempt_id=attempt_id,
        rehearsal=campaign.rehearsal,
    )
    return open_case(conn, new, rules=rules, actor=actor, now=now).id
