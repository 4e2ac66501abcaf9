"""Draw the consequences of an attempt that is over: its target is done, waits for another try, or becomes a case."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.calls.call import AttemptStatus, CallResult, Direction, Outcome
from community.model.calls.campaign import CampaignStatus, TargetStatus
from community.model.calls.dialling import GUARDIAN_POSITION, next_callee
from community.model.calls.retry import Circumstances, Decision, EndedCall, Fate, after_attempt, tries_other_number
from community.model.calls.written import heeding_writing
from community.model.rulebook import Rulebook
from community.store import audit
from community.store import dialling as call_store
from community.store import targets as target_store
from community.store.campaigns import Campaign, campaign_by_id
from community.store.cases import case_opened_in_call
from community.store.dialling import Attempt
from community.store.targets import Person, Target
from community.usecases.call_back_caller import call_back_caller
from community.usecases.calling_hours import calling_hours
from community.usecases.case_of_answers import case_of_answers
from community.usecases.open_target_case import open_target_case

_ENGINE = Actor.system("engine")
#: A call that the carrier refused for a passing reason is tried again after so long.
_TRY_AGAIN = timedelta(seconds=30)
#: Who rang us and hung up is not rung back at once.
_AFTER_THEIR_CALL = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    """Everything around one attempt that is over."""

    attempt: Attempt
    target: Target
    campaign: Campaign
    person: Person

    @property
    def is_about_the_real_person(self) -> bool:
        """Whether it says something true of the resident: a rehearsal does so of sample residents only."""
        return self.person.sample or not self.attempt.rehearsal


def resolve_attempt(
    conn: Connection,
    attempt: Attempt,
    *,
    rules: Rulebook,
    now: datetime,
    again_at: datetime | None = None,
    unknowable: bool = False,
) -> None:
    """Decide what follows an attempt that has become final, in the transaction that made it so.

    Only the target's newest attempt decides, and only while the target is being called: the same attempt again
    changes nothing.

    Args:
        attempt: as it stands now, read in this transaction.
        again_at: for an attempt that used up nothing, when the next one may be made; by default in half a minute.
        unknowable: nobody can be asked whether it rang.
    """
    if attempt.status.is_final and attempt.aim is None:
        call_back_caller(conn, attempt, rules=rules, now=now)
    story = _story(conn, attempt)
    if story is None:
        return
    counts = _counts(story)
    circumstances = _circumstances(conn, story, counts, rules)
    call = replace(_ended_call(story.attempt, now, again_at), unknowable=unknowable)
    by_call = after_attempt(call, circumstances)
    decision = heeding_writing(
        by_call, story.attempt.result, story.target.written_result, completes=circumstances.completes
    )
    _apply(conn, story, decision, counts, rules=rules, now=now)


def _story(conn: Connection, attempt: Attempt) -> _Story | None:
    aim = attempt.aim
    if aim is None or not attempt.status.is_final:
        return None
    target = target_store.target_by_id(conn, aim.target_id, lock=True)
    if not _decides(conn, attempt, target):
        return None
    return _Story(
        attempt=attempt,
        target=target,
        campaign=campaign_by_id(conn, aim.campaign_id),
        person=target_store.person_of(conn, aim.resident_id),
    )


def _decides(conn: Connection, attempt: Attempt, target: Target) -> bool:
    """Whether this attempt is its target's newest; or the call on which it was settled, though they rang us meanwhile."""
    newest_id = call_store.newest_attempt_id(conn, target.id)
    if newest_id is None or newest_id == attempt.id:
        return target.status is TargetStatus.CALLING
    newest = call_store.attempt_by_id(conn, newest_id)
    theirs_left_open = newest.status.is_final and _left_open(newest)
    return target.status is TargetStatus.WAITING and theirs_left_open and _is_settled(attempt)


def _counts(story: _Story) -> dict[Outcome, int]:
    counts = dict(story.target.outcome_counts)
    if story.attempt.outcome is not None and not _left_open(story.attempt):
        counts[story.attempt.outcome] = counts.get(story.attempt.outcome, 0) + 1
    return counts


def _left_open(attempt: Attempt) -> bool:
    """Whether somebody rang us and left before anything was settled: that uses up none of our own tries."""
    return attempt.direction is Direction.INBOUND and not _is_settled(attempt)


def _is_settled(attempt: Attempt) -> bool:
    return attempt.result not in {None, CallResult.INCOMPLETE, CallResult.SILENCE}


def _ended_call(attempt: Attempt, now: datetime, again_at: datetime | None) -> EndedCall:
    if _left_open(attempt):
        again_at = max(filter(None, (attempt.waits_until, now + _AFTER_THEIR_CALL)))
    return EndedCall(
        status=attempt.status,
        outcome=None if _left_open(attempt) else attempt.outcome,
        result=attempt.result,
        callback_at=attempt.callback_at,
        # What became of an unknown one was waited for already: its wait began when it was made.
        over_at=attempt.created_at if attempt.outcome is Outcome.UNKNOWN else attempt.ended_at or now,
        again_at=again_at or now + _TRY_AGAIN,
        transferred=attempt.transferred,
    )


