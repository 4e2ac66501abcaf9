"""A real Rasa with the trained model, and the real action server, on free loopback ports; for tests and benchmarks."""

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from community.store.database import Database
from shouwang.training import MODEL, train_if_changed

ROOT = Path(__file__).parents[2]
_READY_SECONDS = 180


@dataclass(frozen=True)
class RasaService:
    """Where the assistant is reached, and the database its actions write to."""

    url: str
    token: str
    database: Database
    database_url: str
    actions_url: str
    actions_token: str
    #: Seconds from start until the first answer.
    ready_after: float

    def say(self, text: str, *, conversation: str, message: int, scene: str = "private") -> list[dict[str, Any]]:
        """Make one turn, as bot/rasa_client.py does."""
        body = {
            "sender": conversation,
            "message": text,
            "metadata": {"message": message, "scene": scene, "person": "张三"},
        }
        answer: list[dict[str, Any]] = _post(f"{self.url}/webhooks/rest/webhook?token={self.token}", body)
        return answer


@contextmanager
def start_rasa(folder: Path, *, model: Path = MODEL, stock: bool = False) -> Iterator[RasaService]:
    """Start both processes over a fresh SQLite database in `folder`; stop them at the end.

    Args:
        stock: serve the model as `rasa run` does, for comparison.
    """
    if model == MODEL:
        train_if_changed()
    rasa_port, actions_port = free_port(), free_port()
    token, actions_token = secrets.token_urlsafe(8), secrets.token_urlsafe(8)
    environ = {
        **os.environ,
        "SHOUWANG_DATA_DIR": str(folder),
        "SHOUWANG_DATABASE_URL": f"sqlite:///{folder / 'shouwang.db'}",
        "SHOUWANG_ACTIONS_TOKEN": actions_token,
        "SHOUWANG_ACTIONS_URL": f"http://127.0.0.1:{actions_port}/webhook",
        "SHOUWANG_RASA_TOKEN": token,
        "SHOUWANG_RASA_PORT": str(rasa_port),
        "SHOUWANG_TRACKER_URL": f"sqlite:///{folder / 'tracker.db'}",
        "SHOUWANG_MODEL": str(model.absolute()),
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    started = time.monotonic()
    actions = _start(["-m", "shouwang", "actions", "--port", str(actions_port)], environ, folder / "actions.log")
    serving = _stock(model, rasa_port, token) if stock else ["-m", "bot.components.serve"]
    rasa = _start(serving, environ, folder / "rasa.log")
    try:
        url, actions_url = f"http://127.0.0.1:{rasa_port}", f"http://127.0.0.1:{actions_port}"
        _wait(f"{actions_url}/health", actions, folder / "actions.log")
        _wait(f"{url}/status?token={token}", rasa, folder / "rasa.log")
        database = Database(environ["SHOUWANG_DATABASE_URL"])
        yield RasaService(
            url=url,
            token=token,
            database=database,
            database_url=environ["SHOUWANG_DATABASE_URL"],
            actions_url=actions_url,
            actions_token=actions_token,
            ready_after=time.monotonic() - started,
        )
        database.close()
    finally:
        for process in (rasa, actions):
            process.terminate()
        for process in (rasa, actions):
            process.wait(timeout=20)


def _stock(model: Path, port: int, token: str) -> list[str]:
    room = ROOT / "benchmarks" / "stock"
    where = ["--endpoints", str(room / "endpoints.yml"), "--credentials", str(room / "credentials.yml")]
    door = ["--interface", "127.0.0.1", "--port", str(port), "--auth-token", token]
    return ["-m", "rasa", "run", "--enable-api", "--model", str(model.absolute()), *where, *door]


def free_port() -> int:
    """A loopback port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _start(arguments: list[str], environ: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environ, stdout=output, stderr=output)


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{log.name} ended: {log.read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError(f"not ready after {_READY_SECONDS} s: {log.read_text()[-3000:]}")


def _post(url: str, body: Any) -> Any:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)
