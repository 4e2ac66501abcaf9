"""The callback of a running call (智能语音交互呼出回调): what was said or pressed, and what we want to be done next.

https://help.aliyun.com/document_detail/112703.html
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from community.errors import InvalidInput
from community.model.calls.call import AttemptStatus
from community.model.json_object import json_object
from voice.carriers.aliyun import answers
from voice.carriers.aliyun.baton import Baton, Next
from voice.carriers.base import CallEvent, CallRef, CarrierRequest, CarrierResponse, EventKind
from voice.script.steps import KEY_REPEAT, Heard

_SPEECH_LENGTH, _KEYS_LENGTH = 2000, 32
#: What plays before anybody picks up (您拨打的电话已关机) is heard as well, and is no answer of anybody's.
_EARLY_MEDIA = "early_media"
_END_OF_KEYS = "#"
_LONGEST_ID = 64
#: What JSON can hold and a database cannot.
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]")


def parse(request: CarrierRequest) -> tuple[CallRef, CallEvent] | CarrierResponse:
    """Read a callback: a turn of the conversation, or what to answer at once.

    Raises:
        InvalidInput: it is none, or none of a call of ours.
    """
    fields = fields_of(request)
    content = _content(fields.get("content", ""))
    baton = Baton.read(str(content.get("dynamic_id", "")))
    call_id = fields.get("call_id", "")
    if baton is None or not 0 < len(call_id) <= _LONGEST_ID or _UNWRITABLE.search(call_id):
        raise InvalidInput("回调里没有我们的通话编号", code="unknown_webhook")
    kind = fields.get("content_type", "")
    if kind not in {"normal", "mute", "dtmf"} or _is_early(content) or baton.then is Next.KEEP_OUT:
        return answers.nothing(call_id, baton)
    if baton.then in {Next.HANG_UP, Next.TRANSFER}:
        return answers.nothing(call_id, baton) if _is_playing(content) else answers.carry_out(call_id, baton)
    if kind == "mute" and _is_playing(content):
        return answers.nothing(call_id, baton)
    heard = _heard(kind, content, baton)
    if heard is None:
        return answers.nothing(call_id, baton.with_keys(_keys(content, baton)))
    return CallRef(attempt=baton.attempt, token=baton.token), _turn(call_id, baton, heard)


def fields_of(request: CarrierRequest) -> Mapping[str, str]:
    """The callback's fields: the example of the page has them in the query, a form has them in the body."""
    try:
        query = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True, max_num_fields=50))
    except ValueError as error:
        raise InvalidInput("回调的参数太多", code="unknown_webhook") from error
    return query | dict(request.form)


def _content(text: str) -> Mapping[str, Any]:
    return json_object(
        text, no_json="回调的 content 不是 JSON", no_object="回调的 content 不是 JSON 对象", code="unknown_webhook"
    )


def _heard(kind: str, content: Mapping[str, Any], baton: Baton) -> Heard | None:
    """What came back; None while more keys are to come."""
    if kind == "normal":
        return Heard(speech=_UNWRITABLE.sub("", str(content.get("words") or ""))[:_SPEECH_LENGTH])
    if kind == "mute":
        return Heard(digits=baton.keys)
    keys = _keys(content, baton)
    if keys.endswith(KEY_REPEAT):
        return Heard(digits=KEY_REPEAT)
    if baton.then is not Next.KEYS or keys.endswith(_END_OF_KEYS):
        return Heard(digits=keys.strip(_END_OF_KEYS) or keys)
    most = int(baton.number or 0)
    return Heard(digits=keys) if (most and len(keys) >= most) or len(keys) >= _KEYS_LENGTH else None


def _keys(content: Mapping[str, Any], baton: Baton) -> str:
    pressed = re.sub(r"[^0-9*#]", "", str(content.get("dtmf_digits", "")))
    return (baton.keys + pressed)[:_KEYS_LENGTH]


def _turn(call_id: str, baton: Baton, heard: Heard) -> CallEvent:
    return CallEvent(
        kind=EventKind.STEP,
        key=f"step:{baton.step}",
        carrier_id=call_id,
        status=AttemptStatus.IN_PROGRESS,
        heard=heard,
        detail={"step": str(baton.step)},
    )


def _is_playing(content: Mapping[str, Any]) -> bool:
    return str(content.get("is_playing", "")).lower() == "true"


def _is_early(content: Mapping[str, Any]) -> bool:
    return content.get("current_media_code") == _EARLY_MEDIA
