"""The composition root: what each process needs, put together in one place."""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import OperationalError

from community.clock import Clock, SystemClock
from community.errors import SettingError, Unavailable
from community.model.rulebook import Rulebook
from community.rules import load_rulebook
from community.secret import load_secret_key
from community.settings import Settings, load_settings
from community.store.database import Database
from community.store.migrate import upgrade
from voice.carriers.base import Carrier
from voice.carriers.simulated.carrier import SimulatedCarrier
from voice.carriers.twilio.carrier import TwilioCarrier


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What every command works with."""

    settings: Settings
    database: Database
    clock: Clock
    rules: Rulebook


@contextmanager
def open_office(settings: Settings | None = None, *, clock: Clock | None = None) -> Iterator[Office]:
    """Open the database, created or upgraded as needed, and the community's rules.

    Raises:
        SettingError: a setting is wrong.
        Unavailable: the database cannot be reached.
    """
    settings = settings or load_settings()
    rules = load_rulebook(settings)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        try:
            upgrade(database)
        except OperationalError as error:
            raise Unavailable(
                "连不上数据库：请管理员检查 SHOUWANG_DATABASE_URL 和数据库是否已启动，或者 SHOUWANG_DATA_DIR 是否可写。"
            ) from error
        yield Office(settings=settings, database=database, clock=clock or SystemClock(), rules=rules)
    finally:
        database.close()


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
