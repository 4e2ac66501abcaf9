"""Neighbours whom the script has never met, on the phone: `python -m benchmarks.neighbours [LINES] [CALLS] [--read N] [--wrong]`.

Every call goes through Twilio's API, signed webhooks and TwiML on loopback. A neighbour means something by what they say, so that
what staff see afterwards can be called right or wrong. `--read` prints transcripts, `--wrong` only those of calls that went wrong.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from sqlalchemy import create_engine

from benchmarks.neighbour import Neighbour, Plan, meaning_of, plan_call
from community.clock import MovableClock
from community.model.questionnaires.questionnaire import Questionnaire
from community.store.database import Database
from community.store.schema import metadata
from tests.harness.telephone import TelephoneWorld, WrittenCall, telephone_world
from tests.harness.twilio_server import ACCOUNT, FROM_NUMBER, TOKEN, TwilioServer
from voice.carriers.twilio.carrier import TwilioCarrier

ROOT = Path(__file__).parents[1]
_LINES = ROOT / "benchmarks" / "neighbours_lines"
_CAMPAIGNS = ROOT / "sample" / "campaigns"
_NOW = datetime(2026, 7, 15, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
_AT_ONCE = 25
#: Sentences that a call may take before it is called endless.
_MOST_TURNS = 40


async def run(lines: dict[str, Any], calls: int, seed: int) -> list[dict[str, Any]]:
    """Make that many calls and return what came of each."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/calls.db"
        engine = create_engine(url)
        metadata.create_all(engine)
        engine.dispose()
        database, clock = Database(url), MovableClock(_NOW)
        async with TwilioServer() as twilio:
            carrier = TwilioCarrier(ACCOUNT, TOKEN, [FROM_NUMBER], api_base_url=twilio.base_url)
            async with telephone_world(database, clock, {"twilio": carrier}) as world:
                seen = []
                for first in range(0, calls, _AT_ONCE):
                    many = range(first, min(first + _AT_ONCE, calls))
                    seen += await _some(world, twilio, carrier, lines, [(n, f"{seed}:{n}") for n in many])
            await carrier.close()
        database.close()
    return seen


async def _some(
    world: TelephoneWorld,
    twilio: TwilioServer,
    carrier: TwilioCarrier,
    lines: dict[str, Any],
    who: Sequence[tuple[int, str]],
) -> list[dict[str, Any]]:
    under_way = []
    for number, seed in who:
        chance = random.Random(seed)
        campaign = chance.choice(list(lines["answers"]))
        source = (_CAMPAIGNS / f"{campaign}.yml").read_text(encoding="utf-8")
        questionnaire = Questionnaire.model_validate(yaml.safe_load(source))
        plan = plan_call(lines, campaign, questionnaire, chance)
        phone = f"+86138{number:08d}"
        neighbour = Neighbour(lines, plan, questionnaire, chance)
        twilio.people[phone] = neighbour  # type: ignore[assignment]
        call = world.write_call(phone, questionnaire=source)
        await world.place(carrier, call)
        under_way.append((call, plan, questionnaire))
    await twilio.quiet()
    return [judge(world, *call) for call in under_way]


def judge(world: TelephoneWorld, call: WrittenCall, plan: Plan, questionnaire: Questionnaire) -> dict[str, Any]:
    """What is wrong with a call, as the neighbour and the staff member would say."""
    attempt, target, answers = world.attempt(call), world.target(call), world.answers(call)
    result = attempt.dialogue.get("result")
    said = world.transcript(call)
    faults: list[str] = []
    for name, answer in answers.items():
        wanted, got = plan.means.get(name), meaning_of(answer)
        if got == "unclear":
            faults.append(f"set_aside:{name}")
        elif got != wanted:
            faults.append(f"{'FLIPPED' if {wanted, got} == {'yes', 'no'} else 'wrong'}:{name}:{wanted}→{got}")
    if result not in plan.results:
        faults.append(f"result:{'/'.join(plan.results)}→{result}")
    if plan.results == ("completed",):
        faults += [f"not_answered:{name}" for name in _due(questionnaire, plan) if name not in answers]
    turns = sum(1 for line in said if line.speaker == "service")
    if turns > _MOST_TURNS:
        faults.append("endless")
    again = turns - 2 - len(answers)
    return {
        "about": plan.about,
        "faults": faults,
        "again": again,
        "answers": len(answers),
        "said": said,
        "result": result,
        "end": (attempt.outcome, target.status),
        "cases": [case.summary for case in world.cases() if case.attempt_id == call.attempt_id],
        "took": {name: meaning_of(answer) for name, answer in answers.items()},
    }


def _due(questionnaire: Questionnaire, plan: Plan) -> list[str]:
    due, question = [], questionnaire.questions[0]
    while question is not None:
        due.append(question.id)
        wanted = plan.means[question.id]
        following = questionnaire.next_after(question.id, *plan.readings[question.id])
        question = following  # type: ignore[assignment]
        assert wanted is not None
    return due


def tell(seen: list[dict[str, Any]]) -> None:
    """Print the figures."""
    right = sum(not call["faults"] for call in seen)
    answers = sum(call["answers"] for call in seen)
    kinds = Counter(fault.split(":")[0] for call in seen for fault in call["faults"])
    print(f"{len(seen)} calls, right {right / len(seen):.1%}; {answers} answers")
    print("faults:", dict(kinds.most_common()))
    for about in sorted({call["about"].split(":")[0] for call in seen}):
        some = [call for call in seen if call["about"].split(":")[0] == about]
        print(f"  {about:16} {len(some):5} calls, right {sum(not c['faults'] for c in some) / len(some):.1%}")


def show(call: dict[str, Any], number: int) -> None:
    """Print one call as staff would read it."""
    print(f"\n── {number} {call['about']} → {call['result']} {call['end']} {call['took']} {'; '.join(call['faults'])}")
    for line in call["said"]:
        words = line.text or (f"[{line.digits}]" if line.digits else "……")
        print(f"   {'我们' if line.speaker == 'service' else '居民'}：{words}")
    for summary in call["cases"]:
        print(f"   工单：{summary}")


def main() -> int:
    """Run, count, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", nargs="?", default="first")
    parser.add_argument("calls", nargs="?", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--read", type=int, default=0)
    parser.add_argument("--wrong", action="store_true")
    options = parser.parse_args()
    lines = yaml.safe_load((_LINES / f"{options.lines}.yml").read_text(encoding="utf-8"))
    seen = asyncio.run(run(lines, options.calls, options.seed))
    shown = [(n, call) for n, call in enumerate(seen) if call["faults"] or not options.wrong]
    for number, call in shown[: options.read]:
        show(call, number)
    tell(seen)
    return 0


if __name__ == "__main__":
    sys.exit(main())
