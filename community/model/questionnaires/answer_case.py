"""The case that an answer sets off: what staff read of it, whichever channel it came by."""

from dataclasses import dataclass

from community.model.cases.case import CaseKind, Priority
from community.model.cases.case_text import hide_numbers, shorten
from community.model.hazards.wish import Wish
from community.model.meaning.reading import Label, Reading
from community.model.questionnaires.answer_text import answer_text
from community.model.questionnaires.questionnaire import Escalation, Question

_LONGEST_QUOTE, _LONGEST_QUESTION = 24, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCase:
    """What the case of one answer says."""

    kind: CaseKind
    priority: Priority | None
    summary: str
    description: str


def case_of_answer(question: Question, reading: Reading, rule: Escalation, *, words: str, digits: str) -> AnswerCase:
    """The case that a rule asks for.

    Args:
        words, digits: what was said or written, or the keys pressed.
    """
    meant = answer_text(question, reading.label, reading.value, words)
    original = f"原话：{words}" if words else f"按键：{digits}"
    return AnswerCase(
        kind=CaseKind(rule.kind),
        priority=rule.priority,
        summary=_in_brief(question, reading, words),
        description=f"问：{question.say}\n答：{meant}\n{original}",
    )


def case_of_wish(question: Question, wish: Wish, words: str, *, where: str = "电话里") -> AnswerCase:
    """The case of a wish that was said as an answer or beside one; its priority is that of its kind and category.

    Args:
        where: it was said, for staff.
    """
    brief = shorten(hide_numbers(words), _LONGEST_QUOTE)
    return AnswerCase(
        kind=wish.kind,
        priority=None,
        summary=f"{where}说“{brief}”，{'请处理' if wish.kind is CaseKind.HAZARD else '请回电'}",
        description=f"问：{question.say}\n原话：{words}",
    )


def _in_brief(question: Question, reading: Reading, said: str) -> str:
    """答“不太舒服”：您这两天身体舒服吗？ – what was said, with what it was taken for where the words do not tell."""
    meant = str(answer_text(question, reading.label, reading.value, said))
    # A number that is cut in two would not be known as one.
    words = shorten(hide_numbers(said), _LONGEST_QUOTE)
    plain_answer = reading.label in {Label.YES, Label.NO} or meant == said
    answer = f"答“{words or meant}”" if plain_answer or not words else f"{shorten(meant, _LONGEST_QUOTE)}（“{words}”）"
    return f"{answer}：{shorten(question.say, _LONGEST_QUESTION)}"
