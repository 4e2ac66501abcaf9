"""Receipts that are pushed in batches (HTTP 批量推送): VoiceCallReport while a call runs, VoiceReport when it is over.

https://help.aliyun.com/zh/vms/voicecallreport-6, https://help.aliyun.com/zh/vms/voicereport-6. They come more than once and in
any order.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from community.errors import InvalidInput
from community.model.calls.call import AttemptStatus
from voice.carriers.aliyun.codes import RUNNING, outcome_of
from voice.carriers.base import CallEvent, CallRef, CarrierResponse, EventKind

#: `OutId` takes 15 characters: the attempt's id begins with them.
OUT_ID_LENGTH = 15
_OUT_ID = re.compile(r"[0-9a-f]{15}")
_MOST_IN_ONE = 1000
#: The part of a connected call that ran to somebody else: not the end of ours.
_TRANSFERRED = "smart_transfer"

TAKEN = CarrierResponse(body='{"code": 0, "msg": "接收成功"}'.encode(), content_type="application/json")


def parse_progress(body: bytes) -> list[tuple[CallRef, CallEvent]]:
    """Read a push of VoiceCallReport; what says nothing of a state that we keep is left out.

    Raises:
        InvalidInput: it is none.
    """
    return [_event(receipt, status) for receipt in _receipts(body) if (status := RUNNING.get(_code(receipt)))]


def parse_reports(body: bytes) -> list[tuple[CallRef, CallEvent]]:
    """Read a push of VoiceReport.

    Raises:
        InvalidInput: it is none.
    """
    over = [receipt for receipt in _receipts(body) if receipt.get("voice_type") != _TRANSFERRED and _code(receipt)]
    return [_event(receipt, AttemptStatus.ENDED) for receipt in over]


def _receipts(body: bytes) -> Sequence[Mapping[str, Any]]:
    try:
        receipts = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("回执不是 JSON", code="unknown_webhook") from error
    if not isinstance(receipts, list) or len(receipts) > _MOST_IN_ONE:
        raise InvalidInput("回执不是 JSON 数组", code="unknown_webhook")
    # A receipt of another application of the same account has no id of ours.
    return [each for each in receipts if isinstance(each, dict) and _OUT_ID.fullmatch(str(each.get("out_id", "")))]


def _event(receipt: Mapping[str, Any], status: AttemptStatus) -> tuple[CallRef, CallEvent]:
    code, smart = _code(receipt), str(receipt.get("smart_status_code") or "")
    over = status is AttemptStatus.ENDED
    duration = str(receipt.get("duration", ""))
    event = CallEvent(
        kind=EventKind.STATUS,
        key=f"{'report' if over else 'status'}:{code}"[:60],
        carrier_id=str(receipt.get("call_id") or "")[:64] or None,
        status=status,
        outcome=outcome_of(code, smart) if over else None,
        duration=int(duration) if duration.isascii() and duration.isdigit() and len(duration) < 7 else None,
        error_code=code[:20] if over and not code.startswith("20000") else None,
        detail={"status": code, "smart": smart[:40]},
    )
    return CallRef(attempt=str(receipt["out_id"])), event


def _code(receipt: Mapping[str, Any]) -> str:
    return str(receipt.get("status_code") or "")
