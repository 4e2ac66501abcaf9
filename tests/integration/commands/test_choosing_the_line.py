"""The line that the settings choose: what is missing is one line that says what to fill in, and doctor asks the carrier."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp.test_utils import unused_port

from community.clock import MovableClock
from community.errors import SettingError
from community.settings import load_settings
from shouwang.carriers import build_carrier
from shouwang.doctor import examine
from shouwang.wiring import Office, open_office
from tests.harness.aliyun_server import KEY_ID, KEY_SECRET, SECRET, AliyunServer

ALIYUN = {
    "SHOUWANG_CARRIER": "aliyun",
    "ALIYUN_ACCESS_KEY_ID": KEY_ID,
    "ALIYUN_ACCESS_KEY_SECRET": KEY_SECRET,
    "ALIYUN_CALLED_SHOW_NUMBER": "057112345678",
    "ALIYUN_CALLBACK_SECRET": SECRET,
}


@pytest.fixture
def office(tmp_path: Path, clock: MovableClock) -> Iterator[Office]:
    with open_office(load_settings({"SHOUWANG_DATA_DIR": str(tmp_path)}), clock=clock) as opened:
        yield opened


def with_settings(office: Office, **settings: str) -> Office:
    made = load_settings({"SHOUWANG_DATA_DIR": str(office.settings.data_dir), **settings})
    return Office(settings=made, database=office.database, clock=office.clock, rules=office.rules)


@pytest.mark.parametrize("missing", [name for name in ALIYUN if name != "SHOUWANG_CARRIER"])
def test_what_is_missing_is_named_with_an_example(office: Office, missing: str) -> None:
    with pytest.raises(SettingError) as caught:
        build_carrier(with_settings(office, **(ALIYUN | {missing: ""})))
    assert caught.value.message.startswith(f"{missing} 没有填")
    assert "例如" in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("name", "value"), [("SHOUWANG_MAX_CALLS_PER_HOUR", "6"), ("SHOUWANG_MAX_CALLS_PER_DAY", "21")]
)
def test_caps_above_the_platforms_own_are_refused(office: Office, name: str, value: str) -> None:
    with pytest.raises(SettingError, match=f"{name}={value} 不对：阿里云"):
        build_carrier(with_settings(office, **ALIYUN, **{name: value}))
    build_carrier(with_settings(office, **ALIYUN))


def test_a_line_that_there_is_not_is_told_with_those_there_are(office: Office) -> None:
    with pytest.raises(SettingError, match="simulated、twilio 或 aliyun"):
        build_carrier(with_settings(office, SHOUWANG_CARRIER="huawei"))


async def test_doctor_asks_whether_the_account_works(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with AliyunServer() as server:
        reachable = ALIYUN | {"ALIYUN_API_ENDPOINT": server.endpoint}
        assert await line_of(with_settings(office, **reachable)) == (True, "aliyun 可用，主叫号码 1 个")
        works, said = await line_of(with_settings(office, **(reachable | {"ALIYUN_ACCESS_KEY_SECRET": "another"})))
        assert (works, "ALIYUN_ACCESS_KEY_SECRET" in said) == (False, True)
        assert not server.posts
    gone = ALIYUN | {"ALIYUN_API_ENDPOINT": f"http://127.0.0.1:{unused_port()}"}
    assert (await line_of(with_settings(office, **gone)))[0] is False


async def line_of(office: Office) -> tuple[bool, str]:
    (check,) = [check for check in await examine(office) if check.name == "线路"]
    return check.ok, check.detail
