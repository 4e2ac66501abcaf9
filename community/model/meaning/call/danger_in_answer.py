"""Whether an answer, whatever was asked, tells of somebody in danger: the rules for answers, and the second opinion on danger beside them."""

from community.model.hazards.danger_opinion import DangerOpinion
from community.model.hazards.recognising import recognise
from community.model.meaning.call.asides import FIGURES_OF_SPEECH
from community.model.meaning.speech import plain
from community.model.meaning.understand import cries_for_help
from community.model.questionnaires.questionnaire import Question, QuestionKind

_LONGEST = 300
#: Of these somebody is told in the usual way; they do not end a questionnaire.
_CAN_WAIT = frozenset({"missing", "scam", "accident", "bite"})
#: How sure the opinion must be; of somebody who was asked what they think, surer: they speak of dangers that may come.
_SURE, _SURE_OF_A_VIEW = 0.8, 0.9


def tells_of_danger(question: Question, heard: str, opinion: DangerOpinion) -> bool:
    """Whether somebody is in danger now.

    Args:
        question: what was asked.
        heard: what was said or written, as it came.
        opinion: the second opinion on danger; beside the rules it only adds, because on a call a miss is worse than a false alarm.
    """
    if cries_for_help(question, heard):
        return True
    text = FIGURES_OF_SPEECH.sub("", plain(heard[:_LONGEST]))
    found = recognise(text, opinion)
    if found is None or found.suspected or found.kind in _CAN_WAIT or found.decided_by != "opinion":
        return False
    least = _SURE_OF_A_VIEW if question.kind is QuestionKind.FREE_TEXT else _SURE
    # The net reads much into the few words of an answer: the linear model must be as sure by itself.
    return found.sureness >= least and opinion.sureness_without_net(text) >= least
