"""Steps as answers to the callback of a running call: play these words, then listen, hang up or connect.

Of a step, only `play` and then the next callback is used: the words are played, and what follows them (hang up, connect)
is answered to the callback that comes when they were said.
"""

import json
from collections.abc import Sequence
from typing import Any

from voice.carriers.aliyun.baton import Baton, Next
from voice.carriers.aliyun.numbers import national
from voice.carriers.base import CarrierResponse
from voice.script.steps import DIGITWISE, CallUrls, Prompt, Step

#: The silence after which the platform calls back, in milliseconds, and what it takes for one.
_SHORTEST_SILENCE, _LONGEST_SILENCE = 1000, 20000
_MESSAGE_SILENCE = 5000
#: None of these may stand in what is played: `@ = : " $ { } ^ * ¥`, says the page of SmartCall.
_FORBIDDEN = str.maketrans({":": "：", '"': "", "@": "", "=": "等于", "$": "", "{": "", "}": "", "^": "", "¥": "元"})
_SPOKEN_DIGITS = str.maketrans("0123456789", "零幺二三四五六七八九", "-")
_ENDS = "。！？；，、.!?;,"


def render(step: Step, urls: CallUrls, call_id: str = "") -> CarrierResponse:
    """The answer that says a step.

    Args:
        urls: whose call it is.
        call_id: Alibaba Cloud's id of the call.
    """
    words = speakable(step.prompts)
    baton = _baton(step, urls)
    if not words and baton.then in {Next.HANG_UP, Next.TRANSFER}:
        return carry_out(call_id, baton)
    return _response(
        call_id,
        baton,
        action="play",
        action_code="$tts$",
        action_code_param=json.dumps({"tts": words}, ensure_ascii=False),
        # Whoever answers while we speak is listened to; the words that follow cut off these.
        action_break=True,
        action_code_break=True,
        mute_time=_silence(step),
    )


def nothing(call_id: str, baton: Baton) -> CarrierResponse:
    """Go on as before."""
    return _response(call_id, baton, action="donothing")


def carry_out(call_id: str, baton: Baton) -> CarrierResponse:
    """Hang up or connect, now that the words were said."""
    if baton.then is Next.TRANSFER:
        kept_out = Baton(baton.attempt, baton.token, baton.step, Next.KEEP_OUT)
        return _response(call_id, kept_out, action="transfer", number=baton.number)
    return _response(call_id, baton, action="hangup")


def speakable(prompts: Sequence[Prompt]) -> str:
    """Prompts as one text that the platform reads: with a pause after each, and no character that it refuses."""
    sentences = [prompt.text.replace("*", "星号").translate(_FORBIDDEN).strip() for prompt in prompts]
    spoken = [DIGITWISE.sub(lambda match: match[0].translate(_SPOKEN_DIGITS), words) for words in sentences if words]
    return "".join(words if words[-1] in _ENDS else f"{words}。" for words in spoken)


def _baton(step: Step, urls: CallUrls) -> Baton:
    baton = Baton(urls.attempt_id, urls.token, step.number)
    if step.listen is not None:
        keys = step.listen.digits
        return baton if keys == 1 else Baton(urls.attempt_id, urls.token, step.number, Next.KEYS, str(keys or 0))
    if step.transfer_to and (number := national(step.transfer_to)):
        return Baton(urls.attempt_id, urls.token, step.number, Next.TRANSFER, number)
    return Baton(urls.attempt_id, urls.token, step.number, Next.HANG_UP) if step.hang_up else baton


def _silence(step: Step) -> int:
    if step.record_message:
        return _MESSAGE_SILENCE
    awaited = max(step.listen.timeout if step.listen else 0, step.wait) * 1000
    return min(max(awaited, _SHORTEST_SILENCE), _LONGEST_SILENCE)


def _response(call_id: str, baton: Baton, **data: Any) -> CarrierResponse:
    answer = {
        "result": "success",
        "code": 200,
        "msg": "成功",
        "data": {"call_id": call_id, "dynamic_id": str(baton), **data},
    }
    return CarrierResponse(body=json.dumps(answer, ensure_ascii=False).encode(), content_type="application/json")
