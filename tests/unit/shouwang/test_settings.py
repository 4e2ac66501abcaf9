"""Settings: a wrong one is a clear line that names the variable and gives an example."""

from pathlib import Path

import pytest

from community.errors import SettingError
from community.settings import load_settings


def test_without_any_variable_everything_runs_on_one_machine() -> None:
    settings = load_settings({})
    assert settings.carrier == "simulated"
    assert settings.database_url.startswith("sqlite:///")
    assert settings.host == "127.0.0.1"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SHOUWANG_PORT", "eighty"),
        ("SHOUWANG_PORT", "70000"),
        ("SHOUWANG_PUBLIC_URL", "shouwang.example.cn"),
        ("SHOUWANG_TIMEZONE", "Asia/Peking"),
        ("SHOUWANG_QUIET_HOURS", "21-8"),
        ("SHOUWANG_CALLS_PER_SECOND", "0"),
        ("SHOUWANG_MAX_CALLS_PER_DAY", "-1"),
        ("SHOUWANG_DATABASE_URL", "mysql://root@127.0.0.1/x"),
        ("SHOUWANG_DATABASE_URL", "not a url"),
        ("TWILIO_FROM_NUMBER", "85230000000"),
        ("SHOUWANG_LOG_LEVEL", "loud"),
        ("SHOUWANG_PRICE_PER_MINUTE", "cheap"),
        ("SHOUWANG_CALL_COUNTRIES", "china"),
        ("SHOUWANG_MAX_MINUTES_TOTAL_PER_DAY", "-5"),
        ("ALIYUN_CALLED_SHOW_NUMBER", "+85230000000"),
        ("TWILIO_MESSAGING_SERVICE_SID", "AC00000000000000000000000000000000"),
        ("ALIYUN_CALLBACK_SECRET", "short"),
        ("ALIYUN_CALLBACK_SECRET", "has/a/slash/in/it/and/is/long"),
    ],
)
def test_a_wrong_value_names_its_variable_and_an_example(name: str, value: str) -> None:
    with pytest.raises(SettingError) as caught:
        load_settings({name: value})
    assert name in caught.value.message
    assert "例如" in caught.value.message or "写成" in caught.value.message
    assert "\n" not in caught.value.message


def test_a_pool_of_numbers_is_a_comma_list() -> None:
    settings = load_settings({"TWILIO_FROM_NUMBER": "+85230000000, +85230000001"})
    assert settings.twilio_from_numbers == ("+85230000000", "+85230000001")


def test_mainland_numbers_are_written_as_the_console_shows_them() -> None:
    settings = load_settings({"ALIYUN_CALLED_SHOW_NUMBER": "0571-12345678, 4001234567,13800000000"})
    assert settings.aliyun_show_numbers == ("+8657112345678", "+864001234567", "+8613800000000")


def test_the_line_inside_the_mainland_needs_no_reason_and_rings_nobody_outside() -> None:
    inside = load_settings({"SHOUWANG_CARRIER": "aliyun", "ALIYUN_CALLED_SHOW_NUMBER": "057112345678"})
    assert (inside.from_numbers, inside.callable_regions) == (("+8657112345678",), ("CN",))
    assert inside.mainland_allowed_because
    outside = load_settings({"SHOUWANG_CARRIER": "twilio", "TWILIO_FROM_NUMBER": "+85230000000"})
    assert (outside.from_numbers, outside.mainland_allowed_because) == (("+85230000000",), "")


def test_secrets_never_show_when_settings_are_printed() -> None:
    settings = load_settings({"TWILIO_AUTH_TOKEN": "s3cret-token", "SHOUWANG_SECRET_KEY": "k3y"})
    assert "s3cret-token" not in repr(settings)
    assert "k3y" not in repr(settings)


def test_every_setting_is_documented_in_the_example_file() -> None:
    asked: set[str] = set()

    class Recorder(dict[str, str]):
        def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
            asked.add(name)
            return default

    load_settings(Recorder())
    lines = Path(".env.example").read_text(encoding="utf-8").splitlines()
    documented = {line.split("=")[0] for line in lines if "=" in line and not line.startswith("#")}
    assert asked | {"SHOUWANG_TEST_POSTGRES_URL"} == documented, "neither forgotten nor promised in vain"
