"""How well chat lines are understood: intent, category, danger, place; as they stand, and made harder to read."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.harder_to_read import WAYS
from bot.components.quiet import be_quiet
from community.files.hazard_knowledge import load_category_opinion
from community.model.address_text import Places, extract_location
from community.model.hazards.emergency import Emergency
from community.model.hazards.hazard_report import categorise_emergency, read_reports
from community.model.text import normalise
from community.usecases.recognise_emergency import recognise_emergency
from shouwang.training import MODEL, train_if_changed

PLACES = Places(("锦绣苑", "青禾家园"))
_ASPECTS = ("意图", "隐患种类", "地点", "危险没漏", "没有误报危险")
_SHOWN = 15
Line = Mapping[str, Any]
Parsed = Mapping[str, Any]


@dataclass
class Score:
    """What was right, of how many, and what was not."""

    right: int = 0
    of: int = 0
    mistakes: list[str] = field(default_factory=list)

    def add(self, *, right: bool, mistake: str) -> None:
        """Count one line."""
        self.of += 1
        self.right += right
        if not right:
            self.mistakes.append(mistake)

    @property
    def share(self) -> float:
        """Of those that count, how many were right."""
        return self.right / self.of if self.of else 1.0


@dataclass
class Understanding:
    """The scores of one set of lines."""

    scores: dict[str, Score] = field(default_factory=lambda: {name: Score() for name in _ASPECTS})
    intents: Counter[tuple[str, str]] = field(default_factory=Counter)
    categories: Counter[tuple[str, str]] = field(default_factory=Counter)

    def judge(self, line: Line, parsed: Parsed) -> None:
        """Compare what was understood of a line with its labels."""
        found = recognise_emergency(line["text"])
        raised = found is not None and not found.suspected
        intent = "report_hazard" if raised else parsed["intent"]["name"]
        self._label("意图", self.intents, line, intent, "intent")
        if "category" in line:
            reports = read_reports(line["text"], places=PLACES, guesses=parsed.get("hazard"))
            category = _category_in_danger(line["text"], found) if found and raised else reports[0].category
            self._label("隐患种类", self.categories, line, category, "category")
        if "location" in line:
            self.scores["地点"].add(right=_is_right_place(line), mistake=_place_mistake(line))
        if line.get("danger") is not None:
            aspect = "危险没漏" if line["danger"] else "没有误报危险"
            self.scores[aspect].add(right=raised == line["danger"], mistake=line["text"])

    def _label(self, aspect: str, table: Counter[tuple[str, str]], line: Line, got: str, key: str) -> None:
        right = got in (line[key], *line.get(f"{key}_also", ()))
        self.scores[aspect].add(right=right, mistake=f"{line['text']} → {got}，应为 {line[key]}")
        if not right:
            table[line[key], got] += 1


def evaluate_chat(sets: Mapping[str, Sequence[Line]]) -> None:
    """Print the figures of each set, then the worst mistakes, then how much is lost on lines that are hard to read.

    Args:
        sets: lines by the name of their set.
    """
    parse = _parser()
    for name, lines in sets.items():
        print(f"—— 聊天：{name}，{len(lines)} 句")
        _print(understand(lines, parse))
    everything = [line for lines in sets.values() for line in lines]
    print("—— 同样的句子，弄得难认一些（括号里是比原样少了多少）")
    plain = understand(everything, parse)
    for way, change in WAYS.items():
        harder = understand([{**line, "text": change(line["text"])} for line in everything], parse)
        print(f"{way}：" + "，".join(_drop(name, harder, plain) for name in _ASPECTS))


def understand(lines: Sequence[Line], parse: Callable[[Sequence[str]], Sequence[Parsed]]) -> Understanding:
    """Judge every line of a set."""
    result = Understanding()
    for line, parsed in zip(lines, parse([line["text"] for line in lines]), strict=True):
        result.judge(line, parsed)
    return result


def _print(result: Understanding) -> None:
    for name, score in result.scores.items():
        print(f"{name}：{score.right}/{score.of} = {score.share:.1%}")
        for mistake in score.mistakes[:_SHOWN]:
            print(f"    {mistake}")
    for title, table in (("意图", result.intents), ("种类", result.categories)):
        print(f"  {title}混淆：" + ("，".join(f"{a}→{b} {n}" for (a, b), n in table.most_common(20)) or "没有"))


def _drop(name: str, harder: Understanding, plain: Understanding) -> str:
    there, here = plain.scores[name].share, harder.scores[name].share
    return f"{name} {here:.1%}（{100 * (here - there):+.1f}）"


def _category_in_danger(text: str, emergency: Emergency) -> str:
    return categorise_emergency(text, emergency, load_category_opinion().guesses(text))


def _is_right_place(line: Line) -> bool:
    found = extract_location(line["text"], PLACES)
    if not line["location"]:
        return found is None
    wanted = extract_location(line["location"], PLACES)
    if found is None:
        return False
    named = wanted is not None and not wanted.address.is_empty and wanted.address == found.address
    return named or normalise(line["location"]) in normalise(found.text)


def _place_mistake(line: Line) -> str:
    found = extract_location(line["text"], PLACES)
    return f"{line['text']} → {found.text if found else '没有'}，应为 {line['location'] or '没有'}"


def _parser() -> Callable[[Sequence[str]], Sequence[Parsed]]:
    from rasa.core.agent import Agent  # noqa: PLC0415 - ten seconds, only where a model is asked

    be_quiet()
    train_if_changed()
    agent = Agent.load(str(MODEL))

    async def parse_all(texts: Sequence[str]) -> Sequence[Parsed]:
        return [await agent.parse_message(text) for text in texts]

    return lambda texts: asyncio.run(parse_all(texts))
