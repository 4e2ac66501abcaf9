"""How well the shipped model understands lines it has not learnt from: `make evaluate`.

Intents, hazard categories, danger and places from tests/evaluation/chat, emergencies from tests/evaluation/emergencies, spoken answers
from tests/evaluation/answers; each with the
figures first and the mistakes below.
"""

import json
from pathlib import Path
from typing import Any

from benchmarks.answers_read import read_file
from benchmarks.chat_lines import evaluate_chat
from community.usecases.recognise_emergency import recognise_emergency

_LINES = Path("tests/evaluation")
_SHOWN = 15
_NO_ANSWERS = "beside_the_point"
#: Answers whose mistakes were looked at, or that were learned from; every other file's never were.
_ANSWERS_SEEN = frozenset({"tuned", "tuned_more", "held_out", "first_run"})


def main() -> None:
    """Print each ability's figures and worst mistakes."""
    emergencies()
    chat()
    answers()


def emergencies() -> None:
    """Recall, the number told, false alarms: of the lines that were worked through, and of those nothing was learned from."""
    _emergencies("改规则时看过的", _read("emergencies"))
    for path in sorted((_LINES / "emergencies" / "fresh").glob("*.jsonl")):
        _emergencies(f"没学过的 {path.stem}", _lines_of(path))


def _emergencies(which: str, lines: list[dict[str, Any]]) -> None:
    real = [line for line in lines if line["service"]]
    near = [line for line in lines if not line["service"]]
    found = {line["text"]: recognise_emergency(line["text"]) for line in lines}
    told = {text: one.services for text, one in found.items() if one is not None and not one.suspected}
    missed = [line["text"] for line in real if line["text"] not in told]
    asked = [text for text in missed if found[text] is not None]
    wrong = [line["text"] for line in real if line["service"] not in told.get(line["text"], (line["service"],))]
    false = [line["text"] for line in near if line["text"] in told]
    doubted = [line["text"] for line in near if found[line["text"]] is not None and line["text"] not in told]
    print(f"—— {which}")
    _tell("紧急情况：认出", len(real) - len(missed), len(real), missed)
    _tell("紧急情况：认出或问一句", len(real) - len(missed) + len(asked), len(real), [])
    _tell("认出的：该打的电话", len(real) - len(missed) - len(wrong), len(real) - len(missed), wrong)
    _tell("不是紧急：没有误报", len(near) - len(false), len(near), false)
    _tell("不是紧急：也没有多问一句", len(near) - len(false) - len(doubted), len(near), [])


def chat() -> None:
    """Intent, category, danger, place: of the first lines, and of each batch that was written before a change."""
    sets = {"改的时候看过的": _read("chat")}
    sets |= {f"另写的 {path.stem}": _lines_of(path) for path in sorted((_LINES / "chat" / "fresh").glob("*.jsonl"))}
    evaluate_chat(sets)


def answers() -> None:
    """Spoken answers by kind, and yes and no mixed up; mistakes only of what was looked at already, so that the rest stays unseen."""
    for path in sorted((_LINES / "answers").rglob("*.yml")):
        if path.stem != _NO_ANSWERS:
            seen = path.stem in _ANSWERS_SEEN
            title = f"{'改的时候看过的' if seen else '没学过的'} {path.stem}"
            read_file(path).print(f"回答 {title}", mistakes=seen)


def _read(name: str) -> list[dict[str, Any]]:
    return [line for path in sorted((_LINES / name).glob("*.jsonl")) for line in _lines_of(path)]


def _lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _tell(what: str, right: int, of: int, mistakes: list[str]) -> None:
    print(f"{what}：{right}/{of} = {right / of:.1%}")
    for mistake in mistakes[:_SHOWN]:
        print(f"    {mistake}")


if __name__ == "__main__":
    main()
