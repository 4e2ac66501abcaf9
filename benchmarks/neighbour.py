"""One neighbour on the phone: what they mean, and the words they find for it."""

import random
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from community.model.meaning.reading import Reading
from community.model.questionnaires.questionnaire import Question, QuestionKind, Questionnaire
from community.store.answers import Answer
from voice.carriers.simulated.resident import Reply
from voice.script.asking import told
from voice.script.steps import Language
from voice.script.wording import wording

TODAY = date(2026, 7, 15)
_AGREES = ("可以", "问吧", "行", "你问嘛")
_MARKS = re.compile(r"[，。！？；、：,!?;:…\s]")
#: What ends a call, and the results that are right for it.
_ENDINGS: dict[str, tuple[str, ...]] = {
    "callback_later": ("callback_later",),
    "other_person": ("callback_later",),
    "wrong_person": ("wrong_person",),
    "human": ("human",),
    "opted_out": ("opted_out",),
    "refused": ("refused",),
    "distress": ("distress",),
    "silence": ("silence",),
}
#: Where a neighbour hears what is asked of them; the last one heard counts.
_ASKED = {
    "consent": "我们想录音",
    "health": "想问您的健康情况",
    "read_back": "对请按1",
    "opt_out": "以后都别打了吗",
    "staying": "您慢慢说",
    "listening": "您还能说话吗",
    "waiting": "我等您",
}


@dataclass
class Plan:
    """What a neighbour means in one call.

    Attributes:
        about: the situation, for the table.
        results: results of the call that are right.
        means: by question, in the words of `meaning_of`; readings: the same as label and value.
        before: said before the first answer; ending: said instead of the answer to a question, again and again.
        asides: by question, said before its answer.
    """

    about: str = "answers"
    results: tuple[str, ...] = ("completed",)
    means: dict[str, str] = field(default_factory=dict)
    readings: dict[str, tuple[str, Any]] = field(default_factory=dict)
    before: list[str] = field(default_factory=list)
    ending: list[str | None] = field(default_factory=list)
    ending_at: str = ""
    asides: dict[str, list[str]] = field(default_factory=dict)
    records: str = "yes"


def plan_call(lines: dict[str, Any], campaign: str, questionnaire: Questionnaire, chance: random.Random) -> Plan:
    """Decide what happens in a call."""
    plan = Plan(records="no" if chance.random() < 0.25 else "yes")
    for question in questionnaire.questions:
        meant = chance.choice(list(lines["answers"][campaign][question.id]))
        plan.means[question.id] = meant
        plan.readings[question.id] = _reading(question, meant)
    sort = chance.random()
    if sort < 0.25:
        ending = chance.choice(list(_ENDINGS))
        plan.about, plan.results, plan.ending = ending, _ENDINGS[ending], list(lines["opening"][ending])
        chance.shuffle(plan.ending)
        ids = [question.id for question in questionnaire.questions]
        later_on = ending in {"distress", "human", "opted_out", "callback_later"} and chance.random() < 0.5
        plan.ending_at = ids[min(1, len(ids) - 1)] if later_on else "first"
        # An answer may lead past the question at which the neighbour would have said it.
        plan.results += ("completed",) if later_on else ()
        plan.means.setdefault("", "")
    elif sort < 0.55:
        plan.about, plan.before = "opening", [chance.choice(lines["opening"]["goes_on"])]
    elif sort < 0.63:
        plan.about, plan.before = "trust", [chance.choice(lines["opening"]["trust"])]
    elif sort < 0.85:
        kind = chance.choice(list(lines["asides"]))
        plan.about = f"aside {kind}"
        plan.asides[questionnaire.questions[0].id] = [chance.choice(lines["asides"][kind])]
    return plan


