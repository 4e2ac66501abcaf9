"""The carrier that the settings choose."""

import hmac

from community.errors import SettingError
from community.files.secret_key import load_secret_key
from community.settings import Settings
from shouwang.wiring import Office
from voice.carriers.aliyun.carrier import AliyunCarrier
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
    if settings.carrier == "twilio":
        return _twilio(settings)
    if settings.carrier == "aliyun":
        return _aliyun(office)
    raise SettingError(
        f"SHOUWANG_CARRIER={settings.carrier} 不对：只能是 simulated、twilio 或 aliyun，例如 SHOUWANG_CARRIER=aliyun"
    )


def _twilio(settings: Settings) -> TwilioCarrier:
    _require(
        "twilio",
        TWILIO_ACCOUNT_SID=settings.twilio_account_sid,
        TWILIO_AUTH_TOKEN=settings.twilio_auth_token,
        TWILIO_FROM_NUMBER=settings.twilio_from_numbers,
    )
    return TwilioCarrier(
        settings.twilio_account_sid,
        settings.twilio_auth_token,
        settings.twilio_from_numbers,
        api_base_url=settings.twilio_api_base_url,
        old_auth_token=settings.twilio_auth_token_old,
        messaging_service_sid=settings.twilio_messaging_service_sid,
    )


def _aliyun(office: Office) -> AliyunCarrier:
    settings = office.settings
    _require(
        "aliyun",
        ALIYUN_ACCESS_KEY_ID=settings.aliyun_access_key_id,
        ALIYUN_ACCESS_KEY_SECRET=settings.aliyun_access_key_secret,
        ALIYUN_CALLED_SHOW_NUMBER=settings.aliyun_show_numbers,
        ALIYUN_CALLBACK_SECRET=settings.aliyun_callback_secret,
    )
    for name, value, most in (
        ("SHOUWANG_MAX_CALLS_PER_HOUR", settings.max_calls_per_hour, _ALIYUN_CALLS_PER_HOUR),
        ("SHOUWANG_MAX_CALLS_PER_DAY", settings.max_calls_per_day, _ALIYUN_CALLS_PER_DAY),
    ):
        if value > most:
            raise SettingError(f"{name}={value} 不对：阿里云对同一个号码最多 {most} 通，例如 {name}={min(most, 3)}")
    return AliyunCarrier(
        settings.aliyun_access_key_id,
        settings.aliyun_access_key_secret,
        settings.aliyun_show_numbers,
        callback_secret=settings.aliyun_callback_secret,
        greeting_code=settings.aliyun_greeting_code,
        voice=settings.aliyun_voice,
        asr_model=settings.aliyun_asr_model,
        endpoint=settings.aliyun_api_endpoint,
        clock=office.clock,
    )


def _require(carrier: str, **values: object) -> None:
    for name, value in values.items():
        if not value:
            raise SettingError(f"{name} 没有填：用 {carrier} 线路必须有它，例如 {_EXAMPLES[name]}")


def _loopback(host: str) -> str:
    return "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound


#: Alibaba Cloud's own limits for one number; one a minute besides.
_ALIYUN_CALLS_PER_HOUR, _ALIYUN_CALLS_PER_DAY = 5, 20
_EXAMPLES = {
    "TWILIO_ACCOUNT_SID": "TWILIO_ACCOUNT_SID=AC 开头的 34 位账号",
    "TWILIO_AUTH_TOKEN": "TWILIO_AUTH_TOKEN=控制台里的 Auth Token",
    "TWILIO_FROM_NUMBER": "TWILIO_FROM_NUMBER=+85230000000",
    "ALIYUN_ACCESS_KEY_ID": "ALIYUN_ACCESS_KEY_ID=LTAI 开头的一串",
    "ALIYUN_ACCESS_KEY_SECRET": "ALIYUN_ACCESS_KEY_SECRET=创建密钥时只显示一次的那一串",
    "ALIYUN_CALLED_SHOW_NUMBER": "ALIYUN_CALLED_SHOW_NUMBER=057112345678",
    "ALIYUN_CALLBACK_SECRET": "ALIYUN_CALLBACK_SECRET=用 openssl rand -hex 16 生成的一串",
}
