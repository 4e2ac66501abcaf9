"""Twilio's text messages: sent once each by the Messages resource, found again, and read from its webhooks."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from twilio.base.exceptions import TwilioException
from twilio.rest import Client
from twilio.twiml.messaging_response import MessagingResponse

from community.errors import InvalidInput, Unavailable
from community.model.calls.text_message import TextProblem, TextStatus
from voice.carriers.base import Acceptance, CarrierRequest, CarrierResponse
from voice.carriers.texting import FoundText, IncomingText, TextReport, TextRequest, TextResult
from voice.carriers.twilio import text_errors

#: Never sent: no connection was made. Anything later may have been received.
_NOT_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
#: Twilio's clock and ours may differ by so much.
_CLOCK_DIFFERENCE = timedelta(minutes=1)
_TEXTS_OF_ONE_NUMBER = 200
_SID = re.compile(r"[A-Za-z0-9_-]{2,64}")
_LONGEST_BODY = 2000
_LONGEST_NUMBER = 20
_INCOMING_AT_ONCE = 1000
_STATUSES: dict[str, TextStatus] = {
    "accepted": TextStatus.SENT,
    "scheduled": TextStatus.SENT,
    "queued": TextStatus.SENT,
    "sending": TextStatus.SENT,
    "sent": TextStatus.SENT,
    "delivered": TextStatus.DELIVERED,
    "read": TextStatus.DELIVERED,
    "undelivered": TextStatus.UNDELIVERED,
    "failed": TextStatus.UNDELIVERED,
    "canceled": TextStatus.UNDELIVERED,
}
#: Words that Twilio obeys by itself on ordinary numbers, and answers itself.
_STOPS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit"})
_STARTS = frozenset({"start", "unstop"})


class TwilioTexts:
    """Sends and finds texts.

    Args:
        client: the SDK's, with limits of its own and without repeats.
        service_sid: of the Messaging Service through which texts go, MG…; empty for none.
    """

    def __init__(self, client: Client, service_sid: str = "") -> None:
        self._client = client
        # The number goes along with it: residents see the one that they know, which must be in the service's pool.
        self._through = {"messaging_service_sid": service_sid} if service_sid else {}

    async def send(self, request: TextRequest) -> TextResult:
        """Ask Twilio once to send a text; what becomes of it is a value, never an exception."""
        try:
            sent = await self._client.messages.create_async(
                to=request.to,
                from_=request.from_number,
                body=request.body,
                status_callback=request.urls.status,
                **self._through,
            )
        except _NOT_SENT:
            return text_errors.never_left()
        except TwilioException as error:
            status = getattr(error, "status", 0) or 500
            return text_errors.refused(status, getattr(error, "code", None))
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            return text_errors.not_known(type(error).__name__)
        except (ValueError, KeyError, TypeError, AttributeError):
            # A 2xx that is no message: it may well have been sent.
            return text_errors.not_known("unreadable")
        if not isinstance(sent.sid, str) or not sent.sid:
            return text_errors.not_known("unreadable")
        return TextResult(sending=Acceptance.ACCEPTED, carrier_id=sent.sid)

    async def find(self, *, to: str, since: datetime) -> list[FoundText]:
        """List the texts sent to a number since a moment.

        Raises:
            Unavailable: Twilio does not answer, or not understandably.
        """
        # No filter by time: DateSent is empty while a message is queued, and one that we would miss is sent twice.
        try:
            texts = await self._client.messages.list_async(
                to=to, limit=_TEXTS_OF_ONE_NUMBER, page_size=_TEXTS_OF_ONE_NUMBER
            )
            found = [_found(text) for text in texts]
        except (TwilioException, aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError, TypeError) as error:
            raise Unavailable("线路方查不到短信记录，系统稍后再查", code="carrier_unavailable") from error
        earliest = since - _CLOCK_DIFFERENCE
        return [text for text in found if text.to == to and (text.created_at is None or text.created_at >= earliest)]

    async def find_incoming(self, *, to: str, since: datetime) -> list[IncomingText]:
        """List what came in for one of our numbers since a moment, in the order in which it came.

        Raises:
            Unavailable: Twilio does not answer, or not understandably.
        """
        earliest = since - _CLOCK_DIFFERENCE
        try:
            # What came in has its DateSent at once, other than what waits to go out.
            texts = await self._client.messages.list_async(
                to=to, date_sent_after=earliest, limit=_INCOMING_AT_ONCE, page_size=_INCOMING_AT_ONCE
            )
            found = [_incoming(text) for text in texts if str(text.direction) == "inbound" and str(text.to) == to]
        except (TwilioException, aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError, TypeError) as error:
            raise Unavailable("线路方查不到收到的短信，系统稍后再查", code="carrier_unavailable") from error
        # The newest comes first; of two in one second nothing else tells which was written before the other.
        return [text for text in reversed(found) if text.written_at is None or text.written_at >= earliest]


def parse_incoming(request: CarrierRequest) -> IncomingText:
    """Read a verified webhook that brings a text.

    Raises:
        InvalidInput: it is none.
    """
    form = request.form
    sender, receiver = form.get("From", ""), form.get("To", "")
    if not sender or len(sender) > _LONGEST_NUMBER or len(receiver) > _LONGEST_NUMBER:
        raise InvalidInput("回调里没有发信人的号码", code="unknown_webhook")
    body = form.get("Body", "")[:_LONGEST_BODY]
    pictures = form.get("NumMedia", "")
    return IncomingText(
        carrier_id=_sid(request),
        from_number=sender,
        to_number=receiver,
        body=body,
        pictures=int(pictures) if pictures.isascii() and pictures.isdigit() and len(pictures) <= 2 else 0,
        unsubscribed=_unsubscribed(form.get("OptOutType", ""), body),
    )


def parse_report(request: CarrierRequest) -> TextReport:
    """Read a verified webhook about a text of ours.

    Raises:
        InvalidInput: it is none.
    """
    word = request.form.get("MessageStatus") or request.form.get("SmsStatus", "")
    status = _STATUSES.get(word)
    if status is None:
        raise InvalidInput("回调里没有认得的短信状态", code="unknown_status")
    failure = _failure(status, request.form.get("ErrorCode", ""))
    return TextReport(
        carrier_id=_sid(request),
        status=status,
        problem=failure.problem,
        error_code=failure.code,
        error_text=failure.text,
        account_fault=failure.account,
    )


def take_note() -> CarrierResponse:
    """Empty TwiML: what we answer goes out as a text of its own."""
    return CarrierResponse(body=str(MessagingResponse()).encode(), content_type="text/xml")


def _incoming(text: Any) -> IncomingText:
    body = str(text.body or "")[:_LONGEST_BODY]
    return IncomingText(
        carrier_id=str(text.sid),
        from_number=str(text.from_ or "")[:_LONGEST_NUMBER],
        to_number=str(text.to),
        body=body,
        pictures=int(text.num_media or 0),
        unsubscribed=_unsubscribed("", body),
        written_at=_aware(text.date_created),
    )


def _aware(moment: datetime | None) -> datetime | None:
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


def _found(text: Any) -> FoundText:
    status = _STATUSES.get(str(text.status), TextStatus.SENT)
    failure = _failure(status, str(text.error_code or ""))
    return FoundText(
        carrier_id=str(text.sid),
        to=str(text.to),
        from_number=str(text.from_ or ""),
        body=str(text.body or ""),
        status=status,
        problem=failure.problem,
        error_code=failure.code,
        error_text=failure.text,
        account_fault=failure.account,
        created_at=_aware(text.date_created),
    )


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a text that was taken did not arrive; nothing for one that did."""

    problem: TextProblem | None = None
    code: str | None = None
    text: str | None = None
    account: bool = False


def _failure(status: TextStatus, code: str) -> _Failure:
    if status is not TextStatus.UNDELIVERED:
        return _Failure()
    meaning = text_errors.meaning_of(code)
    return _Failure(meaning.problem or TextProblem.CARRIER_ERROR, code[:20] or None, meaning.text, meaning.account)


def _unsubscribed(opt_out_type: str, body: str) -> bool | None:
    word = opt_out_type.lower() or body.strip().lower()
    if word in _STOPS:
        return True
    return False if word in _STARTS else None


def _sid(request: CarrierRequest) -> str:
    sid = request.form.get("MessageSid") or request.form.get("SmsSid", "")
    if not _SID.fullmatch(sid):
        raise InvalidInput("回调里没有短信编号", code="unknown_webhook")
    return sid