class Neighbour:
    """Answers like one of the telephone server's people."""

    pickup = "answered"

    def __init__(self, lines: dict[str, Any], plan: Plan, questionnaire: Questionnaire, chance: random.Random) -> None:
        self._lines = lines
        self._plan = plan
        self._questionnaire = questionnaire
        self._chance = chance
        self._answers = next(
            answers
            for answers in lines["answers"].values()
            if set(answers) == {question.id for question in questionnaire.questions}
            and all(plan.means[name] in answers[name] for name in answers)
        )
        self._ended = False
        self._last = ""
        self.heard: list[str] = []
        self.says: list[Any] = []
        self.hang_up_at_end = False

    def answer(self, heard: str) -> Reply:
        """React to what was said."""
        self.heard.append(heard)
        if len(self.heard) > 60:
            return Reply(hang_up=True)
        asked = self._asked(heard) or self._last
        if asked in {"staying", "listening"}:
            return Reply()
        return self._interrupts(asked) or self._about_ourselves(asked, heard) or self._answer(asked)

    def _interrupts(self, asked: str) -> Reply | None:
        """What is said instead of any answer."""
        plan = self._plan
        if self._ended and plan.about == "opted_out" and asked == "opt_out":
            return self._speak(self._chance.choice(["是", "对", "是的，别打了", "嗯"]))
        if plan.ending and (plan.ending_at in {"first", asked} or self._ended):
            self._ended = True
            words = self._chance.choice(plan.ending) if len(plan.ending) == 1 else plan.ending.pop()
            return Reply() if words is None else self._speak(words)
        return self._speak(plan.before.pop()) if plan.before else None

    def _about_ourselves(self, asked: str, heard: str) -> Reply | None:
        """The answer to a question of the telephone's own."""
        if asked == "waiting":
            return Reply()
        if asked == "consent":
            return self._speak(self._chance.choice(self._lines["consent"][self._plan.records]))
        if asked == "health":
            return self._speak(self._chance.choice(_AGREES))
        if asked == "read_back":
            return self._speak(self._chance.choice(self._lines["read_back"]["yes" if self._is_right(heard) else "no"]))
        return self._speak(self._chance.choice(["不是", "没有，你问吧"])) if asked == "opt_out" else None

    def _answer(self, asked: str) -> Reply:
        self._last = asked
        if self._plan.asides.get(asked):
            return self._speak(self._plan.asides[asked].pop())
        return self._speak(self._chance.choice(self._answers[asked][self._plan.means[asked]])) if asked else Reply()

    def _asked(self, heard: str) -> str:
        text = _MARKS.sub("", heard)
        places = [(text.rfind(_MARKS.sub("", said)), name) for name, said in _ASKED.items()]
        for question in self._questionnaire.questions:
            said = filter(None, (question.say, question.say_again))
            places += [(text.rfind(_MARKS.sub("", words)), question.id) for words in said]
        place, name = max(places)
        return name if place >= 0 else ""

    def _is_right(self, heard: str) -> bool:
        question = self._questionnaire.question(self._last)
        label, value = self._plan.readings[self._last]
        return f"您说的是{told(wording(Language.MANDARIN), question, Reading(label, value), TODAY)}，" in heard

    def _speak(self, words: str) -> Reply:
        sure = 0.4 if self._chance.random() < 0.03 else round(self._chance.uniform(0.68, 0.95), 2)
        return Reply(speech=words, confidence=sure)


def meaning_of(answer: Answer) -> str:
    """An answer in the words of the batch."""
    label, value = answer.meaning
    if label != "value":
        return str(label)
    if isinstance(value, dict):
        return str(value["part"])
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _reading(question: Question, meant: str) -> tuple[str, Any]:
    if question.kind is QuestionKind.TIME_PERIOD:
        return "value", {"part": meant, "from": None, "to": None}
    if question.kind is QuestionKind.NUMBER:
        return "value", int(meant)
    if question.kind in {QuestionKind.CHOICE, QuestionKind.DATE}:
        return "value", meant
    return meant, None
