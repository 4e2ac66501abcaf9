"""Write down what became of claimed calls: accepted, refused, of unknown fate, found, or never placed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from community.model.calls.call import AttemptStatus
from community.model.calls.line import Line
from community.model.rulebook import Rulebook
from community.store import dialling as store
from community.store import pace as pace_store
from community.store.dialling import Attempt, Binding
from community.store.notices import CAMPAIGN_ROLES, add_alarm
from community.usecases.close_attempt import close_attempt
from voice.carriers.base import Acceptance, FoundCall, PlaceResult
from voice.engine.apply import ASK_AFTER, apply_event, event_of_poll
from voice.engine.claim import PlannedCall
from voice.engine.timing import Timing

log = structlog.get_logger(__name__)

_AFTER_SLOW_DOWN = timedelta(seconds=2)
_AFTER_FAILURE = timedelta(seconds=10)
#: A call that is to wait for something else than the line is looked at again after so long.
_WAITS = {"carrier_unavailable": _AFTER_FAILURE, "earlier_call": timedelta(minutes=5)}
_CARRIER_FAILED = "线路方连续出错，呼叫已自动暂停；30 秒后先试一通，线路恢复后会自动继续，不用人工操作"
#: While it lasts: each rest is longer than the one before.
_CARRIER_RESTS = "线路方连续出错，呼叫已自动暂停；隔一会儿试一通，线路恢复后会自动继续，不用人工操作"
_CARRIER_IS_BACK = "线路已恢复，呼叫已自动继续"


@dataclass(frozen=True, slots=True)
class Done:
    """One claimed call and what came of it: the carrier's answer, a call it had placed already, or why none was."""

    call: PlannedCall
    came_of_it: PlaceResult | FoundCall | str
    at: datetime


def settle(conn: Connection, done: Sequence[Done], line: Line, timing: Timing, rules: Rulebook) -> None:
    """Write results down; those of claims that are no longer this worker's own are left out."""
    placed = [
        Binding(
            attempt_id=each.call.attempt_id,
            fence=each.call.fence,
            carrier_id=each.came_of_it.carrier_id,
            placed_at=each.at,
            check_at=each.at + ASK_AFTER,
        )
        for each in done
        if isinstance(each.came_of_it, PlaceResult)
        and each.came_of_it.placement is Acceptance.ACCEPTED
        and each.came_of_it.carrier_id
    ]
    store.bind_placed(conn, placed)
    if placed and pace_store.clear_failures(conn, line.name):
        add_alarm(conn, _CARRIER_IS_BACK, now=done[0].at, roles=CAMPAIGN_ROLES)
    bound = {binding.attempt_id for binding in placed}
    for each in done:
        if each.call.attempt_id not in bound:
            _settle_one(conn, each, line, timing, rules)


def _settle_one(conn: Connection, done: Done, line: Line, timing: Timing, rules: Rulebook) -> None:
    attempt = store.attempt_by_id(conn, done.call.attempt_id, lock=True)
    if attempt.fence != done.call.fence or attempt.status is not AttemptStatus.PLACING:
        log.info("claim_lost", attempt=attempt.id, status=attempt.status)
        return
    if isinstance(done.came_of_it, FoundCall):
        store.hand_on_call(conn, done.came_of_it.carrier_id, attempt)
        apply_event(conn, attempt.id, event_of_poll(done.came_of_it), rules=rules, now=done.at)
    elif isinstance(done.came_of_it, str):
        _never_placed(conn, attempt, done.came_of_it, rules, done.at)
    elif done.came_of_it.placement is Acceptance.REFUSED:
        _refused(conn, attempt, done.came_of_it, line=line, rules=rules, now=done.at)
    else:
        _unknown(conn, attempt, done.came_of_it, line=line, timing=timing, now=done.at)


def _never_placed(conn: Connection, attempt: Attempt, reason: str, rules: Rulebook, now: datetime) -> None:
    again_at = now + _WAITS.get(reason, timedelta(0))
    close_attempt(
        conn,
        attempt,
        AttemptStatus.CANCELLED,
        outcome=None,
        rules=rules,
        now=now,
        again_at=again_at,
        error_code=reason[:20],
    )


def _refused(
    conn: Connection, attempt: Attempt, result: PlaceResult, *, line: Line, rules: Rulebook, now: datetime
) -> None:
    again_at = now + _AFTER_FAILURE
    if result.slow_down:
        pace_store.slow_down(conn, line.name, now)
        again_at = now + _AFTER_SLOW_DOWN
    elif result.account_fault and result.outcome is None:
        fault = result.error_text or "线路账号不能呼叫，请管理员检查"
        if pace_store.rest_account(conn, line.name, now, fault):
            add_alarm(conn, f"呼叫已暂停：{fault}", now=now)
    elif result.account_fault:
        # One number must not hold up the others; where it is all of them, five in a row pause the line.
        add_alarm(conn, f"有号码打不出去：{result.error_text}", now=now)
        _count_failure(conn, line, result, now)
    elif result.outcome is None:
        _count_failure(conn, line, result, now)
    log.warning("call_refused", attempt=attempt.id, code=result.error_code, slow_down=result.slow_down)
    outcome = None if result.slow_down else result.outcome
    close_attempt(
        conn,
        attempt,
        AttemptStatus.NOT_PLACED,
        outcome=outcome,
        rules=rules,
        now=now,
        again_at=again_at,
        error_code=(result.error_code or "")[:20] or None,
        error_text=result.error_text,
    )


def _unknown(
    conn: Connection, attempt: Attempt, result: PlaceResult, *, line: Line, timing: Timing, now: datetime
) -> None:
    log.warning("call_unknown", attempt=attempt.id, code=result.error_code)
    _count_failure(conn, line, result, now)
    store.move_attempt(
        conn,
        attempt,
        AttemptStatus.UNKNOWN,
        check_at=now + timing.first_ask,
        error_code=(result.error_code or "")[:20] or None,
        error_text=result.error_text,
    )


def _count_failure(conn: Connection, line: Line, result: PlaceResult, now: datetime) -> None:
    fault = f"{_CARRIER_RESTS}（{result.error_text}）" if result.error_text else _CARRIER_RESTS
    if pace_store.count_failure(conn, line.name, now, fault):
        add_alarm(conn, _CARRIER_FAILED, now=now, roles=CAMPAIGN_ROLES)
