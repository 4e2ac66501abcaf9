"""Write down what became of a text: taken, refused, of unknown fate, found at the carrier, or told of by a callback."""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.calls.text_message import TextProblem, TextStatus
from community.store import audit
from community.store import pace as pace_store
from community.store import texts as store
from community.store.notices import add_alarm
from community.store.texts import TextMessage
from voice.carriers.base import Acceptance
from voice.carriers.texting import FoundText, TextReport, TextResult

log = structlog.get_logger(__name__)

_ENGINE = Actor.system("engine")
_AFTER_FAILURE = timedelta(seconds=10)
_FIRST_ASK = timedelta(seconds=10)
_ALARM_AGAIN = timedelta(hours=1)
_CARRIER_FAILED = "线路方连续出错，短信已自动暂停，线路恢复后会自动继续"


def text_pool(carrier: str) -> str:
    """The name of the pace of a carrier's texts."""
    return f"text:{carrier}"


def settle_text(conn: Connection, text: TextMessage, result: TextResult, *, now: datetime) -> None:
    """Write down what came of one POST; of a claim that is no longer this worker's own nothing is written."""
    stands = store.find_text(conn, text.id, lock=True)
    if stands is None or stands.fence != text.fence or stands.status is not TextStatus.SENDING:
        log.info("text_claim_lost", text=text.id, status=stands.status if stands else None)
        return
    pool = text_pool(text.carrier)
    if result.sending is Acceptance.ACCEPTED:
        pace_store.clear_failures(conn, pool)
        store.move_text(conn, stands, TextStatus.SENT, now=now, carrier_id=result.carrier_id, **_FREE, **_NO_ERROR)
        _write_line(conn, stands, TextStatus.SENT, None, now)
    elif result.sending is Acceptance.UNKNOWN:
        log.warning("text_unknown", text=text.id, code=result.error_code)
        _count_failure(conn, pool, result, now)
        store.move_text(
            conn, stands, TextStatus.UNKNOWN, now=now, check_at=now + _FIRST_ASK, **_FREE, **_error_of(result)
        )
    else:
        _refused(conn, stands, result, now=now)


def settle_found(conn: Connection, text: TextMessage, found: FoundText, *, now: datetime) -> None:
    """Bind a text to the one that the carrier says it took."""
    log.info("text_found", text=text.id, carrier_id=found.carrier_id)
    report = TextReport(
        carrier_id=found.carrier_id,
        status=found.status,
        problem=found.problem,
        error_code=found.error_code,
        error_text=found.error_text,
        account_fault=found.account_fault,
    )
    apply_report(conn, text.id, report, now=now)


def give_back(conn: Connection, text: TextMessage, *, at: datetime, now: datetime) -> None:
    """Put back a claimed text that was not sent after all."""
    stands = store.find_text(conn, text.id, lock=True)
    if stands is not None and stands.fence == text.fence:
        store.move_text(conn, stands, TextStatus.WAITING, now=now, next_at=at, tries=text.tries - 1, **_FREE)


def apply_report(conn: Connection, text_id: int, report: TextReport, *, now: datetime) -> None:
    """Let a callback, or what the carrier says when it is asked, move its text: never backwards, and each once."""
    text = store.find_text(conn, text_id, lock=True)
    if text is None:
        return
    if text.carrier_id not in {None, report.carrier_id} or (
        text.carrier_id is None and store.text_ids_known(conn, [report.carrier_id])
    ):
        log.error("callback_of_another_text", text=text_id)
        return
    facts = {"carrier_id": report.carrier_id, "next_at": None, "check_at": None, **_FREE, **_NO_ERROR}
    if report.status is TextStatus.UNDELIVERED:
        facts |= {"problem": report.problem, "error_code": report.error_code, "error_text": report.error_text}
    if not store.move_text(conn, text, report.status, now=now, **facts):
        log.debug("text_callback_late", text=text_id, status=report.status, stands=text.status)
        return
    if report.status is TextStatus.UNDELIVERED:
        log.warning("text_undelivered", text=text_id, code=report.error_code)
        _learn(conn, text, report.problem, now)
        if report.account_fault:
            _rest_account(conn, text.carrier, report.error_text, now)
    _write_line(conn, text, report.status, report.problem, now)


def never_taken(conn: Connection, text: TextMessage, *, now: datetime) -> None:
    """Give up a text of which the carrier knows nothing though it was handed over twice."""
    sentence = "两次都不知道有没有发出，运营商也没有记录，不再发"
    store.move_text(conn, text, TextStatus.REFUSED, now=now, check_at=None, error_text=sentence, error_code="unknown")
    _write_line(conn, text, TextStatus.REFUSED, None, now)


_FREE = {"owner": "", "lease_until": None}
_NO_ERROR = {"problem": None, "error_code": None, "error_text": None}


def _refused(conn: Connection, text: TextMessage, result: TextResult, *, now: datetime) -> None:
    pool = text_pool(text.carrier)
    log.warning("text_refused", text=text.id, code=result.error_code, slow_down=result.slow_down)
    if result.problem is None or result.account_fault or result.slow_down:
        if result.slow_down:
            pace_store.slow_down(conn, pool, now)
        elif result.account_fault:
            _rest_account(conn, text.carrier, result.error_text, now)
        else:
            _count_failure(conn, pool, result, now)
        again = {"next_at": now + _AFTER_FAILURE, "tries": text.tries - 1}
        store.move_text(conn, text, TextStatus.WAITING, now=now, **again, **_FREE, **_error_of(result))
        return
    facts = {"problem": result.problem, "check_at": None, **_FREE, **_error_of(result)}
    store.move_text(conn, text, TextStatus.REFUSED, now=now, **facts)
    _learn(conn, text, result.problem, now)
    _write_line(conn, text, TextStatus.REFUSED, result.problem, now)


def _rest_account(conn: Connection, carrier: str, fault: str | None, now: datetime) -> None:
    """Rest until somebody has acted; the next text tries whether they have, and what it finds again is no news yet."""
    fault = fault or "线路账号不能发短信，请管理员检查"
    if pace_store.rest_account(conn, text_pool(carrier), now, fault):
        add_alarm(conn, f"短信已暂停：{fault}", now=now, quiet_for=_ALARM_AGAIN)


def _learn(conn: Connection, text: TextMessage, problem: TextProblem | None, now: datetime) -> None:
    """Keep what a failure says of the number: no further text goes to a landline, or to whoever wants none."""
    if problem is None or not problem.is_lasting or text.rehearsal:
        return
    store.refuse_texts(conn, text.number, problem, now)
    if problem is TextProblem.UNSUBSCRIBED and text.resident_id is not None:
        store.opt_out_of_texts(conn, [text.resident_id], now)


def _error_of(result: TextResult) -> dict[str, str | None]:
    return {"error_code": (result.error_code or "")[:20] or None, "error_text": result.error_text}


def _count_failure(conn: Connection, pool: str, result: TextResult, now: datetime) -> None:
    fault = f"{_CARRIER_FAILED}（{result.error_text}）" if result.error_text else _CARRIER_FAILED
    if pace_store.count_failure(conn, pool, now, fault):
        add_alarm(conn, _CARRIER_FAILED, now=now)


def _write_line(
    conn: Connection, text: TextMessage, to: TextStatus, problem: TextProblem | None, now: datetime
) -> None:
    detail = {"target": text.target_id, "kind": text.kind, "status": to, "problem": problem}
    audit.append(conn, at=now, actor=_ENGINE, action="text.settled", subject=f"text:{text.id}", detail=detail)
