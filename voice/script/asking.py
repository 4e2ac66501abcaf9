"""How one question is put: its words, then its keys, then what is listened for."""

import re
from datetime import date
from enum import StrEnum

from community.model.meaning.reading import Label, Reading
from community.model.questionnaires.choices import deny
from community.model.questionnaires.questionnaire import Question, QuestionKind
from voice.script.steps import Listen, Prompt
from voice.script.wording import Wording

_UNITS = (
    (r"体温|多少度", "度"),
    (r"岁|年龄|年纪", "岁"),
    (r"几天|多少天|多久", "天"),
    (r"口人", "口人"),
    (r"几个人|多少人", "个人"),
    (r"几次|多少次", "次"),
)
_CHOSEN_BY_ONE_KEY = frozenset({QuestionKind.YES_NO, QuestionKind.CHOICE, QuestionKind.TIME_PERIOD})
_DIGITS_OF_DATE = 4
_LONGEST_READ_BACK = 16


class Keys(StrEnum):
    """How much is said about the keys of a question."""

    #: Everything, and that speaking works as well.
    FULL = "full"
    #: In few words: the resident has answered a question before.
    BRIEF = "brief"
    #: Everything but that speaking works: it was tried and not understood.
    PRESS = "press"


def ask(wording: Wording, question: Question, *, slow: bool, again: bool, announced: Keys = Keys.FULL) -> list[Prompt]:
    """The sentences of a question.

    Args:
        slow: said slower.
        again: it was asked before; `say_again` is used where there is one.
        announced: how much is said about its keys.
    """
    text = question.say_again if again and question.say_again else question.say
    return wording.spoken(text, slow=slow) + _keys(wording, question, announced, slow=slow)


def _keys(wording: Wording, question: Question, announced: Keys, *, slow: bool) -> list[Prompt]:
    """The keys of a question, announced last."""
    prompts: list[Prompt] = []
    brief = "_brief" if announced is Keys.BRIEF else ""
    if question.kind is QuestionKind.YES_NO:
        yes, no = yes_and_no(wording, question)
        prompts = wording.prompts(f"keys.yes_no{brief}", slow=slow, yes=yes, no=no)
    elif question.kind is QuestionKind.CHOICE:
        for key, option in enumerate(question.options, start=1):
            prompts += wording.prompts(f"keys.choice{brief}", slow=slow, option=wording.written(option), key=key)
    else:
        prompts = wording.prompts(f"keys.{question.kind}", slow=slow)
    if announced is Keys.FULL and question.kind in _CHOSEN_BY_ONE_KEY:
        prompts += wording.prompts("keys.spoken_too", slow=slow)
    return prompts


def listen(question: Question) -> Listen:
    """What is listened for."""
    if question.kind is QuestionKind.NUMBER:
        return Listen(digits=None, hints=_hints(question))
    if question.kind is QuestionKind.DATE:
        return Listen(digits=_DIGITS_OF_DATE, hints=_hints(question))
    long = question.kind in {QuestionKind.FREE_TEXT, QuestionKind.NEED_HELP}
    return Listen(digits=1, hints=_hints(question), timeout=8 if long else 6, long=long)


def yes_and_no(wording: Wording, question: Question) -> tuple[str, str]:
    """What yes and no are called in the announcement of their keys."""
    yes = question.yes_means or "是"
    return wording.written(yes), wording.written(deny(yes)) if question.yes_means else wording.text("otherwise")


def told(wording: Wording, question: Question, reading: Reading, today: date) -> str:
    """An answer in words, to be read back; empty when it is too long for that."""
    value = reading.value
    if reading.label in {Label.YES, Label.NO}:
        text = yes_and_no(wording, question)[reading.label == Label.NO]
    elif reading.label == Label.NONE or reading.label.startswith("needs:"):
        text = wording.text(f"needs.{reading.label.removeprefix('needs:')}")
    elif reading.label != Label.VALUE:
        text = ""
    elif isinstance(value, dict):
        text = wording.period(value)
    elif isinstance(value, int | float):
        unit = next((unit for pattern, unit in _UNITS if re.search(pattern, question.say)), "")
        text = f"{value}{wording.written(unit)}"
    elif question.kind is QuestionKind.DATE:
        text = wording.day(date.fromisoformat(str(value)), today)
    else:
        text = wording.written(str(value))
    return text if len(text) <= _LONGEST_READ_BACK else ""


def _hints(question: Question) -> tuple[str, ...]:
    common = ("再说一遍", "听不清", "找人工")
    if question.kind is QuestionKind.YES_NO:
        yes = question.yes_means or "是"
        return (yes, deny(yes), "是", "不是", *common)
    if question.kind is QuestionKind.CHOICE:
        return (*question.options, *common)
    return common
