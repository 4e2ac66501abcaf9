"""Recognise somebody in danger, in chat and on the phone alike: the rules, and the shipped second opinion beside them."""

from dataclasses import replace

from community.files.danger_knowledge import load_danger_opinion
from community.files.hazard_knowledge import load_category_opinion
from community.model.hazards.emergency import Emergency
from community.model.hazards.everyday import weighed
from community.model.hazards.recognising import recognise
from community.model.hazards.told_beside import told_beside
from community.model.meaning.call.danger_in_answer import tells_of_danger
from community.model.meaning.call.for_another import without_wish_for_another
from community.model.meaning.call.goodbye import without_goodbye
from community.model.questionnaires.questionnaire import Question
from community.texts.say import say


def recognise_emergency(text: str, *, asked: bool = True) -> Emergency | None:
    """Return the emergency that a text tells of, one that is only `suspected`, or None.

    Where the rules see none, the wish to be called no more says nothing by itself; with other words beside it the second
    opinion is only asked about, unless these words alone make it sure; so it is where an everyday hazard is told. Nor does the wish for somebody else: 别再打给我妈了.

    Args:
        asked: the message was for the bot; talk that was not is never only suspected.
    """
    found = recognise(text, load_danger_opinion(), asked=asked)
    if found is None or found.decided_by == "rule":
        return found and told_beside(found, text)
    if (beside := without_wish_for_another(text)) != text:
        alone = recognise(beside, load_danger_opinion(), asked=asked)
        # 她听不见 is why, and nothing to be asked about.
        return None if alone is None or alone.suspected else alone
    rest = without_goodbye(text)
    if rest == text:
        return weighed(found, load_category_opinion().guesses(text), asked=asked)
    # 以后别联系我了，我走了你们别难过: what is left may say it only together.
    alone = recognise(rest, load_danger_opinion(), asked=asked)
    return alone or (replace(found, suspected=True) if rest and asked else None)


def hears_danger(question: Question, heard: str) -> bool:
    """Whether somebody who was asked a question tells of being in danger, on a call or in writing."""
    return tells_of_danger(question, heard, load_danger_opinion())


def summary_of(text: str, place: str, *, called: str = "") -> str:
    """One line of what somebody in danger wrote, and where; empty where the text tells of no danger and it is called nothing."""
    emergency = recognise_emergency(text)
    what = called or (say("emergency", f"kinds.{emergency.kind}") if emergency else "")
    return say("emergency", "summary", what=what, place=place) if what else ""
