"""What is entered at Twilio for the account's numbers, and for the Messaging Service that takes their texts."""

from typing import Any

import aiohttp
from twilio.base.exceptions import TwilioException
from twilio.rest import Client

from community.errors import Unavailable
from voice.carriers.addresses import EnteredAddresses

VOICE_PLACE = "Phone Numbers → Active numbers → 这个号码 → Voice Configuration 的 A call comes in"
_SMS_PLACE = "Phone Numbers → Active numbers → 这个号码 → Messaging Configuration 的 A message comes in"
_SERVICE_PLACE = "Messaging → Services → 这个服务 → Integration（选 Send a webhook）的 Request URL"
_MOST_NUMBERS = 1000


async def entered_addresses(client: Client, service_sid: str) -> list[EnteredAddresses]:
    """Read what is entered for each number.

    Args:
        service_sid: the Messaging Service that our texts go through; empty for none.

    Raises:
        Unavailable: Twilio does not answer, or not understandably.
    """
    try:
        numbers = await client.incoming_phone_numbers.list_async(limit=_MOST_NUMBERS)
        service = await client.messaging.v1.services(service_sid).fetch_async() if service_sid else None
    except (TwilioException, aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError, TypeError) as error:
        raise Unavailable("线路方查不到号码的设置", code="carrier_unavailable") from error
    takes_over = service is not None and not service.use_inbound_webhook_on_number
    return [_entered(number, service if takes_over else None) for number in numbers]


def _entered(number: Any, service: Any) -> EnteredAddresses:
    abilities = number.capabilities or {}
    # An application stands above the address of the number.
    voice = "" if number.voice_application_sid else number.voice_url or ""
    sms, posts_sms, place = _texts(number) if service is None else _texts_of_service(service)
    return EnteredAddresses(
        number=str(number.phone_number),
        voice=voice if _can(abilities, "voice") else None,
        posts_voice=_posts(number.voice_method),
        sms=sms if _can(abilities, "sms") else None,
        posts_sms=posts_sms,
        sms_place=place,
    )


def _texts(number: Any) -> tuple[str, bool, str]:
    return "" if number.sms_application_sid else number.sms_url or "", _posts(number.sms_method), _SMS_PLACE


def _texts_of_service(service: Any) -> tuple[str, bool, str]:
    return service.inbound_request_url or "", _posts(service.inbound_method), _SERVICE_PLACE


def _posts(method: str | None) -> bool:
    return (method or "POST").upper() == "POST"


def _can(abilities: Any, what: str) -> bool:
    can = abilities.get(what, True) if isinstance(abilities, dict) else getattr(abilities, what, True)
    return can is not False
