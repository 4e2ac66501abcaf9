"""How well the shipped model understands lines it has not learnt from: `make evaluate`.

Intents, hazard categories, danger and places from tests/evaluation/chat, emergencies from tests/evaluation/emergencies; each with the
figures first and the mistakes below.
"""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

from bot.components.quiet import be_quiet
from community.model.address_text import Places, extract_location
from community.model.hazards.hazard_report import categorise
from community.usecases.recognise_emergency import recognise_emergency
from shouwang.training import MODEL, train_if_changed

_LINES = Path("tests/evaluation")
_PLACES = Places(("锦绣苑", "青禾家园"))
_SHOWN = 15


def main() -> None:
    """Print each ability's figures and worst mistakes."""
    emergencies()
    chat()


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
    """Intent, category, place."""
    lines = _read("chat")
    parsed = _parse([line["text"] for line in lines])
    confused: Counter[tuple[str, str]] = Counter()
    wrong_intent, wrong_category, wrong_place, hazards, places = [], [], [], 0, 0
    for line, message in zip(lines, parsed, strict=True):
        intent = message["intent"]["name"]
        if intent != line["intent"]:
            confused[line["intent"], intent] += 1
            wrong_intent.append(f"{line['text']} → {intent}")
        if "category" in line:
            hazards += 1
            category = categorise(line["text"], message.get("hazard"))
            if category != line["category"]:
                wrong_category.append(f"{line['text']} → {category}，应为 {line['category']}")
        if "location" in line:
            places += 1
            if not _is_right_place(line):
                wrong_place.append(line["text"])
    _tell("意图", len(lines) - len(wrong_intent), len(lines), wrong_intent)
    for (wanted, got), times in confused.most_common():
        print(f"    {wanted} 当成 {got}：{times}")
    _tell("隐患种类", hazards - len(wrong_category), hazards, wrong_category)
    _tell("地点", places - len(wrong_place), places, wrong_place)


def _is_right_place(line: dict[str, Any]) -> bool:
    found = extract_location(line["text"], _PLACES)
    if not line["location"]:
        return found is None
    wanted = extract_location(line["location"], _PLACES)
    if found is None or wanted is None:
        return False
    return line["location"] in found.text or wanted.address == found.address


def _parse(texts: list[str]) -> list[dict[str, Any]]:
    from rasa.core.agent import Agent  # noqa: PLC0415 - ten seconds, only where a model is asked

    be_quiet()
    train_if_changed()
    agent = Agent.load(str(MODEL))

    async def parse_all() -> list[dict[str, Any]]:
        return [await agent.parse_message(text) for text in texts]

    return asyncio.run(parse_all())


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
