"""Training the assistant: only when something that goes into the model changed."""

import hashlib
import os
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from subprocess import PIPE, STDOUT, run

from community.errors import Unavailable

MODEL = Path("models/shouwang.tar.gz")
_FINGERPRINT = Path("models/shouwang.fingerprint")
#: Everything that the model is made of; a folder counts with all its files.
_INPUTS = (
    "config.yml",
    "bot/domain",
    "nlu_data",
    "bot/components",
    "community/model/text.py",
    "community/model/address_text.py",
    "community/model/address_words.py",
)
_LIBRARIES = ("rasa", "jieba", "opencc", "pypinyin", "scikit-learn")


def train_if_changed(*, force: bool = False) -> bool:
    """Train the model unless the one that is there was made of the same inputs; tell whether it was trained.

    Raises:
        Unavailable: training failed; the sentence says where Rasa's own words are.
    """
    wanted = fingerprint()
    if not force and MODEL.is_file() and _FINGERPRINT.is_file() and _FINGERPRINT.read_text() == wanted:
        return False
    MODEL.parent.mkdir(exist_ok=True)
    _FINGERPRINT.unlink(missing_ok=True)
    log_file = MODEL.parent / "training.log"
    finished = run(  # noqa: S603 - our own module, no input of anybody's
        [sys.executable, "-m", "bot.components.train", str(MODEL)],
        stdout=PIPE,
        stderr=STDOUT,
        check=False,
        env=_environ(),
    )
    log_file.write_bytes(finished.stdout)
    if finished.returncode != 0 or not MODEL.is_file():
        raise Unavailable(f"模型没有训练成：原因写在 {log_file} 末尾，请改好 config.yml、bot/domain 或 nlu_data 再试。")
    _FINGERPRINT.write_text(wanted)
    return True


def fingerprint() -> str:
    """A hash over every input of the model."""
    digest = hashlib.sha256()
    for name in _LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    for path in sorted(_files()):
        digest.update(f"{path.as_posix()}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files() -> Iterator[Path]:
    for name in _INPUTS:
        path = Path(name)
        yield from [path] if path.is_file() else (p for p in path.rglob("*") if p.suffix in {".yml", ".py", ".txt"})


def _environ() -> dict[str, str]:
    quiet = {
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "PYTHONHASHSEED": "0",
    }
    return {**os.environ, **quiet}