def _circumstances(conn: Connection, story: _Story, counts: dict[Outcome, int], rules: Rulebook) -> Circumstances:
    return Circumstances(
        questionnaire=story.campaign.questionnaire,
        counts=counts,
        other_number=tries_other_number(story.attempt.outcome, story.attempt.result)
        and _position_after(conn, story) is not None,
        hours=calling_hours(story.campaign, story.person.preferred_hours, rules),
        deadline=story.campaign.deadline,
        completes=story.is_about_the_real_person,
        cancelled=story.campaign.status is CampaignStatus.CANCELLED,
    )


def _position_after(conn: Connection, story: _Story) -> int | None:
    """Where the next number stands when the one just dialled is of no use; None when there is none left."""
    phones = target_store.phones_of(conn, [story.person.resident_id]).get(story.person.resident_id, [])
    dialled = [phone.position for phone in phones if phone.number == story.attempt.number]
    start = dialled[0] + 1 if dialled else story.target.phone_position
    if not dialled and story.attempt.number == story.person.guardian_phone:
        start = GUARDIAN_POSITION + 1
    others = [phone for phone in phones if phone.number != story.attempt.number]
    callee = next_callee(others, story.person.guardian_phone, start)
    if callee is None or callee.number == story.attempt.number:
        return None
    return callee.position


def _apply(
    conn: Connection, story: _Story, decision: Decision, counts: dict[Outcome, int], *, rules: Rulebook, now: datetime
) -> None:
    position = story.target.phone_position
    if decision.number_spent or decision.next_number:
        position = _position_after(conn, story) or position
    if decision.number_spent:
        wrong = story.attempt.result is CallResult.WRONG_PERSON
        status = "wrong" if wrong else "not_in_service"
        if story.is_about_the_real_person:
            target_store.mark_phone(conn, story.person.resident_id, story.attempt.number, status, now)
    changes: dict[str, Any] = {
        "phone_position": position,
        "outcome_counts": {outcome.value: count for outcome, count in counts.items()},
        "attempts": story.target.attempts + (1 if _reached_the_carrier(story.attempt) else 0),
    }
    if story.attempt.outcome is not None:
        changes["outcome"] = story.attempt.outcome
    changes |= _resolution(conn, story, decision, rules=rules, now=now) | _promise(conn, story, decision, position)
    target_store.move_target(conn, story.target, **changes)
    _write_line(conn, story, decision, now)
    if story.attempt.result is CallResult.OPTED_OUT and story.is_about_the_real_person:
        target_store.exclude_waiting(conn, resident_id=story.person.resident_id, reason=decision.reason, now=now)


def _resolution(
    conn: Connection, story: _Story, decision: Decision, *, rules: Rulebook, now: datetime
) -> dict[str, Any]:
    if decision.fate is Fate.RETRY:
        return {"to": TargetStatus.WAITING, "next_at": decision.next_at}
    if decision.fate is Fate.CASE:
        # What was written during the call may have opened the case already.
        written = story.target.case_id if story.target.written_result else None
        case_id = story.attempt.case_id or written or _open(conn, story, decision, rules=rules, now=now)
        return {"to": TargetStatus.CASE, "case_id": case_id, "reason": decision.reason, "resolved_at": now}
    to = TargetStatus.COMPLETED if decision.fate is Fate.COMPLETED else TargetStatus.EXCLUDED
    opened = story.attempt.case_id or case_opened_in_call(conn, story.attempt.id) or story.target.case_id
    # Another channel may have taken the answer that worries.
    opened = opened or case_of_answers(conn, story.target.id, story.campaign.questionnaire)
    return {"to": to, "case_id": opened, "reason": decision.reason or None, "resolved_at": now}


def _promise(conn: Connection, story: _Story, decision: Decision, position: int) -> dict[str, Any]:
    """The moment and the telephone of a promised call; an earlier promise holds until a call has used it up."""
    if decision.fate is Fate.RETRY and decision.promised:
        phones = target_store.phones_of(conn, [story.person.resident_id]).get(story.person.resident_id, ())
        callee = next_callee(phones, story.person.guardian_phone, position)
        return {"promised_at": decision.next_at, "promised_number": callee.number if callee else story.attempt.number}
    nothing_used_up = story.attempt.outcome is None or _left_open(story.attempt)
    if decision.fate is Fate.RETRY and nothing_used_up:
        return {}
    return {"promised_at": None, "promised_number": None}


def _open(conn: Connection, story: _Story, decision: Decision, *, rules: Rulebook, now: datetime) -> int:
    campaign, target, attempt_id = story.campaign, story.target, story.attempt.id
    return open_target_case(
        conn, campaign, target, decision, rules=rules, actor=_ENGINE, now=now, attempt_id=attempt_id
    )


def _reached_the_carrier(attempt: Attempt) -> bool:
    return attempt.status is AttemptStatus.ENDED and attempt.direction is Direction.OUTBOUND


def _write_line(conn: Connection, story: _Story, decision: Decision, now: datetime) -> None:
    attempt = story.attempt
    detail = {
        "target": story.target.id,
        "campaign": story.campaign.id,
        "status": attempt.status,
        "outcome": attempt.outcome,
        "result": attempt.result,
        "then": decision.fate,
        "because": decision.reason,
    }
    audit.append(conn, at=now, actor=_ENGINE, action="attempt.ended", subject=f"attempt:{attempt.id}", detail=detail)
