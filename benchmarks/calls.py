"""Calls completed per minute on SQLite: our real service, a load carrier beside it, three spoken questions a call.

`python -m benchmarks.calls [CALLS] [CALLS_PER_SECOND] [THINK_SECONDS]`; everything stays on loopback and stops by itself.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.load_carrier import ACCOUNT, TOKEN
from community.files.resident_file import read_resident_file
from community.model.actor import Actor
from community.model.staff import Role
from community.settings import Settings, load_settings
from community.store.progress import campaign_figures
from community.usecases.add_staff import add_staff
from community.usecases.approve_campaign import approve_campaign
from community.usecases.create_campaign import create_campaign
from community.usecases.import_residents import import_residents
from community.usecases.launch_campaign import launch_campaign
from shouwang.supervise import free_port
from shouwang.wiring import Office, open_office

_SYSTEM = Actor.system("benchmark")
_QUESTIONNAIRE = """
name: 压力测试
purpose: 问您三个小问题
hours: ["00:00-24:00"]
recording: never
questions:
  - {id: one, kind: yes_no, say: 您身体好不好？}
  - {id: two, kind: yes_no, say: 您吃饭好不好？}
  - {id: three, kind: yes_no, say: 您睡得好不好？}
"""


def run(calls: int, calls_per_second: float, think: float) -> dict[str, object]:
    """Make that many calls and return what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        environ = _environ(folder, free_port(), free_port(), calls_per_second)
        with open_office(load_settings(environ)) as office:
            _prepare(office, calls)
            seconds = calls / calls_per_second + 20 * think + 120
            carrier = _start_carrier(office.settings, environ, think, calls, seconds)
            service = _start_service(environ, folder)
            started = time.monotonic()
            seen = json.loads(carrier.communicate()[0])
            elapsed = time.monotonic() - started
            service.terminate()
            service.wait(30)
            with office.database.reading() as conn:
                figures = campaign_figures(conn, 1)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime
    return {
        "calls_per_minute": round(int(seen["over"]) * 60 / elapsed),
        "seconds": round(elapsed, 1),
        "carrier_share_of_cpu": round(float(seen["cpu_seconds"]) / cpu, 2),
        "reached": figures.reached,
        "outcomes": {outcome.value: n for outcome, n in figures.outcomes.items()},
        **seen,
    }


def _environ(folder: str, port: int, carrier_port: int, calls_per_second: float) -> dict[str, str]:
    return {
        "SHOUWANG_DATA_DIR": folder,
        "SHOUWANG_PORT": str(port),
        "SHOUWANG_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SHOUWANG_CARRIER": "twilio",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_FROM_NUMBER": "+85230000000",
        "TWILIO_API_BASE_URL": f"http://127.0.0.1:{carrier_port}",
        "SHOUWANG_CALLS_PER_SECOND": str(calls_per_second),
        "SHOUWANG_CONCURRENT_CALLS": "5000",
        "SHOUWANG_QUIET_HOURS": "none",
        "SHOUWANG_MAINLAND_CALLS_ALLOWED_BECAUSE": "压力测试，只打本机",
        "SHOUWANG_LOG_LEVEL": "error",
        "SHOUWANG_RASA_URL": "http://127.0.0.1:9",
    }


def _prepare(office: Office, calls: int) -> None:
    rows = "".join(f"居民{n},1391{n:07d},福荣里{n % 60 + 1}栋\n" for n in range(calls))
    now = office.clock.now()
    listed = read_resident_file(
        "list.csv", ("姓名,电话,住址\n" + rows).encode(), settings=office.settings, rules=office.rules, now=now
    )
    with office.database.begin() as conn:
        for login in ("one", "two"):
            add_staff(conn, login, name=login, role=Role.SECRETARY, actor=_SYSTEM, now=now)
        import_residents(conn, listed, actor=_SYSTEM, now=now)
        campaign = create_campaign(conn, _QUESTIONNAIRE, rules=office.rules, actor=Actor.staff("one"), now=now)
        approve_campaign(conn, campaign, rules=office.rules, actor=Actor.staff("two"), now=now)
        launch_campaign(conn, campaign, rules=office.rules, actor=Actor.staff("one"), now=now)


def _start_carrier(
    settings: Settings, environ: dict[str, str], think: float, calls: int, seconds: float
) -> subprocess.Popen[bytes]:
    port = environ["TWILIO_API_BASE_URL"].rsplit(":", 1)[1]
    argv = ["-m", "benchmarks.load_carrier", port, settings.public_url, str(think), str(calls), str(seconds)]
    return subprocess.Popen([sys.executable, *argv], stdout=subprocess.PIPE)


def _start_service(environ: dict[str, str], folder: str) -> subprocess.Popen[bytes]:
    with Path(folder, "service.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "shouwang", "serve"], env={**os.environ, **environ}, stdout=log, stderr=log
        )


def main() -> None:
    """Run it with the figures of the command line, and print them beside the budgets."""
    calls, rate, think = (*map(float, sys.argv[1:]), *(3000.0, 100.0, 2.0)[len(sys.argv) - 1 :])
    print(json.dumps(run(int(calls), rate, think), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
