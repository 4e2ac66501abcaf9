"""Alibaba Cloud's voice service as a carrier: a call is asked for once, then everything comes to three addresses of ours."""

import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from community.clock import Clock, SystemClock
from community.errors import InvalidInput, Unavailable
from community.model.calls.call import AttemptStatus
from voice.carriers.aliyun import answers, errors, receipts, talk
from voice.carriers.aliyun.baton import Baton
from voice.carriers.aliyun.client import NoAnswerError, NotSentError, RefusedError, VoiceClient
from voice.carriers.aliyun.codes import outcome_of
from voice.carriers.aliyun.numbers import international, national
from voice.carriers.base import (
    Abilities,
    Acceptance,
    CallEvent,
    CallRef,
    CarrierRequest,
    CarrierResponse,
    FoundCall,
    FoundRecording,
    PlaceRequest,
    PlaceResult,
    Sound,
)
from voice.script.steps import CallUrls, Language, Step

log = structlog.get_logger()

ENDPOINT = "https://dyvmsapi.aliyuncs.com"
_REQUEST_SECONDS = 10.0
_LONGEST_CALL_SECONDS = 900
#: Their days and times of day are China's.
_ZONE = ZoneInfo("Asia/Shanghai")
#: Said by the platform when somebody picks up; the conversation begins with what they reply, or with their silence.
_GREETING = "您好。"
_SILENCE_AFTER_GREETING, _END_OF_SPEECH = 1500, 1200
#: A little slower and louder than usual (-200…200, 0…100).
_TTS_SPEED, _TTS_VOLUME = -100, 80
#: As the API's page writes them; the SDK would send Python's own True and False.
_YES, _NO = "true", "false"


