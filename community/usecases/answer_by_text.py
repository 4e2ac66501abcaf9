"""A text message as an answer: whose it is, which question it answers, and what is asked next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from community.files.answer_knowledge import load_answer_opinion
from community.model.actor import Actor
from community.model.calls.call import CallResult
from community.model.calls.line import Line
from community.model.calls.text_message import TextKind, TextStatus
from community.model.calls.text_rules import only_begins
from community.model.hazards.emergency import Emergency
from community.model.hazards.wish import Asked, Understood
from community.model.questionnaires.writing import Move, Writing, read_reply
from community.model.rulebook import Rulebook
from community.store import texts as store
from community.store.targets import person_of
from community.store.texts import TextMessage
from community.texts.say import say
from community.usecases.answer_in_writing import answer_in_writing
from community.usecases.invite_by_text import addressed
from community.usecases.let_write import let_write
from community.usecases.pass_on_wish import pass_on_wish, wish_in
from community.usecases.text_wording import text_of_turn
from community.usecases.weigh_danger import weigh_danger
from community.usecases.written_conversation import WrittenTurn, where_writing_stands

_CHANNEL = "sms"
_NOT_SEEN = frozenset({TextStatus.WAITING, TextStatus.DROPPED, TextStatus.REFUSED})
#: What may be said to us before any question was seen.
_ABOUT_US = frozenset(
    {
        Move.WHO,
        Move.SURE,
        Move.SURE_FOR_ANOTHER,
        Move.OPTED_OUT,
        Move.REFUSED,
        Move.HUMAN,
        Move.WRONG_PERSON,
        Move.OTHER_PERSON,
        Move.NOT_NOW,
        Move.DANGER,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What a message came to.

    Attributes:
        say: the whole text that answers it; empty for none.
        question_id: the question that it asks.
    """

    target_id: int
    resident_id: int
    say: str
    kind: TextKind = TextKind.REPLY
    question_id: str | None = None


def open_targets(
    conn: Connection, history: Sequence[TextMessage], *, now: datetime
) -> list[tuple[int, int, WrittenTurn]]:
    """The targets that were written to and still have a question open, the one written to last first.

    Args:
        history: all messages from and to the number, newest first.
    """
    found: dict[int, tuple[int, int, WrittenTurn]] = {}
    closed: set[int] = set()
    for text in history:
        target_id, resident_id = text.target_id, text.resident_id
        seen = text.direction == "out" and text.status not in _NOT_SEEN
        if not seen or target_id is None or resident_id is None or target_id in found or target_id in closed:
            continue
        stands = where_writing_stands(conn, target_id, channel=_CHANNEL, now=now)
        if stands.goes_on:
            found[target_id] = (target_id, resident_id, stands)
        else:
            closed.add(target_id)
    return list(found.values())


def go_on_by_text(conn: Connection, history: Sequence[TextMessage], *, first: str, now: datetime) -> Answered | None:
    """Ask once more what is open, after something else was talked of; None when nobody is asked anything.

    Args:
        history: as in `answer_by_text`.
        first: said before it.
    """
    waiting = [each for each in open_targets(conn, history, now=now) if _asked_last(history, each[0]) is not None]
    if not waiting:
        return None
    target_id, resident_id, stands = waiting[0]
    again = _after(first, stands)
    others = [resident for _, resident, _ in waiting[1:] if resident != resident_id]
    return _answered(conn, target_id, resident_id, again, others)


def weigh_in_text(
    conn: Connection, found: Emergency, body: str, history: Sequence[TextMessage], *, today: date, now: datetime
) -> Emergency | None:
    """What is left of a danger that only the second opinion hears, where the words may answer the open question.

    Args:
        history: as in `answer_by_text`.
    """
    waiting = open_targets(conn, history, now=now)
    asked = _asked_last(history, waiting[0][0]) if waiting else None
    if asked is None:
        return found
    return weigh_danger(
        conn, found, body, target_id=waiting[0][0], question_id=asked, channel=_CHANNEL, today=today, now=now
    )


def answer_by_text(
    conn: Connection,
    body: str,
    history: Sequence[TextMessage],
    *,
    line: Line,
    rules: Rulebook,
    actor: Actor,
    now: datetime,
    understood: Understood | None = None,
) -> Answered | None:
    """Take a message as an answer of whoever was written to last; None when nobody is asked anything.

    Args:
        body: what was written.
        history: all messages from and to the number before it, newest first.
        understood: what the assistant makes of it as a report; None where it was not there to ask.
    """
    waiting = open_targets(conn, history, now=now)
    if not waiting:
        return None
    target_id, resident_id, stands = waiting[0]
    turn = _take(conn, target_id, stands, body, history, rules=rules, actor=actor, now=now, understood=understood)
    others = [resident for target, resident, _ in waiting[1:] if resident != resident_id]
    if turn.result is CallResult.OPTED_OUT and (person_of(conn, resident_id).sample or not line.rehearsal):
        store.opt_out_of_texts(conn, [resident_id], now)
    if turn.goes_on:
        let_write(conn, target_id, rules=rules, now=now)
    return _answered(conn, target_id, resident_id, turn, others)


def _after(first: str, stands: WrittenTurn) -> WrittenTurn:
    return replace(stands, say="\n".join(filter(None, [first, stands.say])))


def _answered(conn: Connection, target_id: int, resident_id: int, turn: WrittenTurn, others: Sequence[int]) -> Answered:
    return Answered(
        target_id=target_id,
        resident_id=resident_id,
        say=_words(conn, turn, resident_id, others),
        kind=TextKind.EMERGENCY if turn.emergency else TextKind.REPLY,
        question_id=turn.question.id if turn.question else None,
    )


def _take(
    conn: Connection,
    target_id: int,
    stands: WrittenTurn,
    body: str,
    history: Sequence[TextMessage],
    *,
    rules: Rulebook,
    actor: Actor,
    now: datetime,
    understood: Understood | None,
) -> WrittenTurn:
    asked = _asked_last(history, target_id)
    question = stands.question
    assert question is not None  # noqa: S101 - only targets with an open question come here
    if asked is None:
        today = now.astimezone(rules.timezone).date()
        reply = read_reply(Writing(), question, body, "", today, opinion=load_answer_opinion())
        if only_begins(body):
            return stands
        if reply.move not in _ABOUT_US:
            wish = wish_in(body, Asked(question="", free=True, answered=False), rules=rules, understood=understood)
            if wish is None:
                return stands
            pass_on_wish(conn, target_id, question, wish, body, channel=_CHANNEL, rules=rules, actor=actor, now=now)
            return _after(say("writing", "wish"), stands)
    if not body.strip():
        return stands
    return answer_in_writing(
        conn,
        target_id,
        question_id=asked or question.id,
        text=body,
        channel=_CHANNEL,
        rules=rules,
        actor=actor,
        now=now,
        understood=understood,
    )


def _asked_last(history: Sequence[TextMessage], target_id: int) -> str | None:
    """The question of a target that was sent last; None where only an invitation was."""
    theirs = (text for text in history if text.target_id == target_id and text.status not in _NOT_SEEN)
    return next((text.question_id for text in theirs if text.question_id is not None), None)


def _words(conn: Connection, turn: WrittenTurn, resident_id: int, others: Sequence[int]) -> str:
    said = text_of_turn(turn)
    if not others:
        return said
    # Several residents share the phone: it is said whom a question is for, and who is asked next.
    if turn.goes_on:
        return say("sms", "to", addressed=addressed(conn, resident_id)) + said
    return f"{said}\n{say('sms', 'next_person', addressed=addressed(conn, others[0]))}"
