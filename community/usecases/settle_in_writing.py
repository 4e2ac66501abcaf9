"""Resolve a target by what writing made of it: done, handed over to a person, or left alone; nobody rings for it any more.

A call that runs at the same time keeps going and decides when it is over (resolve_attempt); one that waits in the
carrier's queue is withdrawn.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.calls.call import CallResult
from community.model.calls.campaign import TargetStatus
from community.model.calls.retry import Decision, Fate
from community.model.calls.written import after_writing
from community.model.rulebook import Rulebook
from community.store import audit
from community.store import targets as store
from community.store.campaigns import Campaign
from community.store.cases import case_by_id
from community.store.invitations import use_up
from community.store.targets import Person, Target
from community.texts.say import say
from community.usecases.case_of_answers import case_of_answers
from community.usecases.note_case import note_case
from community.usecases.open_target_case import open_target_case
from community.usecases.opt_out import opt_out

_FATES = {
    Fate.COMPLETED: TargetStatus.COMPLETED,
    Fate.EXCLUDED: TargetStatus.EXCLUDED,
    Fate.CASE: TargetStatus.CASE,
}


def settle_in_writing(
    conn: Connection,
    target: Target,
    result: CallResult,
    *,
    campaign: Campaign,
    person: Person,
    channel: str,
    rules: Rulebook,
    actor: Actor,
    now: datetime,
    case_id: int | None = None,
) -> int | None:
    """Settle a target, which the transaction holds locked.

    Args:
        result: what the conversation came to.
        case_id: the case that takes the target over already; otherwise one is opened where a person is needed.

    Returns:
        The case that the target ends with; None where it needs none.
    """
    real = person.sample or not campaign.rehearsal
    decision = after_writing(result, completes=real)
    if decision.fate is Fate.CASE:
        case_id = case_id or open_target_case(conn, campaign, target, decision, rules=rules, actor=actor, now=now)
    else:
        case_id = case_of_answers(conn, target.id, campaign.questionnaire) or target.case_id
    _move(conn, target, decision, result, channel=channel, case_id=case_id, now=now)
    use_up(conn, target.id, now=now)
    if decision.fate is Fate.COMPLETED:
        _tell_holder(conn, target, channel=channel, actor=actor, now=now)
    if result is CallResult.OPTED_OUT and real:
        opt_out(conn, person.resident_id, reason="书面要求不要再联系", actor=actor, now=now)
        store.exclude_waiting(conn, resident_id=person.resident_id, reason=decision.reason, now=now)
    detail = {"channel": channel, "result": result, "then": decision.fate, "because": decision.reason}
    audit.append(conn, at=now, actor=actor, action="target.written", subject=f"target:{target.id}", detail=detail)
    return case_id


def _move(
    conn: Connection,
    target: Target,
    decision: Decision,
    result: CallResult,
    *,
    channel: str,
    case_id: int | None,
    now: datetime,
) -> None:
    written: dict[str, Any] = {"written_result": result, "written_by": channel, "case_id": case_id}
    if target.status is TargetStatus.CALLING:
        # The call that runs, or waits at the carrier, ends first; then it is seen that nothing is left to ask.
        store.move_target(conn, target, TargetStatus.CALLING, **written)
        return
    if target.status is TargetStatus.COMPLETED and decision.fate is not Fate.CASE:
        return
    facts = {"next_at": None, "reason": decision.reason or None, "resolved_at": now}
    store.move_target(conn, target, _FATES[decision.fate], **written, **facts)


def _tell_holder(conn: Connection, target: Target, *, channel: str, actor: Actor, now: datetime) -> None:
    """Whoever looks for somebody that no call reached learns that they have answered."""
    if target.case_id is None or not case_by_id(conn, target.case_id).status.is_open:
        return
    text = say("writing", "answered_note", channel=say("writing", f"channels.{channel}"))
    note_case(conn, target.case_id, text, actor=actor, now=now, source_key=f"target:{target.id}:written")