class AliyunCarrier:
    """Places calls by SmartCall, once each, and answers its callbacks.

    Args:
        key_id / key_secret: of a RAM user that may use the voice service.
        show_numbers: E.164 of the numbers that were bought.
        callback_secret: stands in the addresses that were entered in the console; the callbacks bear no signature.
        greeting_code: the platform's id of a recording that says 您好; empty has it spoken.
        voice: the platform's name of a voice.
        asr_model: what recognises speech; `dialect_customer_service_8k` for heavy accents.
        endpoint: where the API is.
        request_seconds: the longest a request may take before its outcome counts as unknown.
    """

    name = "aliyun"
    rehearsal = False
    abilities = Abilities(finds_calls=False, records=False, languages=frozenset({Language.MANDARIN}))

    def __init__(
        self,
        key_id: str,
        key_secret: str,
        show_numbers: Sequence[str],
        *,
        callback_secret: str,
        greeting_code: str = "",
        voice: str = "xiaoyun",
        asr_model: str = "customer_service_8k",
        endpoint: str = ENDPOINT,
        clock: Clock | None = None,
        request_seconds: float = _REQUEST_SECONDS,
    ) -> None:
        self.from_numbers = tuple(show_numbers)
        self._secret = callback_secret
        self._greeting_code, self._voice, self._asr_model = greeting_code, voice, asr_model
        self._clock = clock or SystemClock()
        self._client = VoiceClient(key_id, key_secret, endpoint, request_seconds)

    async def place(self, request: PlaceRequest) -> PlaceResult:
        """Ask once for a call; what becomes of it is a value, never an exception."""
        called, shown = national(request.to), national(request.from_number)
        if called is None or shown is None:
            return errors.not_mainland()
        try:
            call_id = await self._client.smart_call(
                called_number=called, called_show_number=shown, **self._parameters(request.urls)
            )
        except NotSentError:
            return errors.not_connected()
        except RefusedError as refused:
            return errors.refusal(refused.code, refused.status)
        except NoAnswerError as error:
            return errors.unknown(str(error))
        return PlaceResult(placement=Acceptance.ACCEPTED, carrier_id=call_id)

    async def cancel(self, carrier_id: str) -> bool:
        """Nothing that is documented takes a call back: it rings at once, and counts as one that does."""
        log.debug("cannot_cancel", carrier_id=carrier_id)
        return False

    async def find(self, *, to: str, since: datetime) -> list[FoundCall]:  # noqa: ARG002 - of all carriers
        """Calls cannot be looked up by number here.

        Raises:
            Unavailable: always.
        """
        raise Unavailable("阿里云不能按号码查通话，请在语音服务控制台查看", code="carrier_unavailable")

    async def fetch(self, carrier_id: str) -> FoundCall | None:
        """Ask how one call ended; None while Alibaba Cloud does not know it (yet: it takes minutes to be written).

        Raises:
            Unavailable: Alibaba Cloud does not answer, or not understandably.
        """
        today = self._clock.now().astimezone(_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        for day in (today, today - timedelta(days=1)):
            detail = await self._detail(carrier_id, day)
            if detail:
                return _found(carrier_id, detail)
        return None

    async def start_recording(self, carrier_id: str, urls: CallUrls) -> None:  # noqa: ARG002 - of all carriers
        """A running call cannot be recorded from here on; see `abilities`."""
        log.warning("recording_not_started", carrier_id=carrier_id, error="not_possible")

    async def stop_recording(self, carrier_id: str) -> bool:  # noqa: ARG002 - of all carriers
        """Nothing is ever recorded."""
        return True

    async def find_recordings(self, carrier_id: str) -> list[FoundRecording]:  # noqa: ARG002 - of all carriers
        """Nothing is ever recorded."""
        return []

    async def fetch_recording(self, recording_id: str) -> Sound | None:  # noqa: ARG002 - of all carriers
        """Nothing is ever recorded."""
        return None

    async def delete_recording(self, recording_id: str) -> bool:  # noqa: ARG002 - of all carriers
        """Nothing is ever recorded, so that nothing is left."""
        return True

    def verify(self, request: CarrierRequest) -> bool:
        """Tell whether the callback came to the secret address."""
        secret = request.path.partition("/")[0]
        return hmac.compare_digest(secret.encode(), self._secret.encode())

    def parse(self, request: CarrierRequest) -> CallEvent:  # noqa: ARG002 - of all carriers
        """No callback comes to the address of one call; raises InvalidInput."""
        raise InvalidInput("阿里云的回调不到这个地址，请核对控制台里填的回调地址", code="unknown_webhook")

    def parse_shared(self, request: CarrierRequest) -> Sequence[tuple[CallRef, CallEvent]] | CarrierResponse:
        """Read a verified callback or receipts.

        Raises:
            InvalidInput: it is none that we asked for.
        """
        match request.path.partition("/")[2]:
            case "talk":
                turn = talk.parse(request)
                return turn if isinstance(turn, CarrierResponse) else [turn]
            case "progress":
                return receipts.parse_progress(request.body)
            case "report":
                return receipts.parse_reports(request.body)
        raise InvalidInput("这个回调地址不存在，请核对阿里云控制台里填的地址", code="unknown_webhook")

    def acknowledge(self) -> CarrierResponse:
        """Receipts were taken in."""
        return receipts.TAKEN

    def answer(self, step: Step, urls: CallUrls, carrier_id: str | None) -> CarrierResponse:
        """The answer that says a step in the call of that id."""
        return answers.render(step, urls, carrier_id or "")

    def render(self, step: Step, urls: CallUrls) -> CarrierResponse:
        """The answer that says a step, where the call's id is not known."""
        return answers.render(step, urls)

    async def close(self) -> None:
        """Let go of the threads; the SDK closes the connection of each request."""
        self._client.close()

    def _parameters(self, urls: CallUrls) -> dict[str, Any]:
        return {
            **self._greeting(),
            "action_code_break": _YES,
            "mute_time": _SILENCE_AFTER_GREETING,
            "pause_time": _END_OF_SPEECH,
            "session_timeout": _LONGEST_CALL_SECONDS,
            "record_flag": _NO,
            "early_media_asr": _YES,
            "asr_base_id": self._asr_model,
            "tts_conf": _YES,
            "tts_style": self._voice,
            "tts_speed": _TTS_SPEED,
            "tts_volume": _TTS_VOLUME,
            "out_id": urls.attempt_id[: receipts.OUT_ID_LENGTH],
            "dynamic_id": str(Baton(urls.attempt_id, urls.token, 0)),
        }

    def _greeting(self) -> dict[str, str]:
        if self._greeting_code:
            return {"voice_code": self._greeting_code}
        greeting = json.dumps({"greeting": _GREETING}, ensure_ascii=False)
        return {"voice_code": "$greeting$", "voice_code_param": greeting}

    async def _detail(self, carrier_id: str, day: datetime) -> Mapping[str, Any]:
        try:
            text = await self._client.call_detail(carrier_id, round(day.timestamp() * 1000))
            detail = json.loads(text) if text else {}
        except RefusedError as refused:
            if to_do := errors.is_about_the_account(refused.code):
                raise Unavailable(to_do, code="carrier_unavailable") from refused
            if refused.status >= 500 or not refused.code.startswith("isv."):
                raise Unavailable("阿里云查不到通话记录，系统稍后再查", code="carrier_unavailable") from refused
            return {}
        except (NotSentError, NoAnswerError, ValueError) as error:
            raise Unavailable("阿里云没有应答，系统稍后再查", code="carrier_unavailable") from error
        return detail if isinstance(detail, dict) else {}


def _found(carrier_id: str, detail: Mapping[str, Any]) -> FoundCall:
    state, duration = str(detail.get("state") or ""), str(detail.get("duration") or "")
    over = bool(state and detail.get("endDate"))
    return FoundCall(
        carrier_id=carrier_id,
        to=international(str(detail.get("callee") or "")),
        from_number=international(str(detail.get("calleeShowNumber") or detail.get("caller") or "")),
        status=AttemptStatus.ENDED if over else AttemptStatus.UNKNOWN,
        outcome=outcome_of(state) if over else None,
        created_at=_moment(str(detail.get("gmtCreate") or detail.get("startDate") or "")),
        duration=int(duration) if duration.isascii() and duration.isdigit() else None,
    )


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=_ZONE).astimezone(UTC)
    except ValueError:
        return None
