"""A hazard or a need that is told as an answer, beside one or instead of one: it becomes a case, and the resident hears so."""

from typing import Any

from community.model.hazards.wish import Asked, may_be_wish
from community.model.meaning.reading import Reading
from community.model.questionnaires.answer_case import case_of_wish
from community.model.questionnaires.answer_rules import MISSES, escalation_for
from community.model.questionnaires.questionnaire import Question, QuestionKind
from voice.script import answering
from voice.script.dialogue import Phase
from voice.script.speaking import Speaker
from voice.script.steps import Heard
from voice.script.turn import RaiseCase, Said, Turn

_FREE = frozenset({QuestionKind.FREE_TEXT, QuestionKind.NEED_HELP})


def asked_with(question: Question, heard: Heard, reading: Reading) -> Asked | None:
    """Under what question the words were said; None where they set off a case of their own, or say nothing."""
    # What was only guessed to be an answer may be something else altogether.
    answered = reading.is_answer and not is_guess(question, reading)
    if heard.digits or not may_be_wish(heard.speech):
        return None
    if answered and escalation_for(question, reading) is not None:
        return None
    return Asked(question=question.say, free=question.kind in _FREE, answered=answered)


def asked_at_read_back(question: Question, heard: Heard, reading: Reading) -> Asked | None:
    """The same for words that were said to 对吗, which only a yes, a no or a correction answers.

    Args:
        question: whose answer was read back.
        reading: the words as an answer to 对吗.
    """
    if heard.digits or not may_be_wish(heard.speech):
        return None
    answered = reading.is_answer and reading.decided_by != "model"
    return Asked(question=question.say, free=False, answered=answered, needs=True)


def is_guess(question: Question, reading: Reading) -> bool:
    """Whether only the second opinion took the words for an answer."""
    return question.kind not in _FREE and reading.decided_by == "model"


def passed_on(speaker: Speaker, turn: Turn, question: Question, said: Said) -> Turn:
    """A turn that keeps an answer, with the case of the wish in it, told before anything else."""
    if said.wish is None or any(isinstance(effect, RaiseCase) for effect in turn.effects):
        return turn
    return answering.opened_with(speaker, turn, speaker.say("wish_passed_on"), _case(question, said))


def instead(speaker: Speaker, said: Said) -> Turn | None:
    """What follows a wish that was said instead of an answer: it is passed on, and the question asked again."""
    count = speaker.dialogue.asked_back + 1
    if said.wish is None or count > MISSES:
        return None
    prompts = [*speaker.say("wish_passed_on"), *speaker.say("assistant_back")]
    changes: dict[str, Any] = {"effects": [_case(speaker.question, said)], "asked_back": count}
    if speaker.dialogue.phase is Phase.CONFIRM:
        pending, heard = speaker.pending()
        return answering.read_back(speaker, speaker.question, heard, pending, prompts=prompts, **changes)
    return speaker.ask_again(prompts, **changes)


def _case(question: Question, said: Said) -> RaiseCase:
    wish = said.wish
    assert wish is not None  # noqa: S101 - looked at by whoever calls
    case = case_of_wish(question, wish, said.heard.speech)
    return RaiseCase(
        key=f"answer:{question.id}",
        kind=case.kind,
        summary=case.summary,
        description=case.description,
        category=wish.category,
        address=wish.address,
        location_text=wish.location_text,
    )
