"""Chat turns per second, ours beside the stock DIET pipeline: `python -m benchmarks.chat_turns [TURNS]`.

Both run the same rules, actions and messages; every turn passes Rasa and, where it has one, an action on a real database. The
stock one is served as `rasa run` serves it, with Rasa's own channel and conversation store.
"""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from statistics import median

from shouwang.training import MODEL, train_if_changed
from tests.harness.rasa import RasaService, start_rasa

_MESSAGES = (
    "楼道灯坏了",
    "锦绣苑7栋",
    "查进度",
    "锦绣苑3号楼2单元楼道有人飞线充电",
    "不对，是5号楼",
    "催一下",
    "高龄津贴怎么领",
    "谢谢",
)
_USERS = 8


@dataclass(frozen=True)
class Figures:
    """One pipeline's figures; seconds, and turns a second."""

    ready: float
    median_turn: float
    turns_per_second: float


def measure(name: str, model: Path, turns: int, *, stock: bool = False) -> Figures:
    """Start a model, let one resident talk, then eight at once."""
    with tempfile.TemporaryDirectory() as folder, start_rasa(Path(folder), model=model, stock=stock) as rasa:
        numbers = count(1)
        _talk(rasa, f"{name}-warm", len(_MESSAGES), numbers)
        alone = _talk(rasa, f"{name}-alone", turns, numbers)
        began = time.perf_counter()
        with ThreadPoolExecutor(_USERS) as pool:
            list(pool.map(lambda user: _talk(rasa, f"{name}-{user}", turns // _USERS, numbers), range(_USERS)))
        rate = turns // _USERS * _USERS / (time.perf_counter() - began)
        return Figures(rasa.ready_after, median(alone), rate)


def main() -> None:
    """Print both pipelines' figures beside the budgets."""
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    importing = _import_seconds()
    train_if_changed()
    ours = measure("ours", MODEL, turns)
    with tempfile.TemporaryDirectory() as folder:
        stock = measure("stock", _train_stock(Path(folder)), turns, stock=True)
    print(f"import rasa.core.agent alone     {importing:6.1f} s")
    for name, figures in (("ours", ours), ("stock DIET", stock)):
        print(
            f"{name:12} ready {figures.ready:5.1f} s   turn p50 {figures.median_turn * 1000:5.1f} ms   "
            f"{_USERS} at once {figures.turns_per_second:5.1f}/s"
        )
    print(f"ready after import               {ours.ready - importing:6.1f} s   (budget 12 s)")
    print(f"times the stock pipeline         {ours.turns_per_second / stock.turns_per_second:6.2f}     (budget 2.5)")


def _talk(rasa: RasaService, conversation: str, turns: int, numbers: "count[int]") -> list[float]:
    took = []
    for turn in range(turns):
        began = time.perf_counter()
        # one conversation a round of messages, about as long as residents talk
        said = rasa.say(
            _MESSAGES[turn % len(_MESSAGES)],
            conversation=f"{conversation}-{turn // len(_MESSAGES)}",
            message=next(numbers),
        )
        took.append(time.perf_counter() - began)
        if not said:
            raise RuntimeError("an empty answer: the turn failed")
    return took


def _train_stock(folder: Path) -> Path:
    target = folder / "stock.tar.gz"
    command = [sys.executable, "-m", "bot.components.train", str(target), "benchmarks/stock/config.yml"]
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print(f"stock DIET trained in {time.perf_counter() - began:.0f} s")
    return target


def _import_seconds() -> float:
    began = time.perf_counter()
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    subprocess.run([sys.executable, "-W", "ignore", "-c", "import rasa.core.agent"], check=True, env=quiet)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
