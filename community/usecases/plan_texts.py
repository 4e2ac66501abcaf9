"""Plan the texts that go beside the calls: how many people may get some, and how long each of them is."""

from community.model.calls.estimate import NO_TEXTS, TextPlan
from community.model.calls.text_message import billed_parts
from community.model.questionnaires.questionnaire import Question, Questionnaire
from community.model.questionnaires.questionnaire_check import speaks_of_health
from community.model.rulebook import Rulebook
from community.texts.say import say

#: A name and a title as long as most.
_SOMEBODY = "某女士"
_AROUND_OPTION = "回1：；"


def plan_texts(questionnaire: Questionnaire, people: int, *, rules: Rulebook) -> TextPlan:
    """Measure a questionnaire's texts as the community's line would send them.

    Args:
        people: those called whose number takes texts.
    """
    if not questionnaire.text.unreached or not rules.line.carries_texts:
        return NO_TEXTS
    asked = sum(billed_parts(_asked(question)) for question in questionnaire.questions)
    return TextPlan(
        people=people,
        invitation=_parts("invitation", questionnaire, rules),
        reminder=_parts("reminder", questionnaire, rules) if questionnaire.text.again is not None else 0,
        conversation=asked + billed_parts(questionnaire.closing or ""),
    )


def _parts(key: str, questionnaire: Questionnaire, rules: Rulebook) -> int:
    about = "about.plain" if speaks_of_health(questionnaire.name) else "about.campaign"
    body = say(
        "sms",
        key,
        caller=questionnaire.caller or rules.name,
        addressed=_SOMEBODY,
        about=questionnaire.text.say or say("sms", about, campaign=questionnaire.name),
        link=rules.line.answer_link,
        phone=rules.phone,
    )
    return billed_parts(body)


def _asked(question: Question) -> str:
    return question.say + "".join(_AROUND_OPTION + option for option in question.options)
