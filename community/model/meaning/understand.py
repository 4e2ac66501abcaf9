"""The one way in: what was heard, as a reading of the question that was asked."""

from collections.abc import Callable
from datetime import date

from community.model.meaning import asides, choice, day, free_text, need_help, number, period, yes_no
from community.model.meaning.reading import UNCLEAR, Label, Reading, keys, words
from community.model.meaning.speech import plain
from community.model.questionnaire import Question, QuestionKind

#: Below this figure of the recogniser its words are not believed, cries for help aside.
LEAST_CONFIDENCE = 0.6
_LONGEST = 2000
_KEY_HUMAN, _KEY_REPEAT = "0", "*"


def understand(question: Question, heard_speech: str, digits: str, confidence: float | None, today: date) -> Reading:
    """What an answer means.

    Args:
        question: what was asked.
        heard_speech: the recogniser's words; may be empty.
        digits: keys pressed; may be empty. Keys win over words, except over a cry for help.
        confidence: the recogniser's own figure, 0…1, or None when it gave none.
        today: in the community's time zone, for 后天 and 下周一.

    Returns:
        A reading; label `unclear` wherever the words do not decide.
    """
    text = plain(heard_speech[:_LONGEST])
    if asides.is_distress(text):
        return words(Label.DISTRESS, confidence=0.95)
    if digits:
        return _keys(question, digits, today)
    if not text.strip(" ,.!?…~"):
        return Reading(Label.SILENCE)
    if confidence is not None and confidence < LEAST_CONFIDENCE:
        return UNCLEAR
    label = asides.aside_label(text, question.kind)
    if label is not None:
        return words(label, confidence=0.9)
    return _words(question, text, today)


def _words(question: Question, text: str, today: date) -> Reading:
    return _BY_WORDS[question.kind](question, text, today)


def _keys(question: Question, digits: str, today: date) -> Reading:
    digits = digits.rstrip("#")
    if digits == _KEY_REPEAT:
        return keys(Label.REPEAT_REQUEST)
    if digits == _KEY_HUMAN and not _zero_is_a_number(question):
        return keys(Label.ASK_HUMAN)
    return _BY_KEYS[question.kind](question, digits, today)


def _zero_is_a_number(question: Question) -> bool:
    """Whether 0 is an answer staff allowed: then it does not call a person."""
    return question.kind is QuestionKind.NUMBER and question.minimum is not None and question.minimum <= 0


_Read = Callable[[Question, str, date], Reading]

_BY_WORDS: dict[QuestionKind, _Read] = {
    QuestionKind.YES_NO: lambda question, text, _: yes_no.read(question, text),
    QuestionKind.NEED_HELP: lambda _question, text, _: need_help.read(text),
    QuestionKind.CHOICE: lambda question, text, _: choice.read(question, text),
    QuestionKind.NUMBER: number.read,
    QuestionKind.DATE: day.read,
    QuestionKind.TIME_PERIOD: lambda _question, text, _: period.read(text),
    QuestionKind.FREE_TEXT: lambda _question, text, _: free_text.read(text),
}
_BY_KEYS: dict[QuestionKind, _Read] = {
    QuestionKind.YES_NO: lambda _question, digits, _: yes_no.read_keys(digits),
    QuestionKind.NEED_HELP: lambda _question, digits, _: need_help.read_keys(digits),
    QuestionKind.CHOICE: lambda question, digits, _: choice.read_keys(question, digits),
    QuestionKind.NUMBER: lambda question, digits, _: number.read_keys(question, digits),
    QuestionKind.DATE: lambda question, digits, today: day.read_keys(digits, today, past=day.looks_past(question)),
    QuestionKind.TIME_PERIOD: lambda _question, digits, _: period.read_keys(digits),
    QuestionKind.FREE_TEXT: lambda _question, _digits, _today: UNCLEAR,
}
