"""A campaign over Twilio's API, while the whole service is killed again and again."""

from collections import Counter
from pathlib import Path

import pytest

from community.files.resident_file import read_resident_file
from community.model.actor import Actor
from community.model.staff import Role
from community.settings import load_settings
from community.store.campaigns import campaign_by_id
from community.store.progress import campaign_figures
from community.usecases.add_staff import add_staff
from community.usecases.approve_campaign import approve_campaign
from community.usecases.check_integrity import check_integrity
from community.usecases.create_campaign import create_campaign
from community.usecases.export_campaign import export_campaign
from community.usecases.import_residents import import_residents
from community.usecases.launch_campaign import launch_campaign
from shouwang.supervise import free_port
from shouwang.wiring import Office, open_office
from tests.harness.service_process import ServiceProcess, until
from tests.harness.twilio_server import ACCOUNT, TOKEN, Fault, Person, TwilioServer

PEOPLE = [f"+861390010{n:04d}" for n in range(24)]
QUESTIONNAIRE = """
name: 台风前问一声
purpose: 台风要来了，问问您要不要帮忙
hours: ["00:00-24:00"]
recording: never
retries:
  unknown: {after: 5s, times: 9}
questions:
  - {id: safe, kind: yes_no, say: 您家里安全吗？}
  - {id: help, kind: need_help, say: 要我们帮您做点什么吗？}
"""


def environ(folder: Path, carrier: TwilioServer, port: int) -> dict[str, str]:
    return {
        "SHOUWANG_DATA_DIR": str(folder),
        "SHOUWANG_PORT": str(port),
        "SHOUWANG_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SHOUWANG_CARRIER": "twilio",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_FROM_NUMBER": "+85230000000",
        "TWILIO_API_BASE_URL": carrier.base_url,
        "SHOUWANG_CALLS_PER_SECOND": "4",
        "SHOUWANG_QUIET_HOURS": "none",
        "SHOUWANG_MAX_CALLS_PER_HOUR": "20",
        "SHOUWANG_MAX_CALLS_PER_DAY": "20",
        "SHOUWANG_MAINLAND_CALLS_ALLOWED_BECAUSE": "测试，只打本机",
        "SHOUWANG_RASA_URL": "http://127.0.0.1:9",
    }


def launch(office: Office) -> int:
    """Bring the list, write the campaign, have it approved by a second person, and launch it."""
    now = office.clock.now()
    rows = "".join(f"居民{n},{number},锦绣苑{n + 1}栋\n" for n, number in enumerate(PEOPLE))
    listed = read_resident_file(
        "名单.csv", f"姓名,电话,住址\n{rows}".encode(), settings=office.settings, rules=office.rules, now=now
    )
    with office.database.begin() as conn:
        for login in ("one", "two"):
            add_staff(conn, login, name=login, role=Role.SECRETARY, actor=Actor.system("test"), now=now)
        import_residents(conn, listed, actor=Actor.staff("one"), now=now)
        campaign = create_campaign(conn, QUESTIONNAIRE, rules=office.rules, actor=Actor.staff("one"), now=now)
        approve_campaign(conn, campaign, rules=office.rules, actor=Actor.staff("two"), now=now)
        launch_campaign(conn, campaign, rules=office.rules, actor=Actor.staff("one"), now=now)
    return campaign


def reached(office: Office, campaign: int) -> int:
    with office.database.reading() as conn:
        return campaign_figures(conn, campaign).reached


@pytest.mark.parametrize("kills", [3])
async def test_a_service_killed_in_the_middle_rings_nobody_twice_and_forgets_nobody(tmp_path: Path, kills: int) -> None:
    async with TwilioServer() as carrier:
        carrier.people = {number: Person(says=["好", "不用"], hang_up_at_end=True) for number in PEOPLE}
        carrier.faults.extend([Fault.LOST_REPLY, Fault.ERROR_AFTER_PLACING])
        settings = environ(tmp_path, carrier, free_port())
        service = ServiceProcess(settings, tmp_path / "service.log")
        with open_office(load_settings(settings)) as office:
            campaign = launch(office)
            for n in range(kills):
                await service.start()
                goal = (n + 1) * len(PEOPLE) // (kills + 2)
                await until(lambda goal=goal: reached(office, campaign) >= goal)
                await service.kill()
            await service.start()
            await until(lambda: reached(office, campaign) == len(PEOPLE), seconds=180)
            await carrier.quiet()
            await service.stop()

            rung = Counter(call.request.to for call in carrier.calls.values())
            assert rung == Counter(PEOPLE), "everybody once, nobody twice"
            with office.database.reading() as conn:
                assert check_integrity(conn, now=office.clock.now()) == []
                lines = export_campaign(conn, campaign, "jsonl", now=office.clock.now()).decode().splitlines()
                assert campaign_by_id(conn, campaign).status in {"running", "finished"}
            assert len(lines) == len(PEOPLE)
