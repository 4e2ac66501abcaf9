"""What a questionnaire does with an answer: which rule it sets off, and which question comes next."""

from collections.abc import Collection, Mapping

from community.model.meaning.reading import UNCLEAR, Label, Reading
from community.model.questionnaires.questionnaire import Escalation, Question, Questionnaire

#: A question is asked again so often after what was not understood.
MISSES = 2
#: After so many questions that were given up, a person asks the rest.
SET_ASIDE_AT_MOST = 2


def escalation_for(question: Question, reading: Reading) -> Escalation | None:
    """The most urgent rule of a question that an answer sets off, or None."""
    return question.escalation_for(reading.label, reading.value)


def next_question(questionnaire: Questionnaire, question: Question, reading: Reading) -> Question | None:
    """The question after an answer; None when it was the last."""
    return questionnaire.next_after(question.id, reading.label, reading.value)


def first_open_question(
    questionnaire: Questionnaire, answered: Mapping[str, Reading], set_aside: Collection[str] = ()
) -> Question | None:
    """The first question that is due and not answered yet, along the way that the answers lead; None when all are.

    Args:
        set_aside: questions that were given up as unclear, and are passed over.
    """
    question: Question | None = questionnaire.questions[0]
    for _ in questionnaire.questions:
        if question is None:
            return None
        reading = answered.get(question.id)
        if reading is not None and _is_settled(reading):
            question = following(questionnaire, question, reading)
        elif question.id in set_aside:
            question = next_question(questionnaire, question, UNCLEAR)
        else:
            return question
    return question


def open_from(
    questionnaire: Questionnaire, question: Question | None, answered: Mapping[str, Reading]
) -> Question | None:
    """The first question from this one on that nobody has answered yet; None when there is none."""
    for _ in questionnaire.questions:
        reading = answered.get(question.id) if question is not None else None
        if question is None or reading is None or not _is_settled(reading):
            return question
        question = following(questionnaire, question, reading)
    return question


def following(questionnaire: Questionnaire, question: Question, reading: Reading) -> Question | None:
    """The question after an answer; None when it was the last, or worries so much that the rest is dropped."""
    rule = escalation_for(question, reading)
    return None if rule is not None and rule.end else next_question(questionnaire, question, reading)


def _is_settled(reading: Reading) -> bool:
    """Whether a question need not be asked again: it was answered, or may not be asked in this campaign."""
    return reading.is_answer or reading.label == Label.NOT_ASKED
