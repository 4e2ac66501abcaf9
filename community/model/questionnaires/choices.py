"""The answers a question offers to whoever taps or presses a key: the same keys on the phone, in messages and on the page."""

import re
from dataclasses import dataclass

from community.model.questionnaires.answer_text import PART_NAMES
from community.model.questionnaires.questionnaire import Question, QuestionKind

#: How a fact is denied; the first that fits.
_OPPOSITES: tuple[tuple[str, str], ...] = (
    (r"^(.*?)(收到|看到|听到|拿到|接到|吃|打|办|交|做|到|去|来)(了|过)$", r"\1没\2"),
    (r"^(办|弄|修|做|装|解决|处理)好了$", r"没\1好"),
    (r"^(?:还|仍)(.+?)着$", r"没有\1"),
    (r"^(.{1,4}?)[还都]好$", r"\1不好"),
    (r"^(.{1,3}得)(好|香|足|多|清楚|习惯|舒服)$", r"\1不\2"),
    (r"^(.{1,3})得(着|下|动|惯|到|清|见|起|了)$", r"\1不\2"),
    (r"^都正常$", "不正常"),
    (r"^有$", "没有"),
    (r"^有(.+)$", r"没有\1"),
    (r"^正常$", "不正常"),
    (r"^知道了?$", "不知道"),
    (r"^(能|会|可以|愿意|需要|想|要|同意|方便|在家|在|住|满意|是|舒服|安全|习惯|参加|够|用|去|来|好)(.*)$", r"不\1\2"),
)
_PARTS_BY_KEY = ("morning", "afternoon", "evening", "any")


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that is offered: its key, and its words."""

    key: str
    text: str


def choices_of(question: Question) -> tuple[Choice, ...]:
    """The answers that a question offers, in the order of their keys; none where words or figures are wanted."""
    return tuple(Choice(str(key), text) for key, text in enumerate(_texts(question), start=1))


def deny(fact: str) -> str:
    """方便 → 不方便, 收到了 → 没收到, 有人照顾 → 没有人照顾; 不是 where that is not known."""
    for pattern, denied in _OPPOSITES:
        if re.match(pattern, fact):
            return re.sub(pattern, denied, fact)
    return "不是"


def _texts(question: Question) -> tuple[str, ...]:
    if question.kind is QuestionKind.YES_NO:
        yes = question.yes_means or "是"
        return yes, deny(yes)
    if question.kind is QuestionKind.NEED_HELP:
        return "需要帮忙", "不需要"
    if question.kind is QuestionKind.CHOICE:
        return tuple(question.options)
    if question.kind is QuestionKind.TIME_PERIOD:
        return tuple(PART_NAMES[part] for part in _PARTS_BY_KEY)
    return ()
