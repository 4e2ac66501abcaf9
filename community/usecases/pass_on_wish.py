"""Pass on what a resident tells of their own: 楼道里的灯坏了, 药吃完了没人去拿. It becomes a case, whatever was asked."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy import Connection

from community.model.actor import Actor
from community.model.cases.case import CaseKind, NewCase
from community.model.hazards.wish import Asked, Understood, Wish, may_be_wish, read_wish
from community.model.questionnaires.answer_case import case_of_wish
from community.model.questionnaires.answer_rules import escalation_for
from community.model.questionnaires.questionnaire import Question, QuestionKind
from community.model.questionnaires.writing import Move, Reply
from community.model.rulebook import Rulebook
from community.store.campaigns import campaign_by_id
from community.store.targets import home_of, target_by_id
from community.texts.say import say
from community.usecases.open_answer_case import open_answer_case
from community.usecases.open_case import OpenedCase
from community.usecases.raise_emergency import places_of

#: What the assistant makes of some words; None where it is slow or down, so that plain words count.
Understand = Callable[[str], Awaitable[Understood | None]]

_FREE = frozenset({QuestionKind.FREE_TEXT, QuestionKind.NEED_HELP})
_KEEPS = frozenset({Move.RECORD, Move.READ_BACK})
#: Where a reply is no answer, it may be a wish.
_NO_ANSWER = frozenset({Move.AGAIN, Move.SET_ASIDE, Move.ASKED_BACK})


async def understanding_of(understand: Understand | None, text: str) -> Understood | None:
    """What the assistant makes of words that may be a wish; None where nobody is there to ask, and for 1 and 好的."""
    return None if understand is None or not may_be_wish(text) else await understand(text)


def wish_in(text: str, asked: Asked, *, rules: Rulebook, understood: Understood | None) -> Wish | None:
    """What of the words must be looked after; None for nothing.

    Args:
        understood: None where the assistant was not there to ask.
    """
    wish = read_wish(text, asked, places=places_of(rules), understood=understood)
    if wish is None or wish.category is None or wish.category in rules.hazards:
        return wish
    # A category that this community does not have is nobody's: somebody rings back.
    return Wish(kind=CaseKind.CALLBACK, address=wish.address, location_text=wish.location_text)


def wish_in_reply(
    question: Question, reply: Reply, *, rules: Rulebook, understood: Understood | None
) -> tuple[Wish | None, bool]:
    """What a written reply wishes beside an answer or instead of one, and whether it is one all the same."""
    reading = reply.reading
    guessed = question.kind not in _FREE and reading.decided_by == "model"
    answered = reply.move in _KEEPS and not guessed
    told = may_be_wish(reply.text) and not reply.digits and (answered or reply.move in _KEEPS | _NO_ANSWER)
    # What sets off a case of its own needs no second one.
    if not told or (answered and escalation_for(question, reading) is not None):
        return None, answered
    asked = Asked(question=question.say, free=question.kind in _FREE, answered=answered, needs=True)
    return wish_in(reply.text, asked, rules=rules, understood=understood), answered


def pass_on_wish(
    conn: Connection,
    target_id: int,
    question: Question,
    wish: Wish,
    words: str,
    *,
    channel: str,
    rules: Rulebook,
    actor: Actor,
    now: datetime,
) -> OpenedCase:
    """Open the case of a wish, linked to the question under which it was written.

    Args:
        words: as they were written; channel: `sms` or `link`.
    """
    target = target_by_id(conn, target_id)
    home, grid = home_of(conn, target.resident_id)
    case = case_of_wish(question, wish, words, where=say("writing", f"where.{channel}"))
    at_home = wish.address.is_empty
    new = NewCase(
        kind=case.kind,
        # The key is the answer's own.
        source_key="",
        summary=case.summary,
        description=case.description,
        category=wish.category,
        address=home if at_home else wish.address,
        location_text=wish.location_text,
        grid=(grid or None) if at_home else None,
        resident_id=target.resident_id,
        campaign_id=target.campaign_id,
        target_id=target.id,
        rehearsal=campaign_by_id(conn, target.campaign_id).rehearsal,
    )
    return open_answer_case(conn, new, target_id, question.id, rules=rules, actor=actor, now=now)
