"""Settings: environment variables, read once into one frozen object; every one is documented in .env.example."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from community.errors import SettingError
from community.model.hazards.emergency_numbers import MAINLAND, REGIONS
from community.model.phone import CALL_REGIONS, HOME_REGIONS

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
    read = _Reader(os.environ if environ is None else environ)
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
        carrier=read.text("SHOUWANG_CARRIER", "simulated"),
        twilio_account_sid=read.text("TWILIO_ACCOUNT_SID"),
        twilio_auth_token=read.text("TWILIO_AUTH_TOKEN"),
        twilio_auth_token_old=read.text("TWILIO_AUTH_TOKEN_OLD"),
        twilio_from_numbers=read.numbers("TWILIO_FROM_NUMBER"),
        twilio_api_base_url=read.url("TWILIO_API_BASE_URL", ""),
        twilio_messaging_service_sid=read.messaging_service("TWILIO_MESSAGING_SERVICE_SID"),
        aliyun_access_key_id=read.text("ALIYUN_ACCESS_KEY_ID"),
        aliyun_access_key_secret=read.text("ALIYUN_ACCESS_KEY_SECRET"),
        aliyun_show_numbers=read.mainland_numbers("ALIYUN_CALLED_SHOW_NUMBER"),
        aliyun_callback_secret=read.url_word("ALIYUN_CALLBACK_SECRET"),
        aliyun_greeting_code=read.text("ALIYUN_GREETING_CODE"),
        aliyun_voice=read.text("ALIYUN_VOICE", "xiaoyun"),
        aliyun_asr_model=read.text("ALIYUN_ASR_MODEL", "customer_service_8k"),
        aliyun_api_endpoint=read.url("ALIYUN_API_ENDPOINT", "https://dyvmsapi.aliyuncs.com"),
        calls_per_second=read.number("SHOUWANG_CALLS_PER_SECOND", 1.0, 0.01, 1000),
        concurrent_calls=read.integer("SHOUWANG_CONCURRENT_CALLS", 20, 1, 10000),
        simulation_speed=read.number("SHOUWANG_SIMULATION_SPEED", 10.0, 0.1, 10000),
        quiet_hours=read.quiet_hours(),
        max_calls_per_hour=read.integer("SHOUWANG_MAX_CALLS_PER_HOUR", 1, 1, 100),
        max_calls_per_day=read.integer("SHOUWANG_MAX_CALLS_PER_DAY", 3, 1, 100),
        calls_per_second_per_number=read.number("SHOUWANG_CALLS_PER_SECOND_PER_NUMBER", 0, 0, 1000),
        concurrent_calls_per_number=read.integer("SHOUWANG_CONCURRENT_CALLS_PER_NUMBER", 0, 0, 10000),
        max_calls_total_per_day=read.integer("SHOUWANG_MAX_CALLS_TOTAL_PER_DAY", 0, 0, 10_000_000),
        max_minutes_total_per_day=read.integer("SHOUWANG_MAX_MINUTES_TOTAL_PER_DAY", 0, 0, 10_000_000),
        price_per_minute=read.price("SHOUWANG_PRICE_PER_MINUTE"),
        price_per_call=read.price("SHOUWANG_PRICE_PER_CALL"),
        price_per_text=read.price("SHOUWANG_PRICE_PER_TEXT"),
        mainland_calls_allowed_because=read.text("SHOUWANG_MAINLAND_CALLS_ALLOWED_BECAUSE"),
        recording_days=read.integer("SHOUWANG_RECORDING_DAYS", 180, 1, 36500),
        text_days=read.integer("SHOUWANG_TEXT_DAYS", 180, 7, 36500),
        rasa_url=read.url("SHOUWANG_RASA_URL", ""),
        rasa_token=read.text("SHOUWANG_RASA_TOKEN"),
        actions_token=read.text("SHOUWANG_ACTIONS_TOKEN"),
        rasa_timeout=read.number("SHOUWANG_RASA_TIMEOUT", 10.0, 0.1, 60),
        llm_url=read.url("SHOUWANG_LLM_URL", ""),
        llm_model=read.model_name(),
        llm_api_key=read.text("SHOUWANG_LLM_API_KEY"),
        llm_seconds=read.number("SHOUWANG_LLM_SECONDS", 3.0, 0.1, 6),
        llm_extra=read.json_object("SHOUWANG_LLM_EXTRA"),
        notify_wecom_url=read.url("SHOUWANG_NOTIFY_WECOM_URL", ""),
        notify_dingtalk_url=read.url("SHOUWANG_NOTIFY_DINGTALK_URL", ""),
        notify_dingtalk_secret=read.text("SHOUWANG_NOTIFY_DINGTALK_SECRET"),
        notify_feishu_url=read.url("SHOUWANG_NOTIFY_FEISHU_URL", ""),
        notify_feishu_secret=read.text("SHOUWANG_NOTIFY_FEISHU_SECRET"),
        feishu_app_id=read.text("SHOUWANG_FEISHU_APP_ID"),
        feishu_app_secret=read.text("SHOUWANG_FEISHU_APP_SECRET"),
        feishu_encrypt_key=read.text("SHOUWANG_FEISHU_ENCRYPT_KEY"),
        feishu_verification_token=read.text("SHOUWANG_FEISHU_VERIFICATION_TOKEN"),
        feishu_api_base_url=read.url("SHOUWANG_FEISHU_API_BASE_URL", "https://open.feishu.cn"),
        secret_key=read.text("SHOUWANG_SECRET_KEY"),
        phone_regions=read.regions("SHOUWANG_PHONE_REGIONS", ",".join(HOME_REGIONS)),
        call_countries=read.regions("SHOUWANG_CALL_COUNTRIES", ",".join(CALL_REGIONS)),
        area_code=read.area_code("SHOUWANG_AREA_CODE"),
        emergency_region=read.choice("SHOUWANG_EMERGENCY_NUMBERS", MAINLAND, REGIONS),
    )


class _Reader:
    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str = "") -> str:
        return self._environ.get(name, "").strip() or default

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise SettingError(f"{name}={value} 不对：只能是 {'、'.join(allowed)}，例如 {name}={default}")
        return value

    def number(self, name: str, default: float, least: float, most: float) -> float:
        value = self.text(name, str(default))
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not least <= number <= most:
            raise SettingError(f"{name}={value} 不对：应是 {least:g} 到 {most:g} 之间的数，例如 {name}={default:g}")
        return number

    def price(self, name: str) -> float | None:
        if not self.text(name):
            return None
        return self.number(name, 0.15, 0, 1000)

    def integer(self, name: str, default: int, least: int, most: int) -> int:
        value = self.text(name, str(default))
        if not re.fullmatch(r"\d{1,9}", value) or not least <= int(value) <= most:
            raise SettingError(f"{name}={value} 不对：应是 {least} 到 {most} 之间的整数，例如 {name}={default}")
        return int(value)

    def url(self, name: str, default: str) -> str:
        value = self.text(name, default).rstrip("/")
        if value and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
            raise SettingError(
                f"{name} 不是网址：应以 http:// 或 https:// 开头，例如 {name}=https://shouwang.example.cn"
            )
        return value

    def numbers(self, name: str) -> tuple[str, ...]:
        numbers = tuple(part.strip() for part in self.text(name).split(",") if part.strip())
        for number in numbers:
            if not re.fullmatch(r"\+\d{6,15}", number):
                raise SettingError(f"{name} 里有一个号码写法不对：应带国家码，例如 {name}=+85230000000")
        return numbers

    def mainland_numbers(self, name: str) -> tuple[str, ...]:
        """Numbers of mainland China as its consoles show them (`0571…`, `400…`, `95…`, `138…`), made E.164."""
        written = [re.sub(r"[\s-]", "", part) for part in self.text(name).split(",") if part.strip()]
        numbers = []
        for number in written:
            plain = number.removeprefix("+86")
            if not re.fullmatch(r"0\d{9,11}|400\d{7}|95\d{3,10}|1[3-9]\d{9}|[1-9]\d{9,10}", plain):
                raise SettingError(f"{name} 里有一个号码写法不对：照语音服务控制台里的写，例如 {name}=057112345678")
            numbers.append(f"+86{plain.removeprefix('0')}")
        return tuple(numbers)

    def messaging_service(self, name: str) -> str:
        value = self.text(name)
        if value and not re.fullmatch(r"MG[0-9a-fA-F]{32}", value):
            raise SettingError(
                f"{name} 写法不对：应是 MG 开头的 34 位，照 Messaging → Services 里的写，例如 {name}=MG0123456789abcdef0123456789abcdef"
            )
        return value

    def url_word(self, name: str) -> str:
        """A secret that stands in an address; empty where it is not set."""
        value = self.text(name)
        if value and not re.fullmatch(r"[A-Za-z0-9_-]{16,64}", value):
            raise SettingError(
                f"{name} 写法不对：应是 16 到 64 个字母、数字、_ 或 -，例如用 openssl rand -hex 16 生成的一串"
            )
        return value

    def regions(self, name: str, default: str) -> tuple[str, ...]:
        regions = tuple(part.strip() for part in self.text(name, default).split(",") if part.strip())
        if not regions or not all(re.fullmatch(r"[A-Z]{2}", region) for region in regions):
            raise SettingError(f"{name} 写法不对：应是两个大写字母的国家或地区代码，用逗号分开，例如 {name}={default}")
        return regions

    def area_code(self, name: str) -> str:
        value = self.text(name)
        if value and not re.fullmatch(r"0\d{2,3}", value):
            raise SettingError(f"{name}={value} 不对：应是 0 开头的区号，例如 {name}=0571")
        return value

    def model_name(self) -> str:
        name = self.text("SHOUWANG_LLM_MODEL")
        if self.text("SHOUWANG_LLM_URL") and not name:
            raise SettingError(
                "SHOUWANG_LLM_MODEL 没有填：填了 SHOUWANG_LLM_URL 就要写模型名，例如 SHOUWANG_LLM_MODEL=qwen3-8b"
            )
        return name

    def json_object(self, name: str) -> Mapping[str, Any]:
        try:
            value = json.loads(self.text(name, "{}"))
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise SettingError(f'{name} 写法不对：应是一个 JSON 对象，例如 {name}={{"enable_thinking": false}}')
        return value

    def timezone(self) -> ZoneInfo:
        name = self.text("SHOUWANG_TIMEZONE", "Asia/Shanghai")
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise SettingError(
                f"SHOUWANG_TIMEZONE={name} 不对：没有这个时区，例如 SHOUWANG_TIMEZONE=Asia/Shanghai"
            ) from error

    def quiet_hours(self) -> str:
        value = self.text("SHOUWANG_QUIET_HOURS", "21:00-08:00,12:00-14:00")
        span = r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d"
        if value != "none" and not re.fullmatch(rf"{span}(,{span})*", value):
            raise SettingError(
                f"SHOUWANG_QUIET_HOURS={value} 不对：写成 21:00-08:00,12:00-14:00 这样，不设安静时段写 none"
            )
        return value

    def database_url(self, default: str) -> str:
        name = "SHOUWANG_DATABASE_URL"
        value = self.text(name, default)
        example = f"例如 {name}=postgresql://shouwang@127.0.0.1/shouwang"
        try:
            backend = make_url(value).get_backend_name()
        except ArgumentError as error:
            raise SettingError(f"{name} 不是数据库地址，{example}") from error
        if backend not in {"sqlite", "postgresql"}:
            raise SettingError(f"{name} 只能是 sqlite 或 postgresql，{example}")
        return value
