"""Correct what followed an attempt when the machine detector speaks only after the call is over."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.calls.call import Outcome
from community.model.calls.campaign import TargetStatus
from community.model.rulebook import Rulebook
from community.store.dialling import Attempt, correct_outcome, newest_attempt_id
from community.store.targets import move_target, target_by_id
from community.usecases.note_case import note_case
from community.usecases.resolve_attempt import resolve_attempt

_ENGINE = Actor.system("engine")
_WAS_A_MACHINE = "线路后来判断，接电话的像是语音信箱，不一定是本人。请先再打一次看看。"


def reconsider_attempt(conn: Connection, attempt: Attempt, outcome: Outcome, *, rules: Rulebook, now: datetime) -> bool:
    """Change how a finished attempt ended, and plan its target anew where it still waits for its next call.

    A target that has become a case meanwhile stays one: a person will see to it, and reads on it that it may have been a machine.

    Returns:
        Whether anything was to be corrected.
    """
    was = attempt.outcome
    if was is None or was is outcome or not correct_outcome(conn, attempt.id, was=was, now_is=outcome):
        return False
    if attempt.target_id is None:
        return True
    target = target_by_id(conn, attempt.target_id, lock=True)
    if target.status is TargetStatus.CASE and target.case_id is not None and outcome is Outcome.VOICEMAIL:
        note_case(conn, target.case_id, _WAS_A_MACHINE, actor=_ENGINE, now=now)
    if target.status is not TargetStatus.WAITING or newest_attempt_id(conn, target.id) != attempt.id:
        return True
    counts = {name.value: count for name, count in target.outcome_counts.items()}
    counts[was.value] = max(0, counts.get(was.value, 0) - 1)
    move_target(
        conn, target, TargetStatus.CALLING, next_at=None, outcome_counts=counts, attempts=max(0, target.attempts - 1)
    )
    resolve_attempt(conn, replace(attempt, outcome=outcome), rules=rules, now=now)
    return True
