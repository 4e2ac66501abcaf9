"""Settings: environment variables, read once into one frozen object; every one is documented in .env.example."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from community.model.hazards.emergency_numbers import MAINLAND, REGIONS
from community.model.phone import CALL_REGIONS, HOME_REGIONS
from community.settings_reader import SettingsReader

_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that an administrator can set; attribute names are the variables without SHOUWANG_ in lower case."""

    data_dir: Path
    database_url: str
    #: The community's own files: community.yml, hazards.yml, ladders.yml, residents, policies, campaigns.
    community_dir: Path
    host: str
    port: int
    public_url: str
    timezone: ZoneInfo
    log_level: str

    carrier: str
    twilio_account_sid: str
    twilio_auth_token: str
    #: The token before the last rotation, still accepted in signatures.
    twilio_auth_token_old: str
    twilio_from_numbers: tuple[str, ...]
    twilio_api_base_url: str
    twilio_messaging_service_sid: str
    aliyun_access_key_id: str
    aliyun_access_key_secret: str
    #: The numbers that were bought, in E.164.
    aliyun_show_numbers: tuple[str, ...]
    #: Stands in the addresses that are entered in Alibaba Cloud's console.
    aliyun_callback_secret: str
    #: A recorded greeting that was uploaded there; empty has it spoken by a voice.
    aliyun_greeting_code: str
    aliyun_voice: str
    aliyun_asr_model: str
    aliyun_api_endpoint: str
    calls_per_second: float
    concurrent_calls: int
    #: How much faster than life the simulated residents live.
    simulation_speed: float
    quiet_hours: str
    max_calls_per_hour: int
    max_calls_per_day: int
    #: Limits of each number of the pool; 0 for none.
    calls_per_second_per_number: float
    concurrent_calls_per_number: int
    #: Ceilings of a day over all campaigns; 0 for none.
    max_calls_total_per_day: int
    max_minutes_total_per_day: int
    #: In yuan; None where it is not said.
    price_per_minute: float | None
    price_per_call: float | None
    price_per_text: float | None
    mainland_calls_allowed_because: str
    #: Days after which the recording of a call is deleted.
    recording_days: int
    #: Days after which texts, conversations in writing and settled questions are deleted.
    text_days: int

    rasa_url: str
    rasa_token: str
    actions_token: str
    rasa_timeout: float

    #: An OpenAI-compatible endpoint up to `/v1`; empty for no language model.
    llm_url: str
    llm_model: str
    llm_api_key: str
    #: Seconds after which the built-in path answers.
    llm_seconds: float
    #: More fields of each request, which some servers want.
    llm_extra: Mapping[str, Any]

    notify_wecom_url: str
    notify_dingtalk_url: str
    notify_dingtalk_secret: str
    notify_feishu_url: str
    notify_feishu_secret: str

    feishu_app_id: str
    feishu_app_secret: str
    feishu_encrypt_key: str
    feishu_verification_token: str
    feishu_api_base_url: str

    #: Keys the hashes of identity numbers; kept in the data directory unless given.
    secret_key: str
    #: Countries and regions whose numbers residents may have; a number without a country code belongs to the first.
    phone_regions: tuple[str, ...]
    #: Countries and regions whose numbers are called.
    call_countries: tuple[str, ...]
    #: Whose emergency numbers residents are told: CN, HK, MO or TW.
    emergency_region: str
    #: For landlines that a list writes without it (`0571`); empty refuses them.
    area_code: str

    @property
    def from_numbers(self) -> tuple[str, ...]:
        """The numbers we call from, of the carrier that is set."""
        return self.aliyun_show_numbers if self.carrier == "aliyun" else self.twilio_from_numbers

    @property
    def mainland_allowed_because(self) -> str:
        """Why numbers of the mainland may be called: the carrier is inside it, or what the administrator wrote."""
        return "境内线路" if self.carrier == "aliyun" else self.mainland_calls_allowed_because

    @property
    def callable_regions(self) -> tuple[str, ...]:
        """Countries and regions whose numbers the carrier can ring."""
        return ("CN",) if self.carrier == "aliyun" else self.call_countries

    @property
    def carries_texts(self) -> bool:
        """Whether the carrier can carry text messages."""
        return self.carrier != "aliyun"

    @property
    def has_public_address(self) -> bool:
        """Whether residents could open a link that they are sent: it does not lead to this machine."""
        return urlsplit(self.public_url).hostname not in _THIS_MACHINE

    def __repr__(self) -> str:
        return f"Settings(data_dir={self.data_dir}, carrier={self.carrier}, port={self.port})"


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingError: one line that names the variable, what is wrong and an example.
    """
    read = SettingsReader(os.environ if environ is None else environ)
    data_dir = Path(read.text("SHOUWANG_DATA_DIR", "data")).absolute()
    port = read.integer("SHOUWANG_PORT", 8080, 1, 65535)
    return Settings(
        data_dir=data_dir,
        database_url=read.database_url(f"sqlite:///{data_dir / 'shouwang.db'}"),
        community_dir=Path(read.text("SHOUWANG_COMMUNITY_DIR", "sample")).absolute(),
        host=read.text("SHOUWANG_HOST", "127.0.0.1"),
        port=port,
        public_url=read.url("SHOUWANG_PUBLIC_URL", f"http://127.0.0.1:{port}"),
        timezone=read.timezone(),
        log_level=read.choice("SHOUWANG_LOG_LEVEL", "info", ("debug", "info", "warning", "error")),
        secret_key=read.text("SHOUWANG_SECRET_KEY"),
        recording_days=read.integer("SHOUWANG_RECORDING_DAYS", 180, 1, 36500),
        text_days=read.integer("SHOUWANG_TEXT_DAYS", 180, 7, 36500),
        **_carriers(read),
        **_calls(read),
        **_numbers(read),
        **_assistant(read),
        **_groups(read),
    )


def _carriers(read: SettingsReader) -> dict[str, Any]:
    return {
        "carrier": read.text("SHOUWANG_CARRIER", "simulated"),
        "simulation_speed": read.number("SHOUWANG_SIMULATION_SPEED", 10.0, 0.1, 10000),
        "twilio_account_sid": read.text("TWILIO_ACCOUNT_SID"),
        "twilio_auth_token": read.text("TWILIO_AUTH_TOKEN"),
        "twilio_auth_token_old": read.text("TWILIO_AUTH_TOKEN_OLD"),
        "twilio_from_numbers": read.numbers("TWILIO_FROM_NUMBER"),
        "twilio_api_base_url": read.url("TWILIO_API_BASE_URL", ""),
        "twilio_messaging_service_sid": read.messaging_service("TWILIO_MESSAGING_SERVICE_SID"),
        "aliyun_access_key_id": read.text("ALIYUN_ACCESS_KEY_ID"),
        "aliyun_access_key_secret": read.text("ALIYUN_ACCESS_KEY_SECRET"),
        "aliyun_show_numbers": read.mainland_numbers("ALIYUN_CALLED_SHOW_NUMBER"),
        "aliyun_callback_secret": read.url_word("ALIYUN_CALLBACK_SECRET"),
        "aliyun_greeting_code": read.text("ALIYUN_GREETING_CODE"),
        "aliyun_voice": read.text("ALIYUN_VOICE", "xiaoyun"),
        "aliyun_asr_model": read.text("ALIYUN_ASR_MODEL", "customer_service_8k"),
        "aliyun_api_endpoint": read.url("ALIYUN_API_ENDPOINT", "https://dyvmsapi.aliyuncs.com"),
    }


def _calls(read: SettingsReader) -> dict[str, Any]:
    """The pace, the hours, how often and at what price."""
    return {
        "calls_per_second": read.number("SHOUWANG_CALLS_PER_SECOND", 1.0, 0.01, 1000),
        "concurrent_calls": read.integer("SHOUWANG_CONCURRENT_CALLS", 20, 1, 10000),
        "calls_per_second_per_number": read.number("SHOUWANG_CALLS_PER_SECOND_PER_NUMBER", 0, 0, 1000),
        "concurrent_calls_per_number": read.integer("SHOUWANG_CONCURRENT_CALLS_PER_NUMBER", 0, 0, 10000),
        "quiet_hours": read.quiet_hours(),
        "max_calls_per_hour": read.integer("SHOUWANG_MAX_CALLS_PER_HOUR", 1, 1, 100),
        "max_calls_per_day": read.integer("SHOUWANG_MAX_CALLS_PER_DAY", 3, 1, 100),
        "max_calls_total_per_day": read.integer("SHOUWANG_MAX_CALLS_TOTAL_PER_DAY", 0, 0, 10_000_000),
        "max_minutes_total_per_day": read.integer("SHOUWANG_MAX_MINUTES_TOTAL_PER_DAY", 0, 0, 10_000_000),
        "price_per_minute": read.price("SHOUWANG_PRICE_PER_MINUTE"),
        "price_per_call": read.price("SHOUWANG_PRICE_PER_CALL"),
        "price_per_text": read.price("SHOUWANG_PRICE_PER_TEXT"),
    }


def _numbers(read: SettingsReader) -> dict[str, Any]:
    """Which numbers residents may have, which are called, and which they are told."""
    return {
        "mainland_calls_allowed_because": read.text("SHOUWANG_MAINLAND_CALLS_ALLOWED_BECAUSE"),
        "phone_regions": read.regions("SHOUWANG_PHONE_REGIONS", ",".join(HOME_REGIONS)),
        "call_countries": read.regions("SHOUWANG_CALL_COUNTRIES", ",".join(CALL_REGIONS)),
        "area_code": read.area_code("SHOUWANG_AREA_CODE"),
        "emergency_region": read.choice("SHOUWANG_EMERGENCY_NUMBERS", MAINLAND, REGIONS),
    }


def _assistant(read: SettingsReader) -> dict[str, Any]:
    return {
        "rasa_url": read.url("SHOUWANG_RASA_URL", ""),
        "rasa_token": read.text("SHOUWANG_RASA_TOKEN"),
        "actions_token": read.text("SHOUWANG_ACTIONS_TOKEN"),
        "rasa_timeout": read.number("SHOUWANG_RASA_TIMEOUT", 10.0, 0.1, 60),
        "llm_url": read.url("SHOUWANG_LLM_URL", ""),
        "llm_model": read.model_name(),
        "llm_api_key": read.text("SHOUWANG_LLM_API_KEY"),
        "llm_seconds": read.number("SHOUWANG_LLM_SECONDS", 3.0, 0.1, 6),
        "llm_extra": read.json_object("SHOUWANG_LLM_EXTRA"),
    }


def _groups(read: SettingsReader) -> dict[str, Any]:
    """The robots of staff's groups, and the residents' groups."""
    return {
        "notify_wecom_url": read.url("SHOUWANG_NOTIFY_WECOM_URL", ""),
        "notify_dingtalk_url": read.url("SHOUWANG_NOTIFY_DINGTALK_URL", ""),
        "notify_dingtalk_secret": read.text("SHOUWANG_NOTIFY_DINGTALK_SECRET"),
        "notify_feishu_url": read.url("SHOUWANG_NOTIFY_FEISHU_URL", ""),
        "notify_feishu_secret": read.text("SHOUWANG_NOTIFY_FEISHU_SECRET"),
        "feishu_app_id": read.text("SHOUWANG_FEISHU_APP_ID"),
        "feishu_app_secret": read.text("SHOUWANG_FEISHU_APP_SECRET"),
        "feishu_encrypt_key": read.text("SHOUWANG_FEISHU_ENCRYPT_KEY"),
        "feishu_verification_token": read.text("SHOUWANG_FEISHU_VERIFICATION_TOKEN"),
        "feishu_api_base_url": read.url("SHOUWANG_FEISHU_API_BASE_URL", "https://open.feishu.cn"),
    }
