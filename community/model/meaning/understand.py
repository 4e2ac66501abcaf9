"""The one way in: what was heard, as a reading of the question that was asked."""

import re
from collections.abc import Callable
from datetime import date

from community.model.hazards.emergency import detect_emergency
from community.model.meaning import free_text, need_help
from community.model.meaning.amounts import number
from community.model.meaning.call import asides
from community.model.meaning.options import choice
from community.model.meaning.reading import UNCLEAR, Label, Reading, keys, words
from community.model.meaning.second_opinion import AnswerOpinion
from community.model.meaning.speech import clauses, plain
from community.model.meaning.times import day, period
from community.model.meaning.yes_no import verdict
from community.model.questionnaires.questionnaire import Question, QuestionKind

#: Below this figure of the recogniser its words are not believed, cries for help aside.
LEAST_CONFIDENCE = 0.6
_LONGEST = 2000
#: 看情况, 随便 are unclear for good: a second opinion would only guess.
_LEFT_OPEN = re.compile(
    r"看情况|再(?:说|看|议|考虑)|不一定|说不(?:准|好|定)|考虑|商量|随便|无所谓|记不|不(?:清楚|知道)|都(?:行|可以|成|中)|忘"
)
#: Kinds of emergency that end a questionnaire; of a missing cat or a caller who lies, somebody is told in the usual way.
_DANGERS = frozenset(
    [
        "gas",
        "electric_fire",
        "fire",
        "elevator",
        "collapse",
        "water",
        "trapped",
        "electric_shock",
        "suicide",
        "violence",
        "breathing",
        "choking",
        "bleeding",
        "poison",
        "burn",
        "labour",
        "medical",
    ]
)
#: Questions whose answers speak of emergencies without being one.
_HEARD_OF = re.compile(r"急救|救护车|火灾|灭火|演练|意见|建议")
_NO_RECORDING = re.compile(r"(?:不|别|莫)(?:要|许|想|同意|准|能|让|给|愿意?|可以|用)*(?:你们?|我|被|把我)*(?:录)|录音")
_MAY_NAME_AN_OPTION = frozenset({Label.REFUSE, Label.REPEAT_REQUEST})
_KEY_HUMAN, _KEY_REPEAT = "0", "*"


def understand(
    question: Question, heard_speech: str, digits: str, confidence: float | None, today: date, *, opinion: AnswerOpinion
) -> Reading:
    """What an answer means.

    Args:
        question: what was asked.
        heard_speech: the recogniser's words; may be empty.
        digits: keys pressed; may be empty. Keys win over words, except over a cry for help.
        confidence: the recogniser's own figure, 0…1, or None when it gave none.
        today: in the community's time zone, for 后天 and 下周一.
        opinion: the second opinion beside the rules.

    Returns:
        A reading; label `unclear` wherever the words do not decide.
    """
    if cries_for_help(question, heard_speech):
        return words(Label.DISTRESS, confidence=0.95)
    text = plain(heard_speech[:_LONGEST])
    if digits:
        return _keys(question, digits, today)
    if not text.strip(" ,.!?…~"):
        return Reading(Label.SILENCE)
    if confidence is not None and confidence < LEAST_CONFIDENCE:
        return UNCLEAR
    if "录音" not in question.say:
        text = _without_recording(text)
    return _read(question, text, today, opinion=opinion)


def cries_for_help(question: Question, heard_speech: str) -> bool:
    """Whether somebody is in danger, however badly it was heard and whatever was asked."""
    text = plain(heard_speech[:_LONGEST])
    return asides.is_distress(text) or _in_danger(question, text)


def _read(question: Question, text: str, today: date, *, opinion: AnswerOpinion) -> Reading:
    label = asides.aside_label(text, question.kind)
    if label is None:
        return _words(question, text, today, opinion=opinion)
    if question.kind is QuestionKind.CHOICE and label in _MAY_NAME_AN_OPTION:
        # 别打电话，贴门上 chooses; 别打电话 alone refuses.
        chosen = _words(question, text, today, opinion=opinion)
        if chosen.is_answer and any(option in text for option in question.options):
            return chosen
    return words(label, confidence=0.9)


def _without_recording(text: str) -> str:
    """The text without 不要录音: no answer to any other question."""
    kept = [part for part in clauses(text) if not _NO_RECORDING.search(part)]
    return ",".join(kept) if len(kept) < len(clauses(text)) else text


def _in_danger(question: Question, text: str) -> bool:
    """Whether the rules for emergencies in chat see somebody in danger."""
    found = detect_emergency(asides.FIGURES_OF_SPEECH.sub("", text))
    return found is not None and found.kind in _DANGERS and not _HEARD_OF.search(question.say)


def _words(question: Question, text: str, today: date, *, opinion: AnswerOpinion) -> Reading:
    reading = _BY_WORDS[question.kind](question, text, today)
    if question.kind is QuestionKind.CHOICE:
        return opinion.decide(question, text) or opinion.choose(question, text, reading)
    if reading.label == Label.UNCLEAR:
        return opinion.decide(question, text, left_open=bool(_LEFT_OPEN.search(text))) or reading
    return opinion.weigh(question, text, reading) if question.kind is QuestionKind.YES_NO else reading


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
    QuestionKind.YES_NO: lambda question, text, _: verdict.read(question, text),
    QuestionKind.NEED_HELP: lambda _question, text, _: need_help.read(text),
    QuestionKind.CHOICE: lambda question, text, _: choice.read(question, text),
    QuestionKind.NUMBER: number.read,
    QuestionKind.DATE: day.read,
    QuestionKind.TIME_PERIOD: lambda _question, text, _: period.read(text),
    QuestionKind.FREE_TEXT: lambda _question, text, _: free_text.read(text),
}
_BY_KEYS: dict[QuestionKind, _Read] = {
    QuestionKind.YES_NO: lambda _question, digits, _: verdict.read_keys(digits),
    QuestionKind.NEED_HELP: lambda _question, digits, _: need_help.read_keys(digits),
    QuestionKind.CHOICE: lambda question, digits, _: choice.read_keys(question, digits),
    QuestionKind.NUMBER: lambda question, digits, _: number.read_keys(question, digits),
    QuestionKind.DATE: lambda question, digits, today: day.read_keys(digits, today, past=day.looks_past(question)),
    QuestionKind.TIME_PERIOD: lambda _question, digits, _: period.read_keys(digits),
    QuestionKind.FREE_TEXT: lambda _question, _digits, _today: UNCLEAR,
}
