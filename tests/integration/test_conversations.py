"""Every story of tests/conversations goes as it is written, by Rasa's own `rasa test core`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from shouwang.training import MODEL, train_if_changed

ROOT = Path(__file__).parents[2]


@pytest.mark.rasa
def test_the_stories_go_as_written(tmp_path: Path) -> None:
    train_if_changed()
    environ = {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SHOUWANG_ACTIONS_URL": "http://127.0.0.1:9/webhook",
        "SHOUWANG_ACTIONS_TOKEN": "nobody",
        "SHOUWANG_TRACKER_URL": f"sqlite:///{tmp_path / 'tracker.db'}",
    }
    command = [sys.executable, "-m", "rasa", "test", "core", "--model", str(MODEL), "--stories", "tests/conversations"]
    command += ["--endpoints", "bot/endpoints.yml", "--out", str(tmp_path), "--no-plot", "--fail-on-prediction-errors"]
    finished = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout[-3000:] + finished.stderr[-2000:]
