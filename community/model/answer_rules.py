"""What a questionnaire does with an answer: which rule it sets off, and which question comes next."""

import re

from community.model.meaning.reading import Label, Reading
from community.model.questionnaire import Escalation, Question, Questionnaire

_COMPARISON = re.compile(r"^(>=|<=|>|<|=|≥|≤)\s*(-?\d+(?:\.\d+)?)$")
_END = "end"


def escalation_for(question: Question, reading: Reading) -> Escalation | None:
    """The most urgent rule of a question that an answer sets off, or None."""
    hits = [rule for rule in question.escalate if any(matches(when, reading) for when in rule.when)]
    return max(hits, key=lambda rule: rule.priority.rank, default=None)


def matches(when: str, reading: Reading) -> bool:
    """Whether an answer is what a rule waits for.

    Args:
        when: a label (`no`, `needs:medical`, `needs` for any need), an option, or a comparison (`>=38`).
        reading: the answer.
    """
    if when == reading.label or reading.label.startswith(f"{when}:"):
        return True
    if reading.label != Label.VALUE:
        return False
    comparison = _COMPARISON.match(when)
    if comparison and isinstance(reading.value, int | float):
        return _compare(float(reading.value), comparison[1], float(comparison[2]))
    if isinstance(reading.value, dict):
        return when == reading.value.get("part")
    return when == str(reading.value)


def next_question(questionnaire: Questionnaire, question: Question, reading: Reading) -> Question | None:
    """The question after an answer; None when it was the last."""
    for when, where in question.next.items():
        if matches(when, reading):
            return None if where == _END else questionnaire.question(where)
    position = questionnaire.questions.index(question)
    return questionnaire.questions[position + 1] if position + 1 < len(questionnaire.questions) else None


def first_open_question(questionnaire: Questionnaire, answered: dict[str, Reading]) -> Question | None:
    """The first question that is due and not answered yet, along the way that the answers lead; None when all are."""
    question: Question | None = questionnaire.questions[0]
    for _ in questionnaire.questions:
        if question is None or question.id not in answered or not answered[question.id].is_answer:
            return question
        question = next_question(questionnaire, question, answered[question.id])
    return question


def _compare(value: float, sign: str, limit: float) -> bool:
    return {
        ">=": value >= limit,
        "≥": value >= limit,
        "<=": value <= limit,
        "≤": value <= limit,
        ">": value > limit,
        "<": value < limit,
        "=": value == limit,
    }[sign]
