"""Twilio, or any server that speaks its API, as a carrier."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import structlog
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from community.errors import Unavailable
from community.model.calls.call import AttemptStatus
from voice.carriers.addresses import EnteredAddresses
from voice.carriers.base import (
    LARGEST_RECORDING,
    Abilities,
    Acceptance,
    CallEvent,
    CarrierRequest,
    CarrierResponse,
    FoundCall,
    FoundRecording,
    PlaceRequest,
    PlaceResult,
    Sound,
)
from voice.carriers.texting import FoundText, IncomingText, TextReport, TextRequest, TextResult
from voice.carriers.twilio import addresses, errors, events, recordings, texts
from voice.carriers.twilio.http import BoundedHttpClient
from voice.carriers.twilio.signature import SignatureCheck
from voice.carriers.twilio.twiml import render
from voice.script.steps import CallUrls, Step

log = structlog.get_logger()

_REQUEST_SECONDS = 10.0
_LONGEST_CALL_SECONDS = 900
#: Twilio's clock and ours may differ by so much.
_CLOCK_DIFFERENCE = timedelta(minutes=1)
_CALLS_OF_ONE_NUMBER = 200
_RECORDINGS_OF_ONE_CALL = 20
#: What a request ends with that got no answer, or none that can be read.
_NO_ANSWER = (aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError, TypeError)
#: Never sent: no connection was made. Anything later may have been received.
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


class TwilioCarrier:
    """Places calls by Twilio's Calls resource, once each, and reads its webhooks.

    Args:
        account_sid: AC….
        auth_token: signs the webhooks and opens the API.
        from_numbers: the numbers that belong to the account.
        api_base_url: another server that speaks Twilio's API; all requests go there.
        old_auth_token: the token before the last rotation; accepted in signatures only.
        request_seconds: the longest a request may take before its outcome counts as unknown.
        messaging_service_sid: the Messaging Service through which texts go; empty for none.
    """

    name = "twilio"
    rehearsal = False
    abilities = Abilities()
    voice_place = addresses.VOICE_PLACE

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        from_numbers: Sequence[str],
        *,
        api_base_url: str = "",
        old_auth_token: str = "",
        request_seconds: float = _REQUEST_SECONDS,
        messaging_service_sid: str = "",
    ) -> None:
        self.from_numbers = tuple(from_numbers)
        self._http = BoundedHttpClient(request_seconds)
        self._account = (account_sid, auth_token)
        self._client = Client(account_sid, auth_token, http_client=self._http)
        # The environment's TWILIO_EDGE and TWILIO_REGION would rewrite the host, even 127.0.0.1.
        self._client.edge = self._client.region = None
        if api_base_url:
            self._client.api.base_url = self._client.messaging.base_url = api_base_url.rstrip("/")
        self._service_sid = messaging_service_sid
        self._texts = texts.TwilioTexts(self._client, messaging_service_sid)
        self._signed = SignatureCheck((auth_token, old_auth_token))

    async def place(self, request: PlaceRequest) -> PlaceResult:
        """Ask Twilio once to place a call; what becomes of it is a value, never an exception."""
        try:
            call = await self._client.calls.create_async(**_call_parameters(request))
        except _NOT_SENT:
            return errors.not_connected()
        except TwilioException as error:
            status = getattr(error, "status", 0) or 500
            return errors.refusal(status, getattr(error, "code", None))
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            return errors.unknown(type(error).__name__)
        except (ValueError, KeyError, TypeError, AttributeError):
            # A 2xx that is no call: it may well have been placed.
            return errors.unknown("unreadable")
        if not isinstance(call.sid, str) or not call.sid:
            return errors.unknown("unreadable")
        return PlaceResult(placement=Acceptance.ACCEPTED, carrier_id=call.sid)

    async def cancel(self, carrier_id: str) -> bool:
        """Cancel a call that is queued or ringing; tell whether it certainly will not ring any more."""
        try:
            call = await self._client.calls(carrier_id).update_async(status="canceled")
        except (TwilioException, aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            log.warning("cancel_failed", carrier_id=carrier_id, error=type(error).__name__)
            return False
        return events.status_of(str(call.status)) in {AttemptStatus.CANCELLED, AttemptStatus.ENDED}

    async def find(self, *, to: str, since: datetime) -> list[FoundCall]:
        """List the calls placed to a number since a moment.

        Raises:
            Unavailable: Twilio does not answer, or not understandably.
        """
        # No filter by time: StartTime is empty while a call is queued, and filters by UTC date only.
        try:
            calls = await self._client.calls.list_async(
                to=to, limit=_CALLS_OF_ONE_NUMBER, page_size=_CALLS_OF_ONE_NUMBER
            )
            found = [_found(call) for call in calls]
        except (TwilioException, aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError, TypeError) as error:
            raise Unavailable("线路方查不到通话记录，系统稍后再查", code="carrier_unavailable") from error
        earliest = since - _CLOCK_DIFFERENCE
        return [call for call in found if call.to == to and (call.created_at is None or call.created_at >= earliest)]

    async def fetch(self, carrier_id: str) -> FoundCall | None:
        """Ask how one call stands; None when Twilio does not know it.

        Raises:
            Unavailable: Twilio does not answer, or not understandably.
        """
        try:
            return _found(await self._client.calls(carrier_id).fetch_async())
        except TwilioException as error:
            if getattr(error, "status", 0) == 404:
                return None
            raise Unavailable("线路方查不到通话记录，系统稍后再查", code="carrier_unavailable") from error
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError, TypeError) as error:
            raise Unavailable("线路方没有应答，系统稍后再查", code="carrier_unavailable") from error

    async def start_recording(self, carrier_id: str, urls: CallUrls) -> None:
        """Record beside the running call from now on; a failure is logged and never disturbs the call."""
        try:
            await self._client.calls(carrier_id).recordings.create_async(
                recording_status_callback=urls.recording,
                recording_status_callback_event=["completed", "absent"],
                recording_status_callback_method="POST",
                recording_channels="dual",
                trim="do-not-trim",
            )
        except (TwilioException, aiohttp.ClientError, OSError, TimeoutError, ValueError, TypeError) as error:
            log.warning("recording_not_started", carrier_id=carrier_id, error=type(error).__name__)

    async def stop_recording(self, carrier_id: str) -> bool:
        """Stop whatever is being recorded of a running call; tell whether certainly nothing is recorded now."""
        call = self._client.calls(carrier_id)
        try:
            running = [one.sid for one in await call.recordings.list_async(limit=_RECORDINGS_OF_ONE_CALL) if _runs(one)]
            for sid in running:
                await call.recordings(sid).update_async(status="stopped")
        except (TwilioException, *_NO_ANSWER) as error:
            log.warning("recording_not_stopped", carrier_id=carrier_id, error=type(error).__name__)
            return False
        return True

    async def find_recordings(self, carrier_id: str) -> list[FoundRecording]:
        """List what was recorded of a call.

        Raises:
            Unavailable: Twilio does not answer, or not understandably.
        """
        try:
            found = await self._client.calls(carrier_id).recordings.list_async(limit=_RECORDINGS_OF_ONE_CALL)
            return [recordings.found(one) for one in found]
        except TwilioException as error:
            if getattr(error, "status", 0) == 404:
                return []
            raise Unavailable("线路方查不到录音，系统稍后再查", code="carrier_unavailable") from error
        except _NO_ANSWER as error:
            raise Unavailable("线路方没有应答，系统稍后再查录音", code="carrier_unavailable") from error

    async def fetch_recording(self, recording_id: str) -> Sound | None:
        """Fetch a recording with the account's authentication; None when it is not there (yet).

        Raises:
            Unavailable: Twilio does not answer.
            Refused: it is too large, no sound, or Twilio sends us elsewhere for it.
        """
        url = recordings.url_of(self._client.api.base_url, self._account[0], recording_id)
        try:
            status, media_type, body = await self._http.download(url, self._account, most=LARGEST_RECORDING)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise Unavailable("线路方没有给出录音，系统稍后再取", code=type(error).__name__) from error
        return recordings.sound_of(status, media_type, body)

    async def delete_recording(self, recording_id: str) -> bool:
        """Delete Twilio's copy of a recording; tell whether it is certainly gone.

        Raises:
            Unavailable: Twilio does not answer.
        """
        try:
            return bool(await self._client.recordings(recording_id).delete_async())
        except TwilioException as error:
            return getattr(error, "status", 0) == 404
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise Unavailable("线路方没有应答，系统稍后再删录音", code=type(error).__name__) from error

    async def send_text(self, request: TextRequest) -> TextResult:
        """Ask Twilio once to send a text; what becomes of it is a value, never an exception."""
        return await self._texts.send(request)

    async def find_texts(self, *, to: str, since: datetime) -> list[FoundText]:
        """List the texts sent to a number since a moment.

        Raises:
            Unavailable: Twilio does not answer, or not understandably.
        """
        return await self._texts.find(to=to, since=since)

    async def find_incoming_texts(self, *, to: str, since: datetime) -> list[IncomingText]:
        """List what came in for one of our numbers since a moment.

        Raises:
            Unavailable: Twilio does not answer, or not understandably.
        """
        return await self._texts.find_incoming(to=to, since=since)

    def parse_incoming_text(self, request: CarrierRequest) -> IncomingText:
        """Read a verified webhook that brings a text; raises InvalidInput when it is none."""
        return texts.parse_incoming(request)

    def parse_text_report(self, request: CarrierRequest) -> TextReport:
        """Read a verified webhook about a text of ours; raises InvalidInput when it is none."""
        return texts.parse_report(request)

    def take_note(self) -> CarrierResponse:
        """Empty TwiML."""
        return texts.take_note()

    async def entered_addresses(self) -> list[EnteredAddresses]:
        """What is entered for each number of the account.

        Raises:
            Unavailable: Twilio does not answer, or not understandably.
        """
        return await addresses.entered_addresses(self._client, self._service_sid)

    def verify(self, request: CarrierRequest) -> bool:
        """Tell whether the webhook is signed by the account."""
        return self._signed(request)

    def parse(self, request: CarrierRequest) -> CallEvent:
        """Read a verified webhook; raises InvalidInput when it is none."""
        return events.parse(request)

    def render(self, step: Step, urls: CallUrls) -> CarrierResponse:
        """TwiML of a step."""
        return CarrierResponse(body=render(step, urls).encode(), content_type="text/xml")

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()


def _call_parameters(request: PlaceRequest) -> dict[str, Any]:
    urls = request.urls
    parameters: dict[str, Any] = {
        "to": request.to,
        "from_": request.from_number,
        "url": urls.step(0),
        "method": "POST",
        "fallback_url": urls.step(0),
        "fallback_method": "POST",
        "status_callback": urls.status,
        "status_callback_event": ["initiated", "ringing", "answered", "completed"],
        "status_callback_method": "POST",
        "timeout": request.ring_seconds,
        "time_limit": _LONGEST_CALL_SECONDS,
    }
    if request.detect_machine:
        parameters |= {
            "machine_detection": "Enable",
            "async_amd": "true",
            "async_amd_status_callback": urls.amd,
            "async_amd_status_callback_method": "POST",
        }
    return parameters


def _runs(recording: Any) -> bool:
    return str(recording.status) in {"in-progress", "paused"}


def _found(call: Any) -> FoundCall:
    word = str(call.status)
    duration = str(call.duration or "")
    return FoundCall(
        carrier_id=call.sid,
        to=str(call.to),
        from_number=str(call._from),  # noqa: SLF001 - the SDK's name for `from`
        status=events.status_of(word) or AttemptStatus.UNKNOWN,
        outcome=events.outcome_of(word, {"AnsweredBy": str(call.answered_by or "")}),
        created_at=_aware(call.date_created),
        duration=int(duration) if duration.isdigit() else None,
    )


def _aware(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
