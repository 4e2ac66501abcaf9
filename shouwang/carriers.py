"""The carrier that the settings choose."""

import hmac

from community.errors import SettingError
from community.files.secret_key import load_secret_key
from shouwang.wiring import Office
from voice.carriers.base import Carrier
from voice.carriers.simulated.carrier import SimulatedCarrier
from voice.carriers.twilio.carrier import TwilioCarrier


def build_carrier(office: Office) -> Carrier:
    """The carrier that the settings choose.

    Raises:
        SettingError: there is no such carrier, or its account is not set.
    """
    settings = office.settings
    if settings.carrier == "simulated":
        base = f"http://{_loopback(settings.host)}:{settings.port}"
        # The same in every process, so that one may dial and another answer the webhooks.
        token = hmac.digest(load_secret_key(settings), b"simulated carrier", "sha256").hex()
        return SimulatedCarrier(base, speed=settings.simulation_speed, clock=office.clock, token=token)
    if settings.carrier != "twilio":
        raise SettingError(
            f"SHOUWANG_CARRIER={settings.carrier} 不对：只能是 simulated 或 twilio，例如 SHOUWANG_CARRIER=twilio"
        )
    for name, value in (
        ("TWILIO_ACCOUNT_SID", settings.twilio_account_sid),
        ("TWILIO_AUTH_TOKEN", settings.twilio_auth_token),
        ("TWILIO_FROM_NUMBER", settings.twilio_from_numbers),
    ):
        if not value:
            raise SettingError(f"{name} 没有填：用 twilio 线路必须有它，例如 {_TWILIO_EXAMPLES[name]}")
    return TwilioCarrier(
        settings.twilio_account_sid,
        settings.twilio_auth_token,
        settings.twilio_from_numbers,
        api_base_url=settings.twilio_api_base_url,
        old_auth_token=settings.twilio_auth_token_old,
    )


def _loopback(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound


_TWILIO_EXAMPLES = {
    "TWILIO_ACCOUNT_SID": "TWILIO_ACCOUNT_SID=AC 开头的 34 位账号",
    "TWILIO_AUTH_TOKEN": "TWILIO_AUTH_TOKEN=控制台里的 Auth Token",
    "TWILIO_FROM_NUMBER": "TWILIO_FROM_NUMBER=+85230000000",
}
