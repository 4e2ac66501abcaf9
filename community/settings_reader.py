"""Reads environment variables: each kind of value in its own way, and a wrong one is told in one line with an example."""

import json
import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from community.errors import SettingError


class SettingsReader:
    """The values of an environment; every method raises SettingError where a value is wrong."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str = "") -> str:
        """A value without blanks around it, or the default where there is none."""
        return self._environ.get(name, "").strip() or default

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """One of a few words."""
        value = self.text(name, default)
        if value not in allowed:
            raise SettingError(f"{name}={value} 不对：只能是 {'、'.join(allowed)}，例如 {name}={default}")
        return value

    def number(self, name: str, default: float, least: float, most: float) -> float:
        """A number between two limits."""
        value = self.text(name, str(default))
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not least <= number <= most:
            raise SettingError(f"{name}={value} 不对：应是 {least:g} 到 {most:g} 之间的数，例如 {name}={default:g}")
        return number

    def price(self, name: str) -> float | None:
        """An amount in yuan; None where it is not said."""
        if not self.text(name):
            return None
        return self.number(name, 0.15, 0, 1000)

    def integer(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number between two limits."""
        value = self.text(name, str(default))
        if not re.fullmatch(r"\d{1,9}", value) or not least <= int(value) <= most:
            raise SettingError(f"{name}={value} 不对：应是 {least} 到 {most} 之间的整数，例如 {name}={default}")
        return int(value)

    def url(self, name: str, default: str) -> str:
        """An http or https address without a slash at its end."""
        value = self.text(name, default).rstrip("/")
        if value and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
            raise SettingError(
                f"{name} 不是网址：应以 http:// 或 https:// 开头，例如 {name}=https://shouwang.example.cn"
            )
        return value

    def numbers(self, name: str) -> tuple[str, ...]:
        """Numbers in E.164, separated by commas."""
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
        """The id of one of Twilio's Messaging Services; empty where it is not set."""
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
        """Countries and regions by their two letters."""
        regions = tuple(part.strip() for part in self.text(name, default).split(",") if part.strip())
        if not regions or not all(re.fullmatch(r"[A-Z]{2}", region) for region in regions):
            raise SettingError(f"{name} 写法不对：应是两个大写字母的国家或地区代码，用逗号分开，例如 {name}={default}")
        return regions

    def area_code(self, name: str) -> str:
        """The prefix of local landlines; empty where it is not set."""
        value = self.text(name)
        if value and not re.fullmatch(r"0\d{2,3}", value):
            raise SettingError(f"{name}={value} 不对：应是 0 开头的区号，例如 {name}=0571")
        return value

    def model_name(self) -> str:
        """The language model's name, which an address makes necessary."""
        name = self.text("SHOUWANG_LLM_MODEL")
        if self.text("SHOUWANG_LLM_URL") and not name:
            raise SettingError(
                "SHOUWANG_LLM_MODEL 没有填：填了 SHOUWANG_LLM_URL 就要写模型名，例如 SHOUWANG_LLM_MODEL=qwen3-8b"
            )
        return name

    def json_object(self, name: str) -> Mapping[str, Any]:
        """An object in JSON; empty where it is not set."""
        try:
            value = json.loads(self.text(name, "{}"))
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise SettingError(f'{name} 写法不对：应是一个 JSON 对象，例如 {name}={{"enable_thinking": false}}')
        return value

    def timezone(self) -> ZoneInfo:
        """The community's time zone."""
        name = self.text("SHOUWANG_TIMEZONE", "Asia/Shanghai")
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise SettingError(
                f"SHOUWANG_TIMEZONE={name} 不对：没有这个时区，例如 SHOUWANG_TIMEZONE=Asia/Shanghai"
            ) from error

    def quiet_hours(self) -> str:
        """Spans of the day as they are written, or `none`."""
        value = self.text("SHOUWANG_QUIET_HOURS", "21:00-08:00,12:00-14:00")
        span = r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d"
        if value != "none" and not re.fullmatch(rf"{span}(,{span})*", value):
            raise SettingError(
                f"SHOUWANG_QUIET_HOURS={value} 不对：写成 21:00-08:00,12:00-14:00 这样，不设安静时段写 none"
            )
        return value

    def database_url(self, default: str) -> str:
        """The address of an SQLite or PostgreSQL database."""
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
